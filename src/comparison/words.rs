//! The comparison in words, the same in every output.

use crate::comparison::pair::{Comparison, Open, StrategyPair};
use crate::comparison::verdict::{Ratio, Verdict};
use crate::format::{counted, percent, requests};
use crate::model::RequestCount;

/// A ratio and its interval: `1.123× (1.1 – 1.15)`.
#[must_use]
pub fn ratio_text(value: f64, ends: Option<(Option<f64>, Option<f64>)>) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), |end| format!("{end:.3}"));
    match ends {
        Some((None, None)) | None => format!("{value:.3}×"),
        Some((low, high)) => format!("{value:.3}× ({} – {})", end(low), end(high)),
    }
}

/// A p-value for people: `0.031`, `<0.001`.
#[must_use]
pub fn p_text(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

impl Ratio {
    /// For people, with its interval.
    #[must_use]
    pub fn text(&self) -> String {
        ratio_text(self.value, Some((self.low, self.high)))
    }
}

impl Comparison<'_> {
    /// The whole in a sentence.
    #[must_use]
    pub fn headline(&self) -> String {
        if self.refused {
            return "No verdict: the two runs did not do the same work. `--force` compares them all the same."
                .to_owned();
        }
        if self.lines.is_empty() {
            return "No verdict: the two runs have no strategy in common at any request count.".to_owned();
        }
        let within = percent(self.threshold, 2);
        let told = [
            (Verdict::Slower, format!("slower by more than {within}")),
            (Verdict::CannotTell, "undecided".to_owned()),
            (Verdict::Faster, format!("faster by more than {within}")),
            (Verdict::Same, format!("the same within {within}")),
        ];
        let parts = told.into_iter().filter_map(|(verdict, words)| {
            let names: Vec<&str> =
                self.lines.iter().filter(|line| line.judged.verdict == verdict).map(|line| line.name).collect();
            (!names.is_empty()).then(|| format!("{words}: {}", names.join(", ")))
        });
        let text = parts.collect::<Vec<_>>().join("; ");
        format!("{}{}.", text[..1].to_uppercase(), &text[1..])
    }

    /// What is said about one strategy beside its verdict and its ratio; may be empty.
    #[must_use]
    pub fn remark(&self, line: &StrategyPair<'_>) -> String {
        if self.refused {
            return String::new();
        }
        let judged = &line.judged;
        let slower = at(&line.counts_at(&judged.slower_at), "slower");
        let faster = at(&line.counts_at(&judged.faster_at), "faster");
        let places: Vec<String> = [slower, faster].into_iter().flatten().collect();
        match judged.verdict {
            Verdict::Slower | Verdict::Faster => places.join(", "),
            Verdict::Same => String::new(),
            Verdict::CannotTell => places.into_iter().chain([self.undecided(line)]).collect::<Vec<_>>().join("; "),
        }
    }

    fn undecided(&self, line: &StrategyPair<'_>) -> String {
        match &line.open {
            Some(Open::FailsMore) => return "more samples fail than before, and the rest is a selection".to_owned(),
            Some(Open::NothingLeft(counts)) => {
                return format!("one run has no sample that counts at {}", list(counts));
            }
            None => {}
        }
        let Some(more) = line.more_repeats() else {
            let spread = line.cells.iter().any(|cell| cell.base.points.len() > 1 || cell.new.points.len() > 1);
            return if spread {
                "a thousand repeats would probably not decide: the difference is too close to the threshold".to_owned()
            } else {
                "single samples do not show how far they spread: measure at least 3 repeats".to_owned()
            };
        };
        let repeats = counted(more as usize, "more repeat", "more repeats");
        format!("about {repeats} of each cell in both runs would decide (estimate)")
    }
}

/// `slower at 30 and 50 requests`; `None` without counts.
fn at(counts: &[RequestCount], word: &str) -> Option<String> {
    (!counts.is_empty()).then(|| format!("{word} at {}", list(counts)))
}

fn list(counts: &[RequestCount]) -> String {
    let words: Vec<String> = counts.iter().map(u32::to_string).collect();
    match words.as_slice() {
        [_] => requests(counts[0]),
        [rest @ .., last] => format!("{} and {last} requests", rest.join(", ")),
        [] => String::new(),
    }
}
