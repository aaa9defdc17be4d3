//! Progress of a sweep: on a terminal one line with a bar, the time left and the sample that ended last; with `-v` also a
//! line for each sample. The time left comes from the plan, stretched by how much longer the finished samples took than
//! planned.

use std::error::Error;
use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::printer::Terminal;
use crate::format::shown;
use crate::model::figure::Unit;
use crate::model::{Nanos, Phase, SampleRow, SampleStatus};
use crate::plan::PlannedSample;
use crate::sweep::{Observer, SweepEvent};

/// Prints what a sweep does.
pub struct SweepProgress {
    terminal: Terminal,
    bar: ProgressBar,
    total: usize,
    name_width: usize,
    /// Planned time of finished samples, and what they took.
    planned: Nanos,
    taken: Nanos,
    /// Predicted nanoseconds of the whole, for the bar.
    whole: Arc<AtomicU64>,
    /// The plan's time for what is to be taken: as it runs, and one after another.
    predicted: Nanos,
    in_a_row: Nanos,
    under_way: usize,
    /// The sample that ended last.
    last: String,
}

impl SweepProgress {
    /// For a sweep whose longest strategy name has `name_width` characters.
    #[must_use]
    pub fn new(terminal: Terminal, name_width: usize) -> Self {
        let visible = io::stderr().is_terminal() && !terminal.is_quiet();
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self {
            terminal,
            bar: ProgressBar::with_draw_target(None, target),
            total: 0,
            name_width: name_width.clamp(8, 32),
            planned: Nanos::ZERO,
            taken: Nanos::ZERO,
            whole: Arc::default(),
            predicted: Nanos::ZERO,
            in_a_row: Nanos::ZERO,
            under_way: 0,
            last: String::new(),
        }
    }

    fn start(&mut self, total: usize, missing: &[PlannedSample], predicted: Option<Nanos>) {
        self.total = total;
        self.predicted = predicted.unwrap_or(Nanos::ZERO);
        self.in_a_row = missing.iter().map(|sample| sample.predicted.unwrap_or(Nanos::ZERO)).sum();
        self.whole.store(self.predicted.0, Ordering::Relaxed);
        self.bar.set_length(total as u64);
        self.bar.set_position((total - missing.len()) as u64);
        let whole = Arc::clone(&self.whole);
        let left = move |state: &ProgressState, out: &mut dyn Write| {
            let whole = Duration::from_nanos(whole.load(Ordering::Relaxed));
            let left = whole.saturating_sub(state.elapsed()).as_secs();
            // The bar shows nothing where it cannot be written.
            let _ = if whole.is_zero() { write!(out, "unknown") } else { write!(out, "{}", minutes(left)) };
        };
        if let Ok(style) = ProgressStyle::with_template("{bar:20.cyan/dim} {pos}/{len}, {left} left  {wide_msg}") {
            self.bar.set_style(style.progress_chars("━━─").with_key("left", left));
        }
        self.bar.enable_steady_tick(Duration::from_secs(1));
    }

    fn skip(&mut self, planned: &PlannedSample) {
        self.total -= 1;
        self.bar.set_length(self.total as u64);
        let rest = self.in_a_row - planned.predicted.unwrap_or(Nanos::ZERO);
        let share = rest.as_secs_f64() / self.in_a_row.as_secs_f64().max(1e-9);
        self.predicted = Nanos::from_secs_f64(self.predicted.as_secs_f64() * share);
        self.in_a_row = rest;
    }

    /// So many are under way; several are worth a word.
    fn count_under_way(&mut self, number: usize) {
        self.under_way = number;
        let beside = if number > 1 { format!("{number} side by side  ") } else { String::new() };
        self.bar.set_message(format!("{beside}{}", self.last));
    }

    fn finish_sample(&mut self, row: &SampleRow, predicted: Option<Nanos>) {
        if let (Some(predicted), Some(taken)) = (predicted, row.duration_s) {
            self.planned = self.planned + predicted;
            self.taken = self.taken + taken;
            let stretch = self.taken.as_secs_f64() / self.planned.as_secs_f64().max(1e-9);
            self.whole.store(Nanos::from_secs_f64(self.predicted.as_secs_f64() * stretch).0, Ordering::Relaxed);
        }
        self.last = format!("{} n={} {}", shown(&row.strategy, self.name_width), row.requests, human(row.duration_s));
        self.count_under_way(self.under_way.saturating_sub(1));
        self.bar.inc(1);
        let line = sample_line(row, self.total, self.name_width);
        // What went wrong is worth a line at once.
        self.bar.suspend(|| {
            if row.status == SampleStatus::Ok { self.terminal.detail(&line) } else { self.terminal.note(&line) }
        });
    }
}

impl Observer for SweepProgress {
    fn observe(&mut self, event: &SweepEvent<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        match event {
            SweepEvent::Started { plan, missing, predicted } => self.start(plan.samples.len(), missing, *predicted),
            SweepEvent::SampleStarted { planned } => {
                let predicted = planned.predicted.map_or_else(|| "unknown".to_owned(), Nanos::human);
                let begin = format!("sample {} begins, predicted to take {predicted}", planned.sequence);
                self.bar.suspend(|| self.terminal.trace(&begin));
                self.count_under_way(self.under_way + 1);
            }
            SweepEvent::SampleSkipped { planned } => self.skip(planned),
            SweepEvent::SampleFinished { planned, row, .. } => self.finish_sample(row, planned.predicted),
        }
        Ok(())
    }
}

impl Drop for SweepProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn sample_line(row: &SampleRow, total: usize, width: usize) -> String {
    let digits = total.to_string().len();
    let name = shown(&row.strategy, width);
    let padding = " ".repeat(width - name.chars().count());
    let [duration, ideal] = [row.duration_s, row.ideal_s].map(human);
    let phase = if row.phase == Phase::Warmup { "warm-up" } else { "repeat" };
    let mut line = format!(
        "{:>digits$}/{total}  {name}{padding}  n={:<5} {phase} {:<3} {duration:>9}  ideal {ideal:>8}",
        row.sequence, row.requests, row.repeat
    );
    if row.status != SampleStatus::Ok {
        line.push_str(&format!("  {}: {}", row.status, shown(&row.error, 200)));
    }
    line
}

fn human(time: Option<Nanos>) -> String {
    time.map_or_else(|| "–".to_owned(), |time| Unit::Seconds.text(time.as_secs_f64()))
}

/// `1:05:09`, `5:09`, `9 s`.
fn minutes(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest} s"),
        (0, _) => format!("{minutes}:{rest:02}"),
        _ => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}
