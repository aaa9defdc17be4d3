//! Where an axis has ticks and what stands beside them. In: axis, span, and a judge that says whether a set of ticks has
//! room. Out: the densest set that has. Knows no fonts; source of the steps: Wilkinson, "The Grammar of Graphics" (2005).

use super::number::{Notation, decimals};
use super::scale::Span;
use crate::model::figure::{Axis, Scale, Unit};

/// The ticks of one axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ticks {
    /// Value and label, ascending.
    pub(super) major: Vec<(f64, String)>,
    /// Values without a label.
    pub(super) minor: Vec<f64>,
    /// The unit for the axis label; empty for none.
    pub(super) unit: &'static str,
}

/// The densest set of at most `most` ticks that `fits`. Where none does, a single tick or none.
pub(super) fn choose(axis: &Axis, span: &Span, most: usize, fits: impl Fn(&Ticks) -> bool) -> Ticks {
    let preferred = wanted(axis, span).into_iter();
    let computed = match span.scale {
        Scale::Linear => linear_sets(axis.unit, span, most).collect(),
        Scale::Log => log_sets(axis.unit, span, most),
    };
    let mut last = Ticks::default();
    for ticks in preferred.chain(computed) {
        if fits(&ticks) {
            return ticks;
        }
        last = ticks;
    }
    let middle = last.major.len() / 2;
    last.major = last.major.into_iter().skip(middle).take(1).collect();
    if fits(&last) { last } else { Ticks { unit: last.unit, ..Ticks::default() } }
}

/// The positions that the chart wants, where they lie within the span.
fn wanted(axis: &Axis, span: &Span) -> Option<Ticks> {
    let mut values: Vec<f64> = axis.ticks.iter().copied().filter(|value| span.shows(*value)).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    (!values.is_empty()).then(|| labelled(axis.unit, span, &values, Vec::new()))
}

/// Each value with as many digits as it needs.
fn labelled(unit: Unit, span: &Span, values: &[f64], minor: Vec<f64>) -> Ticks {
    let notation = Notation::of(unit, span.scale, span.high.abs().max(span.low.abs()));
    let smallest = values.iter().map(|value| value.abs()).filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
    // On a logarithmic axis one prefix would turn small values into 0.1 s: each number has its own.
    let counted = matches!(unit, Unit::Count | Unit::PerSecond);
    let mixed = span.scale == Scale::Log && !counted && smallest / notation.factor < 0.999;
    let text = |value: f64| match span.scale {
        Scale::Log if counted => Notation::of(unit, Scale::Log, value.abs() * 1.000_001).shortest(value),
        _ if mixed => Notation::with_unit(unit, value),
        _ => notation.shortest(value),
    };
    Ticks {
        major: values.iter().map(|value| (*value, text(*value))).collect(),
        minor,
        unit: if mixed { "" } else { notation.unit },
    }
}

/// Sets with ever longer steps of 1, 2, 2.5 or 5 times a power of ten in the unit shown.
fn linear_sets(unit: Unit, span: &Span, most: usize) -> impl Iterator<Item = Ticks> {
    let notation = Notation::of(unit, span.scale, span.high.abs().max(span.low.abs()));
    let (low, high) = (span.low / notation.factor, span.high / notation.factor);
    let magnitude = ((high - low) / most.max(1) as f64).log10().floor();
    let whole = unit == Unit::Count && notation.factor == 1.0 && high - low >= 2.0;
    let steps =
        (0..4).flat_map(move |power| [1.0, 2.0, 2.5, 5.0].map(|step| step * 10_f64.powf(magnitude + f64::from(power))));
    steps.filter(move |step| !whole || (*step >= 0.999 && (step - step.round()).abs() < 1e-9)).filter_map(move |step| {
        let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        if last - first + 1.0 > most as f64 || last < first {
            return None;
        }
        let mut values = Vec::new();
        let mut index = first;
        while index <= last {
            values.push(index * step);
            index += 1.0;
        }
        let digits = decimals(&values, step * 1e-3);
        let tick = |value: &f64| {
            let digits = if *value == 0.0 { 0 } else { digits };
            (value * notation.factor, notation.fixed(value * notation.factor, digits))
        };
        Some(Ticks { major: values.iter().map(tick).collect(), minor: Vec::new(), unit: notation.unit })
    })
}

