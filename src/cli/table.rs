//! Options that say what stands where in a table that another program wrote.

use clap::Args;

use super::values::time_unit;
use crate::importer::{TableOptions, TimeUnit};

/// What stands where in a table; what is not named is guessed from usual names.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Columns of a CSV")]
pub struct TableArgs {
    /// Column of the x axis [default: the one with a usual name, such as requests, n, threads]
    #[arg(long, value_name = "COLUMN")]
    pub x: Option<String>,
    /// Column of durations [default: the one with a usual name, such as duration, time_ms, else each column is a line]
    #[arg(long, value_name = "COLUMN")]
    pub y: Option<String>,
    /// Column that names the lines [default: the one with a usual name, such as strategy, name]
    #[arg(long, value_name = "COLUMN")]
    pub series: Option<String>,
    /// What durations are in: ns, us, ms, s, min or h [default: what stands behind the column's name, else s]
    #[arg(long, value_name = "UNIT", value_parser = time_unit)]
    pub unit: Option<TimeUnit>,
}

impl TableArgs {
    /// For the importer.
    #[must_use]
    pub fn options(&self) -> TableOptions {
        TableOptions { x: self.x.clone(), y: self.y.clone(), series: self.series.clone(), unit: self.unit }
    }
}

/// What is written beside the lines of a table's charts.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Words of a CSV's charts")]
pub struct WordArgs {
    /// Title [default: from the file's name]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Label of the x axis [default: the column's name]
    #[arg(long, value_name = "TEXT")]
    pub x_label: Option<String>,
    /// Label of the y axis of durations
    #[arg(long, value_name = "TEXT")]
    pub y_label: Option<String>,
}
