//! What the command line changes about a config: flags → another `Sweep`, or every reason why not, each naming its
//! flag. Knows nothing of clap: the app hands over what was given.

use std::fmt;
use std::path::PathBuf;

use super::counts;
use super::nearest::{listed, nearest, quoted};
use super::sweep::{MOST_SAMPLES, Sweep};
use crate::model::figure::Format;
use crate::model::{Nanos, Repeats, RequestCount, Target};
use crate::strategy::StrategySpec;

/// What was given on the command line; empty and `None` change nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// `--only`: names of the strategies to keep, each as given: one name, or several with commas between them.
    pub only: Vec<String>,
    /// `--skip`: names of the strategies to leave out, likewise.
    pub skip: Vec<String>,
    /// `--requests`, as [`super::parse_requests`] reads it.
    pub requests: Option<Vec<RequestCount>>,
    /// `--repeats`.
    pub repeats: Option<u32>,
    /// `--seed`.
    pub seed: Option<u64>,
    /// `--delay`, as [`crate::model::parse_duration`] reads it.
    pub delay: Option<Nanos>,
    /// `--formats`.
    pub formats: Option<Vec<Format>>,
    /// `--output-dir`.
    pub output_dir: Option<PathBuf>,
}

/// Why a flag does not go with the config.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideFault {
    /// A name that no strategy has.
    #[error("{flag}: no strategy is called {}{}; the config has {known}", quoted(name), near(nearest))]
    UnknownStrategy {
        /// The flag.
        flag: &'static str,
        /// The name as given.
        name: String,
        /// What was probably meant.
        nearest: Option<String>,
        /// The strategies of the config.
        known: String,
    },
    /// All strategies are gone.
    #[error("--only and --skip leave no strategy to measure")]
    NothingLeft,
    /// `--delay` for a server that somebody else runs.
    #[error("--delay: the config's target is a `url`, which decides itself how long it takes")]
    DelayOfUrl,
    /// `--delay` below the config's jitter.
    #[error("--delay: it is shorter than the config's jitter of {0}")]
    DelayBelowJitter(String),
    /// `--delay` at or above the time limit of a request.
    #[error("--delay: no request could succeed, the config's request-timeout is {0}")]
    DelayBeyondTimeout(String),
    /// A number out of bounds.
    #[error("{flag}: expected {expected}")]
    OutOfBounds {
        /// The flag.
        flag: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// More samples than a sweep may have.
    #[error("--requests and --repeats: the sweep would take {0} samples, more than {MOST_SAMPLES}")]
    TooMany(u64),
}

/// Every fault of the flags; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideFaults(pub Vec<OverrideFault>);

/// One on each line.
impl fmt::Display for OverrideFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for OverrideFaults {}

fn near(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| format!(", did you mean {}?", quoted(name)))
}

impl Sweep {
    /// The sweep with the command line's changes. A chart keeps those of its strategies that are still measured; one
    /// that has none of them, or whose request count is not measured any more, is dropped, and if no chart is left every
    /// chart kind is drawn.
    ///
    /// # Errors
    /// Every flag that does not go with the config.
    pub fn apply(mut self, overrides: Overrides) -> Result<Self, OverrideFaults> {
        let mut faults = self.select(&overrides);
        faults.extend(self.set_delay(overrides.delay));
        faults.extend(bounds(&overrides));
        self.requests = overrides.requests.unwrap_or(self.requests);
        self.charts.retain(|chart| chart.requests.is_none_or(|requests| self.requests.contains(&requests)));
        self.repeats = overrides.repeats.map_or(self.repeats, Repeats::fixed);
        self.seed = overrides.seed.unwrap_or(self.seed);
        self.output.formats = overrides.formats.unwrap_or(self.output.formats);
        self.output.dir = overrides.output_dir.unwrap_or(self.output.dir);
        if self.samples() > MOST_SAMPLES {
            faults.push(OverrideFault::TooMany(self.samples()));
        }
        if faults.is_empty() { Ok(self) } else { Err(OverrideFaults(faults)) }
    }

