//! The JSON Schema of manifest.json, made of the type that is written, so that it cannot say anything else.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::manifest::Manifest;

/// The schema, draft 2020-12, of the manifests that this version writes. What a manifest of the same schema may lack is
/// not asked for.
#[must_use]
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Manifest>().to_value();
    schema["title"] = json!("reportgen manifest");
    schema["properties"]["schema_version"]["const"] = json!(Manifest::schema_versions()[0]);
    schema
}
