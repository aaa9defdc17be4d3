//! A picture as data: what to draw, not where. Charts build figures, the painter draws any of them, and tests compare
//! them without a pixel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::format::{decimals, short, three_digits};
pub use crate::model::appearance::{Format, Language, Theme};

/// One picture: a title, one or more panels, a caption, and the same content in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// File stem and prefix of SVG ids: lower-case letters, digits and hyphens.
    pub id: String,
    /// Shown on top; any text in any script.
    pub title: String,
    /// The finding in words, for screen readers and as alternative text.
    pub description: String,
    /// A small line at the foot: how often measured, what a band means. Empty for none.
    pub caption: String,
    /// At least one.
    pub panels: Vec<Panel>,
    /// How several panels stand to each other.
    pub arrangement: Arrangement,
    /// The language of its own words.
    pub language: Language,
}

/// Rows of a forest plot that need as much height as a panel of lines.
const ROWS_OF_PANEL: u32 = 7;

impl Figure {
    /// How many panels of lines need as much height as its own: one of many rows counts as several.
    #[must_use]
    pub fn height_in_panels(&self) -> usize {
        let rows = |panel: &Panel| panel.estimates.iter().map(|estimate| estimate.row + 1).max().unwrap_or(1);
        self.panels.iter().map(|panel| rows(panel).div_ceil(ROWS_OF_PANEL) as usize).sum()
    }
}

/// How several panels stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrangement {
    /// Above each other, one x axis at the foot.
    #[default]
    Stacked,
    /// Beside each other, each with axes of its own.
    SideBySide,
}

/// One pair of axes and what stands between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// Shown above the panel; empty for none.
    pub title: String,
    /// Left to right.
    pub x: Axis,
    /// Bottom to top.
    pub y: Axis,
    /// Lines, in drawing order.
    pub series: Vec<Series>,
    /// Horizontal bars in lanes (a timeline); their lanes are y values 0, 1, 2 …
    pub bars: Vec<Bar>,
    /// Values with their intervals in rows (a forest plot); their rows are y values 0, 1, 2 …
    pub estimates: Vec<Estimate>,
    /// The part of the x axis in which values make no difference; shaded, with a line at 1.
    pub zone: Option<(f64, f64)>,
    /// Whether the last of the bars go on beyond the axis; marked where they are broken off.
    pub cut: bool,
    /// Why there is nothing to draw; shown in place of the content.
    pub empty: Option<String>,
}

/// One axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What it counts, without its unit; the painter adds the unit it chose (`s`, `ms`, `MiB` …). Empty for none.
    pub label: String,
    /// What its numbers are.
    pub unit: Unit,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Whether a linear axis must include zero.
    pub from_zero: bool,
    /// Positions at which ticks are wanted (the measured request counts); used where they fit, else computed.
    pub ticks: Vec<f64>,
    /// In place of numbers: names of the rows, bottom to top, of the y axis of a panel with bars or estimates; of an x
    /// axis what stands at each of `ticks`, as many as fit, the last one first. Empty otherwise.
    pub names: Vec<String>,
}

/// What an axis' numbers are; the painter chooses the prefix for the whole axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Plain numbers with thousands separators.
    #[default]
    Count,
    /// Seconds: shown as ns, µs, ms, s or min.
    Seconds,
    /// A multiple: `2×`.
    Ratio,
    /// Per second.
    PerSecond,
    /// Bytes: shown as B, KiB, MiB, GiB.
    Bytes,
    /// 0 to 1, shown in percent.
    Share,
}

