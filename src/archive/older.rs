//! Manifests of earlier schemas → this one's, once, when they are read. JSON in, JSON out.

use serde_json::{Map, Value};

/// Converts a manifest of schema 1 or 2. What it does not tell gets the default that it had then.
pub(super) fn convert(manifest: &mut Value) {
    let Some(manifest) = manifest.as_object_mut() else { return };
    let mut versions = Map::new();
    for strategy in manifest.get_mut("strategies").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(fields) = strategy.as_object() else { continue };
        if let (Some(name), Some(version)) = (fields.get("name").and_then(Value::as_str), fields.get("version")) {
            versions.insert(name.to_owned(), version.clone());
        }
        // The options that a kind does not take stood there too; they are passed over when the strategy is read.
        *strategy = fields.iter().map(|(key, value)| (key.replace('_', "-"), value.clone())).collect();
    }
    manifest.insert("versions".to_owned(), versions.into());
}