/// Sets with ever longer steps: within one decade as on a linear axis, else 1-2-5, 1-3, or each, every second, … decade.
fn log_sets(unit: Unit, span: &Span, most: usize) -> Vec<Ticks> {
    let base = Notation::of(unit, Scale::Log, span.high).factor;
    let decades = (span.high / span.low).log10();
    let minor = |digits: &[f64]| if decades <= 7.0 { powers(span, base, (10.0, 1), digits) } else { Vec::new() };
    let mut sets = Vec::new();
    let mut offer = |values: Vec<f64>, minor: Vec<f64>| {
        if values.len() >= 2 && values.len() <= most {
            let minor = minor.into_iter().filter(|value| !values.contains(value)).collect();
            sets.push(labelled(unit, span, &values, minor));
        }
    };
    let all = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    if unit == Unit::Bytes {
        for step in [1, 2, 4, 10, 20] {
            offer(powers(span, base, (2.0, step), &[1.0]), Vec::new());
        }
    } else {
        offer(powers(span, base, (10.0, 1), &[1.0, 2.0, 5.0]), minor(&all));
        offer(powers(span, base, (10.0, 1), &[1.0, 3.0]), minor(&all));
        for step in [1, 2, 3, 4, 6, 10, 20, 50, 100] {
            offer(powers(span, base, (10.0, step), &[1.0]), if step == 1 { minor(&all) } else { minor(&[1.0]) });
        }
    }
    let linear = Span { scale: Scale::Linear, ..*span };
    let narrow = sets.first().is_none_or(|set| set.major.len() < 3) && decades < 1.0;
    let within =
        linear_sets(unit, &linear, most).filter(|_| narrow).filter(|set| set.major.iter().all(|tick| tick.0 > 0.0));
    let within: Vec<Ticks> = within.filter(|set| set.major.len() >= 2).collect();
    within.into_iter().chain(sets).collect()
}

