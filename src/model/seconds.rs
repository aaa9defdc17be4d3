//! How rows hold a duration: as decimal seconds, `0.105100000`. For `#[serde(with = "seconds")]`, on a duration or on
//! one that may be missing.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::model::units::Nanos;

pub(super) fn serialize<T, S>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Copy + Into<Option<Nanos>>,
    S: Serializer,
{
    match (*value).into() {
        Some(duration) => serializer.collect_str(&duration),
        None => serializer.serialize_none(),
    }
}

/// A value that is missing has no field to read: `#[serde(default)]` stands in for it.
pub(super) fn deserialize<'de, T: From<Nanos>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    Nanos::parse_seconds(text.trim())
        .map(T::from)
        .ok_or_else(|| de::Error::custom(format!("{text:?} is not a number of seconds, finite and not negative")))
}
