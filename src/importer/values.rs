//! Numbers and times as programs write them: `10.0`, `1e3`, `0,25`, milliseconds.

use std::fmt;

use crate::model::{Nanos, RequestCount};

/// What a number of a table is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeUnit {
    /// `ns`
    Nanoseconds,
    /// `us`, `µs`
    Microseconds,
    /// `ms`
    Milliseconds,
    /// `s`
    #[default]
    Seconds,
    /// `min`
    Minutes,
    /// `h`
    Hours,
}

/// Each with its names, the one that is shown first.
const UNITS: &[(TimeUnit, &[&str], f64)] = &[
    (TimeUnit::Nanoseconds, &["ns", "nsec", "nanos", "nanosecond", "nanoseconds"], 1e-9),
    (TimeUnit::Microseconds, &["us", "µs", "μs", "usec", "micros", "microsecond", "microseconds"], 1e-6),
    (TimeUnit::Milliseconds, &["ms", "msec", "millis", "millisecond", "milliseconds"], 1e-3),
    (TimeUnit::Seconds, &["s", "sec", "secs", "second", "seconds"], 1.0),
    (TimeUnit::Minutes, &["min", "mins", "minute", "minutes"], 60.0),
    (TimeUnit::Hours, &["h", "hour", "hours"], 3600.0),
];

impl TimeUnit {
    /// The unit of this name, upper or lower case; `None` for another word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        UNITS.iter().find(|(_, names, _)| names.contains(&word.as_str())).map(|(unit, ..)| *unit)
    }

    fn seconds(self) -> f64 {
        UNITS.iter().find(|(unit, ..)| *unit == self).map_or(1.0, |(.., seconds)| *seconds)
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = UNITS.iter().find(|(unit, ..)| unit == self).map_or("s", |(_, names, _)| names[0]);
        formatter.write_str(name)
    }
}

/// What programs write where there is no value.
const NOTHING: [&str; 8] = ["", "-", "nan", "na", "n/a", "null", "none", "failed"];

/// Whether a field holds no value.
pub(super) fn is_missing(text: &str) -> bool {
    NOTHING.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// A finite number. With `decimal_comma`, `0,25` is a quarter, and dots before a comma part thousands.
pub(super) fn number(text: &str, decimal_comma: bool) -> Option<f64> {
    let text = text.trim();
    let number = if decimal_comma && text.contains(',') {
        text.replace('.', "").replace(',', ".").parse::<f64>()
    } else {
        text.parse()
    };
    number.ok().filter(|number| number.is_finite())
}

/// A whole number from 1 on, however it is written: `10`, `10.0`, `1e3`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it lies between both ends, as was checked"
)]
pub(super) fn count(text: &str, decimal_comma: bool) -> Result<RequestCount, String> {
    let number = number(text, decimal_comma).ok_or_else(|| format!("{:?} is not a number", text.trim()))?;
    let is_count = number.fract() == 0.0 && (1.0..=f64::from(RequestCount::MAX)).contains(&number);
    is_count
        .then_some(number as RequestCount)
        .ok_or_else(|| format!("{:?} is not a whole number from 1 on", text.trim()))
}

/// A time from 0 on; `None` where the field holds none. Without a unit to convert, digits are taken exactly.
pub(super) fn time(text: &str, unit: TimeUnit, decimal_comma: bool) -> Result<Option<Nanos>, String> {
    if is_missing(text) {
        return Ok(None);
    }
    let exact = (unit == TimeUnit::Seconds).then(|| Nanos::parse_seconds(text.trim())).flatten();
    if exact.is_some() {
        return Ok(exact);
    }
    match number(text, decimal_comma) {
        Some(number) if number >= 0.0 => Ok(Some(Nanos::from_secs_f64(number * unit.seconds()))),
        Some(_) => Err(format!("{:?} is below zero", text.trim())),
        None => Err(format!("{:?} is not a time in {unit}", text.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Nanos, TimeUnit, count, number, time};

    #[test]
    fn numbers_are_read_as_they_are_written_elsewhere() {
        assert_eq!([number("1e3", false), number(" 2.5 ", false)], [Some(1000.0), Some(2.5)]);
        assert_eq!([number("0,25", true), number("1.234,5", true)], [Some(0.25), Some(1234.5)]);
        assert_eq!([number("0,25", false), number("inf", false), number("x", true)], [None; 3]);
        assert_eq!([count("10", false), count("10.0", false), count("1e3", false)], [Ok(10), Ok(10), Ok(1000)]);
        for wrong in ["0", "-1", "2.5", "5e9", "small"] {
            assert!(count(wrong, false).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_have_units_and_may_be_missing() {
        let of = |text: &str, unit| time(text, unit, false).unwrap();
        assert_eq!(of("12.5", TimeUnit::Milliseconds), Some(Nanos(12_500_000)));
        assert_eq!(of("0.100000001", TimeUnit::Seconds), Some(Nanos(100_000_001)), "to the nanosecond");
        assert_eq!(of("2", TimeUnit::Minutes), Some(Nanos::SECOND * 120));
        for missing in ["", "NaN", "n/a", " - ", "null"] {
            assert_eq!(of(missing, TimeUnit::Seconds), None, "{missing}");
        }
        assert_eq!(time("-1", TimeUnit::Seconds, false).unwrap_err(), "\"-1\" is below zero");
        assert_eq!(time("fast", TimeUnit::Milliseconds, false).unwrap_err(), "\"fast\" is not a time in ms");
        assert_eq!(
            [TimeUnit::parse("MS"), TimeUnit::parse("µs"), TimeUnit::parse("furlong")],
            [Some(TimeUnit::Milliseconds), Some(TimeUnit::Microseconds), None]
        );
    }
}
