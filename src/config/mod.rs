//! Text → [`Sweep`]: a raw mirror of the file, then the valid form, every diagnostic with its place in the text.
//!
//! The way through it: text → TOML document (`toml` reads on after a fault) → `reader` (each value by itself, by the
//! table in `keys`) → `raw` → `valid`, `target`, `strategies` (what values mean together) → [`Sweep`]. The names of
//! chart kinds come in as [`Known`]: config never imports that floor. It opens no file.

mod charts;
mod checks;
mod comments;
mod counts;
mod diagnostic;
#[cfg(test)]
mod fixtures;
mod headers;
mod key_table;
mod keys;
mod labels;
mod overlay;
mod raw;
mod reader;
mod references;
mod scalar;
mod schema;
mod secrets;
mod strategies;
mod strategy_keys;
mod suggestion;
mod sweep;
mod syntax;
mod target;
mod type_keys;
mod valid;
mod variables;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use headers::fill;
pub use keys::Known;
pub use labels::{Label, Labels};
pub use overlay::Overlay;
pub use scalar::is_address;
pub use schema::schema;
pub use secrets::{Masked, mask};
pub use sweep::{ChartSpec, Order, Output, Overlap, ReferenceSpec, Sweep};
pub use variables::{MissingVariable, fill_address, variables};

use toml::de::DeTable;

/// The config that explains every key, and says nothing but the defaults.
pub const REFERENCE: &str = include_str!("../../config/reference.toml");

/// The short config that a first sweep begins with.
pub const STARTER: &str = include_str!("../../config/starter.toml");

/// A config longer than this is refused unread, in bytes.
const LONGEST_TEXT: usize = 1 << 20;

/// Reads a config. `origin` is the file's name in messages.
///
/// # Errors
/// Every fault of the text at once. Where it is no TOML, only what can be said about single lines.
pub fn load(text: &str, origin: &str, known: &Known<'_>) -> Result<Sweep, Diagnostics> {
    load_over(text, origin, known, &Overlay::default())
}

/// Reads a config with the command line's changes to it.
///
/// # Errors
/// As [`load`]; a fault of a flag is shown with the flag.
pub fn load_over(text: &str, origin: &str, known: &Known<'_>, overlay: &Overlay) -> Result<Sweep, Diagnostics> {
    if text.len() > LONGEST_TEXT {
        let diagnostic = Diagnostic::whole("this is no config: it is longer than a mebibyte");
        return Err(Diagnostics::new(origin, "", "", vec![diagnostic]));
    }
    // TOML leaves line ends to the reader. With one kind of them a config means the same on every system.
    let text = &text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let (document, errors) = DeTable::parse_recoverable(text);
    let (lines, flags) = overlay.lines(Diagnostics::command_line_at(text));
    let (root, mut diagnostics) = reader::read(document.get_ref(), &flags, known);
    if !errors.is_empty() {
        return Err(Diagnostics::new(origin, text, "", unreadable(text, &errors, diagnostics)));
    }
    match valid::sweep(&root, &flags, known, &mut diagnostics) {
        Some(sweep) if diagnostics.is_empty() => Ok(sweep),
        _ => Err(Diagnostics::new(origin, text, &lines, diagnostics)),
    }
}

