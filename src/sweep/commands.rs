//! The programs of a sweep's `command` strategies, found before anything is measured.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::Sweep;
use crate::strategy::{Invocation, MissingProgram, StrategyKind, StrategySpec};

/// A command, and the command that tells its version.
#[derive(Clone, Debug)]
pub(super) struct FoundProgram {
    pub invocation: Invocation,
    pub version: Option<Invocation>,
}

/// The programs of all strategies that are commands, by the strategy's name.
#[derive(Clone, Debug, Default)]
pub struct Commands {
    found: BTreeMap<String, FoundProgram>,
}

impl Commands {
    /// Looks for every program of `sweep`; `from` is the config's folder. Starts nothing.
    ///
    /// # Errors
    /// For the first program that is not there.
    pub fn find(sweep: &Sweep, from: &Path) -> Result<Self, MissingProgram> {
        let mut found = BTreeMap::new();
        for strategy in &sweep.strategies {
            let StrategyKind::Command(command) = &strategy.kind else { continue };
            let invocation = Invocation::find(&command.command, command, from)?;
            let version = Some(&command.version_command).filter(|words| !words.is_empty());
            let version = version.map(|words| Invocation::find(words, command, from)).transpose()?;
            found.insert(strategy.name.clone(), FoundProgram { invocation, version });
        }
        Ok(Self { found })
    }

    /// The program of `strategy`; `None` for a built-in kind.
    #[must_use]
    pub fn of(&self, strategy: &StrategySpec) -> Option<&Invocation> {
        self.found.get(&strategy.name).map(|found| &found.invocation)
    }

    /// Whether no strategy is a command.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Every program once, with the names of the strategies that share it.
    pub(super) fn distinct(&self) -> Vec<(&FoundProgram, Vec<&str>)> {
        let mut distinct: Vec<(&FoundProgram, Vec<&str>)> = Vec::new();
        for (name, found) in &self.found {
            match distinct.iter_mut().find(|(other, _)| other.invocation == found.invocation) {
                Some((_, names)) => names.push(name),
                None => distinct.push((found, vec![name])),
            }
        }
        distinct
    }
}
