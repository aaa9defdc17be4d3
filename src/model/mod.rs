//! Value types that the floors above hand to each other. They import nothing of ours and have no effects.

pub mod address;
pub mod appearance;
pub mod bounds;
pub mod check;
pub mod duration;
pub mod estimate;
pub mod figure;
pub mod known_secrets;
pub mod reference;
pub mod repeats;
pub mod run;
pub mod sample;
pub mod schedule;
mod seconds;
pub mod secret;
pub mod secret_text;
pub mod status;
pub mod strategy;
pub mod target;
pub mod targets;
pub mod units;
pub mod varied;

pub use duration::{DurationFault, parse_duration};
pub use estimate::{DelayEstimate, RequestTimes, TargetEstimate};
pub use known_secrets::KnownSecrets;
pub use reference::Reference;
pub use repeats::Repeats;
pub use run::{CellRequests, Conditions, Facts, NotRun, Run, StrategyLine};
pub use sample::{FailureKind, Outcome, Phase, RequestFile, RequestRow, SampleRow, SampleStatus, Timing};
pub use schedule::{Answer, schedule};
pub use status::{StatusPattern, StatusSet};
pub use strategy::{Concurrency, Connections, HttpVersion, ResourceEstimate};
pub use target::{DelayTarget, Target, TargetSeen, UrlTarget};
pub use targets::{NamedTarget, Targets};
pub use units::{Nanos, RequestCount};
pub use varied::Varied;
