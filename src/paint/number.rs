//! Numbers as an axis shows them: one unit for the whole axis, thousands separators, no more digits than needed.
//! Knows no positions and no fonts.

use crate::format::grouped;
use crate::model::figure::{Scale, Unit};

/// How the numbers of one axis are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Notation {
    /// What one shown unit is worth in the axis' own unit.
    pub(super) factor: f64,
    /// Stands behind the axis label, in brackets; empty for none.
    pub(super) unit: &'static str,
    /// Stands behind each number.
    suffix: &'static str,
}

/// From which value on a prefix is used, what it is worth, its name. Ascending.
type Prefix = (f64, f64, &'static str);

const SECONDS: &[Prefix] = &[
    (0.0, 1e-9, "ns"),
    (1e-6, 1e-6, "µs"),
    (1e-3, 1e-3, "ms"),
    (1.0, 1.0, "s"),
    (1200.0, 60.0, "min"),
    (14_400.0, 3600.0, "h"),
];
const BYTES: &[Prefix] = &[
    (0.0, 1.0, "B"),
    (1024.0, 1024.0, "KiB"),
    (1_048_576.0, 1_048_576.0, "MiB"),
    (1_073_741_824.0, 1_073_741_824.0, "GiB"),
    (1_099_511_627_776.0, 1_099_511_627_776.0, "TiB"),
];
const PLAIN: &[Prefix] = &[(0.0, 1.0, ""), (1e6, 1e6, "M"), (1e9, 1e9, "G"), (1e12, 1e12, "T")];

impl Notation {
    /// The notation for an axis whose largest absolute value is `largest`. A logarithmic axis stays with seconds, since
    /// powers of ten are no round numbers of minutes.
    pub(super) fn of(unit: Unit, scale: Scale, largest: f64) -> Self {
        let largest = if unit == Unit::Seconds && scale == Scale::Log { largest.min(1.0) } else { largest };
        let pick = |prefixes: &'static [Prefix]| {
            let (_, factor, name) = prefixes.iter().rfind(|(from, ..)| largest >= *from).unwrap_or(&prefixes[0]);
            (*factor, *name)
        };
        let behind = |(factor, suffix)| Self { factor, unit: "", suffix };
        let labelled = |(factor, unit)| Self { factor, unit, suffix: "" };
        match unit {
            Unit::Count | Unit::PerSecond => behind(pick(PLAIN)),
            Unit::Ratio => behind((1.0, "×")),
            Unit::Share => behind((0.01, "%")),
            Unit::Seconds => labelled(pick(SECONDS)),
            Unit::Bytes => labelled(pick(BYTES)),
        }
    }

    /// `value` with a fixed number of decimals. Zero millions are plainly zero.
    pub(super) fn fixed(&self, value: f64, decimals: usize) -> String {
        if value == 0.0 && self.factor > 1.0 {
            return "0".to_owned();
        }
        format!("{}{}", number(value / self.factor, decimals), self.suffix)
    }

    /// `value` with as many digits as it needs, and its unit: for an axis over so many decades that no one unit fits.
    pub(super) fn with_unit(unit: Unit, value: f64) -> String {
        let notation = Self::of(unit, Scale::Log, value.abs() * 1.000_001);
        let space = if notation.unit.is_empty() { "" } else { "\u{a0}" };
        format!("{}{space}{}", notation.shortest(value), notation.unit)
    }

    /// `value` with as many digits as it needs.
    pub(super) fn shortest(&self, value: f64) -> String {
        let shown = value / self.factor;
        self.fixed(value, decimals(&[shown], shown.abs() * 1e-6))
    }
}

/// How many decimals show all `values` to within `tolerance`; at most 9.
pub(super) fn decimals(values: &[f64], tolerance: f64) -> usize {
    let exact = |digits: &i32| {
        let power = 10_f64.powi(*digits);
        values.iter().all(|value| ((value * power).round() / power - value).abs() <= tolerance)
    };
    (0..9).find(exact).map_or(9, |digits| usize::try_from(digits).unwrap_or(9))
}

fn number(value: f64, decimals: usize) -> String {
    if value != 0.0 && (value.abs() >= 1e9 || value.abs() < 5e-7) {
        return scientific(value);
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        out.push('−');
    }
    out.push_str(&grouped(whole));
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn scientific(value: f64) -> String {
    let text = format!("{value:.6e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    format!("{mantissa}e{exponent}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::{Notation, decimals};
    use crate::model::figure::{Scale, Unit};

    #[test]
    fn an_axis_has_the_unit_of_its_largest_value() {
        for (unit, largest, value, text, label) in [
            (Unit::Seconds, 250.7, 50.0, "50", "s"),
            (Unit::Seconds, 0.31, 0.05, "50", "ms"),
            (Unit::Seconds, 8e-6, 2.5e-6, "2.5", "µs"),
            (Unit::Seconds, 4e-9, 1e-9, "1", "ns"),
            (Unit::Seconds, 2400.0, 600.0, "10", "min"),
            (Unit::Bytes, 3e6, 1_048_576.0, "1", "MiB"),
            (Unit::Bytes, 900.0, 500.0, "500", "B"),
            (Unit::Count, 10_000.0, 10_000.0, "10\u{202f}000", ""),
            (Unit::Count, 5e6, 2.5e6, "2.5M", ""),
            (Unit::Count, 5e6, 0.0, "0", ""),
            (Unit::Ratio, 5.0, 0.0, "0×", ""),
            (Unit::Ratio, 49.0, 20.0, "20×", ""),
            (Unit::Share, 1.0, 0.3, "30%", ""),
            (Unit::PerSecond, 450.0, 200.0, "200", ""),
            (Unit::Ratio, 2.0, -0.5, "−0.5×", ""),
            (Unit::Ratio, 1e-8, 1e-8, "1e−8×", ""),
        ] {
            let notation = Notation::of(unit, Scale::Linear, largest);
            assert_eq!((notation.shortest(value).as_str(), notation.unit), (text, label));
        }
    }

    #[test]
    fn a_number_can_carry_its_own_unit() {
        for (value, text) in [(1e-6, "1\u{a0}µs"), (0.01, "10\u{a0}ms"), (1.0, "1\u{a0}s"), (600.0, "600\u{a0}s")] {
            assert_eq!(Notation::with_unit(Unit::Seconds, value), text);
        }
        assert_eq!(Notation::with_unit(Unit::Share, 0.5), "50%");
    }

    #[test]
    fn sums_of_tenths_show_no_dust() {
        let values = [0.1 + 0.2, 0.6000000000000001];
        assert_eq!(decimals(&values, 1e-6), 1);
        assert_eq!(Notation::of(Unit::Ratio, Scale::Linear, 1.0).fixed(values[0], 1), "0.3×");
    }
}
