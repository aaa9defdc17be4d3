//! Manifests of schema 1 and 2 → this one's, once, when they are read. Their settings were not kept: the archived config
//! and the flags that stood on the command line then make them. What those flags meant is frozen here, so that no later
//! change of the command line changes an old run.

use serde_json::{Map, Value, json};

use super::files;
use super::folder::Folder;
use super::target::ManifestTarget;
use crate::config::{self, Known, Overlay, Sweep};
use crate::input::FileKind;
use crate::model::figure::Format;
use crate::model::{RequestCount, Target, parse_duration};
use crate::strategy::StrategySpec;

/// Converts a manifest of schema 1 or 2 whose config is in `folder`. Where that can no longer be read, the settings are
/// what the manifest tells, and the reason is returned.
///
/// # Errors
/// When the manifest lacks what every one of its schema has.
pub(super) fn convert(manifest: &mut Value, folder: &Folder) -> Result<Option<String>, String> {
    let words = manifest["command_line"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let words: Vec<String> = words.map(str::to_owned).collect();
    let (settings, unreadable) = match effective(folder, &words) {
        Ok(settings) => (settings, None),
        Err(reason) => (told(manifest)?, Some(reason)),
    };
    let versions: Map<String, Value> = strategies(manifest)
        .filter_map(|fields| Some((fields.get("name")?.as_str()?.to_owned(), fields.get("version")?.clone())))
        .collect();
    manifest["settings"] = serde_json::to_value(settings.masked()).unwrap_or_default();
    manifest["versions"] = versions.into();
    manifest["config_file"] = json!(option(&words, "--config", Some('c')).filter(|file| file != "-"));
    Ok(unreadable)
}

/// The config with what the flags changed about it.
fn effective(folder: &Folder, words: &[String]) -> Result<Sweep, String> {
    let shown = folder.path().join(files::CONFIG).display().to_string();
    let bytes = folder.read(files::CONFIG, FileKind::Config).map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or_else(|| format!("{shown} is not there"))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{shown}: not UTF-8 text: {}", error.utf8_error()))?;
    // Which chart kinds there were then is not known, and each was checked before the run began.
    config::load_over(&text, &shown, &Known { charts: &[], article_names: true }, &flags(words))
        .map_err(|diagnostics| diagnostics.render(false))
}

fn flags(words: &[String]) -> Overlay {
    let all = |flag: &str| values(words, flag, None);
    let last = |flag: &str| option(words, flag, None);
    let counts =
        |text: String| text.split(',').map(|word| word.trim().parse().ok()).collect::<Option<Vec<RequestCount>>>();
    let formats = |text: String| {
        let mut formats = text.split(',').map(|word| Format::parse(word.trim())).collect::<Option<Vec<_>>>()?;
        formats.sort_unstable();
        formats.dedup();
        Some(formats)
    };
    Overlay {
        only: all("--only"),
        skip: all("--skip"),
        requests: last("--requests").and_then(counts),
        repeats: last("--repeats").and_then(|text| text.parse().ok()),
        seed: last("--seed").and_then(|text| text.parse().ok()),
        delay: last("--delay").and_then(|text| parse_duration(&text).ok()),
        url: None,
        formats: last("--formats").and_then(formats),
        output_dir: None,
    }
}

/// The last value of an option.
fn option(words: &[String], flag: &str, short: Option<char>) -> Option<String> {
    values(words, flag, short).pop()
}

/// Every value of an option: `--flag value`, `--flag=value`; with a short form also `-f value`, `-fvalue`, `-qf value`.
fn values(words: &[String], flag: &str, short: Option<char>) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        let long = word.strip_prefix(flag).map(|rest| (rest.is_empty(), rest.strip_prefix('=')));
        let cluster = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        // Those that take a value end a cluster: `c` and `o`.
        let value =
            cluster.and_then(|rest| rest.split_once(['c', 'o']).map(|(before, value)| (before.len(), rest, value)));
        let is_short = |at: usize, rest: &str| short.is_some_and(|short| rest[at..].starts_with(short));
        match (long, value) {
            (Some((_, Some(value))), _) => found.push(value.to_owned()),
            (Some((true, _)), _) => found.extend(words.next().cloned()),
            (_, Some((at, rest, ""))) => {
                let next = words.next();
                found.extend(next.filter(|_| is_short(at, rest)).cloned());
            }
            (_, Some((at, rest, value))) if is_short(at, rest) => {
                found.push(value.strip_prefix('=').unwrap_or(value).to_owned());
            }
            _ => {}
        }
    }
    found
}

/// The settings as far as the manifest itself tells them.
fn told(manifest: &Value) -> Result<Sweep, String> {
    let read = |name: &str| manifest.get(name).cloned().unwrap_or_default();
    let error = |error: serde_json::Error| error.to_string();
    let base = config::load(config::REFERENCE, "the reference config", &Known::default());
    let target: ManifestTarget = serde_json::from_value(read("target")).map_err(error)?;
    // The options that a kind does not take stood there too; they are passed over.
    let kebab = |fields: &Map<String, Value>| -> Value {
        fields.iter().map(|(key, value)| (key.replace('_', "-"), value.clone())).collect()
    };
    let strategies = strategies(manifest).map(|fields| serde_json::from_value::<StrategySpec>(kebab(fields)));
    Ok(Sweep {
        title: serde_json::from_value(read("title")).map_err(error)?,
        target: Target::from(&target).into(),
        repeats: serde_json::from_value(read("repeats")).map_err(error)?,
        seed: serde_json::from_value(read("seed")).map_err(error)?,
        strategies: strategies.collect::<Result<_, _>>().map_err(error)?,
        ..base.map_err(|diagnostics| diagnostics.render(false))?
    })
}

fn strategies(manifest: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    manifest["strategies"].as_array().into_iter().flatten().filter_map(Value::as_object)
}

#[cfg(test)]
mod tests {
    use super::{Overlay, flags, option};
    use crate::model::Nanos;
    use crate::model::figure::Format;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_flags_of_a_recorded_command_line_are_read_as_they_were_meant() {
        let line = "reportgen -qc a.toml --only one,two --only=three --skip four -o out --requests 10,20 --repeats=7 --seed 9 \
                    --delay 5ms --formats png,svg";
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let expected = Overlay {
            only: texts(&["one,two", "three"]),
            skip: texts(&["four"]),
            requests: Some(vec![10, 20]),
            repeats: Some(7),
            seed: Some(9),
            delay: Some(Nanos::from_millis(5)),
            url: None,
            formats: Some(vec![Format::Svg, Format::Png]),
            output_dir: None,
        };
        assert_eq!(flags(&words(line)), expected);
        assert_eq!(flags(&words("reportgen --config --resume")), Overlay::default());
    }

    #[test]
    fn the_config_is_found_in_every_way_to_name_it() {
        for line in ["reportgen -c x", "reportgen -cx", "reportgen -c=x", "reportgen --config=x -q", "reportgen -vqc x"]
        {
            assert_eq!(option(&words(line), "--config", Some('c')).as_deref(), Some("x"), "{line}");
        }
        assert_eq!(option(&words("reportgen -o c -q"), "--config", Some('c')), None);
    }
}
