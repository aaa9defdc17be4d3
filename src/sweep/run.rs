//! Runs a sweep, or takes one sample of it.

use std::thread;

use super::ending::{Ending, SweepError};
use super::endpoint::Endpoint;
use super::event::Observer;
use super::execution::{Execution, Found, measure};
use super::walk::Walk;
use crate::clock::SystemClock;
use crate::model::{Phase, RequestCount, SampleRow};
use crate::plan::PlannedSample;
use crate::probe::{Interrupts, Measured, Probe, Watchdog};
use crate::server::ServerStats;

impl Execution<'_> {
    /// Takes every sample of the plan, begun in its order, and tells the observers. A sample that fails is a row like
    /// any other.
    ///
    /// # Errors
    /// When the sweep cannot go on; nothing of it is left running then.
    pub fn run(&mut self, observers: &mut [&mut dyn Observer]) -> Result<Ending, SweepError> {
        let watchdog = Watchdog::start(&self.programs.watchdog).map_err(SweepError::Watchdog)?;
        let clock = SystemClock::start();
        // Of this sweep alone: it also ends the samples under way when the sweep cannot go on.
        let stop = Interrupts::none();
        let forward = stop.clone();
        let _subscription = self.interrupts.subscribe(move |signal| forward.raise(signal));
        let endpoints = std::mem::take(&mut self.endpoints);
        let execution = &*self;
        let probe = Probe { interrupts: &stop, ..self.probe(&watchdog, &clock) };
        let (ended, endpoints) =
            thread::scope(|scope| Walk::new(execution, &probe, scope, endpoints, observers).run(&execution.missing()));
        self.endpoints = endpoints;
        ended
    }

    /// Takes one sample of the first strategy, of `requests` requests, and classifies it. No observer is notified.
    ///
    /// # Errors
    /// When the sample cannot be taken at all.
    pub fn take_one(&mut self, requests: RequestCount) -> Result<Examined, SweepError> {
        let watchdog = Watchdog::start(&self.programs.watchdog).map_err(SweepError::Watchdog)?;
        let clock = SystemClock::start();
        let probe = self.probe(&watchdog, &clock);
        let phase = Phase::Measure;
        let planned = PlannedSample { sequence: 1, strategy: 0, requests, repeat: 1, phase, predicted: None };
        let found = self.measure_alone(&probe, &planned)?;
        let row = self.row(&planned, &found, false);
        Ok(Examined { row, measured: found.measured, server_stats: found.server_stats })
    }

    /// Measures one sample beside no other.
    pub(super) fn measure_alone(&mut self, probe: &Probe<'_>, planned: &PlannedSample) -> Result<Found, SweepError> {
        let mut endpoint = match self.endpoints.pop() {
            Some(endpoint) => endpoint,
            None => Endpoint::open(self.sweep, self.programs, self.access)?,
        };
        let job = self.job(planned, &mut endpoint)?;
        let found = measure(probe, &mut endpoint, &job);
        self.endpoints.push(endpoint);
        found
    }
}

/// Everything that is known of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// Its row of raw.csv, which says what it is worth.
    pub row: SampleRow,
    /// What its process did and wrote.
    pub measured: Measured,
    /// What the embedded server saw.
    pub server_stats: Option<ServerStats>,
}
