//! A comparison as a document: what became slower or faster, what else differs, and every combination.

use super::caveats;
use super::model::{Block, Document, DocumentSection, FigureBlock, Fold, Item, Tone};
use super::pictures::Pictures;
use super::table::{DataTable, TableColumn, TableValue};
use crate::comparison::{
    CellPair, Comparison, Difference, DifferenceKind, Failures, Grade, Open, Ratio, RunSide, StrategyPair, Verdict,
};
use crate::format::{counted, percent};
use crate::model::Varied;
use crate::model::figure::{Language, Unit};

pub(super) fn document<'a>(compared: &Comparison<'_>, pictures: &'a Pictures<'a>) -> Document<'a> {
    let mut figures: Vec<Block<'a>> = pictures
        .drawn
        .iter()
        .map(|picture| Block::Figure(FigureBlock { picture, values: None, answer: String::new() }))
        .collect();
    // The first one belongs to the verdicts.
    let others = figures.split_off(figures.len().min(1));
    let mut sections = vec![
        DocumentSection::new("verdicts", "Verdicts", verdicts(compared, figures)),
        DocumentSection::new("differences", "What differs", differences(compared)),
        DocumentSection::new("combinations", "All combinations", combinations(compared)).called("Combinations"),
        DocumentSection::new("charts", "Before and now", others),
    ];
    sections.retain(|section| !section.blocks.is_empty());
    Document {
        title: format!("Comparison: {} against {}", compared.new.name, compared.base.name),
        language: Language::English,
        title_language: Language::English,
        answer: headline(compared),
        lead: String::new(),
        sections,
    }
}

/// The whole in a sentence.
#[must_use]
pub fn headline(compared: &Comparison<'_>) -> String {
    if compared.refused {
        return "No verdict: the two runs did not do the same work. `--force` compares them all the same.".to_owned();
    }
    if compared.lines.is_empty() {
        let by = varied(compared).by();
        return format!("No verdict: the two runs have no strategy in common at any {by}.");
    }
    let within = percent(compared.threshold, 2);
    let told = [
        (Verdict::Slower, format!("slower by more than {within}")),
        (Verdict::Faster, format!("faster by more than {within}")),
        (Verdict::Same, format!("the same within {within}")),
        (Verdict::CannotTell, "undecided".to_owned()),
    ];
    let parts = told.into_iter().filter_map(|(verdict, words)| {
        let lines = compared.lines.iter().filter(|line| line.judged.verdict == verdict);
        let names: Vec<&str> = lines.map(|line| line.name).collect();
        (!names.is_empty()).then(|| format!("{words}: {}", names.join(", ")))
    });
    let text = parts.collect::<Vec<_>>().join("; ");
    format!("{}{}.", text[..1].to_uppercase(), &text[1..])
}

/// What is said about one strategy beside its verdict and its ratio; may be empty.
pub(super) fn remark(compared: &Comparison<'_>, line: &StrategyPair<'_>) -> String {
    if compared.refused {
        return String::new();
    }
    let places = [(&line.judged.slower_at, "slower"), (&line.judged.faster_at, "faster")].into_iter();
    let places = places.map(|(at, word)| (line.counts_at(at), word)).filter(|(counts, _)| !counts.is_empty());
    let places: Vec<String> =
        places.map(|(counts, word)| format!("{word} at {}", varied(compared).list(&counts))).collect();
    match line.judged.verdict {
        Verdict::Slower | Verdict::Faster => places.join(", "),
        Verdict::Same => String::new(),
        Verdict::CannotTell => {
            places.into_iter().chain([undecided(varied(compared), line)]).collect::<Vec<_>>().join("; ")
        }
    }
}

fn undecided(varied: &Varied, line: &StrategyPair<'_>) -> String {
    match &line.open {
        Some(Open::FailsMore) => return "more samples fail than before, and the rest is a selection".to_owned(),
        Some(Open::NothingLeft(counts)) => return format!("one run has no valid sample at {}", varied.list(counts)),
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
    format!("needs about {}", counted(more as usize, "more repeat", "more repeats"))
}

/// What both runs count.
fn varied<'a>(compared: &Comparison<'a>) -> &'a Varied {
    &compared.new.report.facts.varied
}

