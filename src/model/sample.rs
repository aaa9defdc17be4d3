//! What was measured: one request, one sample. Field names are the column names of raw.csv and requests.csv.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::seconds;
use crate::model::units::{Nanos, RequestCount};

/// Whether a sample counts in statistics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Recorded and left out of statistics.
    Warmup,
    /// Counted.
    #[default]
    Measure,
}

/// Who took a sample's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// The program itself, by its `done` line.
    #[serde(rename = "self")]
    OwnClock,
    /// The wall time of its process.
    Process,
}

/// What became of a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleStatus {
    /// All requests succeeded and the work was done.
    #[default]
    Ok,
    /// Some requests failed.
    Partial,
    /// No request succeeded, or the strategy itself broke.
    Failed,
    /// The sample's time ran out.
    Timeout,
    /// It did not do the work of the cell.
    Void,
}

/// Why a request, or a whole sample, failed. Found from error types and codes, never from message text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// Nothing listens there.
    Refused,
    /// The peer reset the connection.
    Reset,
    /// The peer closed before a full response head arrived.
    Closed,
    /// The body ended early.
    Truncated,
    /// The request's own time ran out.
    RequestTimeout,
    /// A response with another status than expected.
    WrongStatus,
    /// The host name has no address, or the address no route.
    Unreachable,
    /// The TLS handshake failed.
    Tls,
    /// What came back is not HTTP.
    BadResponse,
    /// No descriptor, port or memory was left for the request on this machine.
    LocalLimit,
    /// Anything else.
    Other,
    /// The child process ended with a non-zero exit code.
    ChildExit,
    /// The child process was ended by a signal.
    ChildKilled,
    /// The child wrote what is not the protocol.
    ChildOutput,
    /// The sample's time ran out.
    SampleTimeout,
}

/// How the single requests of a run are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RequestFile {
    /// As requests.csv.
    #[default]
    Csv,
    /// Compressed, as requests.csv.zst.
    #[serde(rename = "csv.zst")]
    CsvZst,
    /// Not at all.
    None,
}

macro_rules! words {
    ($type:ident: $($variant:ident = $word:literal),+ $(,)?) => {
        impl $type {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in files.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word back; `None` for an unknown one.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

words!(Phase: Warmup = "warmup", Measure = "measure");
words!(Timing: OwnClock = "self", Process = "process");
words!(SampleStatus: Ok = "ok", Partial = "partial", Failed = "failed", Timeout = "timeout", Void = "void");
words!(RequestFile: Csv = "csv", CsvZst = "csv.zst", None = "none");
words!(FailureKind: Refused = "refused", Reset = "reset", Closed = "closed", Truncated = "truncated",
    RequestTimeout = "request-timeout", WrongStatus = "wrong-status", Unreachable = "unreachable", Tls = "tls",
    BadResponse = "bad-response", LocalLimit = "local-limit", Other = "other", ChildExit = "child-exit",
    ChildKilled = "child-killed", ChildOutput = "child-output", SampleTimeout = "sample-timeout");

/// What became of one request. Times count from the sample's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Index within the sample, from 0.
    pub request: u32,
    /// Which worker issued it, from 0.
    pub worker: u32,
    /// Just before it was issued.
    pub start: Nanos,
    /// Just after its last byte was read, or it failed.
    pub end: Nanos,
    /// HTTP status, where a response head arrived.
    pub status: Option<u16>,
    /// Body bytes read.
    pub bytes: u64,
    /// Why it failed; `None` for success.
    pub failure: Option<FailureKind>,
}

/// A row of requests.csv: one request of a sample. Columns are only ever added at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// The strategy's name.
    pub strategy: String,
    /// The cell's request count.
    #[serde(deserialize_with = "at_least_one")]
    pub requests: RequestCount,
    /// Repeat, from 1. Warm-ups have no request rows.
    pub repeat: u32,
    /// Index within the sample, from 0.
    pub request: u32,
    /// Which worker issued it, from 0.
    #[serde(default)]
    pub worker: u32,
    /// Just before it was issued, counted from the sample's start.
    #[serde(with = "seconds")]
    pub start_s: Nanos,
    /// Just after its last byte was read, or it failed.
    #[serde(with = "seconds")]
    pub end_s: Nanos,
    /// HTTP status, where a response head arrived.
    pub status: Option<u16>,
    /// Body bytes read.
    #[serde(default)]
    pub bytes: u64,
    /// Why it failed; `None` for success.
    pub error: Option<FailureKind>,
}

impl RequestRow {
    /// The request without the sample that it is of.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome {
            request: self.request,
            worker: self.worker,
            start: self.start_s,
            end: self.end_s,
            status: self.status,
            bytes: self.bytes,
            failure: self.error,
        }
    }
}

