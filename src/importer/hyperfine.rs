//! What hyperfine's `--export-json` writes: every run of every command, with the parameters of `-P` and `-L`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde::Deserialize;

use super::columns::TableOptions;
use super::measured::{Imported, checked_length};
use super::table::Table;
use super::values::count;
use crate::model::bounds::MOST_STRATEGIES;
use crate::model::{Facts, Nanos, RequestCount, Run, SampleRow, SampleStatus, Varied};

/// The file.
#[derive(Deserialize)]
struct HyperfineExport {
    results: Vec<CommandResult>,
}

/// One command, with one set of parameters.
#[derive(Deserialize)]
struct CommandResult {
    command: String,
    /// Seconds of each run.
    #[serde(default)]
    times: Vec<f64>,
    /// Of each run; unknown where a signal ended it.
    #[serde(default)]
    exit_codes: Vec<Option<i32>>,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
}

/// Reads such a file: a numeric parameter is the x axis, and each command a line.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(super) fn read(input: impl Read, options: &TableOptions, stem: &str) -> Result<Imported, String> {
    let export: HyperfineExport = serde_json::from_reader(input).map_err(|error| {
        format!("JSON that is no export of hyperfine: {error}; a table is wanted as CSV, or what `hyperfine --export-json` writes")
    })?;
    if let Some(option) =
        [("--y", options.y.is_some()), ("--series", options.series.is_some()), ("--unit", options.unit.is_some())]
            .into_iter()
            .find_map(|(option, is_given)| is_given.then_some(option))
    {
        return Err(format!("hyperfine's export has no columns; leave out {option}"));
    }
    let x = x_parameter(&export.results, options.x.as_deref())?;
    let names = names(&export.results, &x, stem);
    let lines = names.iter().collect::<BTreeSet<_>>().len();
    if lines > MOST_STRATEGIES {
        return Err(format!("{lines} commands; at most {MOST_STRATEGIES} lines are drawn"));
    }
    let (mut table, mut failed) = (Table::default(), Vec::new());
    for (result, name) in export.results.iter().zip(&names) {
        checked_length(name, "command")?;
        let at = |problem| format!("{:?}: {problem}", result.command);
        let value = result.parameters.get(&x).ok_or_else(|| at(format!("has no parameter {x:?}")))?;
        let value = count(value, false).map_err(|problem| at(format!("parameter {x}: {problem}")))?;
        if result.times.is_empty() {
            return Err(at("holds no times of single runs".to_owned()));
        }
        for (seconds, run) in result.times.iter().zip(0..) {
            if *seconds < 0.0 {
                return Err(at(format!("a time of {seconds} s")));
            }
            let exit_code = result.exit_codes.get(run).copied().unwrap_or(Some(0));
            match exit_code {
                Some(0) => table.add(name, value, Nanos::from_secs_f64(*seconds)),
                _ => failed.push(failed_run(name, value, *seconds, exit_code)),
            }
        }
    }
    let facts = Facts { varied: Varied::Named(x.clone()), ..Facts::default() };
    let guess = format!("reading hyperfine's parameter {x:?} as the x axis, {lines} of its commands as lines");
    Ok(Imported { run: Run { facts, ..table.run(failed) }, guess: Some(guess) })
}

fn failed_run(name: &str, value: RequestCount, seconds: f64, exit_code: Option<i32>) -> SampleRow {
    SampleRow {
        strategy: name.to_owned(),
        requests: value,
        repeat: 1,
        duration_s: Some(Nanos::from_secs_f64(seconds)),
        status: SampleStatus::Failed,
        error: exit_code.map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit code {code}")),
        ..SampleRow::default()
    }
}

/// The parameter of the x axis: the one that is named, else the only one whose values are all numbers.
fn x_parameter(results: &[CommandResult], named: Option<&str>) -> Result<String, String> {
    let all: BTreeSet<&String> = results.iter().flat_map(|result| result.parameters.keys()).collect();
    let listed = all.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(named) = named {
        let known = all.contains(&named.to_owned());
        return known
            .then(|| named.to_owned())
            .ok_or_else(|| format!("no parameter {named:?}, which --x names; there is {listed}"));
    }
    let is_number = |name: &&&String| {
        results.iter().all(|result| result.parameters.get(**name).is_some_and(|value| count(value, false).is_ok()))
    };
    let numbers: Vec<&&String> = all.iter().filter(is_number).collect();
    match numbers.as_slice() {
        [only] => Ok((**only).clone()),
        [] => Err("no parameter of hyperfine has whole numbers for an x axis; vary one with `hyperfine -P n 10 50 'command {n}'`".to_owned()),
        _ => Err(format!("several parameters of hyperfine are numbers: {listed}; name the x axis with --x")),
    }
}

