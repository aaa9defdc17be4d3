//! Records of CSV → structs, by column name: columns may stand in any order, with others between. Own code where `csv`
//! has some, because its errors do not tell the column of a value that the struct itself refuses.

use std::fmt::Display;
use std::str::FromStr;

use csv::{StringRecord, Writer};
use serde::Serialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

/// The line of the column names of a type of rows.
pub(crate) fn first_row<T: Default + Serialize>() -> String {
    let mut writer = Writer::from_writer(Vec::new());
    writer.serialize(T::default()).expect("memory takes any row");
    let text = writer.into_inner().expect("memory takes any row");
    // The names stand before the first row; of that, nothing is wanted.
    String::from_utf8_lossy(&text).split_inclusive('\n').next().unwrap_or_default().to_owned()
}

/// Which column of a type of rows stands at each place of a file.
pub(crate) struct Header {
    known: Vec<String>,
    /// By place in the file, the index into `known`.
    places: Vec<Option<usize>>,
}

impl Header {
    /// Finds the columns of `T` in the first row of a file. Upper and lower case are one; of a name that stands there
    /// twice, the first counts.
    pub(crate) fn find<'a, T>(first_row_of_file: impl IntoIterator<Item = &'a str>) -> Self
    where
        T: Default + Serialize,
    {
        let known: Vec<String> = first_row::<T>().trim_end().split(',').map(str::to_owned).collect();
        let mut places: Vec<Option<usize>> = Vec::new();
        for cell in first_row_of_file {
            let cell = cell.trim().trim_start_matches('\u{feff}');
            let found = known.iter().position(|name| cell.eq_ignore_ascii_case(name));
            places.push(found.filter(|_| !places.contains(&found)));
        }
        Self { known, places }
    }

    /// How many columns the type has.
    pub(crate) fn width(&self) -> usize {
        self.known.len()
    }

    /// Those of the type's first `count` columns that are not there.
    pub(crate) fn missing(&self, count: usize) -> impl Iterator<Item = &str> {
        let missing = |(index, _): &(usize, &String)| !self.places.contains(&Some(*index));
        self.known.iter().enumerate().take(count).filter(missing).map(|(_, name)| name.as_str())
    }

    /// Whether the columns stand as they do in the files that this program writes.
    pub(crate) fn in_order(&self) -> bool {
        (0..self.known.len()).all(|index| self.places.get(index) == Some(&Some(index)))
    }

    /// Where a column stands.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.places.iter().position(|place| place.is_some_and(|index| self.known[index] == name))
    }

    /// Reads a row.
    ///
    /// # Errors
    /// Naming the column and its value.
    pub(crate) fn read<'de, T: Deserialize<'de>>(&'de self, record: &'de StringRecord) -> Result<T, String> {
        let known =
            self.places.iter().zip(record).filter_map(|(place, text)| Some((self.known[(*place)?].as_str(), text)));
        let rest = known.filter(|(_, text)| !text.is_empty());
        T::deserialize(MapAccessDeserializer::new(Fields { rest, value: ("", "") })).map_err(|Problem(problem)| problem)
    }
}

/// Why a value cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Problem(String);

impl de::Error for Problem {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn missing_field(column: &'static str) -> Self {
        Self(format!("column {column} is empty"))
    }

    fn unknown_variant(word: &str, expected: &'static [&'static str]) -> Self {
        Self(format!("{word:?} is none of {}", expected.join(", ")))
    }
}

/// The fields of a row that are not empty.
struct Fields<'a, I> {
    rest: I,
    /// The one that was named last.
    value: (&'a str, &'a str),
}

impl<'de, I: Iterator<Item = (&'de str, &'de str)>> MapAccess<'de> for Fields<'de, I> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        let Some(field) = self.rest.next() else { return Ok(None) };
        self.value = field;
        let name: StrDeserializer<'_, Problem> = field.0.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let (column, text) = self.value;
        seed.deserialize(Field(text)).map_err(|Problem(problem)| Problem(format!("column {column}: {problem}")))
    }
}

/// The text of one field. Blanks around a number or a word do not count.
struct Field<'a>(&'a str);

impl Field<'_> {
    fn parse<T: FromStr>(&self, what: &str) -> Result<T, Problem> {
        self.0.trim().parse().map_err(|_| Problem(format!("{:?} is not {what}", self.0.trim())))
    }
}

macro_rules! parsed {
    ($($method:ident, $visit:ident, $what:literal;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            visitor.$visit(self.parse($what)?)
        })+
    };
}

impl<'de> Deserializer<'de> for Field<'de> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.0.trim().is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_enum(self.0.trim().into_deserializer())
    }

    parsed! {
        deserialize_bool, visit_bool, "true or false";
        deserialize_u16, visit_u16, "a whole number in range";
        deserialize_u32, visit_u32, "a whole number in range";
        deserialize_u64, visit_u64, "a whole number in range";
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}