/// All `digit * radix^(step * k) * base`, `k` whole, within the span, ascending.
fn powers(span: &Span, base: f64, (radix, step): (f64, i32), digits: &[f64]) -> Vec<f64> {
    let exponent = |value: f64| (value / base).log(radix) / f64::from(step);
    let (first, last) = (exponent(span.low).floor() - 1.0, exponent(span.high).ceil());
    if !first.is_finite() || !last.is_finite() || last - first > 2000.0 {
        return Vec::new();
    }
    let mut values = Vec::new();
    let mut index = first;
    while index <= last {
        let power = index * f64::from(step);
        // Dividing by a whole power of ten gives the float nearest to 0.001; multiplying by 10^-3 does not.
        let unit = |digit: f64| if power < 0.0 { digit / radix.powf(-power) } else { digit * radix.powf(power) };
        values.extend(digits.iter().map(|digit| unit(*digit) * base).filter(|value| span.shows(*value)));
        index += 1.0;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::{Ticks, choose};
    use crate::model::figure::{Axis, Scale, Unit};
    use crate::paint::scale::Span;

    fn labels(unit: Unit, scale: Scale, (low, high): (f64, f64), most: usize) -> String {
        let axis = Axis { unit, scale, ..Axis::default() };
        let ticks = choose(&axis, &Span { low, high, scale }, most, |_| true);
        let labels: Vec<String> =
            ticks.major.into_iter().map(|(_, label)| label.replace('\u{a0}', "").replace('\u{202f}', ",")).collect();
        format!("{} {}", labels.join(" "), ticks.unit).trim().to_owned()
    }

    #[test]
    fn linear_steps_are_1_2_2_5_or_5() {
        for (unit, range, most, expected) in [
            (Unit::Seconds, (0.0, 260.0), 7, "0 50 100 150 200 250 s"),
            (Unit::Seconds, (0.0, 0.32), 8, "0 50 100 150 200 250 300 ms"),
            (Unit::Count, (10.0, 50.0), 5, "10 20 30 40 50"),
            (Unit::Count, (0.0, 3.0), 10, "0 1 2 3"),
            (Unit::Count, (0.0, 20_000.0), 5, "0 5,000 10,000 15,000 20,000"),
            (Unit::Ratio, (0.9, 1.35), 6, "0.9× 1.0× 1.1× 1.2× 1.3×"),
            (Unit::Share, (0.0, 1.0), 5, "0% 25% 50% 75% 100%"),
            (Unit::Bytes, (0.0, 5_300_000.0), 6, "0 1 2 3 4 5 MiB"),
            (Unit::Count, (1e9, 1e9 + 4.0), 3, "1.000000000G 1.000000002G 1.000000004G"),
        ] {
            assert_eq!(labels(unit, Scale::Linear, range, most), expected);
        }
    }

    #[test]
    fn log_ticks_suit_a_fraction_of_a_decade_and_many_decades() {
        for (unit, range, most, expected) in [
            (Unit::Seconds, (0.02, 0.09), 8, "20 30 40 50 60 70 80 90 ms"),
            (Unit::Seconds, (0.012, 0.5), 9, "20 50 100 200 500 ms"),
            (Unit::Seconds, (4.0, 300.0), 8, "5 10 20 50 100 200 s"),
            (Unit::Seconds, (0.8, 40.0), 4, "1 3 10 30 s"),
            (Unit::Seconds, (0.05, 8000.0), 9, "100ms 1s 10s 100s 1,000s"),
            (Unit::Seconds, (1e-6, 600.0), 10, "1µs 10µs 100µs 1ms 10ms 100ms 1s 10s 100s"),
            (Unit::Seconds, (1e-6, 600.0), 5, "1µs 100µs 10ms 1s 100s"),
            (Unit::Ratio, (1.1, 1.6), 6, "1.1× 1.2× 1.3× 1.4× 1.5× 1.6×"),
            (Unit::Bytes, (1024.0, 17_000.0), 6, "1 2 4 8 16 KiB"),
            (Unit::Count, (0.9, 2e6), 8, "1 10 100 1,000 10,000 100,000 1M"),
            (Unit::Count, (900.0, 1.1e6), 6, "1,000 10,000 100,000 1M"),
            (Unit::PerSecond, (90.0, 2e6), 6, "100 1,000 10,000 100,000 1M"),
        ] {
            assert_eq!(labels(unit, Scale::Log, range, most), expected);
        }
    }

    #[test]
    fn wanted_positions_are_used_where_they_fit() {
        let axis = Axis { ticks: vec![50.0, 10.0, 20.0, 99.0, 30.0, f64::NAN, 10.0], ..Axis::default() };
        let span = Span::exact(8.0, 52.0);
        let values = |ticks: Ticks| ticks.major.into_iter().map(|(value, _)| value).collect::<Vec<_>>();
        assert_eq!(values(choose(&axis, &span, 9, |_| true)), [10.0, 20.0, 30.0, 50.0]);
        assert_eq!(values(choose(&axis, &span, 9, |ticks| ticks.major.len() < 4)), [20.0, 40.0]);
        assert_eq!(values(choose(&axis, &span, 9, |ticks| ticks.major.is_empty())), Vec::<f64>::new());
        let ticks = vec![100.0, 316.0, 1_000.0, 3_162.0, 10_000.0];
        let axis = Axis { ticks, scale: Scale::Log, ..Axis::default() };
        let labels = choose(&axis, &Span { low: 80.0, high: 12_000.0, scale: Scale::Log }, 9, |_| true).major;
        let labels: Vec<String> = labels.into_iter().map(|(_, label)| label.replace('\u{202f}', " ")).collect();
        assert_eq!(labels, ["100", "316", "1 000", "3 162", "10 000"]);
    }
}