/// What each result's line is called: its command with the parameter in place of its value. Where that tells all results
/// apart, though they only differ in it: its other parameters, else the file's name.
fn names(results: &[CommandResult], x: &str, stem: &str) -> Vec<String> {
    let pattern = |result: &CommandResult| match result.parameters.get(x) {
        Some(value) if !value.is_empty() => result.command.replace(value.as_str(), &format!("{{{x}}}")),
        _ => result.command.clone(),
    };
    let patterns: Vec<String> = results.iter().map(pattern).collect();
    let distinct: BTreeSet<&String> = patterns.iter().collect();
    let values: BTreeSet<&String> = results.iter().filter_map(|result| result.parameters.get(x)).collect();
    if distinct.len() * values.len() == results.len() {
        return patterns;
    }
    let others = |result: &CommandResult| {
        let others = result.parameters.iter().filter(|(name, _)| *name != x).map(|(_, value)| value.as_str());
        Some(others.collect::<Vec<_>>().join(", ")).filter(|name| !name.is_empty()).unwrap_or_else(|| stem.to_owned())
    };
    results.iter().map(others).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fuzz::OneFile;
    use super::super::{TableOptions, load_csv};
    use crate::model::Run;

    fn load(json: &str, x: Option<&str>) -> Result<Run, String> {
        let file = OneFile::new("bench.json", json.as_bytes());
        let options = TableOptions { x: x.map(str::to_owned), ..TableOptions::default() };
        let imported = load_csv(&file.path, &options).map_err(|error| error.to_string());
        imported.map(|imported| imported.run).map_err(|error| error.rsplit_once("bench.json: ").unwrap().1.to_owned())
    }

    fn names(run: &Run) -> Vec<&str> {
        run.strategies.iter().map(|line| line.name.as_str()).collect()
    }

    #[test]
    fn commands_are_lines_over_the_parameter_that_is_a_number() {
        let run = load(include_str!("../../tests/imported/hyperfine-parameter.json"), None).unwrap();
        assert_eq!((run.facts.varied.heading(), run.counts.as_slice()), ("n", &[1, 2, 3][..]));
        assert_eq!(names(&run), ["sleep 0.0{n}"]);
        assert_eq!(run.durations.of((0, 1)).len(), 4);
        assert_eq!(run.durations.of((0, 1))[0].0, 11_195_534);
        let run = load(include_str!("../../tests/imported/hyperfine-two-parameters.json"), None).unwrap();
        assert_eq!(names(&run), ["sleep 0.0{n}", "timeout 5 sleep 0.0{n}"]);
        assert_eq!(run.durations.iter().map(|(_, durations)| durations.len()).collect::<Vec<_>>(), [3; 6]);
    }

    #[test]
    fn runs_with_another_exit_code_are_failed_samples() {
        let run = load(include_str!("../../tests/imported/hyperfine-failures.json"), None).unwrap();
        assert_eq!(run.durations.iter().map(|(_, durations)| durations.len()).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(run.samples.iter().map(|row| row.error.as_str()).collect::<Vec<_>>(), ["exit code 1"; 3]);
    }

    #[test]
    fn a_value_that_stands_elsewhere_in_the_command_splits_no_line() {
        let result = |n: u32, tool: &str| {
            format!(
                "{{\"command\":\"{tool} --level 1 {n}\",\"times\":[0.1],\"parameters\":{{\"n\":\"{n}\",\"tool\":\"{tool}\"}}}}"
            )
        };
        let results = [result(1, "a"), result(2, "a"), result(1, "b"), result(2, "b")].join(",");
        let run = load(&format!("{{\"results\":[{results}]}}"), None).unwrap();
        assert_eq!(names(&run), ["a", "b"]);
    }

    #[test]
    fn what_has_no_x_axis_says_what_to_do() {
        let plain = load(include_str!("../../tests/imported/hyperfine-plain.json"), None).unwrap_err();
        assert!(plain.starts_with("no parameter of hyperfine has whole numbers for an x axis; vary one"), "{plain}");
        let two = "{\"results\":[{\"command\":\"c\",\"times\":[1],\"parameters\":{\"a\":\"1\",\"b\":\"2\"}}]}";
        assert_eq!(
            load(two, None).unwrap_err(),
            "several parameters of hyperfine are numbers: a, b; name the x axis with --x"
        );
        assert_eq!(load(two, Some("b")).unwrap().counts, [2]);
        assert_eq!(load(two, Some("c")).unwrap_err(), "no parameter \"c\", which --x names; there is a, b");
        for (text, told) in [
            ("{\"results\":[", "JSON that is no export of hyperfine: EOF"),
            ("{\"other\":1}", "JSON that is no export of hyperfine: missing field `results`"),
            ("{\"results\":[]}", "no parameter of hyperfine"),
            (
                "{\"results\":[{\"command\":\"c\",\"times\":[-1],\"parameters\":{\"a\":\"1\"}}]}",
                "\"c\": a time of -1 s",
            ),
            (
                "{\"results\":[{\"command\":\"c\",\"parameters\":{\"a\":\"1\"}}]}",
                "\"c\": holds no times of single runs",
            ),
        ] {
            let error = load(text, None).unwrap_err();
            assert!(error.starts_with(told), "{text}: {error}");
        }
    }
}
