//! Runs for tests of this floor and those above: drawn up sample by sample, with exact numbers.

use crate::model::{
    Concurrency, DelayTarget, Nanos, Outcome, Phase, Reference, RequestCount, Run, SampleRow, SampleStatus,
    StrategyLine, Target, Timing,
};

/// A run in the making.
#[derive(Default)]
pub(crate) struct RunBuilder(Run);

impl RunBuilder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn strategy(mut self, name: &str, kind: &str, workers: Option<u32>) -> Self {
        let model = match kind {
            "sequential" => Some(Concurrency::Sequential),
            "thread-pool" | "process-pool" => Some(Concurrency::Pool),
            "async" => Some(Concurrency::Async),
            _ => None,
        };
        let bound = if model == Some(Concurrency::Sequential) { Some(1) } else { workers };
        self.0.strategies.push(StrategyLine {
            name: name.into(),
            kind: kind.into(),
            workers,
            model,
            bound,
            target: None,
        });
        self
    }

    /// An `ok` sample of which only the duration is known.
    pub(crate) fn sample(mut self, strategy_index: usize, requests: RequestCount, seconds: f64) -> Self {
        let line = self.0.strategies[strategy_index].clone();
        if let Err(place) = self.0.counts.binary_search(&requests) {
            self.0.counts.insert(place, requests);
        }
        let before = self.0.samples.iter().filter(|row| row.strategy == line.name && row.requests == requests);
        self.0.samples.push(SampleRow {
            repeat: u32::try_from(before.count()).unwrap() + 1,
            sequence: u32::try_from(self.0.samples.len()).unwrap() + 1,
            strategy: line.name,
            kind: line.kind,
            workers: line.workers,
            requests,
            duration_s: Some(Nanos::from_secs_f64(seconds)),
            timing: Some(Timing::OwnClock),
            ..empty_row()
        });
        self
    }

    /// Changes the sample that was added last.
    pub(crate) fn also(mut self, change: impl FnOnce(&mut SampleRow)) -> Self {
        change(self.0.samples.last_mut().unwrap());
        self
    }

    /// The requests of a cell's first repeat as (worker, start, end), in milliseconds.
    pub(crate) fn requests(mut self, strategy_index: usize, requests: RequestCount, spans: &[(u32, u64, u64)]) -> Self {
        let cell = self.0.requests.entry((strategy_index, requests)).or_default();
        for (&(worker, start, end), request) in spans.iter().zip(0..) {
            let (start, end) = (Nanos::from_millis(start), Nanos::from_millis(end));
            cell.latencies.push(end - start);
            cell.first_repeat.push(Outcome {
                request,
                worker,
                start,
                end,
                status: Some(200),
                bytes: 16,
                failure: None,
            });
        }
        cell.latencies.sort_unstable();
        self
    }

    pub(crate) fn run(self) -> Run {
        self.0
    }
}

/// A line of the article's table, out of order.
pub(crate) fn reference(name: &str, strategy: &str) -> Reference {
    let (name, strategy, file) = (name.to_owned(), strategy.to_owned(), "references/article.csv".to_owned());
    let durations = [(50, 5_090), (10, 5_020), (10, 5_010), (10, 5_030)];
    let durations = durations.map(|(requests, ms)| (requests, Nanos::from_millis(ms))).to_vec();
    Reference { name, file, strategy, delay: Some(Nanos::SECOND * 5), durations }
}

fn empty_row() -> SampleRow {
    SampleRow {
        strategy: String::new(),
        kind: String::new(),
        workers: None,
        requests: 1,
        repeat: 1,
        phase: Phase::Measure,
        sequence: 1,
        started_at: "2026-11-22T18:30:00Z".into(),
        setup_s: None,
        duration_s: None,
        ideal_s: None,
        timing: None,
        succeeded: None,
        failed: None,
        peak_in_flight: None,
        connections: None,
        bytes_received: None,
        service_mean_s: None,
        cpu_user_s: None,
        cpu_system_s: None,
        peak_rss_bytes: None,
        voluntary_switches: None,
        involuntary_switches: None,
        status: SampleStatus::Ok,
        error: String::new(),
        processes: None,
        threads: None,
        overlapped: None,
        server_cpu_s: None,
        total_rss_bytes: None,
    }
}

/// The sweep of the article, 10 to 50 requests of 100 ms by its four strategies: each sample takes its ideal and
/// 1, 3, 2, 1, 3, 2 … ms, so that nothing drifts. Requests of 50 are recorded.
pub(crate) fn article(repeats: u64) -> Run {
    let lines = [
        ("single_thread", "sequential", None, 1),
        ("multithread", "thread-pool", Some(20), 20),
        ("multiprocess", "process-pool", Some(20), 20),
        ("async_get", "async", None, 50),
    ];
    let mut builder = lines.iter().fold(RunBuilder::new(), |builder, line| builder.strategy(line.0, line.1, line.2));
    for repeat in 0..repeats {
        for (strategy_index, line) in lines.iter().enumerate() {
            for requests in [10, 20, 30, 40, 50] {
                let ideal = Concurrency::ideal(requests, line.3, Nanos::from_millis(100));
                let seconds = (ideal + Nanos::from_millis(1 + repeat * 2 % 3)).as_secs_f64();
                builder = builder.sample(strategy_index, requests, seconds).also(|row| fill(row, ideal, line.3));
            }
        }
    }
    for (strategy_index, line) in lines.iter().enumerate() {
        let spans = (0..50_u32).map(|index| (index % line.3, u64::from(index / line.3) * 100));
        let spans: Vec<_> = spans.map(|(worker, start)| (worker, start, start + 100)).collect();
        builder = builder.requests(strategy_index, 50, &spans);
    }
    let mut run = builder.run();
    let delay = Nanos::from_millis(100);
    let target = DelayTarget { delay, jitter: Nanos::ZERO, failure_rate: 0.0, max_concurrent: 0 };
    run.facts.target = Some(Target::Delay(target).into());
    run.facts.title = "Duration by request count".into();
    run.facts.planned_samples = u32::try_from(run.samples.len()).unwrap();
    run
}

fn fill(row: &mut SampleRow, ideal: Nanos, width: u32) {
    row.ideal_s = Some(ideal);
    row.setup_s = Some(Nanos(500_000));
    (row.succeeded, row.failed) = (Some(row.requests), Some(0));
    (row.peak_in_flight, row.connections) = (Some(width.min(row.requests)), Some(width.min(row.requests)));
    (row.cpu_user_s, row.cpu_system_s) = (Some(Nanos::from_millis(4)), Some(Nanos::from_millis(6)));
    row.peak_rss_bytes = Some(8 << 20);
    (row.voluntary_switches, row.involuntary_switches) = (Some(u64::from(row.requests) * 2), Some(1));
    (row.processes, row.threads) = (Some(1), Some(width.min(row.requests)));
}
