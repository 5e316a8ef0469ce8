//! From an experiment file to the runs that it declares, each checked before any work starts.

use std::path::Path;

use super::expand::Changes;
use super::halving::{self, Rung};
use super::over::{self, Axis};
use super::settings::{SweepMethod, SweepSettings};
use super::{ablation, expand, names};
use crate::experiment::config::Config;
use crate::experiment::load::{ConfigError, Layers, assign, deserialize};
use crate::settings::InvalidSetting;

/// What an experiment file declares: one run, or a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The experiment without its `[sweep]`.
    pub config: Config,
    /// The runs of a sweep.
    pub sweep: Option<Sweep>,
}

/// A sweep whose runs are known and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// The experiment that varies.
    pub base: Config,
    /// The `[sweep]` section, its keys aside.
    pub settings: SweepSettings,
    /// The keys that vary; none for an ablation.
    pub axes: Vec<Axis>,
    /// The runs; with successive halving those that begin.
    pub variants: Vec<Variant>,
    /// Successive halving: its rungs; else one with all runs.
    pub rungs: Vec<Rung>,
}

/// One run of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// What it is, in words.
    pub label: String,
    /// The keys that differ from the experiment's, or that vary.
    pub changes: Vec<(String, toml::Value)>,
    /// Its configuration.
    pub config: Config,
}

/// Reads an experiment file as [`load`](crate::experiment::load::load()) does, and its `[sweep]` too.
///
/// # Errors
/// [`ConfigError`]: the first key or value that cannot be used, in the experiment, in the sweep, or in one of its runs.
pub fn load(path: &Path, assignments: &[String]) -> Result<Declared, ConfigError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable { path: path.to_path_buf(), cause: error.to_string() })?;
    let layers = Layers::new(path, &text, assignments)?;
    let mut merged = layers.merged()?;
    let section = merged.remove("sweep");
    let config = layers.configure(merged.clone()).map_err(|setting| layers.invalid(setting))?;
    let settings = settings(section).map_err(|setting| layers.invalid(setting))?;
    let axes = over::axes(&layers)?;
    if axes.is_empty() && settings.method == SweepMethod::Grid {
        return Ok(Declared { config, sweep: None });
    }
    if !config.fusion.is_empty() {
        let message = "names several models, and a sweep varies one: leave out [[fusion]], or the sweep";
        return Err(layers.invalid(InvalidSetting::new("fusion", message)));
    }
    check_keys(&config, &settings, &axes).map_err(|setting| layers.invalid(setting))?;

    let named = match settings.method {
        SweepMethod::Grid => labelled(expand::grid(&layers, &axes)?),
        SweepMethod::SuccessiveHalving if settings.samples == 0 => labelled(expand::grid(&layers, &axes)?),
        SweepMethod::Random | SweepMethod::SuccessiveHalving => labelled(expand::random(&axes, settings.samples, config.seed)),
        SweepMethod::Ablation => ablation::runs(&config, &settings).map_err(|setting| layers.invalid(setting))?,
    };
    let mut variants = Vec::with_capacity(named.len());
    for (label, changes) in named {
        let mut settings = merged.clone();
        changes.iter().for_each(|(key, value)| assign(&mut settings, key, value.clone()));
        let config = layers.configure(settings).map_err(|setting| in_run(&layers, &changes, setting))?;
        variants.push(Variant { label, changes, config });
    }
    expand::drop_repeated(&mut variants);
    names::give(&config.name, &mut variants);
    for variant in variants.iter().filter(|_| settings.method.chooses()) {
        check_choice(&settings, &variant.config).map_err(|setting| in_run(&layers, &variant.changes, setting))?;
    }
    let rungs = match settings.method {
        SweepMethod::SuccessiveHalving => halving::rungs(variants.len(), config.training.epochs, &settings),
        _ => vec![Rung { epochs: config.training.epochs, runs: variants.len() }],
    };
    Ok(Declared { config: config.clone(), sweep: Some(Sweep { base: config, settings, axes, variants, rungs }) })
}

fn settings(section: Option<toml::Value>) -> Result<SweepSettings, InvalidSetting> {
    let mut table = match section {
        Some(toml::Value::Table(table)) => table,
        _ => toml::Table::new(),
    };
    table.remove("over");
    let settings: SweepSettings =
        deserialize(table).map_err(|setting| InvalidSetting::new(format!("sweep.{}", setting.key), setting.message))?;
    settings.check()?;
    Ok(settings)
}

/// Refuses keys that the method has no use for.
fn check_keys(config: &Config, settings: &SweepSettings, axes: &[Axis]) -> Result<(), InvalidSetting> {
    let method = settings.method;
    match (method, axes.is_empty()) {
        (SweepMethod::Ablation, false) => {
            let message =
                "names keys, but an ablation turns off parts of the experiment, one at a time; for keys, take sweep.method = \"grid\"";
            Err(InvalidSetting::new("sweep.over", message))
        }
        (SweepMethod::Random | SweepMethod::SuccessiveHalving, true) => {
            let message = format!("names no keys, but sweep.method is {:?}: say what varies", method.name());
            Err(InvalidSetting::new("sweep.over", message))
        }
        (SweepMethod::SuccessiveHalving, false) if axes.iter().any(|axis| axis.key == "training.epochs") => {
            let message = "cannot vary under successive halving, which deals out the epochs itself";
            Err(InvalidSetting::new("training.epochs", message))
        }
        (SweepMethod::SuccessiveHalving, false) if settings.min_epochs >= config.training.epochs => {
            let (first, last) = (settings.min_epochs, config.training.epochs);
            let message = format!("is {first}; it must be less than `training.epochs`, the last rung's {last}");
            Err(InvalidSetting::new("sweep.min_epochs", message))
        }
        _ => Ok(()),
    }
}

/// Refuses to choose by test clips.
fn check_choice(settings: &SweepSettings, config: &Config) -> Result<(), InvalidSetting> {
    if config.split.validation == 0.0 {
        let message = "is 0, but a sweep chooses its best run by validation UAR, never by test clips: set it, to 0.15 for example; or take \
                       sweep.method = \"ablation\", a table without a choice";
        return Err(InvalidSetting::new("split.validation", message));
    }
    if settings.method == SweepMethod::SuccessiveHalving && !config.model.kind.trains_by_epochs() {
        return Err(InvalidSetting::new(
            "model.kind",
            "does not train by epochs, which successive halving deals out; take a grid or random",
        ));
    }
    Ok(())
}

/// Each with its changes as a label.
fn labelled(runs: Vec<Changes>) -> Vec<(String, Changes)> {
    let label = |changes: &[(String, toml::Value)]| {
        let parts: Vec<String> = changes.iter().map(|(key, value)| format!("{key} = {}", names::show(value))).collect();
        parts.join(", ")
    };
    runs.into_iter().map(|changes| (label(&changes), changes)).collect()
}

/// A run of the sweep that cannot be: at the line of the key that varies, else of the setting, with what else the run has.
fn in_run(layers: &Layers<'_>, changes: &[(String, toml::Value)], setting: InvalidSetting) -> ConfigError {
    if let Some((key, _)) = changes.iter().find(|(key, _)| setting.key.starts_with(key.as_str())) {
        return layers.invalid_in_sweep(key, setting);
    }
    let run: Vec<String> = changes.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    let message = if run.is_empty() { setting.message } else { format!("{} (in the run with {})", setting.message, run.join(", ")) };
    layers.invalid(InvalidSetting::new(setting.key, message))
}