fn differences<'a>(compared: &Comparison<'_>) -> Vec<Block<'a>> {
    let item = |difference: &Difference| Item {
        label: difference.grade.as_str().to_owned(),
        text: difference_text(compared, difference),
        tone: if difference.grade == Grade::Note { Tone::Muted } else { Tone::Plain },
        ..Item::default()
    };
    let items: Vec<Item> = compared.differences.iter().map(item).collect();
    if items.is_empty() { Vec::new() } else { vec![Block::List(items)] }
}

/// A difference in a sentence.
pub(super) fn difference_text(compared: &Comparison<'_>, difference: &Difference) -> String {
    let run = |side: RunSide| match side {
        RunSide::Base => "base",
        RunSide::New => "new run",
    };
    match &difference.kind {
        DifferenceKind::NothingKnown { base, new } => {
            let which = match (base, new) {
                (true, true) => "both runs are",
                (true, false) => "the base is",
                _ => "the new run is",
            };
            format!(
                "{which} a bare CSV: target, strategies and machine are unknown, so it cannot be checked that the two did the \
                 same work"
            )
        }
        DifferenceKind::Masked { factor, value } => {
            format!("{factor}: {value} in both runs, and what is masked may differ")
        }
        DifferenceKind::Values { factor, base, new } => {
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
            format!("{factor}: {} in the base, {} in the new run", shown(base), shown(new))
        }
        DifferenceKind::Failures { strategy, failures } => failures_text(strategy, failures),
        DifferenceKind::OnlyIn { side, strategy, counts } if counts.is_empty() => {
            format!("strategy {strategy} is only in the {}", run(*side))
        }
        DifferenceKind::OnlyIn { side, strategy, counts } => {
            let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
            let at = varied(compared).told(&counts.join(", "));
            format!("{strategy} at {at} is only in the {}", run(*side))
        }
        DifferenceKind::Caveat { side, caveat } => {
            let side = match side {
                RunSide::Base => compared.base,
                RunSide::New => compared.new,
            };
            let told = Item { aside: String::new(), ..caveats::item(side.report, caveat) };
            format!("{}: {}", side.name, told.sentence().trim_end_matches('.'))
        }
    }
}

fn failures_text(strategy: &str, failures: &Failures) -> String {
    let Failures { base, new } = failures;
    let chance = if failures.more() {
        format!(", which is more than chance (p = {})", p_text(failures.p_more()))
    } else {
        String::new()
    };
    format!(
        "{strategy}: {} of {} samples failed in the new run, {} of {} in the base{chance}",
        new.0, new.1, base.0, base.1
    )
}

fn verdicts<'a>(compared: &Comparison<'_>, figures: Vec<Block<'a>>) -> Vec<Block<'a>> {
    if compared.lines.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        TableColumn::name("Strategy"),
        TableColumn::text("Verdict"),
        TableColumn::number("New / base (95 %)", Unit::Ratio),
        TableColumn::text("Remark"),
    ];
    let mut table = DataTable::new("Verdicts", columns);
    for line in &compared.lines {
        let ratio = |Ratio { value, low, high }| ratio_value(value, low, high);
        let values = [
            line.name.into(),
            compared.verdict(line).map_or("not comparable", |verdict| verdict.as_str()).into(),
            line.judged.ratio.map_or(TableValue::Missing, ratio),
            remark(compared, line).into(),
        ];
        table.row(values);
    }
    if table.rows.iter().all(|row| row.cells.last().is_none_or(|remark| remark.text.is_empty())) {
        table = table.without("Remark");
    }
    let method = method(compared).into_iter().map(Block::Paragraph).collect();
    let fold = Block::Fold(Fold { summary: "How to read it", blocks: method });
    std::iter::once(Block::Table(table)).chain(figures).chain([fold]).collect()
}

fn combinations<'a>(compared: &Comparison<'_>) -> Vec<Block<'a>> {
    if compared.lines.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        TableColumn::name("Strategy"),
        TableColumn::number(varied(compared).heading(), Unit::Count),
        TableColumn::number("Samples", Unit::Count),
        TableColumn::number("Base", Unit::Seconds),
        TableColumn::number("New", Unit::Seconds),
        TableColumn::number("New / base (95 %)", Unit::Ratio),
        TableColumn::number("p", Unit::Count),
    ];
    let mut table = DataTable { sortable: true, ..DataTable::new("Numbers of all combinations", columns) };
    let cells = || compared.lines.iter().flat_map(|line| line.cells.iter().map(move |cell| (line, cell)));
    for (line, cell) in cells() {
        table.row(combination(line, cell));
    }
    if cells().all(|(_, cell)| cell.p.is_none()) {
        table = table.without("p");
    }
    vec![Block::Table(table.aligned())]
}

