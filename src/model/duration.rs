//! Durations as people write them: text → `Nanos` and back. The one grammar of config, command line and manifest: one
//! decimal number, one unit, nothing between them. (jiff's friendly format takes more: signs, spaces, several units, whole words.)

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::units::Nanos;

/// The longest duration that may be written: a thousand hours.
const LONGEST: Nanos = Nanos(1_000 * 3_600_000_000_000);

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000), // U+00B5, as keyboards have it
    ("μs", 1_000), // U+03BC, as Unicode prefers it
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// How durations are written, for hints.
pub const HINT: &str = r#"a number and a unit of ns, us, ms, s, m, h, such as "100ms" or "1.5s""#;

/// The same grammar as a regular expression, for the schema.
pub const PATTERN: &str = r"^[0-9]+(\.[0-9]+)?(ns|us|µs|μs|ms|s|m|h)$";

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationFault {
    /// Nothing before the unit, or not a plain decimal number.
    #[error("it does not start with a plain number")]
    NoNumber,
    /// A bare number.
    #[error("it has no unit")]
    NoUnit,
    /// A number, then something else than a unit.
    #[error("`{0}` is no unit of time")]
    UnknownUnit(String),
    /// More than a thousand hours.
    #[error("it is longer than 1000h")]
    TooLong,
}

/// Reads `100ms`, `5s`, `2m`, `1.5s`, `250us`, `1h`: 0 to 1000 hours, exact to the nanosecond, finer digits cut off.
///
/// # Errors
/// When the text has another form or the duration is longer.
pub fn parse_duration(text: &str) -> Result<Nanos, DurationFault> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(DurationFault::NoNumber);
    }
    if unit.is_empty() {
        return Err(DurationFault::NoUnit);
    }
    let known = UNITS.iter().find(|(name, _)| *name == unit);
    let (_, scale) = known.ok_or_else(|| DurationFault::UnknownUnit(unit.trim().to_owned()))?;
    // Twenty fraction digits of an hour are far finer than a nanosecond, and the product still fits.
    let fraction = &fraction[..fraction.len().min(20)];
    let scale = u128::from(*scale);
    let finer = fraction.parse::<u128>().map_err(|_| DurationFault::NoNumber)?;
    let part = finer * scale / 10_u128.pow(u32::try_from(fraction.len()).unwrap_or(20));
    let nanos = whole.parse::<u64>().ok().and_then(|whole| u64::try_from(u128::from(whole) * scale + part).ok());
    nanos.map(Nanos).filter(|nanos| *nanos <= LONGEST).ok_or(DurationFault::TooLong)
}

impl Nanos {
    /// The duration as a config writes it, exactly: `100ms`, `600s`, `1ns`.
    #[must_use]
    pub fn written(self) -> String {
        let units = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];
        let (unit, scale) = units.into_iter().find(|(_, scale)| self.0.is_multiple_of(*scale)).unwrap_or(("ns", 1));
        format!("{}{unit}", self.0 / scale)
    }
}

impl Serialize for Nanos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written())
    }
}

impl<'de> Deserialize<'de> for Nanos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_duration(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Nanos {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": PATTERN })
    }
}

#[cfg(test)]
mod tests {
    use super::{DurationFault, LONGEST, parse_duration};
    use crate::model::units::Nanos;

    #[test]
    fn a_number_and_a_unit_are_read_exactly() {
        for (text, nanos) in [
            ("0s", 0),
            ("1ns", 1),
            ("250us", 250_000),
            ("250µs", 250_000),
            ("250μs", 250_000),
            ("100ms", 100_000_000),
            ("1.5s", 1_500_000_000),
            ("0.000000001s", 1),
            ("0.3333333333333333333333333333h", 1_199_999_999_999),
            ("2m", 120_000_000_000),
            ("1h", 3_600_000_000_000),
            ("1000h", LONGEST.0),
            ("007s", 7_000_000_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn a_duration_is_written_exactly() {
        for (nanos, text) in [(0, "0s"), (600_000_000_000, "600s"), (1_500_000_000, "1500ms"), (1_001, "1001ns")] {
            assert_eq!(Nanos(nanos).written(), text);
            assert_eq!(parse_duration(text), Ok(Nanos(nanos)));
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let unit = |unit: &str| DurationFault::UnknownUnit(unit.to_owned());
        for (text, fault) in [
            ("", DurationFault::NoNumber),
            ("fast", DurationFault::NoNumber),
            ("-5s", DurationFault::NoNumber),
            (".5s", DurationFault::NoNumber),
            ("5.s", DurationFault::NoNumber),
            ("1.2.3s", DurationFault::NoNumber),
            ("5", DurationFault::NoUnit),
            ("5 s", unit("s")),
            ("5sec", unit("sec")),
            ("1m30s", unit("m30s")),
            ("1e3s", unit("e3s")),
            ("1001h", DurationFault::TooLong),
            ("99999999999999999999999s", DurationFault::TooLong),
        ] {
            assert_eq!(parse_duration(text), Err(fault), "{text}");
        }
    }
}
