//! What a caveat is: something that a reader should know before trusting the numbers.

use crate::model::{Nanos, RequestCount, RequestTimes};
use crate::report::status_counts::StatusCounts;

/// Something that weakens the numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Caveat {
    /// What it is about, with the numbers that show it.
    pub kind: CaveatKind,
    /// The strategy it is about; `None` for the whole run.
    pub strategy_index: Option<usize>,
    /// The request counts it is about, ascending; empty for all of them.
    pub requests: Vec<RequestCount>,
}

/// What a caveat is about. Shares are of 1.
#[derive(Clone, Debug, PartialEq)]
pub enum CaveatKind {
    /// Planned samples are missing.
    Unfinished {
        /// How many.
        missing: usize,
        /// Of so many.
        planned: usize,
    },
    /// Samples failed and were measured again.
    Retried {
        /// How many, those that failed more than once counted each time.
        samples: usize,
    },
    /// Combinations were not run.
    NotRun {
        /// The first request count of them.
        first: RequestCount,
        /// Why it was not run: a clause whose subject is the combination.
        reason: String,
    },
    /// Samples ran at the same time as others.
    Overlapped {
        /// How many.
        samples: usize,
        /// Of so many.
        of: usize,
        /// Whether each had a delay server of its own.
        own_servers: bool,
    },
    /// Samples failed, or did not do the work.
    FailedSamples {
        /// What became of all samples.
        statuses: StatusCounts,
        /// The first reason; empty where none is known.
        first_error: String,
        /// Whether this machine had no room for some requests.
        ran_out: bool,
    },
    /// Valid samples have failed requests, no more of them than the config allows.
    Tolerated {
        /// Requests that failed in them.
        failed: usize,
        /// Samples that have any.
        samples: usize,
        /// The first reason.
        first_error: String,
    },
    /// Too few samples for an interval.
    FewSamples {
        /// Combinations that have too few.
        few: usize,
        /// Of so many.
        of: usize,
        /// Samples of the one that has least.
        least: usize,
    },
    /// Samples of one combination differ widely. The numbers are those of the widest.
    Spread {
        /// Interquartile range over median.
        share: f64,
        /// Its request count.
        requests: RequestCount,
        /// Its samples.
        samples: usize,
    },
    /// Later samples are slower, or faster, than earlier ones.
    Drift {
        /// By this share; below 0 is faster.
        change: f64,
        /// After correction for all tests.
        p: f64,
        /// Strategies that were tested.
        tests: usize,
    },
    /// The target was faster or slower after the sweep than before it.
    TargetDrift {
        /// Its name, where there are several targets.
        target: Option<String>,
        /// What a single request took before.
        before: Nanos,
        /// And after.
        after: Nanos,
        /// By this share; below 0 is faster.
        change: f64,
    },
    /// The times of single requests before the sweep make no ideal.
    NoIdeal {
        /// The target's name, where there are several.
        target: Option<String>,
        /// They were too uneven; `None` where no request succeeded.
        times: Option<RequestTimes>,
    },
    /// Samples took less than their ideal. The numbers are those furthest below.
    BelowIdeal {
        /// Its request count.
        requests: RequestCount,
        /// What they took, in seconds.
        median_s: f64,
        /// The ideal, in seconds.
        ideal_s: f64,
        /// Whether the ideal was an estimate, which the report then does not give.
        is_estimated: bool,
    },
    /// Requests connected late: the server's queue of new connections was full. The numbers are those of the count with
    /// most of them.
    LateConnections {
        /// Its request count.
        requests: RequestCount,
        /// How many connected late.
        late: usize,
        /// Of so many, all repeats together.
        of: usize,
        /// Connection packets that the machine sent again during the sweep, where it counts them.
        retransmits: Option<u64>,
    },
    /// Other work ran when the sweep began.
    BusyMachine {
        /// Load average of one minute.
        load: f64,
        /// Hardware threads.
        cores: u32,
    },
    /// The host took CPU time away.
    StolenTime {
        /// Of the time of all cores.
        share: f64,
        /// CPU time in seconds.
        seconds: f64,
    },
    /// The wall clock was set.
    ClockStep {
        /// By so many seconds.
        seconds: f64,
    },
    /// The client itself was busy, so it may have set the pace.
    ClientBound {
        /// The most cores it kept busy.
        cores: f64,
        /// At this request count.
        requests: RequestCount,
    },
    /// The delay server was busy, so it may have set the pace.
    ServerBound {
        /// The most cores it kept busy.
        cores: f64,
        /// At this request count.
        requests: RequestCount,
    },
}

impl CaveatKind {
    /// The word in files.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unfinished { .. } => "unfinished",
            Self::Retried { .. } => "retried-samples",
            Self::NotRun { .. } => "not-run",
            Self::Overlapped { .. } => "overlapped",
            Self::FailedSamples { .. } => "failed-samples",
            Self::Tolerated { .. } => "tolerated-failures",
            Self::FewSamples { .. } => "few-samples",
            Self::Spread { .. } => "spread",
            Self::Drift { .. } => "drift",
            Self::TargetDrift { .. } => "target-drift",
            Self::NoIdeal { .. } => "no-ideal",
            Self::BelowIdeal { .. } => "below-ideal",
            Self::LateConnections { .. } => "late-connections",
            Self::BusyMachine { .. } => "busy-machine",
            Self::StolenTime { .. } => "stolen-time",
            Self::ClockStep { .. } => "clock-step",
            Self::ClientBound { .. } => "client-bound",
            Self::ServerBound { .. } => "server-bound",
        }
    }
}
