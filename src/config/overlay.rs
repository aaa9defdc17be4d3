//! The command line over the config: each flag takes the place of the key that it names and is held to the same rules; then
//! strategies are chosen among. A flag is shown in diagnostics as it stands on the command line. Knows nothing of clap: the
//! app hands over what was given.

use std::ops::Range;
use std::path::PathBuf;

use toml::Value as Toml;

use super::diagnostic::Diagnostic;
use super::raw::Section;
use super::suggestion::{listed, quoted, suggestion};
use super::sweep::Sweep;
use crate::model::figure::Format;
use crate::model::{Nanos, RequestCount};

/// What was given on the command line; empty and `None` change nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    /// `--only`: names of the strategies to keep, each as given: one name, or several with commas between them.
    pub only: Vec<String>,
    /// `--skip`: names of the strategies to leave out, likewise.
    pub skip: Vec<String>,
    /// `--requests`.
    pub requests: Option<Vec<RequestCount>>,
    /// `--repeats`.
    pub repeats: Option<u32>,
    /// `--seed`.
    pub seed: Option<u64>,
    /// `--delay`.
    pub delay: Option<Nanos>,
    /// `--url`: in place of the config's target, whatever that is.
    pub url: Option<String>,
    /// `--formats`; the same one again is no other.
    pub formats: Option<Vec<Format>>,
    /// `--output-dir`.
    pub output_dir: Option<PathBuf>,
}

/// One flag, as it stands below the text of the config.
pub(super) struct Flag {
    pub(super) name: &'static str,
    /// As it is typed.
    typed: String,
    /// Section and key, and the value as TOML; `None` for a choice among strategies.
    pub(super) key: Option<(&'static str, &'static str, String)>,
    /// Place of the value.
    pub(super) span: Range<usize>,
}

impl Overlay {
    /// The flags as lines of a text that begins at `start`, and each with its place in it.
    pub(super) fn lines(&self, start: usize) -> (String, Vec<Flag>) {
        let (mut text, mut flags) = (String::new(), self.flags());
        for flag in &mut flags {
            text.push_str(&format!("{} ", flag.name));
            flag.span = start + text.len()..start + text.len() + flag.typed.len();
            text.push_str(&format!("{}\n", flag.typed));
        }
        (text, flags)
    }

