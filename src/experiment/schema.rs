//! The JSON schema of the experiment file, made from the types.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::config::Config;
use super::load::DEFAULTS;
use super::sweep::SweepSettings;

/// All that an experiment file can hold.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Config")]
struct File {
    #[serde(flatten)]
    config: Config,
    /// Many runs from one file.
    sweep: SweepSettings,
}

/// The JSON schema of an experiment file: every key with its doc and default; none is required, no other is allowed.
pub fn schema() -> Value {
    let mut schema = serde_json::to_value(schemars::schema_for!(File)).unwrap_or_default();
    let defaults = toml::from_str::<Map<String, Value>>(DEFAULTS).unwrap_or_default();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties {
            if let Some(default) = defaults.get(name) {
                property["default"] = default.clone();
            }
        }
    }
    relax(&mut schema);
    schema
}

/// The types describe a resolved configuration, which has every key; a file need not name any.
fn relax(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.remove("required");
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            object.values_mut().for_each(relax);
        }
        Value::Array(values) => values.iter_mut().for_each(relax),
        _ => {}
    }
}
