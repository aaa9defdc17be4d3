//! What two runs were measured on, with and against; what differs between them, and how much that matters.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::address::bare_address;
use crate::model::secret::HIDDEN;

/// How much a difference between two runs matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Worth knowing.
    Note,
    /// It may be the whole reason for a difference in duration.
    Warning,
    /// The two did not do the same work: no verdict.
    Incomparable,
}

impl Grade {
    /// The word in tables and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Incomparable => "incomparable",
        }
    }
}

/// What a factor is about. It names itself and knows how much a difference in it matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// The embedded server, or an address.
    Target,
    /// Time before each response of the embedded server.
    Delay,
    /// Uniform, ± around it.
    Jitter,
    /// Share of its responses that fail.
    FailureRate,
    /// Requests that it serves at once.
    MaxConcurrent,
    /// The address.
    Url,
    /// HTTP method.
    Method,
    /// Request body.
    Body,
    /// The status that counts as success.
    ExpectStatus,
    /// Names of the headers sent.
    Headers,
    /// Kind and options of the strategy of this name.
    Strategy(String),
    /// Version of the program behind the strategy of this name.
    StrategyVersion(String),
    /// Whether samples ran side by side, and how much CPU they might use then.
    Overlap,
    /// Version of the way to measure.
    Measuring,
    /// Name of the machine.
    Host,
    /// Its processor.
    Processor,
    /// Its hardware threads.
    Cores,
    /// Its memory.
    Memory,
    /// Its instruction set.
    Architecture,
    /// Its operating system.
    System,
    /// Its kernel.
    Kernel,
    /// How its processor's frequency is governed.
    Governor,
    /// Virtual machine or container.
    Virtualization,
    /// What its clock is read from.
    ClockSource,
    /// Open files, ports and backlog.
    Limits,
    /// Version of the program.
    Tool,
    /// Commit of the source tree.
    Source,
    /// How often each cell is measured.
    Repeats,
    /// Warm-up samples of each cell.
    Warmup,
    /// Order of the samples.
    Order,
    /// Time limits of requests and samples.
    Timeouts,
    /// Seed of order, jitter and failures.
    Seed,
}

impl Factor {
    /// How much a difference matters.
    #[must_use]
    pub const fn grade(&self) -> Grade {
        match self {
            Self::Target
            | Self::Delay
            | Self::Jitter
            | Self::FailureRate
            | Self::MaxConcurrent
            | Self::Url
            | Self::Method
            | Self::Body
            | Self::ExpectStatus
            | Self::Strategy(_)
            | Self::Overlap
            | Self::Measuring => Grade::Incomparable,
            Self::Headers
            | Self::Host
            | Self::Processor
            | Self::Cores
            | Self::Memory
            | Self::Architecture
            | Self::System
            | Self::Governor
            | Self::Virtualization => Grade::Warning,
            Self::Kernel
            | Self::ClockSource
            | Self::Limits
            | Self::StrategyVersion(_)
            | Self::Tool
            | Self::Source
            | Self::Repeats
            | Self::Warmup
            | Self::Order
            | Self::Timeouts
            | Self::Seed => Grade::Note,
        }
    }
}

impl Factor {
    /// Whether a part of the work is masked in a value. A password chooses no work.
    fn lacks_part(&self, value: &str) -> bool {
        match self {
            Self::Url => bare_address(value).contains(HIDDEN),
            Self::Body | Self::Strategy(_) => value.contains(HIDDEN),
            _ => false,
        }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Target => "target",
            Self::Delay => "delay",
            Self::Jitter => "jitter",
            Self::FailureRate => "failure rate",
            Self::MaxConcurrent => "max-concurrent",
            Self::Url => "url",
            Self::Method => "method",
            Self::Body => "request body",
            Self::ExpectStatus => "expected status",
            Self::Headers => "request headers",
            Self::Strategy(name) => return write!(formatter, "strategy {name}"),
            Self::StrategyVersion(name) => return write!(formatter, "version of {name}"),
            Self::Overlap => "overlap",
            Self::Measuring => "measuring version",
            Self::Host => "host",
            Self::Processor => "processor",
            Self::Cores => "cores",
            Self::Memory => "memory",
            Self::Architecture => "architecture",
            Self::System => "system",
            Self::Kernel => "kernel",
            Self::Governor => "frequency governor",
            Self::Virtualization => "virtualisation",
            Self::ClockSource => "clock source",
            Self::Limits => "limits",
            Self::Tool => "reportgen",
            Self::Source => "source tree",
            Self::Repeats => "repeats",
            Self::Warmup => "warm-up",
            Self::Order => "order",
            Self::Timeouts => "time limits",
            Self::Seed => "seed",
        })
    }
}

/// Values by factor, as shown to people; without secrets. A factor that is absent is not known, or does not apply.
pub type Factors = BTreeMap<Factor, String>;

/// Something that a reader must know before the verdicts.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// How much it matters.
    pub grade: Grade,
    /// What it is, in a sentence.
    pub text: String,
}

