//! The small line at a figure's foot: how often each point was measured, and what bands, dashes and hollow marks mean.

use crate::chart::kind::Subject;
use crate::chart::{downsample, words};
use crate::config::{Label, Labels};
use crate::format::grouped;
use crate::model::figure::{Panel, Role, Spread};
use crate::model::{DelayTarget, Nanos, NotRun, RequestCount, Target, TargetEstimate};
use crate::report::{Cell, Report};
use crate::stats::Method;

/// More strategies than this are not told one by one in a caption.
const HELD: usize = 6;

/// Joins the parts that apply.
pub(super) fn caption(labels: &Labels, parts: impl IntoIterator<Item = Option<String>>) -> String {
    words::joined(labels, parts.into_iter().flatten())
}

/// How many samples stand behind each point, and whether their set-up is in them.
pub(super) fn samples(subject: &Subject<'_>, strategy_indices: &[usize]) -> Option<String> {
    let (report, labels) = (subject.report, subject.labels);
    let counts = cells(report, strategy_indices).map(|cell| cell.points.len()).filter(|count| *count > 0);
    let text = match words::span(labels, counts)?.as_str() {
        "1" => labels.text(Label::OneSample).to_owned(),
        many => labels.fill(Label::Samples, &[("number", many)]),
    };
    Some(match report.facts.target {
        Some(_) => labels.fill(Label::SetUp, &[("samples", &text)]),
        None => text,
    })
}

/// What the bands or bars of a panel mean; `None` where it has none.
pub(super) fn intervals(subject: &Subject<'_>, strategy_indices: &[usize], panel: &Panel) -> Option<String> {
    let counts = subject.report.counts;
    let bins = downsample::number_of_bins(counts.len(), strategy_indices.len());
    if let Some(bins) = bins.filter(|_| panel.series.iter().any(|line| line.binned)) {
        let number = grouped(downsample::largest_bin(counts, (panel.x.scale, bins)));
        return Some(subject.labels.fill(Label::Binned, &[("number", &number)]));
    }
    let shows = |spread| panel.series.iter().any(|line| line.spread == spread);
    let mark = match (shows(Spread::Band), shows(Spread::Bars)) {
        (true, true) => Label::BandAndBars,
        (true, false) => Label::Band,
        (false, true) => Label::Bars,
        (false, false) => return None,
    };
    let bootstrap = |cell: &Cell<'_>| cell.interval.is_none_or(|interval| interval.method == Method::Bootstrap);
    let all = cells(subject.report, strategy_indices).all(bootstrap);
    let label = if all { Label::Bootstrap } else { Label::Interval };
    Some(subject.labels.fill(label, &[("mark", subject.labels.text(mark))]))
}

/// What a dashed line means.
pub(super) fn dashed(subject: &Subject<'_>) -> String {
    of_ideal(subject, Label::Dashed, Label::DashedFor)
}

/// That 0 is the ideal.
pub(super) fn zero(subject: &Subject<'_>) -> String {
    of_ideal(subject, Label::Zero, Label::ZeroFor)
}

/// `plain` where the delay that the ideal is made of is unknown.
fn of_ideal(subject: &Subject<'_>, plain: Label, with_delay: Label) -> String {
    match delay(subject.report, subject.labels) {
        Some(delay) => subject.labels.fill(with_delay, &[("delay", &delay)]),
        None => subject.text(plain),
    }
}

/// `a delay of 100 ms ± 10 ms, at most 8 served at once`.
fn delay(report: &Report<'_>, labels: &Labels) -> Option<String> {
    let told = |label, time: &str| labels.fill(label, &[("time", time)]);
    if let [TargetEstimate { before: Some(delay), target: None, .. }] = &report.facts.estimates[..] {
        return Some(told(Label::EstimatedDelay, &delay.human()));
    }
    let DelayTarget { delay, jitter, max_concurrent, .. } = match report.facts.target.as_ref()?.one()? {
        Target::Delay(target) => target,
        Target::Sleep { delay } => return Some(told(Label::Sleep, &delay.human())),
        Target::Url(_) => return None,
    };
    let jitter = if *jitter == Nanos::ZERO { String::new() } else { format!(" ± {}", jitter.human()) };
    let delay = told(Label::Delay, &format!("{}{jitter}", delay.human()));
    Some(match max_concurrent {
        0 => delay,
        limit => labels.fill(Label::ServedAtOnce, &[("delay", &delay), ("number", &grouped(limit))]),
    })
}

/// What thin lines are, and how long their requests had to wait where that is the same for all; `None` without any.
pub(super) fn elsewhere(subject: &Subject<'_>, panel: &Panel) -> Option<String> {
    let drawn = panel.series.iter().any(|line| line.role == Role::Reference);
    let mut delays = subject.references().map(|line| line.about.delay);
    let first = delays.next()?;
    let labels = subject.labels;
    let text = match first.filter(|_| delays.all(|delay| delay == first)) {
        None => labels.text(Label::Elsewhere).to_owned(),
        Some(delay) => {
            let delay = labels.fill(Label::Delay, &[("time", &delay.human())]);
            labels.fill(Label::ElsewhereFor, &[("delay", &delay)])
        }
    };
    drawn.then_some(text)
}