/// A row of raw.csv: one measurement of a cell. `None` is a value that was not measured: an empty field. Columns are only
/// ever added at the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampleRow {
    /// The strategy's name.
    pub strategy: String,
    /// The strategy's kind.
    #[serde(default)]
    pub kind: String,
    /// Threads or processes of a pool.
    pub workers: Option<u32>,
    /// The cell's request count.
    #[serde(deserialize_with = "at_least_one")]
    pub requests: RequestCount,
    /// From 1, within its phase.
    #[serde(default = "one")]
    pub repeat: u32,
    /// Warm-up or measured.
    #[serde(default)]
    pub phase: Phase,
    /// Position in the order measured, from 1.
    #[serde(default)]
    pub sequence: u32,
    /// RFC 3339, UTC.
    #[serde(default)]
    pub started_at: String,
    /// Part of `duration_s` before the first request was issued.
    #[serde(default, with = "seconds")]
    pub setup_s: Option<Nanos>,
    /// From before the pool or client is built to the last response read. Present whenever any time was taken.
    #[serde(default, with = "seconds")]
    pub duration_s: Option<Nanos>,
    /// The best possible duration.
    #[serde(default, with = "seconds")]
    pub ideal_s: Option<Nanos>,
    /// Who took the time.
    pub timing: Option<Timing>,
    /// Requests that succeeded.
    pub succeeded: Option<u32>,
    /// Requests that failed.
    pub failed: Option<u32>,
    /// Most requests the embedded server held at once.
    pub peak_in_flight: Option<u32>,
    /// Connections the embedded server accepted.
    pub connections: Option<u32>,
    /// Body bytes read.
    pub bytes_received: Option<u64>,
    /// Mean time the embedded server took for a request.
    #[serde(default, with = "seconds")]
    pub service_mean_s: Option<Nanos>,
    /// CPU time in user mode, children included.
    #[serde(default, with = "seconds")]
    pub cpu_user_s: Option<Nanos>,
    /// CPU time in the kernel, children included.
    #[serde(default, with = "seconds")]
    pub cpu_system_s: Option<Nanos>,
    /// Peak resident memory of the largest of the sample's processes.
    pub peak_rss_bytes: Option<u64>,
    /// Context switches the sample asked for, by waiting.
    pub voluntary_switches: Option<u64>,
    /// Context switches forced on it.
    pub involuntary_switches: Option<u64>,
    /// What became of it.
    #[serde(default)]
    pub status: SampleStatus,
    /// Why it is not `ok`: one line, starting with a failure kind; empty for `ok`, unless it has failures that the config
    /// tolerates.
    #[serde(default, serialize_with = "one_line")]
    pub error: String,
    /// Most processes of the sample that were seen at once, children included.
    pub processes: Option<u32>,
    /// Most threads of all these processes together that were seen at once.
    pub threads: Option<u32>,
    /// Whether another sample ran at the same time, if only for a part of it.
    pub overlapped: Option<bool>,
    /// CPU time of the embedded server during it, user and system together.
    #[serde(default, with = "seconds")]
    pub server_cpu_s: Option<Nanos>,
    /// Most resident memory of all processes of the sample together that was seen at once, pages of files counted once; at
    /// least `peak_rss_bytes`. Since schema 3.
    pub total_rss_bytes: Option<u64>,
}

fn one() -> u32 {
    1
}

fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RequestCount, D::Error> {
    match RequestCount::deserialize(deserializer)? {
        0 => Err(de::Error::custom("0 is not a count of 1 or more")),
        count => Ok(count),
    }
}

/// The last column of schema 1: it must hold no line end, because a torn last row is found by its line end.
fn one_line<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&text.replace(char::is_control, " "))
}