/// Reads a config as bytes, as a file or standard input holds them.
///
/// # Errors
/// As [`load_over`]; and where the bytes are not UTF-8.
pub fn load_bytes(bytes: &[u8], origin: &str, known: &Known<'_>, overlay: &Overlay) -> Result<Sweep, Diagnostics> {
    let fault = match str::from_utf8(bytes) {
        Ok(text) => return load_over(text, origin, known, overlay),
        Err(fault) => fault,
    };
    let line = 1 + bytes[..fault.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
    let title = format!("this is no text: line {line} holds bytes that are not UTF-8");
    Err(Diagnostics::new(origin, "", "", vec![Diagnostic::whole(&title)]))
}

/// Diagnostics about a text that is no TOML: what the parser says, and what is wrong on other lines. Whether something
/// is missing cannot be told.
fn unreadable(text: &str, errors: &[toml::de::Error], mut others: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut diagnostics = syntax::diagnostics(text, errors);
    let line = |diagnostic: &Diagnostic| diagnostic.span.as_ref().map(|span| syntax::line_of(text, span.start));
    let broken: std::collections::HashSet<_> = diagnostics.iter().map(line).collect();
    let sound = syntax::first_derailment(errors).unwrap_or(text.len());
    let place = |diagnostic: &Diagnostic| diagnostic.span.as_ref().map_or(0, |span| span.start);
    others.retain(|diagnostic| place(diagnostic) < sound && !broken.contains(&line(diagnostic)));
    diagnostics.append(&mut others);
    diagnostics
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fixtures::{
        KNOWN, LEAST, SHIPPED, config_with, diagnostic, example, manual, sweep, taker, without_registry,
    };
    use super::key_table::{RANGE, REPEATS, ROOT};
    use super::keys::{Form, Key};
    use super::{Known, Order, Overlay, REFERENCE, load, load_bytes};
    use crate::model::figure::{Format, Theme};
    use crate::model::{Nanos, Target, Targets};
    use crate::snapshots::assert_snapshots;
    use crate::strategy::built_in;

    /// Every key of every section, with the name of the section.
    fn all_keys() -> impl Iterator<Item = (&'static str, &'static Key)> {
        let inner = ROOT.iter().flat_map(|table| table.keys().iter().map(|key| (table.name, key)));
        ROOT.iter().filter(|key| key.keys().is_empty()).map(|key| ("", key)).chain(inner)
    }

    #[test]
    fn a_target_alone_is_a_full_sweep() {
        let sweep = sweep(LEAST);
        assert_eq!((&*sweep.title, sweep.target.delay()), ("Duration by request count", Some(Nanos::from_millis(100))));
        assert_eq!(
            (sweep.requests, sweep.repeats, sweep.warmup),
            (vec![10, 20, 30, 40, 50], crate::model::Repeats::fixed(3), 0)
        );
        assert_eq!((sweep.order, sweep.seed), (Order::Interleaved, 1));
        assert_eq!((sweep.request_timeout.0, sweep.sample_timeout.0), (30_000_000_000, 600_000_000_000));
        assert_eq!(sweep.strategies, built_in().collect::<Vec<_>>());
        let workers = |name: &str| sweep.strategies.iter().find(|line| line.name == name).unwrap().kind.workers();
        assert_eq!((workers("thread-pool"), workers("async")), (Some(20), None));
        assert!(sweep.charts.is_empty());
        assert!(sweep.output.fonts.is_empty());
        assert_eq!((sweep.output.formats, sweep.output.themes), (vec![Format::Svg, Format::Png], vec![Theme::Light]));
        assert_eq!((sweep.output.dir, sweep.output.width, sweep.output.height), ("reports".into(), 960, 600));
    }

    #[test]
    fn a_strategy_with_only_a_kind_is_that_kind_by_default() {
        for spec in built_in() {
            let alone = sweep(&format!("{LEAST}[[strategy]]\nkind = \"{}\"", spec.kind.info().name));
            assert_eq!(alone.strategies, [spec]);
        }
    }

    #[test]
    fn strategies_without_a_name_are_called_after_their_kind_and_in_runs_of_before_as_in_the_article() {
        let pools = format!("{LEAST}[[strategy]]\nkind = \"thread-pool\"\nworkers = [6, 20]\n");
        let former = Known { article_names: true, ..KNOWN };
        let names = |text: &str, known| {
            let sweep = load(text, "x.toml", known).unwrap();
            sweep.strategies.into_iter().map(|line| line.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&pools, &KNOWN), ["thread-pool (6)", "thread-pool (20)"]);
        assert_eq!(names(&pools, &former), ["multithread (6)", "multithread (20)"]);
        assert_eq!(names(LEAST, &KNOWN)[..2], ["sequential", "thread-pool"]);
        assert_eq!(names(LEAST, &former)[..2], ["single_thread", "multithread"]);
    }

    #[test]
    fn the_shipped_configs_say_what_they_promise() {
        assert_eq!(sweep(REFERENCE), sweep(LEAST));
        let (main, all) = (sweep(SHIPPED[1].1), sweep(LEAST));
        assert_eq!(main.output.themes, [Theme::Light, Theme::Dark]);
        let kinds = |sweep: &super::Sweep| sweep.strategies.iter().map(|line| line.kind.clone()).collect::<Vec<_>>();
        assert_eq!(kinds(&main), kinds(&all)[..5]);
        let names: Vec<&str> = main.strategies.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["single_thread", "multithread", "multiprocess", "async_get", "thread_per_request"]);
        let own = (main.strategies.clone(), main.output.clone());
        assert_eq!(main.overlap, super::Overlap::Auto);
        assert_eq!(main, super::Sweep { strategies: own.0, output: own.1, overlap: main.overlap, ..all });
        SHIPPED.iter().for_each(|(_, text)| drop(sweep(text)));
        let article = sweep(SHIPPED[2].1);
        assert_eq!(
            (article.target.delay(), article.repeats),
            (Some(Nanos::SECOND * 5), crate::model::Repeats::fixed(1))
        );
        assert_eq!(article.strategies, main.strategies[..4]);
        assert_eq!(article.requests, sweep(LEAST).requests);
    }

    #[test]
    fn every_key_of_the_table_changes_the_sweep() {
        for (section, key) in all_keys() {
            let with = |value: &str| sweep(&config_with(section, key.name, value, taker(key.name)));
            let example = with(example(section, key.name));
            match key.default {
                Some(default) => assert_ne!(example, with(default), "{section}.{}", key.name),
                None => assert_ne!(example, sweep(LEAST), "{section}.{}", key.name),
            }
        }
        for key in RANGE {
            let range =
                |step: &str| sweep(&format!("{LEAST}[sweep]\nrequests = {{ from = 7, to = 9{step} }}")).requests;
            assert_eq!((range(""), range(", step = 2")), (vec![7, 8, 9], vec![7, 9]), "{}", key.name);
        }
    }

    #[test]
    fn repeats_may_end_by_precision() {
        let read = |text: &str| sweep(&format!("{LEAST}[sweep]\nrepeats = {text}\n")).repeats;
        let default = crate::model::Repeats { min: 3, max: 30, precision: Some(0.02) };
        assert_eq!(read("{}"), default);
        for (key, other) in REPEATS.iter().zip(["5", "50", "\"5%\""]) {
            assert_eq!(read(&format!("{{ {} = {} }}", key.name, key.default.unwrap())), default, "{}", key.name);
            assert_ne!(read(&format!("{{ {} = {other} }}", key.name)), default, "{}", key.name);
        }
        for wrong in
            ["0", "1.5", "\"3\"", "{ min = 5, max = 4 }", "{ precision = 2 }", "{ precision = \"0%\" }", "{ mn = 3 }"]
        {
            let text = format!("{LEAST}[sweep]\nrepeats = {wrong}\n");
            assert_eq!(load(&text, "repeats.toml", &KNOWN).unwrap_err().len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_written_default_is_the_default() {
        for (section, key) in all_keys() {
            let Some(default) = key.default else { continue };
            let written = config_with(section, key.name, default, taker(key.name));
            let line = format!("{} = {default}\n", key.name);
            assert_eq!(sweep(&written), sweep(&written.replace(&line, "")), "{section}.{}", key.name);
        }
    }

    #[test]
    fn every_word_of_the_table_is_understood() {
        for (section, key) in all_keys() {
            let (words, list) = match &key.form {
                Form::Word(words) => (*words, false),
                Form::List { of: Form::Word(words), .. } => (*words, true),
                _ => continue,
            };
            let read = |word: &&str| {
                let value = if list { format!("[\"{word}\"]") } else { format!("\"{word}\"") };
                sweep(&config_with(section, key.name, &value, taker(key.name)))
            };
            let sweeps: Vec<_> = words.iter().map(read).collect();
            for (index, one) in sweeps.iter().enumerate() {
                assert!(!sweeps[..index].contains(one), "{section}.{}: {}", key.name, words[index]);
            }
        }
    }

    #[test]
    fn the_manual_shows_every_key_with_its_default() {
        for (section, key) in all_keys() {
            let line = manual(section, key.name);
            let shown = !line.starts_with('#') || section == "labels";
            if let (Some(default), true) = (key.default, shown) {
                let line = line.trim_start_matches("# ");
                assert!(line.starts_with(&format!("{} = {default} ", key.name)), "{line}");
            }
        }
    }

    #[test]
    fn workers_as_a_list_make_one_line_each() {
        let sweep = sweep(&format!(
            "{LEAST}[[strategy]]\nkind = \"thread-pool\"\nname = \"m, \\\"x\\\"\\n/\"\nworkers = [6, 20]"
        ));
        let lines: Vec<_> = sweep.strategies.into_iter().map(|line| (line.name, line.kind.workers())).collect();
        assert_eq!(lines, [("m, \"x\"\n/ (6)".to_owned(), Some(6)), ("m, \"x\"\n/ (20)".to_owned(), Some(20))]);
    }

    #[test]
    fn a_url_target_keeps_what_is_filled_in_later() {
        let text =
            "[target]\nurl = 'https://me:secret@example.org/'\n[target.headers]\nAuthorization = 'Bearer ${TOKEN}'";
        let Targets::One(Target::Url(target)) = sweep(text).target else { panic!("not a url") };
        assert_eq!(target.headers, [("Authorization".to_owned(), "Bearer ${TOKEN}".to_owned())]);
        assert_eq!(
            (&*target.method, target.expect_status.written().as_str(), &*target.url),
            ("GET", "200", "https://me:secret@example.org/")
        );
    }

    #[test]
    fn line_ends_and_byte_order_marks_do_not_matter() {
        assert_eq!(sweep(&format!("\u{feff}{}", REFERENCE.replace('\n', "\r\n"))), sweep(LEAST));
        let plain = diagnostic("[target]\ndelay = 5\nfoo = 1\n");
        assert_eq!(diagnostic("\u{feff}[target]\r\ndelay = 5\r\nfoo = 1\r\n"), plain);
    }

    #[test]
    fn what_is_no_config_at_all_is_said_in_a_few_lines() {
        let huge = format!("title = \"{}\"", "x".repeat(2 << 20));
        let rubbish = "\u{0}\u{1}\u{7f}PNG\r\n\r x = [[[\n".repeat(20_000);
        for text in [
            huge,
            rubbish,
            format!("a = {}", "[".repeat(300_000)),
            format!("a = {}", "{a=".repeat(300_000)),
            format!("a{} = 1", ".a".repeat(300_000)),
            format!("[a{}]", ".a".repeat(300_000)),
            "= 1\n".repeat(200_000),
            "x = 1\n".repeat(100_000),
        ] {
            let text = diagnostic(&text);
            assert!(text.lines().count() < 400, "{}", text.len());
            assert!(text.len() < 40_000, "{}", text.len());
        }
        let binary = load_bytes(b"# one\n\xff\xfe", "sweep.toml", &KNOWN, &Overlay::default()).unwrap_err().to_string();
        assert_eq!(binary, "error: this is no text: line 2 holds bytes that are not UTF-8\n--> sweep.toml");
        assert_eq!(load_bytes(LEAST.as_bytes(), "", &KNOWN, &Overlay::default()).unwrap(), sweep(LEAST));
    }

    /// Each `wrong/NAME.toml` stands beside the complete text about it, `wrong/NAME.snap`.
    #[test]
    fn every_wrong_config_is_answered_with_exactly_its_text() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config/wrong");
        let paths = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let texts: Vec<(String, String)> = paths
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .map(|path| {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                (name, without_registry(&diagnostic(&std::fs::read_to_string(&path).unwrap())))
            })
            .collect();
        assert!(texts.len() >= 20, "only {} wrong configs in {}", texts.len(), folder.display());
        assert_snapshots("src/config/wrong", texts);
    }

    #[test]
    fn diagnostics_can_be_counted_listed_and_coloured() {
        let diagnostics = load("x = 1\n[target]\ndelay = 5\n", "a.toml", &KNOWN).unwrap_err();
        let keys: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.key.as_str()).collect();
        assert_eq!((diagnostics.len(), keys), (2, vec!["x", "target.delay"]));
        assert!(diagnostics.render(true).contains('\u{1b}'));
        assert!(!diagnostics.render(false).contains('\u{1b}'));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = load(&text, "x", &KNOWN).map_err(|diagnostics| diagnostics.render(true));
        }

        #[test]
        fn no_value_of_any_key_makes_it_panic(
            index in 0_usize..100,
            value in prop_oneof![
                Just("[[1, 'a'], {}]".to_owned()), Just("{ from = 5, to = 'x' }".to_owned()), Just("[5, 'x', -1, 5]".to_owned()),
                "\"[ -~]{0,20}\"", "-?[0-9]{1,25}", "[0-9]{1,3}\\.[0-9]{1,3}", "'.{0,20}'", "true", "1979-05-27",
            ],
        ) {
            let keys: Vec<_> = all_keys().collect();
            let (section, key) = keys[index % keys.len()];
            let text = config_with(section, key.name, &value, taker(key.name));
            if let Err(diagnostics) = load(&text, "x", &KNOWN) {
                prop_assert!(diagnostics.len() > 0 && !diagnostics.render(true).is_empty());
            }
        }

        #[test]
        fn a_manual_with_a_hole_or_a_stain_never_panics(at in 0_usize..7_000, length in 0_usize..40, stain in ".{0,3}") {
            let at = REFERENCE.floor_char_boundary(at);
            let end = REFERENCE.floor_char_boundary(at + length);
            let text = format!("{}{stain}{}", &REFERENCE[..at], &REFERENCE[end..]);
            if let Err(diagnostics) = load(&text, "x", &KNOWN) {
                prop_assert!(diagnostics.len() > 0 && !diagnostics.render(true).is_empty());
            }
        }
    }
}
