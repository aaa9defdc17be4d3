//! Every kind of strategy: its file, its type, its place in the order of help and configs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interface::{KindInfo, Strategy};
use super::work::{Program, Work};
use super::{async_tasks, command, event_loop, process_pool, sequential, thread_per_request, thread_pool};
use crate::model::{RequestCount, Target};

macro_rules! kinds {
    ($($kind:ident($file:ident::$options:ident),)*) => {
        /// A kind of strategy with its options.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        #[expect(missing_docs, reason = "each is explained where its options are")]
        pub enum StrategyKind {
            $($kind($file::$options),)*
        }

        /// Every kind, in the order of help and of a config that lists no strategy.
        pub const KINDS: &[KindInfo] = &[$($file::INFO,)*];

        impl StrategyKind {
            fn as_strategy(&self) -> &(dyn Strategy + 'static) {
                match self {
                    $(Self::$kind(options) => options,)*
                }
            }
        }
    };
}

kinds! {
    Sequential(sequential::Sequential),
    ThreadPool(thread_pool::ThreadPool),
    ProcessPool(process_pool::ProcessPool),
    Async(async_tasks::AsyncTasks),
    ThreadPerRequest(thread_per_request::ThreadPerRequest),
    EventLoop(event_loop::EventLoop),
    Command(command::Command),
}

impl StrategyKind {
    /// What all strategies of the kind share.
    #[must_use]
    pub fn info(&self) -> KindInfo {
        self.as_strategy().info()
    }

    /// Whether the kind is part of this program; else the config names a program.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        !matches!(self, Self::Command(_))
    }

    /// The most requests under way at once when `requests` are issued: 1 to `requests`.
    #[must_use]
    pub fn width(&self, requests: RequestCount) -> u32 {
        self.as_strategy().bound().unwrap_or(requests).clamp(1, requests.max(1))
    }
}

impl std::ops::Deref for StrategyKind {
    type Target = dyn Strategy;

    fn deref(&self) -> &Self::Target {
        self.as_strategy()
    }
}

/// One sample's work, and the kind that does it: what a sample's child gets, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The kind with its options.
    pub strategy: StrategyKind,
    /// What it has to do.
    pub work: Work,
}

impl Task {
    /// The task of `strategy` to send `requests` requests to `url`, which stands for `target`; without headers.
    #[must_use]
    pub fn new(
        target: &Target,
        url: &str,
        strategy: &StrategyKind,
        requests: RequestCount,
        worker_program: Program,
    ) -> Self {
        let work = Work {
            connections: strategy.connections(),
            http_version: strategy.http_version(),
            workers: strategy.workers().unwrap_or(1),
            width: strategy.width(requests),
            ..Work::new(target, url, requests, worker_program)
        };
        Self { strategy: strategy.clone(), work }
    }
}