/// What differs, the gravest first. Of strategies only those that both runs have are compared.
pub(super) fn differences(base: &Factors, new: &Factors) -> Vec<Difference> {
    if base.is_empty() || new.is_empty() {
        let which = match (base.is_empty(), new.is_empty()) {
            (true, true) => "both runs are",
            (true, false) => "the base is",
            _ => "the new run is",
        };
        let text = format!(
            "{which} a bare CSV: target, strategies and machine are unknown, so nobody can check that the two did the same \
             work"
        );
        return vec![Difference { grade: Grade::Warning, text }];
    }
    let mut topics: Vec<&Factor> = base.keys().chain(new.keys()).collect();
    topics.sort_unstable();
    topics.dedup();
    let differing = topics.into_iter().filter_map(|factor| {
        let (before, now) = (base.get(factor), new.get(factor));
        let one_sided_strategy =
            matches!(factor, Factor::Strategy(_) | Factor::StrategyVersion(_)) && (before.is_none() || now.is_none());
        if one_sided_strategy {
            return None;
        }
        if before == now {
            let value = before.filter(|value| factor.lacks_part(value))?;
            let text = format!("{factor}: {value} in both runs, and what is masked may differ");
            return Some(Difference { grade: Grade::Warning, text });
        }
        let shown = |value: Option<&String>| value.map_or_else(|| "unknown".to_owned(), Clone::clone);
        let text = format!("{factor}: {} in the base, {} in the new run", shown(before), shown(now));
        // Nobody can say that what is unknown differs.
        let is_known = |value: Option<&String>| value.is_some_and(|value| value != HIDDEN);
        let most = if is_known(before) && is_known(now) { Grade::Incomparable } else { Grade::Warning };
        Some(Difference { grade: factor.grade().min(most), text })
    });
    let mut differences: Vec<Difference> = differing.collect();
    differences.sort_by_key(|difference| std::cmp::Reverse(difference.grade));
    differences
}

#[cfg(test)]
mod tests {
    use super::{Factor, Factors, Grade, differences};

    fn of(facts: &[(Factor, &str)]) -> Factors {
        facts.iter().map(|(factor, value)| (factor.clone(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_gravest_stands_first_and_equal_ones_are_not_told() {
        let base = of(&[(Factor::Seed, "1"), (Factor::Delay, "100 ms"), (Factor::Cores, "2"), (Factor::Kernel, "6.1")]);
        let new = of(&[(Factor::Seed, "2"), (Factor::Delay, "50 ms"), (Factor::Cores, "8"), (Factor::Kernel, "6.1")]);
        let found = differences(&base, &new);
        let told: Vec<_> = found.iter().map(|difference| (difference.grade, difference.text.as_str())).collect();
        assert_eq!(
            told,
            [
                (Grade::Incomparable, "delay: 100 ms in the base, 50 ms in the new run"),
                (Grade::Warning, "cores: 2 in the base, 8 in the new run"),
                (Grade::Note, "seed: 1 in the base, 2 in the new run"),
            ]
        );
        assert_eq!(differences(&base, &base), []);
    }

    #[test]
    fn what_is_masked_may_differ() {
        let all = of(&[(Factor::Url, "http://a:***@h/?key=***"), (Factor::Body, "***"), (Factor::Headers, "***")]);
        let told: Vec<_> = differences(&all, &all).into_iter().map(|found| (found.grade, found.text)).collect();
        let text = |factor: &str| format!("{factor} in both runs, and what is masked may differ");
        assert_eq!(
            told,
            [(Grade::Warning, text("url: http://a:***@h/?key=***")), (Grade::Warning, text("request body: ***")),]
        );
        let password = of(&[(Factor::Url, "http://a:***@h/")]);
        assert_eq!(differences(&password, &password), []);
        let known = of(&[(Factor::Body, "9 bytes")]);
        assert_eq!(differences(&known, &of(&[(Factor::Body, "***")]))[0].grade, Grade::Warning);
    }

    #[test]
    fn a_strategy_of_one_run_is_no_difference_and_a_bare_csv_is_one() {
        let base = of(&[(Factor::Strategy("a".into()), "async"), (Factor::Target, "delay")]);
        assert_eq!(differences(&base, &of(&[(Factor::Target, "delay")])), []);
        let other = of(&[(Factor::Strategy("a".into()), "sequential"), (Factor::Target, "delay")]);
        assert_eq!(differences(&base, &other)[0].grade, Grade::Incomparable);
        let silent = of(&[(Factor::Target, "delay"), (Factor::Body, "none")]);
        assert_eq!(differences(&base, &silent)[0].grade, Grade::Warning, "a body that only one run tells of");
        let unknown = differences(&base, &Factors::new());
        assert_eq!(unknown[0].grade, Grade::Warning);
        assert!(unknown[0].text.starts_with("the new run is a bare CSV"), "{unknown:?}");
    }
}
