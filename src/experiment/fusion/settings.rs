//! `[[fusion]]`, and the experiments that it declares.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::experiment::config::{Config, ReportAudio};
use crate::experiment::load::{self, DEFAULTS};
use crate::settings::InvalidSetting;

/// One model among several whose probabilities are taken together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FusionMember {
    /// What it is called; its run is NAME.MEMBER.
    pub name: String,
    /// What its opinion weighs.
    #[serde(default = "one")]
    pub weight: f64,
    /// It answers alone where the others would be too slow: on the live page. At most one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// What it sets apart from the experiment, as sections: [fusion.set.features] and so on.
    #[serde(default)]
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub set: toml::Table,
}

fn one() -> f64 {
    1.0
}

/// Sections that a member can set; in all else members are one experiment.
const SECTIONS: [&str; 7] = ["audio", "features", "normalise", "augment", "balance", "model", "training"];

/// Keys of other sections that a member can set.
const KEYS: [&str; 1] = ["corpus.train_only_channels"];

/// The experiments of the members, checked; none where the experiment is of one model.
pub fn members(config: &Config) -> Result<Vec<Config>, InvalidSetting> {
    let mut base = config.clone();
    base.fusion.clear();
    // The fused run keeps the sound of its errors; those of members are of no interest.
    base.report.audio = ReportAudio::Never;
    let known: toml::Table = toml::from_str(DEFAULTS).unwrap_or_default();
    let mut out = Vec::with_capacity(config.fusion.len());
    for (index, member) in config.fusion.iter().enumerate() {
        let at = |key: &str| format!("fusion[{index}].{key}");
        check_name(config, index).map_err(|message| InvalidSetting::new(at("name"), message))?;
        if !(member.weight.is_finite() && member.weight > 0.0) {
            return Err(InvalidSetting::new(at("weight"), format!("is {}; it must be a number over 0", member.weight)));
        }
        check_keys(&member.set, &known, "").map_err(|(key, message)| InvalidSetting::new(at(&format!("set.{key}")), message))?;
        let inside = |setting: InvalidSetting| InvalidSetting::new(at(&format!("set.{}", setting.key)), setting.message);
        let mut table = toml::Table::try_from(&base).map_err(|error| InvalidSetting::new(at("set"), error.to_string()))?;
        load::overlay(&mut table, member.set.clone());
        let mut settings: Config = load::deserialize(table).map_err(inside)?;
        settings.name = format!("{}.{}", config.name, member.name);
        settings.check().map_err(inside)?;
        if settings.training.seeds != 1 && settings.training.seeds != config.training.seeds {
            let message = format!("is {}; it must be 1 or the experiment's {}", settings.training.seeds, config.training.seeds);
            return Err(InvalidSetting::new(at("set.training.seeds"), message));
        }
        out.push(settings);
    }
    if let Some(index) = config.fusion.iter().enumerate().filter(|(_, member)| member.live).map(|(index, _)| index).nth(1) {
        return Err(InvalidSetting::new(format!("fusion[{index}].live"), "is true, but another member is the live one already"));
    }
    if out.len() == 1 {
        return Err(InvalidSetting::new("fusion", "has one member; a fusion needs at least two, and one model needs no fusion"));
    }
    Ok(out)
}

/// Names are those of folders, and each is given once.
fn check_name(config: &Config, index: usize) -> Result<(), String> {
    let name = &config.fusion[index].name;
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
        return Err(format!("is {name:?}; it names a folder, so it must be letters, digits, '-' and '_'"));
    }
    let taken = config.fusion[..index].iter().any(|other| other.name == *name);
    if taken { Err(format!("is {name:?}, which another member is called")) } else { Ok(()) }
}

/// Refuses a key that no setting has, or that members share.
fn check_keys(set: &toml::Table, known: &toml::Table, section: &str) -> Result<(), (String, String)> {
    for (name, value) in set {
        let key = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
        let Some(default) = known.get(name) else { return Err((key, "is not a setting".to_owned())) };
        match (value, default) {
            (toml::Value::Table(set), toml::Value::Table(known)) => check_keys(set, known, &key)?,
            _ if KEYS.contains(&key.as_str()) || SECTIONS.contains(&key.split('.').next().unwrap_or_default()) => {}
            _ => return Err((key, format!("is the same for all members; they can differ in {}, and in {}", SECTIONS.join(", "), KEYS[0]))),
        }
    }
    Ok(())
}
