//! The keys that a sweep varies: `[sweep.over]`.

use toml_edit::TableLike;

use super::settings::Range;
use crate::experiment::load::{ConfigError, Layers};
use crate::settings::InvalidSetting;

/// A key and what it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The full key.
    pub key: String,
    /// What it takes.
    pub values: Values,
}

/// What a key takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// One of these.
    List(Vec<toml::Value>),
    /// A number in between.
    Range(Range),
}

/// Keys that name things or report them: to vary them would vary nothing.
const FIXED: [&str; 3] = ["name", "report.note", "report.bootstrap"];

/// Reads `[sweep.over]`, in the order of the file; keys may be quoted whole (`"training.epochs"`) or stand in sections.
pub(super) fn axes(layers: &Layers<'_>) -> Result<Vec<Axis>, ConfigError> {
    let mut axes = Vec::new();
    let over = layers.file.as_table().get("sweep").and_then(|sweep| sweep.as_table_like()?.get("over")?.as_table_like());
    if let Some(over) = over {
        collect(layers, over, "", &mut axes)?;
    }
    for (index, axis) in axes.iter().enumerate() {
        if axes[..index].iter().any(|earlier: &Axis| earlier.key == axis.key) {
            return Err(refused(layers, &axis.key, "varies twice; name it once, with all its values"));
        }
    }
    Ok(axes)
}

fn collect(layers: &Layers<'_>, table: &dyn TableLike, prefix: &str, axes: &mut Vec<Axis>) -> Result<(), ConfigError> {
    for (name, item) in table.iter() {
        let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        if layers.is_known(&key) && !key.starts_with("sweep.") {
            if FIXED.contains(&key.as_str()) {
                return Err(refused(layers, &key, "cannot vary: no result depends on it"));
            }
            axes.push(Axis { values: values(layers, &key, item)?, key });
            continue;
        }
        match item.as_table_like() {
            Some(inner) => collect(layers, inner, &key, axes)?,
            None => return Err(layers.unknown(layers.line(table, name), key)),
        }
    }
    Ok(())
}

fn values(layers: &Layers<'_>, key: &str, item: &toml_edit::Item) -> Result<Values, ConfigError> {
    let value =
        toml::from_str::<toml::Table>(&format!("value = {}", layers.source_of(item))).ok().and_then(|mut table| table.remove("value"));
    match value {
        Some(toml::Value::Array(list)) if list.is_empty() => Err(refused(layers, key, "varies over no values; name at least one")),
        Some(toml::Value::Array(list)) => Ok(Values::List(list)),
        Some(toml::Value::Table(table)) => range(layers, key, table),
        _ => {
            Err(refused(layers, key, "needs a list of values, such as [0.001, 0.0003], or a range { low = 1e-4, high = 1e-2, log = true }"))
        }
    }
}

fn range(layers: &Layers<'_>, key: &str, table: toml::Table) -> Result<Values, ConfigError> {
    let whole = ["low", "high"].iter().all(|bound| table.get(*bound).is_some_and(toml::Value::is_integer));
    let mut range: Range = toml::Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| refused(layers, key, &format!("is no range {{ low, high, log }}: {}", error.message().trim())))?;
    range.whole = whole;
    if !(range.low < range.high && range.low.is_finite() && range.high.is_finite()) {
        return Err(refused(layers, key, &format!("has the range {} to {}; low must be less than high", range.low, range.high)));
    }
    if range.log && range.low <= 0.0 {
        return Err(refused(layers, key, &format!("has a logarithmic range from {}; it must begin above 0", range.low)));
    }
    Ok(Values::Range(range))
}

fn refused(layers: &Layers<'_>, key: &str, message: &str) -> ConfigError {
    layers.invalid_in_sweep(key, InvalidSetting::new(key, message))
}
