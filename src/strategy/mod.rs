//! Ways of issuing n requests. Each kind is one file and one line in `registry`; from there it is reachable in
//! config, schema, manifest, comparison and the contract tests. Its options are the fields of one struct: the doc comment
//! of a field, its default and its range are what config, schema and messages say about it.
//!
//! In: a [`Work`], which says what to send where and how wide. Out: exactly `requests` outcomes, failures included.
//! A strategy must not know of sweeps, cells or charts, and must not look at the wall clock.

mod async_tasks;
mod client;
mod command;
mod error;
mod event_loop;
mod failure;
#[cfg(target_os = "linux")]
mod fork;
mod http;
mod http1;
mod interface;
mod multi_process;
mod process_pool;
mod reactor;
mod registry;
mod sequential;
mod serve_worker;
mod spec;
mod thread_per_request;
mod thread_pool;
mod tls;
mod work;
mod worker;

pub use async_tasks::AsyncTasks;
pub use command::{Command, Invocation, MissingProgram, VARIABLES};
pub use error::StrategyError;
pub use event_loop::EventLoop;
pub use http::{Unanswered, health_check};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use http1::fuzz::response as fuzz_response;
pub use interface::{KindInfo, Strategy};
pub use process_pool::ProcessPool;
pub use registry::{KINDS, StrategyKind, Task};
pub use sequential::Sequential;
pub use serve_worker::serve_worker;
pub use spec::{StrategySpec, built_in};
pub use thread_per_request::ThreadPerRequest;
pub use thread_pool::ThreadPool;
pub use work::{Program, Work};
