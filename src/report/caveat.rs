//! What a caveat is: something that a reader should know before trusting the numbers.

use crate::model::RequestCount;

/// Something that weakens the numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Caveat {
    /// What it is about.
    pub kind: CaveatKind,
    /// The strategy it is about; `None` for the whole run.
    pub strategy_index: Option<usize>,
    /// The request counts it is about, ascending; empty for all of them.
    pub requests: Vec<RequestCount>,
    /// The numbers that show it, in a sentence.
    pub evidence: String,
    /// What to do about it, in a sentence.
    pub advice: String,
}

/// What a caveat is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaveatKind {
    /// Planned samples are missing.
    Unfinished,
    /// Cells were not run.
    NotRun,
    /// Samples ran at the same time as others.
    Overlapped,
    /// Samples failed, or did not do the work.
    FailedSamples,
    /// Too few samples for an interval.
    FewSamples,
    /// Samples of one cell differ widely.
    Spread,
    /// Later samples are slower, or faster, than earlier ones.
    Drift,
    /// The target was faster or slower after the sweep than before it.
    TargetDrift,
    /// Other work ran when the sweep began.
    BusyMachine,
    /// The host took CPU time away.
    StolenTime,
    /// The wall clock was set.
    ClockStep,
    /// The client itself was busy, so it may have set the pace.
    ClientBound,
    /// The delay server was busy, so it may have set the pace.
    ServerBound,
}

impl CaveatKind {
    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unfinished => "unfinished",
            Self::NotRun => "not-run",
            Self::Overlapped => "overlapped",
            Self::FailedSamples => "failed-samples",
            Self::FewSamples => "few-samples",
            Self::Spread => "spread",
            Self::Drift => "drift",
            Self::TargetDrift => "target-drift",
            Self::BusyMachine => "busy-machine",
            Self::StolenTime => "stolen-time",
            Self::ClockStep => "clock-step",
            Self::ClientBound => "client-bound",
            Self::ServerBound => "server-bound",
        }
    }
}
