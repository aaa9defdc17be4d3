//! The JSON Schema of the config, for editors: the table of keys in another language. What the schema language cannot
//! say (ascending counts, unique names) only the reader checks.

use serde_json::{Map, Value, json};

use super::charts;
use super::counts::MOST;
use super::key_table::{DELAY_ONLY, RANGE, REPEATS, ROOT, SLEEP, URL_ONLY};
use super::keys::Known;
use super::keys::{Form, Key};
use super::strategy_keys::{ALL_KINDS, STRATEGY};
use crate::model::bounds::LONGEST_NAME;
use crate::model::duration::PATTERN;
use crate::strategy::KINDS;

/// The schema, draft 2020-12, with the kinds that the program knows.
#[must_use]
pub fn schema(known: &Known<'_>) -> Value {
    let mut root = table("", &ROOT, known);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!("reportgen config");
    root["required"] = json!(["target"]);
    root
}

fn table(name: &str, keys: &[Key], known: &Known<'_>) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.name.to_owned(), property(name, key, known))).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    match name {
        "target" => {
            let without = |strangers: &[&str], kind: &str| {
                let absent = strangers.iter().map(|name| ((*name).to_owned(), json!(false)));
                absent.chain([("kind".to_owned(), json!({ "const": kind }))]).collect::<Map<String, Value>>()
            };
            let one = |given: &str, other: &str, strangers: &[&str]| {
                let properties = without(&[strangers, &[other]].concat(), "http");
                json!({ "required": [given], "properties": properties })
            };
            let (delay, url) = (one("delay", "url", &URL_ONLY), one("url", "delay", &DELAY_ONLY));
            let strangers: Vec<&str> = keys.iter().map(|key| key.name).filter(|name| !SLEEP.contains(name)).collect();
            let sleep = json!({ "required": SLEEP, "properties": without(&strangers, "sleep") });
            schema["oneOf"] = json!([delay, url, sleep]);
        }
        "strategy" => {
            schema["required"] = json!(["kind"]);
            let kinds = STRATEGY.kinds.iter();
            schema["allOf"] =
                kinds.map(|kind| options_of(kind.info.name, (&kind.options, &ALL_KINDS), &kind.needed, keys)).collect();
        }
        "reference" => schema["required"] = json!(["name", "file", "strategy"]),
        "check" => schema["anyOf"] = json!([{ "required": ["at-most"] }, { "required": ["at-least"] }]),
        "chart" => {
            schema["required"] = json!(["kind"]);
            schema["allOf"] = known
                .charts
                .iter()
                .map(|chart| options_of(chart.name, (chart.options, &charts::ALWAYS), &[], keys))
                .collect();
        }
        _ => {}
    }
    schema
}

/// Forbids the options that one kind does not take, and demands those that it cannot do without.
fn options_of(kind: &str, (options, always): (&[&str], &[&str]), needed: &[&str], keys: &[Key]) -> Value {
    let strange = keys.iter().map(|key| key.name).filter(|name| !always.contains(name) && !options.contains(name));
    let absent: Map<String, Value> = strange.map(|name| (name.to_owned(), json!(false))).collect();
    let mut then = json!({ "properties": absent });
    if !needed.is_empty() {
        then["required"] = json!(needed);
    }
    json!({ "if": { "properties": { "kind": { "const": kind } } }, "then": then })
}

fn property(holder: &str, key: &Key, known: &Known<'_>) -> Value {
    let mut schema = match &key.form {
        Form::Table(keys) => table(key.name, keys, known),
        Form::WordsOrTable(words, keys) => json!({ "anyOf": [{ "enum": words }, table(key.name, keys, known)] }),
        Form::Tables(_) => json!({ "type": "array", "items": table(key.name, key.keys(), known) }),
        Form::TableOrTables(keys) => {
            let mut each = table(key.name, keys, known);
            each["required"] = json!(["name", "url"]);
            each["oneOf"] = each["oneOf"][1].take();
            json!({ "anyOf": [table(key.name, keys, known), { "type": "array", "items": each, "minItems": 1 }] })
        }
        form => form_of(form, known),
    };
    schema["description"] = json!(key.about);
    if let Some(default) = key.default.and_then(as_json) {
        schema["default"] = default;
    }
    if holder == "strategy" && key.name == "kind" {
        let lines: Vec<String> =
            STRATEGY.kinds.iter().map(|kind| format!("{}: {}", kind.info.name, kind.about)).collect();
        schema["description"] = json!(format!("{}\n{}", key.about, lines.join("\n")));
    }
    schema
}