    fn select(&mut self, overrides: &Overrides) -> Vec<OverrideFault> {
        let (only, mut faults) = names(&self.strategies, "--only", &overrides.only);
        let (skip, more) = names(&self.strategies, "--skip", &overrides.skip);
        faults.extend(more);
        self.strategies.retain(|strategy| {
            (overrides.only.is_empty() || only.contains(&strategy.name)) && !skip.contains(&strategy.name)
        });
        if faults.is_empty() && self.strategies.is_empty() {
            faults.push(OverrideFault::NothingLeft);
        }
        let (strategies, references) = (&self.strategies, &self.references);
        self.charts.retain_mut(|chart| {
            let drew_all = chart.strategies.is_empty();
            let is_left = |name: &String| strategies.iter().any(|strategy| strategy.name == *name);
            chart.strategies.retain(|name| is_left(name) || references.iter().any(|line| line.name == *name));
            drew_all || !chart.strategies.is_empty()
        });
        faults
    }

    fn set_delay(&mut self, delay: Option<Nanos>) -> Option<OverrideFault> {
        let delay = delay?;
        match &mut self.target {
            Target::Url(_) => return Some(OverrideFault::DelayOfUrl),
            Target::Delay(target) if target.jitter > delay => {
                return Some(OverrideFault::DelayBelowJitter(target.jitter.human()));
            }
            Target::Delay(target) => target.delay = delay,
            Target::Sleep { delay: current } => *current = delay,
        }
        self.is_hopeless().then(|| OverrideFault::DelayBeyondTimeout(self.request_timeout.human()))
    }
}

/// The strategies that a flag's arguments name. An argument that is itself a name is not split at its commas.
fn names(strategies: &[StrategySpec], flag: &'static str, given: &[String]) -> (Vec<String>, Vec<OverrideFault>) {
    let known = || strategies.iter().map(|strategy| strategy.name.as_str());
    let is_known = |name: &str| known().any(|known| known == name);
    let split = given.iter().flat_map(|argument| match is_known(argument) {
        true => vec![argument.as_str()],
        false => argument.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
    });
    let (found, strange): (Vec<&str>, Vec<&str>) = split.partition(|name| is_known(name));
    let fault = |name: &str| OverrideFault::UnknownStrategy {
        flag,
        name: name.to_owned(),
        nearest: nearest(name, known()).map(str::to_owned),
        known: listed(known()),
    };
    (found.into_iter().map(str::to_owned).collect(), strange.into_iter().map(fault).collect())
}