fn combination(line: &StrategyPair<'_>, cell: &CellPair<'_>) -> [TableValue; 7] {
    let (base, new) = (cell.base.points.len(), cell.new.points.len());
    let ends = cell.interval.map_or((None, None), |interval| (Some(interval.low), Some(interval.high)));
    [
        line.name.into(),
        cell.requests.into(),
        TableValue::Shown(format!("{base} / {new}"), Some(new as f64)),
        cell.base.median().into(),
        cell.new.median().into(),
        cell.ratio.map_or(TableValue::Missing, |ratio| ratio_value(ratio, ends.0, ends.1)),
        cell.p.map_or(TableValue::Missing, |p| TableValue::Shown(p_text(p), Some(p))),
    ]
}

/// What the numbers mean, in sentences.
fn method(compared: &Comparison<'_>) -> [String; 3] {
    let within = percent(compared.threshold, 2);
    [
        format!(
            "Slower or faster: the samples show a difference of more than {within} at one request count at least, or over \
             all counts together (rank tests at a level of 5 %, corrected for their number after Holm). Same: over all \
             counts together the difference is shown to be less than {within}, and no count alone looks larger. Can't tell: \
             neither is shown; the remark estimates how many more repeats, in both runs, would decide."
        ),
        "The ratio of a strategy is the median of the ratios of every new sample to every base sample at the same count, \
         with its exact 95 % interval. The ratio of a combination is that of its two medians, with a bootstrap interval. p \
         is the result of its own rank test (Mann and Whitney), uncorrected, and left out where so few samples cannot \
         reach 0.05."
            .to_owned(),
        "A comparison shows that two runs differ, not why: the code may have changed, or anything else between them."
            .to_owned(),
    ]
}

/// A ratio and its interval: `1.123× (1.1 – 1.15)`.
fn ratio_value(value: f64, low: Option<f64>, high: Option<f64>) -> TableValue {
    let end = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), |end| format!("{end:.3}"));
    let ends = match (low, high) {
        (None, None) => String::new(),
        (low, high) => format!(" ({} – {})", end(low), end(high)),
    };
    TableValue::Shown(format!("{value:.3}×{ends}"), Some(value))
}

