//! Quantities with a unit. Inside the program a duration is whole nanoseconds; at every text boundary it is seconds
//! and the name says so (`duration_s`).

use crate::format::trimmed;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Sub};
use std::time::Duration;

/// How many requests a cell issues: at least 1.
pub type RequestCount = u32;

/// A duration in whole nanoseconds, 0 to 584 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub u64);

impl Nanos {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// One second.
    pub const SECOND: Self = Self(1_000_000_000);

    /// A duration of `millis` milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// The nearest duration to `seconds`; negative and non-finite values become zero, too large ones saturate.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and the value was made non-negative first"
    )]
    pub fn from_secs_f64(seconds: f64) -> Self {
        // A finite number of seconds may be an infinite number of nanoseconds, which the cast saturates.
        Self(if seconds.is_finite() { (seconds * 1e9).round().max(0.0) as u64 } else { 0 })
    }

    /// Seconds as a float; exact to a nanosecond below 104 days.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The same duration as the standard library's type.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// The difference, or zero where `other` is the longer one.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Reads decimal seconds exactly (`"0.105100000"`, `"250.74"`); `None` for anything else, negative values included.
    #[must_use]
    pub fn parse_seconds(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return text.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0).map(Self::from_secs_f64);
        }
        let nine = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
        let nanos = nine.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        let seconds: u64 = whole.parse().ok()?;
        seconds.checked_mul(1_000_000_000)?.checked_add(nanos).map(Self)
    }

    /// For people: `250 s`, `5.02 s`, `105.1 ms`, `12 µs`: three or four significant digits.
    #[must_use]
    pub fn human(self) -> String {
        let (scaled, unit) = match self.0 {
            0 => return "0 s".to_owned(),
            1..1_000 => (self.0 as f64, "ns"),
            1_000..1_000_000 => (self.0 as f64 / 1e3, "µs"),
            1_000_000..1_000_000_000 => (self.0 as f64 / 1e6, "ms"),
            _ => (self.0 as f64 / 1e9, "s"),
        };
        let decimals = if scaled < 10.0 {
            2
        } else if scaled < 1000.0 {
            1
        } else {
            0
        };
        format!("{} {unit}", trimmed(scaled, decimals))
    }
}

/// Seconds with nanosecond digits, as every file of a run writes them: `0.105100000`.
impl fmt::Display for Nanos {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:09}", self.0 / 1_000_000_000, self.0 % 1_000_000_000)
    }
}

impl From<Duration> for Nanos {
    fn from(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }
}

impl Add for Nanos {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Nanos {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.saturating_sub(other)
    }
}

impl Mul<u64> for Nanos {
    type Output = Self;
    fn mul(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Sum for Nanos {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Nanos;

    #[test]
    fn seconds_survive_text_to_the_nanosecond() {
        for nanos in [0, 1, 999_999_999, 1_000_000_000, 250_740_000_001] {
            assert_eq!(Nanos::parse_seconds(&Nanos(nanos).to_string()), Some(Nanos(nanos)));
        }
        assert_eq!(Nanos::parse_seconds("250.74"), Some(Nanos(250_740_000_000)));
        assert_eq!(Nanos::parse_seconds("5e-2"), Some(Nanos(50_000_000)));
        for wrong in ["", "-1", "abc", "NaN", "inf", "1.2.3"] {
            assert_eq!(Nanos::parse_seconds(wrong), None, "{wrong}");
        }
        for (seconds, nanos) in [(1.5, 1_500_000_000), (1e300, u64::MAX), (-1.0, 0), (f64::NAN, 0), (f64::INFINITY, 0)]
        {
            assert_eq!(Nanos::from_secs_f64(seconds), Nanos(nanos), "{seconds}");
        }
    }

    #[test]
    fn people_read_three_digits_and_a_unit() {
        for (nanos, text) in [
            (0, "0 s"),
            (12_000, "12 µs"),
            (105_100_000, "105.1 ms"),
            (5_020_000_000, "5.02 s"),
            (250_740_000_000, "250.7 s"),
        ] {
            assert_eq!(Nanos(nanos).human(), text);
        }
    }
}
