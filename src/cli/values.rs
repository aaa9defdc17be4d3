//! Single values of the command line: text → the type that they have inside, or what was expected.

use clap::ValueEnum;

use crate::importer::TimeUnit;
use crate::model::duration::HINT;
use crate::model::figure::Format;
use crate::model::{DurationFault, Nanos, parse_duration};

/// A whole number; which ones are right, the config says.
pub(super) fn number(text: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| "expected a whole number".to_owned())
}

pub(super) fn format(text: &str) -> Result<Format, String> {
    Format::parse(text.trim()).ok_or_else(|| "expected svg or png".to_owned())
}

pub(super) fn duration(text: &str) -> Result<Nanos, String> {
    parse_duration(text).map_err(|fault| match fault {
        DurationFault::NoUnit => format!("{fault}; write {text}ms or {text}s"),
        _ => format!("{fault}; write {HINT}"),
    })
}

/// A unit of time, by its name.
pub(super) fn time_unit(text: &str) -> Result<TimeUnit, String> {
    TimeUnit::parse(text).ok_or_else(|| "expected ns, us, ms, s, min or h".to_owned())
}

/// A share of all: 0 to 1.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "expected a share, 0 to 1: five percent is 0.05".to_owned())
}

/// `5%`, `5 %` or `0.05`: 0 or more and less than 1 000 %.
pub(super) fn threshold(text: &str) -> Result<f64, String> {
    let (number, unit) = text.trim().strip_suffix('%').map_or((text.trim(), 1.0), |number| (number.trim_end(), 0.01));
    let share = number.parse::<f64>().ok().map(|number| number * unit);
    let expected = "write a percentage such as 5% or a fraction such as 0.05";
    share.filter(|share| (0.0..10.0).contains(share)).ok_or_else(|| expected.to_owned())
}

/// What the points of a history are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum HistoryOrder {
    /// Runs, at the day they began
    #[default]
    Date,
    /// Commits, in the order first measured: the median over their runs
    Commit,
}

/// What `compare` and `history` print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ComparisonFormat {
    /// Tables for people
    #[default]
    Text,
    /// One document for programs
    Json,
    /// For a pull request
    Markdown,
}

#[cfg(test)]
mod tests {
    use super::threshold;

    #[test]
    fn a_threshold_is_a_percentage_or_a_fraction() {
        for (text, expected) in [("5%", 0.05), (" 2.5 % ", 0.025), ("0.05", 0.05), ("0", 0.0), ("100%", 1.0)] {
            assert!((threshold(text).unwrap() - expected).abs() < 1e-12, "{text}");
        }
        for wrong in ["", "%", "-1%", "five", "NaN", "inf%", "5%%", "1000%"] {
            assert!(threshold(wrong).unwrap_err().contains("5% or a fraction"), "{wrong}");
        }
    }
}