    fn flags(&self) -> Vec<Flag> {
        let choice = |name| move |typed: &String| Flag { name, typed: typed.clone(), key: None, span: 0..0 };
        let value = |name, typed: String, section, key, toml: String| Flag {
            name,
            typed,
            key: Some((section, key, toml)),
            span: 0..0,
        };
        let quoted = |text: &str| Toml::from(text).to_string();
        let mut flags: Vec<Flag> = self.only.iter().map(choice("--only")).collect();
        flags.extend(self.skip.iter().map(choice("--skip")));
        let requests = self.requests.as_ref().map(|counts| joined(counts.iter().map(ToString::to_string)));
        flags.extend(requests.map(|list| value("--requests", list.clone(), "sweep", "requests", format!("[{list}]"))));
        let repeats = self.repeats.map(|number| number.to_string());
        flags.extend(repeats.map(|number| value("--repeats", number.clone(), "sweep", "repeats", number)));
        let seed = self.seed.map(|seed| seed.to_string());
        flags.extend(seed.map(|number| value("--seed", number.clone(), "sweep", "seed", number)));
        let delay = self.delay.map(Nanos::written);
        flags.extend(delay.map(|delay| value("--delay", delay.clone(), "target", "delay", quoted(&delay))));
        flags.extend(self.url.as_ref().map(|url| value("--url", url.clone(), "target", "url", quoted(url))));
        flags.extend(self.formats.as_ref().map(|formats| {
            let mut distinct = formats.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let words = || distinct.iter().map(|format| format.as_str());
            let list = format!("[{}]", joined(words().map(quoted)));
            value("--formats", joined(words().map(str::to_owned)), "output", "formats", list)
        }));
        let dir = self.output_dir.as_ref().map(|dir| dir.to_string_lossy().into_owned());
        flags.extend(dir.map(|dir| value("--output-dir", dir.clone(), "output", "dir", quoted(&dir))));
        flags
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

impl Sweep {
    /// Keeps the strategies that the flags choose. A chart keeps those of its strategies that are left; one that has none of
    /// them, or whose request count is not measured, is dropped, and if no chart is left every chart kind is drawn.
    pub(super) fn choose(&mut self, flags: &[Flag], diagnostics: &mut Vec<Diagnostic>) {
        let before = diagnostics.len();
        let only = self.named("--only", flags, diagnostics);
        let skip = self.named("--skip", flags, diagnostics);
        let chosen =
            |name: &str| (only.is_empty() || only.iter().any(|one| one == name)) && !skip.iter().any(|one| one == name);
        let choices = || flags.iter().filter(|flag| flag.key.is_none());
        if diagnostics.len() > before || choices().next().is_none() {
            return self.drop_charts();
        }
        if let Some(last) = choices().next_back().filter(|_| !self.strategies.iter().any(|spec| chosen(&spec.name))) {
            let title = "--only and --skip leave no strategy to measure".to_owned();
            diagnostics.push(Diagnostic::new("strategy", last.span.clone(), title, ""));
            return;
        }
        self.strategies.retain(|strategy| chosen(&strategy.name));
        let (strategies, references) = (&self.strategies, &self.references);
        self.charts.retain_mut(|chart| {
            let drew_all = chart.strategies.is_empty();
            let is_left = |name: &String| strategies.iter().any(|strategy| strategy.name == *name);
            chart.strategies.retain(|name| is_left(name) || references.iter().any(|line| line.name == *name));
            drew_all || !chart.strategies.is_empty()
        });
        self.drop_charts();
    }

    fn drop_charts(&mut self) {
        self.charts.retain(|chart| chart.requests.is_none_or(|requests| self.requests.contains(&requests)));
    }

    /// The strategies that a flag names. An argument that is itself a name is not split at its commas.
    fn named(&self, name: &str, flags: &[Flag], diagnostics: &mut Vec<Diagnostic>) -> Vec<String> {
        let known = || self.strategies.iter().map(|strategy| strategy.name.as_str());
        let is_known = |name: &str| known().any(|known| known == name);
        let mut found = Vec::new();
        for flag in flags.iter().filter(|flag| flag.key.is_none() && flag.name == name) {
            let names: Vec<&str> = match is_known(&flag.typed) {
                true => vec![&flag.typed],
                false => flag.typed.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
            };
            for one in names {
                if is_known(one) {
                    found.push(one.to_owned());
                    continue;
                }
                let near = suggestion(one, known()).map(|near| format!("did you mean {}?", quoted(near)));
                let title = format!("no strategy is called {}", quoted(one));
                let of_kind = self.strategies.iter().filter(|strategy| strategy.kind.info().name == one);
                let of_kind: Vec<&str> = of_kind.map(|strategy| strategy.name.as_str()).collect();
                let kind = (!of_kind.is_empty()).then(|| format!("of this kind: {}", listed(of_kind.iter().copied())));
                let diagnostic =
                    Diagnostic::new("strategy", flag.span.clone(), title, kind.or(near).unwrap_or_default());
                diagnostics.push(diagnostic.help(format!("the strategies of this config: {}", listed(known()))));
            }
        }
        found
    }
}

/// Whether a flag gave the key.
pub(super) fn gives(flags: &[Flag], section: &str, key: &str) -> bool {
    flags.iter().any(|flag| flag.key.as_ref().is_some_and(|(at, name, _)| (*at, *name) == (section, key)))
}

impl Section {
    /// The section `name` to lay a flag at `span` over; `None` where the file has it and it is faulty. One that is not
    /// written begins with the flag.
    pub(super) fn laid_over(&mut self, name: &str, span: &Range<usize>) -> Option<&mut Self> {
        let entry = self.entries.iter_mut().find(|entry| entry.key.name == name)?;
        entry.name.get_or_insert_with(|| span.clone());
        entry.value.as_mut()?.value.as_section_mut()
    }

    /// Takes the keys `names` away, as though nobody had written them.
    pub(super) fn forget(&mut self, names: &[&str]) {
        for entry in self.entries.iter_mut().filter(|entry| names.contains(&entry.key.name)) {
            (entry.name, entry.value) = (None, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{KNOWN, sweep};
    use super::super::load_over;
    use super::{Overlay, Sweep};
    use crate::model::figure::Format;
    use crate::model::{Nanos, Repeats, Target, Targets, UrlTarget};
    use crate::snapshots::assert_snapshots;

    const BASE: &str = r#"target = { delay = "100ms", jitter = "20ms" }
chart = [
    { kind = "duration", strategies = ["a, b", "async"] },
    { kind = "speedup", strategies = ["async"] },
]
strategy = [{ name = "a, b", kind = "thread-pool" }, { name = "async", kind = "async" }, { name = "b", kind = "sequential" }]
"#;

    fn over(text: &str, overlay: &Overlay) -> Result<Sweep, String> {
        load_over(text, "sweep.toml", &KNOWN, overlay).map_err(|diagnostics| diagnostics.to_string())
    }

    fn names(overlay: &Overlay) -> Vec<String> {
        over(BASE, overlay).unwrap().strategies.into_iter().map(|strategy| strategy.name).collect()
    }

    fn given(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn nothing_given_changes_nothing() {
        assert_eq!(over(BASE, &Overlay::default()).unwrap(), sweep(BASE));
    }

    #[test]
    fn strategies_are_kept_and_left_out_by_name() {
        for (only, skip, left) in [
            (vec!["async,b"], vec![], vec!["async", "b"]),
            (vec!["a, b"], vec![], vec!["a, b"]),
            (vec!["b", "async"], vec![], vec!["async", "b"]),
            (vec![], vec!["async"], vec!["a, b", "b"]),
            (vec!["b,async"], vec!["b"], vec!["async"]),
        ] {
            let overlay = Overlay { only: given(&only), skip: given(&skip), ..Overlay::default() };
            assert_eq!(names(&overlay), left, "{only:?} {skip:?}");
        }
    }

    #[test]
    fn charts_follow_the_strategies_that_are_left() {
        let charts = |only: &str| {
            let overlay = Overlay { only: given(&[only]), ..Overlay::default() };
            let charts = over(BASE, &overlay).unwrap().charts;
            charts.into_iter().map(|chart| (chart.kind, chart.strategies.join("+"))).collect::<Vec<_>>()
        };
        assert_eq!(charts("async").len(), 2);
        assert_eq!(charts("a, b"), [("duration".to_owned(), "a, b".to_owned())]);
        assert_eq!(charts("b"), []);
    }

    #[test]
    fn a_chart_goes_with_its_request_count() {
        let text =
            "target = { delay = '100ms' }\nchart = [{ kind = 'timeline', requests = 20 }, { kind = 'duration' }]";
        let kept = |requests: &[u32]| {
            let overlay = Overlay { requests: Some(requests.to_vec()), ..Overlay::default() };
            over(text, &overlay).unwrap().charts.len()
        };
        assert_eq!((kept(&[20, 30]), kept(&[30])), (2, 1));
    }

    #[test]
    fn values_replace_those_of_the_config() {
        let overlay = Overlay {
            requests: Some(vec![1, 2]),
            repeats: Some(7),
            seed: Some(9),
            delay: Some(Nanos::SECOND),
            formats: Some(vec![Format::Png, Format::Png]),
            output_dir: Some("elsewhere".into()),
            ..Overlay::default()
        };
        let expected = Sweep { requests: vec![1, 2], repeats: Repeats::fixed(7), seed: 9, ..sweep(BASE) };
        let mut found = over(BASE, &overlay).unwrap();
        assert_eq!((&found.output.formats, &found.output.dir), (&vec![Format::Png], &"elsewhere".into()));
        let Targets::One(Target::Delay(target)) = &mut found.target else { panic!("still a delay") };
        assert_eq!((target.delay, target.jitter), (Nanos::SECOND, Nanos::from_millis(20)));
        target.delay = Nanos::from_millis(100);
        found.output = expected.output.clone();
        assert_eq!(found, expected, "nothing else changes");
    }

    #[test]
    fn an_address_on_the_command_line_takes_the_place_of_any_target() {
        let overlay = Overlay { url: Some("http://other/".to_owned()), ..Overlay::default() };
        for text in [BASE, "title = 'a'", "[target]\nkind = 'sleep'\ndelay = '1s'", "[target]\nurl = 'http://host/'"] {
            assert_eq!(
                over(text, &overlay).unwrap().target,
                Target::Url(UrlTarget::at("http://other/")).into(),
                "{text}"
            );
        }
        let kept = over("[target]\nurl = 'http://host/'\nmethod = 'PUT'", &overlay).unwrap().target;
        assert_eq!(kept, Target::Url(UrlTarget { method: "PUT".to_owned(), ..UrlTarget::at("http://other/") }).into());
    }

    #[test]
    fn a_delay_on_the_command_line_is_a_target() {
        let overlay = Overlay { delay: Some(Nanos::SECOND), ..Overlay::default() };
        assert_eq!(over("title = 'a'", &overlay).unwrap().target.delay(), Some(Nanos::SECOND));
    }

    /// Each is the complete text about flags that do not go with the config; they are reviewed and kept like those about
    /// wrong configs.
    #[test]
    fn every_fault_shows_its_flag() {
        let none = Overlay::default;
        let url = "target.url = 'http://localhost/'\n";
        let faults = [
            ("unknown", BASE, Overlay { only: given(&["asinc"]), ..none() }),
            ("nothing-left", BASE, Overlay { skip: given(&["a, b", "async", "b"]), ..none() }),
            ("jitter", BASE, Overlay { delay: Some(Nanos(1)), ..none() }),
            ("too-slow", BASE, Overlay { delay: Some(Nanos::from_millis(60_000)), ..none() }),
            ("requests", BASE, Overlay { requests: Some(vec![2, 1]), ..none() }),
            ("no-requests", BASE, Overlay { requests: Some(vec![]), ..none() }),
            ("repeats", BASE, Overlay { repeats: Some(0), seed: Some(u64::MAX), formats: Some(vec![]), ..none() }),
            ("too-many", BASE, Overlay { repeats: Some(100_000), ..none() }),
            ("url", url, Overlay { delay: Some(Nanos(1)), ..none() }),
            ("no-address", BASE, Overlay { url: Some("localhost".to_owned()), ..none() }),
            ("folder", BASE, Overlay { output_dir: Some("".into()), ..none() }),
            ("file-too", "foo = 1\n[target]\ndelay = 5\n", Overlay { only: given(&["x"]), repeats: Some(0), ..none() }),
        ];
        let said = faults.map(|(name, text, overlay)| (name.to_owned(), over(text, &overlay).unwrap_err()));
        assert_snapshots("src/config/wrong/flags", said);
    }
}
