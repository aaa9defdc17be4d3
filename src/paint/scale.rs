//! From values to positions: the range an axis shows, and its place among plotters' coordinates. Values that cannot be
//! shown (not finite, or not positive on a logarithmic axis) are filtered here and nowhere else.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use crate::model::figure::{Axis, Scale};

/// The range of values that an axis shows: finite, `low < high`, both positive when logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) scale: Scale,
}

/// Beyond this, differences of values would leave the range of a float.
const LARGEST: f64 = 1e300;

/// Whether an axis can show the value at all.
pub(super) fn showable(scale: Scale, value: f64) -> bool {
    value.is_finite() && value.abs() < LARGEST && (scale == Scale::Linear || value > 1.0 / LARGEST)
}

impl Span {
    /// The range of `values` with a margin of `pad` of its length at both ends, none at zero; `None` where no value can
    /// be shown. A single value gets a range around it.
    pub(super) fn of(axis: &Axis, values: impl Iterator<Item = f64>, pad: f64) -> Option<Self> {
        let shown = values.filter(|value| showable(axis.scale, *value));
        let (low, high) =
            shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return None;
        }
        Some(match axis.scale {
            Scale::Linear => Self::linear(low, high, axis.from_zero, pad),
            Scale::Log => Self::log(low, high, pad),
        })
    }

    fn linear(low: f64, high: f64, from_zero: bool, pad: f64) -> Self {
        let (mut low, mut high) = if from_zero { (low.min(0.0), high.max(0.0)) } else { (low, high) };
        if high - low <= low.abs().max(high.abs()) * 1e-6 {
            let margin = if low == 0.0 { 0.5 } else { low.abs() * 0.1 };
            (low, high) = (if from_zero && low == 0.0 { 0.0 } else { low - margin }, high + margin);
        }
        let margin = (high - low) * pad;
        let open = |end: f64| !(from_zero && end == 0.0);
        Self {
            low: if open(low) { low - margin } else { low },
            high: if open(high) { high + margin } else { high },
            scale: Scale::Linear,
        }
    }

    fn log(low: f64, high: f64, pad: f64) -> Self {
        let (low, high) = if high / low < 1.01 { (low / 1.5, high * 1.5) } else { (low, high) };
        let margin = (high / low).powf(pad);
        Self { low: low / margin, high: high * margin, scale: Scale::Log }
    }

    /// Exactly these ends, without margin.
    pub(super) fn exact(low: f64, high: f64) -> Self {
        Self { low, high, scale: Scale::Linear }
    }

    /// Where `value` lies: 0 at the low end, 1 at the high end; values outside are moved to the nearer end.
    pub(super) fn fraction(&self, value: f64) -> f64 {
        let fraction = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
        };
        if fraction.is_nan() { 0.0 } else { fraction.clamp(0.0, 1.0) }
    }

    /// Whether `value` lies within, ends included.
    pub(super) fn shows(&self, value: f64) -> bool {
        value >= self.low && value <= self.high
    }
}

/// One direction of plotters' coordinate system: a span, and the values at which it has grid lines.
#[derive(Clone)]
pub(super) struct Coordinate {
    pub(super) span: Span,
    pub(super) grid: Vec<f64>,
}

impl Ranged for Coordinate {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    #[expect(clippy::cast_possible_truncation, reason = "a fraction of a range of whole pixels")]
    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let (from, to) = (f64::from(limit.0), f64::from(limit.1));
        (from + (to - from) * self.span.fraction(*value)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.grid.clone()
    }

    fn range(&self) -> Range<f64> {
        self.span.low..self.span.high
    }
}

#[cfg(test)]
mod tests {
    use super::Span;
    use crate::model::figure::{Axis, Scale};

    fn span(scale: Scale, from_zero: bool, values: &[f64]) -> Option<(f64, f64)> {
        let axis = Axis { scale, from_zero, ..Axis::default() };
        Span::of(&axis, values.iter().copied(), 0.0).map(|span| (span.low, span.high))
    }

    #[test]
    fn ranges_are_never_empty() {
        for (scale, from_zero, values, expected) in [
            (Scale::Linear, false, &[1.0, 3.0][..], Some((1.0, 3.0))),
            (Scale::Linear, true, &[1.0, 3.0], Some((0.0, 3.0))),
            (Scale::Linear, true, &[5.0], Some((0.0, 5.0))),
            (Scale::Linear, false, &[5.0], Some((4.5, 5.5))),
            (Scale::Linear, true, &[0.0], Some((0.0, 0.5))),
            (Scale::Linear, false, &[f64::NAN, 1.0, f64::INFINITY, 2.0], Some((1.0, 2.0))),
            (Scale::Linear, false, &[f64::NAN], None),
            (Scale::Linear, false, &[], None),
            (Scale::Log, false, &[0.0, -1.0], None),
            (Scale::Log, true, &[0.0, 2.0, 200.0], Some((2.0, 200.0))),
            (Scale::Log, false, &[3.0], Some((2.0, 4.5))),
        ] {
            assert_eq!(span(scale, from_zero, values), expected, "{values:?}");
        }
    }

    #[test]
    fn equal_ratios_are_equal_distances_on_a_log_axis() {
        let span = Span { low: 1.0, high: 1e4, scale: Scale::Log };
        for (value, fraction) in [(1.0, 0.0), (10.0, 0.25), (100.0, 0.5), (1e4, 1.0), (0.0, 0.0), (1e9, 1.0)] {
            assert!((span.fraction(value) - fraction).abs() < 1e-12, "{value}");
        }
    }
}