/// That durations are divided; `None` where they are not.
pub(super) fn divided(subject: &Subject<'_>) -> Option<String> {
    subject.spec.normalize.then(|| subject.text(Label::Divided))
}

/// Which strategies are drawn of many, and which cells of these were not run, and why; `None` where all are.
pub(super) fn not_drawn(subject: &Subject<'_>, strategy_indices: &[usize]) -> Option<String> {
    not_drawn_where(subject, strategy_indices, |_| true)
}

/// The same at one request count.
pub(super) fn not_drawn_at(
    subject: &Subject<'_>,
    strategy_indices: &[usize],
    requests: RequestCount,
) -> Option<String> {
    not_drawn_where(subject, strategy_indices, |cell| cell.requests == requests)
}

/// Which strategies are drawn where there are too many to draw them all.
fn chosen(subject: &Subject<'_>, strategy_indices: &[usize]) -> Option<String> {
    let (labels, all) = (subject.labels, subject.report.strategies.len());
    let answer = subject.report.answer.as_ref().filter(|_| subject.is_chosen())?;
    let (number, all) = (grouped(strategy_indices.len()), grouped(all));
    let requests = words::requests(labels, answer.requests.into());
    let values = [("number", number.as_str()), ("all", all.as_str()), ("requests", requests.as_str())];
    Some(labels.fill(Label::Chosen, &values))
}

fn not_drawn_where(
    subject: &Subject<'_>,
    strategy_indices: &[usize],
    wanted: impl Fn(&NotRun) -> bool,
) -> Option<String> {
    let (report, labels) = (subject.report, subject.labels);
    let of = |strategy_index: &usize| {
        let name = report.strategies[*strategy_index].name.as_str();
        let own = report.facts.not_run.iter().filter(|cell| cell.strategy == name);
        let cells: Vec<&NotRun> = own.filter(|cell| wanted(cell)).collect();
        let counts = words::span(labels, cells.iter().map(|cell| cell.requests as usize))?;
        let (requests, reason) = (labels.fill(Label::SomeRequests, &[("number", &counts)]), &cells.first()?.reason);
        Some(labels.fill(Label::NotRun, &[("strategy", name), ("requests", &requests), ("reason", reason)]))
    };
    let join = |first: String, second: String| labels.fill(Label::Join, &[("first", &first), ("second", &second)]);
    chosen(subject, strategy_indices).into_iter().chain(strategy_indices.iter().filter_map(of)).reduce(join)
}

/// What hollow marks mean; `None` where there are none.
pub(super) fn failures(labels: &Labels, number: usize) -> Option<String> {
    match number {
        0 => None,
        1 => Some(labels.text(Label::HollowOne).to_owned()),
        many => Some(labels.fill(Label::Hollow, &[("number", &grouped(many))])),
    }
}

/// Most threads of each strategy at the largest count where they were seen, or only of those with several processes;
/// `None` for none or for many.
pub(super) fn threads(
    subject: &Subject<'_>,
    strategy_indices: &[usize],
    only_of_several_processes: bool,
) -> Option<String> {
    let (report, labels) = (subject.report, subject.labels);
    let requests = cells(report, strategy_indices)
        .filter(|cell| cell.recorded.cost.threads.is_some())
        .map(|cell| cell.requests)
        .max()?;
    let told = cells(report, strategy_indices).filter(|cell| cell.requests == requests).filter_map(|cell| {
        let threads = grouped(cell.recorded.cost.threads?);
        let in_processes = |processes: u32| {
            labels.fill(Label::InProcesses, &[("number", &threads), ("processes", &grouped(processes))])
        };
        let processes = cell.recorded.cost.processes.filter(|processes| *processes > 1);
        if only_of_several_processes && processes.is_none() {
            return None;
        }
        let name = &report.strategies[cell.strategy_index].name;
        Some(format!("{name} {}", processes.map_or_else(|| threads.clone(), in_processes)))
    });
    let told: Vec<String> = told.collect();
    let few = told.len() <= HELD;
    let pair = |first: String, second: String| labels.fill(Label::Pair, &[("first", &first), ("second", &second)]);
    let all = told.into_iter().reduce(pair)?;
    let values = [("requests", words::requests(labels, requests.into())), ("threads", all)];
    few.then(|| labels.fill(Label::Threads, &values.each_ref().map(|(name, value)| (*name, value.as_str()))))
}

fn cells<'a>(report: &'a Report<'_>, strategy_indices: &'a [usize]) -> impl Iterator<Item = &'a Cell<'a>> {
    strategy_indices.iter().flat_map(|strategy_index| report.cells_of(*strategy_index))
}