/// A p-value: `0.031`, `<0.001`.
fn p_text(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

#[cfg(test)]
mod tests {
    use super::{difference_text, headline, p_text, ratio_value, remark};
    use crate::comparison::{Comparison, Factor, Side};
    use crate::document::TableValue;
    use crate::model::{Run, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::RunBuilder;

    /// Two strategies at 10 and 50 requests with half a percent of spread.
    fn run(repeats: u32, slower: fn(&str, u32) -> f64) -> Run {
        let mut builder = RunBuilder::new().strategy("a", "async", None).strategy("b", "async", None);
        for repeat in 0..repeats {
            for (index, name) in ["a", "b"].into_iter().enumerate() {
                for requests in [10, 50] {
                    let spread = 1.0 + f64::from((repeat * 7 + requests) % 11) / 2_000.0;
                    builder = builder.sample(index, requests, spread * slower(name, requests));
                }
            }
        }
        builder.run()
    }

    /// What is said: the headline, the remark on `b`, the differences.
    fn told(base: &Run, new: &Run, delays: [&str; 2]) -> (String, String, Vec<String>) {
        let reports = [base, new].map(Report::of);
        let side = |at: usize, name: &str| {
            let factors = Some(delays[at]).filter(|delay| !delay.is_empty());
            let factors = factors.map(|delay| (Factor::Delay, delay.to_owned())).into_iter().collect();
            Side { name: name.to_owned(), report: &reports[at], factors }
        };
        let (base, new) = (side(0, "base"), side(1, "new"));
        let compared = Comparison::of(&base, &new, 0.05, false);
        let differences = compared.differences.iter().map(|difference| difference_text(&compared, difference));
        let on_b = compared.lines.iter().find(|line| line.name == "b").map(|line| remark(&compared, line));
        (headline(&compared), on_b.unwrap_or_default(), differences.collect())
    }

    fn at_fifty(name: &str, requests: u32) -> f64 {
        if name == "b" && requests == 50 { 1.2 } else { 1.0 }
    }

    const SAME: [&str; 2] = ["1 s"; 2];

    #[test]
    fn verdicts_are_told_the_worst_first() {
        let base = run(10, |_, _| 1.0);
        assert_eq!(told(&base, &base, SAME).0, "The same within 5 %: a, b.");
        let slow = run(10, at_fifty);
        let (headline, remark, _) = told(&base, &slow, SAME);
        assert_eq!(headline, "Slower by more than 5 %: b; the same within 5 %: a.");
        assert_eq!(remark, "slower at 50 requests");
        let (_, remark, _) = told(&slow, &base, SAME);
        assert_eq!(remark, "faster at 50 requests");
    }

    #[test]
    fn what_is_undecided_says_what_would_decide() {
        let single = run(1, |_, _| 1.0);
        let (headline, remark, _) = told(&single, &single, SAME);
        assert_eq!(headline, "Undecided: a, b.");
        assert_eq!(remark, "single samples do not show how far they spread: measure at least 3 repeats");
        let (base, close) = (run(3, |_, _| 1.0), run(3, at_fifty));
        let (_, remark, _) = told(&base, &close, SAME);
        assert_eq!(remark, "needs about 1 more repeat");
    }

    #[test]
    fn failures_take_a_verdict_back_and_are_told() {
        let (base, mut new) = (run(10, |_, _| 1.0), run(10, |_, _| 1.0));
        for row in new.samples.iter_mut().filter(|row| row.strategy == "b").skip(10) {
            row.status = SampleStatus::Timeout;
        }
        let (_, remark, differences) = told(&base, &new, SAME);
        assert_eq!(remark, "more samples fail than before, and the rest is a selection");
        let start = "b: 10 of 20 samples failed in the new run, 0 of 20 in the base, which is more than chance (p = ";
        assert!(differences[0].starts_with(start), "{differences:?}");
        let (mut base, mut new) = (base, run(10, |_, _| 1.0));
        for run in [&mut base, &mut new] {
            run.samples.iter_mut().filter(|row| row.strategy == "b" && row.requests == 10).for_each(|row| {
                row.status = SampleStatus::Timeout;
            });
        }
        assert_eq!(told(&base, &new, SAME).1, "one run has no valid sample at 10 requests");
    }

    #[test]
    fn what_cannot_be_compared_has_no_verdict() {
        let base = run(3, |_, _| 1.0);
        let (headline, remark, differences) = told(&base, &base, ["1 s", "2 s"]);
        assert!(headline.starts_with("No verdict: the two runs did not do the same work."), "{headline}");
        assert_eq!((remark.as_str(), differences[0].as_str()), ("", "delay: 1 s in the base, 2 s in the new run"));
        let other = RunBuilder::new().strategy("c", "", None).sample(0, 10, 1.0).run();
        let (headline, _, differences) = told(&base, &other, SAME);
        assert!(headline.starts_with("No verdict: the two runs have no strategy in common"), "{headline}");
        assert!(differences.contains(&"strategy c is only in the new run".to_owned()), "{differences:?}");
    }

    #[test]
    fn differences_say_what_is_known_of_which_run() {
        let (base, mut less) = (run(3, |_, _| 1.0), run(3, |_, _| 1.0));
        let bare = &told(&base, &base, ["1 s", ""]).2[0];
        assert!(bare.starts_with("the new run is a bare CSV: target, strategies"), "{bare}");
        less.samples.retain(|row| row.strategy != "a" || row.requests == 10);
        let differences = told(&base, &less, SAME).2;
        assert!(differences.contains(&"a at 50 requests is only in the base".to_owned()), "{differences:?}");
        let mut unfinished = base.clone();
        unfinished.facts.planned_samples = 20;
        let differences = told(&base, &unfinished, SAME).2;
        assert_eq!(differences, ["new: 8 of 20 planned samples were not measured"]);
    }

    #[test]
    fn ratios_and_p_values_have_three_decimals() {
        let text = |low, high| match ratio_value(1.1234, low, high) {
            TableValue::Shown(text, Some(1.1234)) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(text(Some(1.1), None), "1.123× (1.100 – ?)");
        assert_eq!(text(None, None), "1.123×");
        assert_eq!([0.03149, 0.0004].map(p_text), ["0.031", "<0.001"]);
    }
}