/// A unit's size and its name, with the space before it.
pub type Step = (f64, &'static str);

/// Times are measured in whole nanoseconds; less than this is none.
const LEAST_S: f64 = 0.5e-9;

impl Unit {
    /// A measured number for people, with three significant digits: `101 ms`, `9.80×`, `498 per second`, `8.00 MiB`;
    /// counts and shares have no more digits than needed: `50`, `5 %`.
    #[must_use]
    pub fn text(self, number: f64) -> String {
        self.text_in(number, None)
    }

    /// The same in a unit that several numbers share ([`Self::shared`]), else in its own.
    #[must_use]
    pub fn text_in(self, number: f64, shared: Option<Step>) -> String {
        match self {
            Self::Count => short(number),
            Self::Share => format!("{} %", short(number * 100.0)),
            _ => {
                let number = if self == Self::Seconds && number.abs() < LEAST_S { 0.0 } else { number };
                let (size, name) = shared.unwrap_or_else(|| self.step(number));
                format!("{}{}{name}", sign(number), three_digits(number.abs() / size))
            }
        }
    }

    /// An interval in one unit, with the digits that tell its ends apart: `102.5–103.7 ms`, `−33.0 to 34.5 µs`.
    #[must_use]
    pub fn interval(self, low: f64, high: f64) -> String {
        self.interval_in(low, high, None)
    }

    /// The same in a unit that several intervals share, else in its own.
    #[must_use]
    pub fn interval_in(self, low: f64, high: f64, shared: Option<Step>) -> String {
        let widest = low.abs().max(high.abs());
        if self == Self::Seconds && widest < LEAST_S {
            return self.text_in(0.0, shared);
        }
        let (size, name) = shared.unwrap_or_else(|| self.step(widest));
        let least = decimals(widest / size, 3);
        let digits = decimals((high - low) / size, 2).clamp(least, least + 2);
        let [from, to] = [low, high].map(|end| format!("{}{:.digits$}", sign(end), end.abs() / size));
        let between = if from.starts_with('−') { " to " } else { "–" };
        if from == to { self.text_in(f64::midpoint(low, high), shared) } else { format!("{from}{between}{to}{name}") }
    }

    /// The unit in which all of these numbers have at most four digits before the point and three behind it.
    #[must_use]
    pub fn shared(self, numbers: impl Iterator<Item = f64>) -> Option<Step> {
        let sizes = numbers.map(f64::abs).filter(|size| *size > 0.0);
        let (least, most) = sizes.fold((f64::INFINITY, 0.0_f64), |ends, size| (ends.0.min(size), ends.1.max(size)));
        let (small, large) = (self.step(least), self.step(most));
        let fits = (most < 9_999.5 * small.0).then_some(small);
        fits.or((least >= 0.0995 * large.0).then_some(large)).filter(|_| most > 0.0)
    }

    /// The size of the unit in which a number has digits before the point, and its name.
    fn step(self, number: f64) -> Step {
        let steps: &[(f64, &str)] = match self {
            Self::Count => &[(1.0, "")],
            Self::Ratio => &[(1.0, "×")],
            Self::PerSecond => &[(1.0, " per second")],
            Self::Share => &[(0.01, " %")],
            Self::Seconds => &[(1.0, " s"), (1e-3, " ms"), (1e-6, " µs"), (1e-9, " ns")],
            Self::Bytes => &[(1_073_741_824.0, " GiB"), (1_048_576.0, " MiB"), (1_024.0, " KiB"), (1.0, " B")],
        };
        let zero = if self == Self::Seconds { steps[0] } else { steps[steps.len() - 1] };
        // With three digits 0.9995 is 1.00.
        let fits = |(size, _): &&(f64, &str)| number.abs() >= 0.9995 * size;
        if number == 0.0 { zero } else { *steps.iter().find(fits).unwrap_or(&steps[steps.len() - 1]) }
    }
}

/// A minus before what is below zero.
fn sign(number: f64) -> &'static str {
    if number < 0.0 { "−" } else { "" }
}

/// How values map to positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Proportionally.
    #[default]
    Linear,
    /// By their logarithm; values of zero or less cannot be shown.
    Log,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Label in legend or at the line's end; any text. Empty: not labelled.
    pub name: String,
    /// What the legend says in place of the name; lines that share it share one neutral entry, so that "ideal" stands
    /// there once. Empty: the name.
    pub legend: String,
    /// Index of colour and marker: the strategy's position in the config.
    pub strategy_index: usize,
    /// Further strategies that the line stands for: an ideal may be that of several.
    pub shared_with: Vec<usize>,
    /// What kind of line it is.
    pub role: Role,
    /// How points are joined.
    pub shape: Shape,
    /// How `low` and `high` are shown.
    pub spread: Spread,
    /// Ascending in x.
    pub points: Vec<Point>,
    /// Failed samples: hollow marks at their x and y, never joined.
    pub failures: Vec<Mark>,
    /// Places on the line that have the strategy's marker beside those of the points.
    pub marks: Vec<Mark>,
    /// Whether each point stands for several values, so that points have no markers.
    pub binned: bool,
    /// What the legend says beside the mark of a failed sample (`2 failed`); empty for no entry.
    pub failures_note: String,
}

/// What a line stands for; decides weight and dash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Measured here: full weight, markers.
    #[default]
    Measured,
    /// The best possible: thin, dashed, no markers; colour of its strategy, grey where it is that of several.
    Ideal,
    /// Measured elsewhere: thin, labelled as such.
    Reference,
}

