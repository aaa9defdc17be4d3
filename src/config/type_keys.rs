//! The keys of a table of the config, read off the type that the table becomes: a field's doc comment is what its key is
//! about, its default and its range are the key's. What a type cannot say stands in attributes of its fields:
//!
//! | attribute | meaning |
//! |---|---|
//! | `x-form` | the form of a value that is more than its type: a label, a path, … |
//! | `x-words` | a text that is one of these |
//! | `x-list` | one value, or a list of different ones |
//! | `x-not-empty` | a list that holds something where it is written |
//! | `x-above-zero` | a duration that is not zero |

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::keys::{Form, Key};
use crate::model::check::Measure;
use crate::model::duration::PATTERN;
use crate::model::figure::Unit;

/// The keys of a type's fields, in their order.
pub(super) fn keys_of<T: JsonSchema>() -> Vec<Key> {
    properties(schema::<T>()).collect()
}

/// The schema of a type, leaked: a key lives as long as the program.
pub(super) fn schema<T: JsonSchema>() -> &'static Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    Box::leak(Box::new(settings.into_generator().into_root_schema_for::<T>().to_value()))
}

/// A key for each property of a schema.
pub(super) fn properties(schema: &'static Value) -> impl Iterator<Item = Key> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, property)| Key {
        name,
        about: property["description"].as_str().unwrap_or_default(),
        form: form(property),
        default: property.get("default").filter(|default| says_something(default)).map(as_toml),
    })
}

/// An option that is absent, false, or an empty list or table, is one that a config does not write.
fn says_something(default: &Value) -> bool {
    !default.is_null()
        && *default != false
        && default.as_array().is_none_or(|list| !list.is_empty())
        && *default != json!({})
}

/// A default as a config would write it.
fn as_toml(default: &Value) -> &'static str {
    let written = toml::Value::try_from(default).map_or_else(|_| default.to_string(), |value| value.to_string());
    written.leak()
}

/// What a value must look like, as its field's type and attributes say it.
fn form(property: &'static Value) -> Form {
    let single = match property["x-form"].as_str() {
        Some("label") => Form::Label,
        Some("url") => Form::Url,
        Some("chart") => Form::Chart,
        Some("counts") => Form::Counts,
        Some("limits") => Form::Table(limits().leak()),
        Some("repeats") => Form::Repeats,
        Some("headers") => Form::Headers,
        Some("percent") => Form::Percent,
        Some("status") => Form::Status,
        Some("path") => Form::Path,
        Some("command") => Form::Command,
        Some("environment") => Form::Environment,
        _ => plain(property),
    };
    let is_list = property["type"] == "array" && matches!(single, Form::Label | Form::Path);
    match single {
        one if property["x-list"] == true => Form::OneOrMany(leak(one)),
        of if is_list => Form::List { of: leak(of), empty: property["x-not-empty"] != true },
        other => other,
    }
}

/// A key for each number that can be limited.
fn limits() -> Vec<Key> {
    let form = |measure: Measure| match measure.unit() {
        Unit::Seconds => Form::Duration { zero: true },
        _ => Form::Number,
    };
    let keys = Measure::ALL.into_iter();
    keys.map(|(measure, about)| Key { name: measure.as_str(), about, form: form(measure), default: None }).collect()
}

fn leak(form: Form) -> &'static Form {
    Box::leak(Box::new(form))
}

fn plain(property: &'static Value) -> Form {
    if let Some(words) = property["x-words"].as_array() {
        return Form::Word(words.iter().filter_map(Value::as_str).collect::<Vec<_>>().leak());
    }
    // A field that may be absent is its type or null.
    let property = property["anyOf"].get(0).unwrap_or(property);
    if let Some(words) = property["oneOf"].as_array() {
        return Form::Word(words.iter().filter_map(|word| word["const"].as_str()).collect::<Vec<_>>().leak());
    }
    if property["type"] == "array" {
        return Form::List { of: leak(plain(&property["items"])), empty: property["x-not-empty"] != true };
    }
    if property["pattern"] == PATTERN {
        return Form::Duration { zero: property["x-above-zero"] != true };
    }
    if property["type"] == "boolean" {
        return Form::Boolean;
    }
    match (property["minimum"].as_i64(), property["maximum"].as_i64()) {
        (None, None) => Form::Text,
        (Some(0), Some(1)) if property["type"] == "number" => Form::Share,
        (least, most) => Form::Integer { least: least.unwrap_or(0), most: most.unwrap_or(i64::MAX) },
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::keys_of;
    use crate::config::keys::Form;
    use crate::model::{Connections, Nanos};

    #[test]
    fn the_form_of_a_key_follows_from_the_type_of_its_field() {
        /// Every type that an option has, or may have.
        #[derive(JsonSchema)]
        #[expect(dead_code, reason = "only its schema is read")]
        struct Options {
            pause: Nanos,
            #[schemars(range(min = 0, max = 1))]
            share: f64,
            #[schemars(range(min = 1, max = 7))]
            number: Option<u32>,
            text: String,
            word: Connections,
        }
        let forms: Vec<Form> = keys_of::<Options>().into_iter().map(|key| key.form).collect();
        let words = &["keep-alive", "per-request"];
        let number = Form::Integer { least: 1, most: 7 };
        assert_eq!(forms, [Form::Duration { zero: true }, Form::Share, number, Form::Text, Form::Word(words)]);
    }
}
