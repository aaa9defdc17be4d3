//! The part of the table of keys that describes a strategy, read off the type that holds one: a field's doc comment is
//! what its key is about, its default and its range are the key's.

use std::sync::LazyLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::keys::{Form, Key};
use crate::model::duration::PATTERN;
use crate::strategy::{KINDS, KindInfo, StrategySpec};

/// The keys of `[[strategy]]`, and which kind takes which.
pub(super) struct StrategyKeys {
    /// Every key once.
    pub(super) keys: Vec<Key>,
    /// In the order of the registry.
    pub(super) kinds: Vec<KindKeys>,
}

/// What a config may say about a kind.
pub(super) struct KindKeys {
    /// The kind.
    pub(super) info: KindInfo,
    /// One line about it.
    pub(super) about: &'static str,
    /// The keys that it takes beside those of every kind.
    pub(super) options: Vec<&'static str>,
    /// Those among them that it cannot do without.
    pub(super) needed: Vec<&'static str>,
}

/// Keys that every kind takes.
pub(super) const ALL_KINDS: [&str; 3] = ["name", "kind", "max-requests"];

pub(super) static STRATEGY: LazyLock<StrategyKeys> = LazyLock::new(|| {
    let schema = schema::<StrategySpec>();
    let mut keys: Vec<Key> = properties(schema).filter(|key| key.name == "name").collect();
    let about = "How it issues requests";
    keys.push(Key { name: "kind", about, form: Form::Kind, default: None });
    let mut kinds = Vec::new();
    for (info, variant) in KINDS.iter().zip(schema["oneOf"].as_array().into_iter().flatten()) {
        let own: Vec<Key> = properties(variant).filter(|key| key.name != "kind").collect();
        let required = variant["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        kinds.push(KindKeys {
            info: *info,
            about: variant["description"].as_str().unwrap_or_default(),
            options: own.iter().map(|key| key.name).collect(),
            needed: required.filter(|name| *name != "kind").collect(),
        });
        own.into_iter().for_each(|key| add(&mut keys, key));
    }
    properties(schema).for_each(|key| add(&mut keys, key));
    StrategyKeys { keys, kinds }
});

/// Adds a key that is not there yet. Kinds that share a key agree about it; where one has no default, another's counts.
fn add(keys: &mut Vec<Key>, key: Key) {
    match keys.iter_mut().find(|known| known.name == key.name) {
        Some(known) => known.default = known.default.or(key.default),
        None => keys.push(key),
    }
}

/// The schema of a type, leaked once, since the keys of every other table are constants.
fn schema<T: JsonSchema>() -> &'static Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    Box::leak(Box::new(settings.into_generator().into_root_schema_for::<T>().to_value()))
}

fn properties(schema: &'static Value) -> impl Iterator<Item = Key> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, property)| Key {
        name,
        about: property["description"].as_str().unwrap_or_default(),
        form: form(property),
        default: property
            .get("default")
            .filter(|default| says_something(default))
            .map(|default| text(default.to_string())),
    })
}

/// An option that is absent, or an empty list, is one that a config does not write.
fn says_something(default: &Value) -> bool {
    !default.is_null() && default.as_array().is_none_or(|list| !list.is_empty())
}

/// JSON is TOML as far as the defaults of options go.
fn text(json: String) -> &'static str {
    Box::leak(json.into_boxed_str())
}

/// What a value must look like, as its field's type and attributes say it.
fn form(property: &'static Value) -> Form {
    let single = match property["x-form"].as_str() {
        Some("label") => Form::Label,
        Some("path") => Form::Path,
        Some("command") => Form::Command,
        Some("environment") => Form::Environment,
        _ => plain(property),
    };
    if property["x-list"] == true { Form::OneOrMany(Box::leak(Box::new(single))) } else { single }
}

fn plain(property: &'static Value) -> Form {
    if let Some(words) = property["oneOf"].as_array() {
        return Form::Word(words.iter().filter_map(|word| word["const"].as_str()).collect::<Vec<_>>().leak());
    }
    if property["pattern"] == PATTERN {
        return Form::Duration { zero: true };
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

    use super::{STRATEGY, properties, schema};
    use crate::config::keys::Form;
    use crate::model::{Connections, Nanos};
    use crate::strategy::KINDS;

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
        let forms: Vec<Form> = properties(schema::<Options>()).map(|key| key.form).collect();
        let words = &["keep-alive", "per-request"];
        let number = Form::Integer { least: 1, most: 7 };
        assert_eq!(forms, [Form::Duration { zero: true }, Form::Share, number, Form::Text, Form::Word(words)]);
    }

    #[test]
    fn every_kind_of_the_registry_explains_itself_and_its_options() {
        assert_eq!(STRATEGY.kinds.len(), KINDS.len());
        for kind in &STRATEGY.kinds {
            assert!(!kind.about.is_empty(), "{}", kind.info.name);
            let keys = || STRATEGY.keys.iter().map(|key| key.name);
            assert!(kind.options.iter().all(|option| keys().any(|key| key == *option)), "{}", kind.info.name);
        }
        for key in &STRATEGY.keys {
            assert!(!key.about.is_empty(), "{}", key.name);
        }
        let needed = |name: &str| &STRATEGY.kinds.iter().find(|kind| kind.info.name == name).unwrap().needed;
        assert_eq!(needed("command"), &["command", "model"]);
        assert!(needed("thread-pool").is_empty());
    }
}