fn form_of(form: &Form, known: &Known<'_>) -> Value {
    match form {
        Form::Label | Form::Wording(_) => json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_NAME }),
        Form::Text => json!({ "type": "string" }),
        Form::Path => json!({ "type": "string", "minLength": 1 }),
        Form::Url => json!({ "type": "string", "format": "uri", "pattern": "^[hH][tT][tT][pP][sS]?://" }),
        Form::Duration { zero: true } => json!({ "type": "string", "pattern": PATTERN }),
        Form::Duration { zero: false } => {
            json!({ "type": "string", "pattern": PATTERN, "not": { "pattern": r"^[0.]+[^0-9.]" } })
        }
        Form::Integer { least, most: i64::MAX } => json!({ "type": "integer", "minimum": least }),
        Form::Integer { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Form::Number => json!({ "type": "number", "minimum": 0 }),
        Form::Boolean => json!({ "type": "boolean" }),
        Form::Status => {
            let code = json!({ "type": "integer", "minimum": 100, "maximum": 599 });
            json!({ "anyOf": [code, { "type": "string", "pattern": "^[1-5]xx$" }] })
        }
        Form::Word(words) => json!({ "type": "string", "enum": words }),
        Form::Kind => json!({ "enum": KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>() }),
        Form::Chart => json!({ "enum": known.charts.iter().map(|chart| chart.name).collect::<Vec<_>>() }),
        Form::List { of, empty } => list(&form_of(of, known), usize::from(!empty)),
        Form::OneOrMany(one) => json!({ "anyOf": [form_of(one, known), list(&form_of(one, known), 1)] }),
        Form::Counts => {
            let mut range = table("requests", RANGE, known);
            range["required"] = json!(["from", "to"]);
            json!({ "anyOf": [list(&json!({ "type": "integer", "minimum": 1, "maximum": MOST }), 1), range] })
        }
        Form::Percent => json!({ "type": "string", "pattern": r"^[0-9.]+ *%$" }),
        Form::Repeats => {
            let number = json!({ "type": "integer", "minimum": 1, "maximum": MOST });
            json!({ "anyOf": [number, table("repeats", REPEATS, known)] })
        }
        Form::Command => json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }),
        Form::Headers | Form::Environment => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Form::Table(keys) | Form::Tables(keys) | Form::TableOrTables(keys) | Form::WordsOrTable(_, keys) => {
            table("", keys, known)
        }
    }
}

fn list(items: &Value, least: usize) -> Value {
    json!({ "type": "array", "items": items, "minItems": least, "uniqueItems": true })
}

/// A TOML value of the table of keys as JSON.
fn as_json(text: &str) -> Option<Value> {
    let document: toml::Table = toml::from_str(&format!("value = {text}")).ok()?;
    serde_json::to_value(document.get("value")?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixtures::{self, KNOWN};
    use super::schema;

    /// Whether each key of `config` is a property, and each word one of its enum.
    fn fits(config: &Value, schema: &Value, path: &str) {
        if let Some(words) = schema.get("enum") {
            assert!(words.as_array().unwrap().contains(config), "{path}: {config} is none of {words}");
        }
        match config {
            Value::Object(table) if schema.get("properties").is_some() => {
                for (key, value) in table {
                    let inner = schema["properties"].get(key);
                    fits(value, inner.unwrap_or_else(|| panic!("{path} has no {key}")), &format!("{path}.{key}"));
                }
            }
            Value::Array(items) if schema.get("items").is_some() => {
                items.iter().for_each(|item| fits(item, &schema["items"], path));
            }
            _ => {}
        }
    }

    #[test]
    fn the_configs_that_come_with_the_program_fit_the_schema() {
        for (name, text) in fixtures::SHIPPED {
            let config: Value = toml::from_str(text).unwrap();
            fits(&config, &schema(&KNOWN), name);
        }
        let wrong = json!({ "sweep": { "order": "random" } });
        assert!(std::panic::catch_unwind(|| fits(&wrong, &schema(&KNOWN), "wrong")).is_err());
    }

    #[test]
    fn every_property_explains_itself() {
        fn explained(schema: &Value, path: &str) -> usize {
            let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return 0 };
            let inner = properties.iter().map(|(name, property)| {
                assert!(property["description"].is_string(), "{path}.{name}");
                let items = property.get("items").unwrap_or(property);
                1 + explained(items, &format!("{path}.{name}"))
            });
            inner.sum()
        }
        let schema = schema(&KNOWN);
        assert!(explained(&schema, "") >= 40);
        assert_eq!(schema["properties"]["sweep"]["properties"]["requests"]["default"], json!([10, 20, 30, 40, 50]));
        assert_eq!(schema["properties"]["strategy"]["items"]["properties"]["kind"]["enum"][4], "thread-per-request");
        assert_eq!(
            schema["properties"]["strategy"]["items"]["allOf"][0]["then"]["properties"]["workers"],
            json!(false)
        );
    }
}