/// How points are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Straight lines with a marker at each point.
    #[default]
    Line,
    /// Steps that rise at each point, without markers (a distribution function).
    Steps,
}

/// How an interval is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spread {
    /// Not at all.
    #[default]
    None,
    /// A pale band between lower and upper ends.
    Band,
    /// A bar with caps at each point.
    Bars,
}

/// One point of a line. `y` is `None` where the value is missing: the line is interrupted there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Position.
    pub x: f64,
    /// Value, finite.
    pub y: Option<f64>,
    /// Lower and upper end of its interval, `low ≤ y ≤ high`.
    pub interval: Option<(f64, f64)>,
}

/// One marked place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Position.
    pub x: f64,
    /// Value, finite.
    pub y: f64,
}

/// One horizontal bar of a timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Lane, from 0 at the bottom.
    pub lane: u32,
    /// Left end, in the unit of x.
    pub start: f64,
    /// Right end, at least `start`.
    pub end: f64,
    /// Index of its colour.
    pub strategy_index: usize,
    /// Drawn hollow.
    pub failed: bool,
}

/// One value of a forest plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Row, from 0 at the bottom.
    pub row: u32,
    /// Finite.
    pub value: f64,
    /// Lower and upper end of its interval, `low ≤ value ≤ high`.
    pub interval: Option<(f64, f64)>,
    /// Index of its colour and marker.
    pub strategy_index: usize,
}

/// What a registered kind of chart says about itself, for config and editors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartInfo {
    /// The word after `kind =`.
    pub name: &'static str,
    /// The config keys it takes beside `kind`, `title` and `strategies`.
    pub options: &'static [&'static str],
}

#[cfg(test)]
mod tests {
    use super::Unit;

    #[test]
    fn values_have_three_digits_and_their_unit() {
        for (number, unit, text) in [
            (-0.001_5, Unit::Seconds, "−1.50 ms"),
            (0.999_6, Unit::Seconds, "1.00 s"),
            (0.0, Unit::Seconds, "0 s"),
            (3.4e-10, Unit::Seconds, "0 s"),
            (1_234.5, Unit::Seconds, "1234 s"),
            (9.804, Unit::Ratio, "9.80×"),
            (0.001, Unit::Ratio, "0.00100×"),
            (498.2, Unit::PerSecond, "498 per second"),
            (8_388_608.0, Unit::Bytes, "8.00 MiB"),
            (0.0, Unit::Bytes, "0 B"),
            (0.995, Unit::Share, "99.5 %"),
            (101.0, Unit::Count, "101"),
        ] {
            assert_eq!(unit.text(number), text);
        }
    }

    #[test]
    fn an_interval_has_one_unit_and_the_digits_that_tell_its_ends_apart() {
        for (low, high, text) in [
            (0.102_51, 0.103_68, "102.5–103.7 ms"),
            (0.5, 1.5, "0.50–1.50 s"),
            (0.102_512_3, 0.102_512_9, "103 ms"),
            (0.1, 0.1, "100 ms"),
            (-33e-6, 34.5e-6, "−33.0 to 34.5 µs"),
            (-3e-6, -1e-6, "−3.00 to −1.00 µs"),
            (0.0, 0.0, "0 s"),
        ] {
            assert_eq!(Unit::Seconds.interval(low, high), text);
        }
    }

    #[test]
    fn numbers_share_a_unit_where_none_has_too_many_digits() {
        for (numbers, unit, name) in [
            (&[0.102, 5.02][..], Unit::Seconds, Some(" ms")),
            (&[0.9, 250.0], Unit::Seconds, Some(" s")),
            (&[0.0, -0.000_1, 0.08], Unit::Seconds, Some(" ms")),
            (&[0.05, 250.0], Unit::Seconds, None),
            (&[8_388_608.0, 2e9], Unit::Bytes, Some(" MiB")),
            (&[0.0], Unit::Seconds, None),
            (&[], Unit::Seconds, None),
        ] {
            assert_eq!(unit.shared(numbers.iter().copied()).map(|(_, name)| name), name, "{numbers:?}");
        }
        let ms = Some((1e-3, " ms"));
        assert_eq!(Unit::Seconds.text_in(5.016, ms), "5016 ms");
        assert_eq!(Unit::Seconds.text_in(0.0, ms), "0 ms");
        assert_eq!(Unit::Seconds.interval_in(5.01, 5.03, ms), "5010–5030 ms");
    }
}