/// What the config refuses is refused here too, whoever read the flags.
fn bounds(overrides: &Overrides) -> Vec<OverrideFault> {
    let counted = |number: u32| (1..=counts::MOST).contains(&i64::from(number));
    let sound = |list: &Vec<RequestCount>| list.iter().all(|n| counted(*n)) && list.is_sorted_by(|a, b| a < b);
    let distinct = |list: &Vec<Format>| list.iter().enumerate().all(|(index, format)| !list[..index].contains(format));
    let checks = [
        (
            "--requests",
            overrides.requests.as_ref().is_some_and(|list| list.is_empty() || !sound(list)),
            "ascending numbers, 1 to 1000000",
        ),
        ("--repeats", overrides.repeats.is_some_and(|repeats| !counted(repeats)), "1 to 1000000"),
        ("--seed", overrides.seed.is_some_and(|seed| i64::try_from(seed).is_err()), "0 to 9223372036854775807"),
        (
            "--formats",
            overrides.formats.as_ref().is_some_and(|list| list.is_empty() || !distinct(list)),
            "at least one format, each once",
        ),
        ("--output-dir", overrides.output_dir.as_ref().is_some_and(|dir| dir.as_os_str().is_empty()), "a folder"),
    ];
    let failed = checks.into_iter().filter(|(_, wrong, _)| *wrong);
    failed.map(|(flag, _, expected)| OverrideFault::OutOfBounds { flag, expected }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::sweep;
    use super::{OverrideFault, Overrides};
    use crate::model::figure::Format;
    use crate::model::{Nanos, Target};

    const BASE: &str = r#"
        target = { delay = "100ms", jitter = "20ms" }
        chart = [
            { kind = "duration", strategies = ["a, b", "async"] },
            { kind = "speedup", strategies = ["async"] },
        ]
        strategy = [{ name = "a, b", kind = "thread-pool" }, { name = "async", kind = "async" }, { name = "b", kind = "sequential" }]
    "#;

    fn names(overrides: Overrides) -> Vec<String> {
        sweep(BASE).apply(overrides).unwrap().strategies.into_iter().map(|strategy| strategy.name).collect()
    }

    fn complaint(overrides: Overrides) -> String {
        sweep(BASE).apply(overrides).unwrap_err().to_string()
    }

    fn given(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn nothing_given_changes_nothing() {
        assert_eq!(sweep(BASE).apply(Overrides::default()).unwrap(), sweep(BASE));
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
            let overrides = Overrides { only: given(&only), skip: given(&skip), ..Overrides::default() };
            assert_eq!(names(overrides), left, "{only:?} {skip:?}");
        }
    }

    #[test]
    fn charts_follow_the_strategies_that_are_left() {
        let charts = |only: &str| {
            let overrides = Overrides { only: given(&[only]), ..Overrides::default() };
            let charts = sweep(BASE).apply(overrides).unwrap().charts;
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
            let overrides = Overrides { requests: Some(requests.to_vec()), ..Overrides::default() };
            sweep(text).apply(overrides).unwrap().charts.len()
        };
        assert_eq!((kept(&[20, 30]), kept(&[30])), (2, 1));
    }

    #[test]
    fn values_replace_those_of_the_config() {
        let overrides = Overrides {
            requests: Some(vec![1, 2]),
            repeats: Some(7),
            seed: Some(9),
            delay: Some(Nanos::SECOND),
            formats: Some(vec![Format::Png]),
            output_dir: Some("elsewhere".into()),
            ..Overrides::default()
        };
        let sweep = sweep(BASE).apply(overrides).unwrap();
        assert_eq!((sweep.requests, sweep.repeats, sweep.seed), (vec![1, 2], crate::model::Repeats::fixed(7), 9));
        assert_eq!(sweep.target.delay(), Some(Nanos::SECOND));
        assert_eq!((sweep.output.formats, sweep.output.dir), (vec![Format::Png], "elsewhere".into()));
    }

    #[test]
    fn every_fault_names_its_flag() {
        let none = Overrides::default;
        for (overrides, text) in [
            (
                Overrides { only: given(&["asinc"]), ..none() },
                "--only: no strategy is called `asinc`, did you mean `async`?; the config has a, b, async, b",
            ),
            (
                Overrides { skip: given(&["a, b", "async", "b"]), ..none() },
                "--only and --skip leave no strategy to measure",
            ),
            (Overrides { delay: Some(Nanos(1)), ..none() }, "--delay: it is shorter than the config's jitter of 20 ms"),
            (
                Overrides { delay: Some(Nanos::from_millis(60_000)), ..none() },
                "--delay: no request could succeed, the config's request-timeout is 30 s",
            ),
            (
                Overrides { requests: Some(vec![2, 1]), ..none() },
                "--requests: expected ascending numbers, 1 to 1000000",
            ),
            (
                Overrides { repeats: Some(0), formats: Some(vec![]), ..none() },
                "--repeats: expected 1 to 1000000\n--formats: expected at least one format, each once",
            ),
            (Overrides { seed: Some(u64::MAX), ..none() }, "--seed: expected 0 to 9223372036854775807"),
            (
                Overrides { repeats: Some(100_000), ..none() },
                "--requests and --repeats: the sweep would take 1500000 samples, more than 1000000",
            ),
        ] {
            assert_eq!(complaint(overrides), text);
        }
        let url = sweep("target.url = 'http://localhost/'");
        let faults = url.apply(Overrides { delay: Some(Nanos(1)), ..none() }).unwrap_err();
        assert_eq!(faults.0, [OverrideFault::DelayOfUrl]);
    }

    #[test]
    fn the_delay_is_the_only_part_of_the_target_that_changes() {
        let overrides = Overrides { delay: Some(Nanos::from_millis(50)), ..Overrides::default() };
        let Target::Delay(target) = sweep(BASE).apply(overrides).unwrap().target else { panic!("still a delay") };
        assert_eq!((target.delay, target.jitter), (Nanos::from_millis(50), Nanos::from_millis(20)));
    }
}
