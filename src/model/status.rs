//! Which HTTP statuses count as success: single ones, and classes such as `2xx`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One status, or all of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusPattern {
    /// This status: 100 to 599.
    Code(u16),
    /// All statuses that begin with this digit: 1 to 5.
    Class(u16),
}

/// The statuses that count as success: at least one pattern. A single one is written as it is, several as a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSet(Vec<StatusPattern>);

impl StatusSet {
    /// Exactly this status.
    #[must_use]
    pub fn only(status: u16) -> Self {
        Self(vec![StatusPattern::Code(status)])
    }

    /// Whether `status` counts as success.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|pattern| match pattern {
            StatusPattern::Code(code) => *code == status,
            StatusPattern::Class(class) => *class == status / 100,
        })
    }

    /// `200,2xx`, for programs.
    #[must_use]
    pub fn written(&self) -> String {
        self.joined(",")
    }

    fn joined(&self, separator: &str) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
    }
}

/// `200 or 2xx`, for people.
impl fmt::Display for StatusSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.joined(" or "))
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(formatter, "{code}"),
            Self::Class(class) => write!(formatter, "{class}xx"),
        }
    }
}

/// Reads `404` and `4xx`.
impl FromStr for StatusPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let class =
            text.strip_suffix("xx").and_then(|class| class.parse().ok()).filter(|class| (1..=5).contains(class));
        let code = || text.parse().ok().filter(|code| (100..=599).contains(code));
        let pattern = class.map(Self::Class).or_else(|| code().map(Self::Code));
        pattern.ok_or_else(|| format!("{text:?} is no status; expected 100 to 599, or a class such as \"2xx\""))
    }
}

impl Serialize for StatusPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Code(code) => serializer.serialize_u16(*code),
            Self::Class(_) => serializer.collect_str(self),
        }
    }
}

impl Serialize for StatusSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for StatusSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum One {
            Code(u16),
            Word(String),
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(One),
            Several(Vec<One>),
        }
        let all = match Written::deserialize(deserializer)? {
            Written::One(one) => vec![one],
            Written::Several(several) if several.is_empty() => return Err(de::Error::custom("no status at all")),
            Written::Several(several) => several,
        };
        let pattern = |one| match one {
            One::Code(code) => code.to_string().parse(),
            One::Word(word) => word.parse(),
        };
        all.into_iter().map(pattern).collect::<Result<_, String>>().map(Self).map_err(de::Error::custom)
    }
}

impl JsonSchema for StatusSet {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "StatusSet".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({ "anyOf": [
            { "type": "integer", "minimum": 100, "maximum": 599 },
            { "type": "string", "pattern": "^[1-5]xx$" },
        ] });
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

#[cfg(test)]
mod tests {
    use super::StatusSet;

    fn set(json: &str) -> Result<StatusSet, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_a_class_and_a_list_are_read_and_written_alike() {
        for json in ["204", "\"2xx\"", "[200,\"3xx\"]"] {
            assert_eq!(serde_json::to_string(&set(json).unwrap()).unwrap(), json);
        }
        for json in ["99", "600", "\"6xx\"", "\"2x\"", "[]", "\"\"", "-1"] {
            assert!(set(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_class_holds_its_hundred() {
        let set = set("[204,\"3xx\"]").unwrap();
        assert_eq!([204, 300, 399].map(|status| set.contains(status)), [true; 3]);
        assert_eq!([200, 299, 400].map(|status| set.contains(status)), [false; 3]);
    }

    #[test]
    fn people_and_programs_get_their_own_form() {
        let set = set("[200,\"3xx\"]").unwrap();
        assert_eq!((set.to_string(), set.written()), ("200 or 3xx".to_owned(), "200,3xx".to_owned()));
    }
}
