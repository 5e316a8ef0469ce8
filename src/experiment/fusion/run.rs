//! A fused run: its members' runs, their predictions taken together, scores, audit and bundle.

use super::join::{Opinion, join};
use super::record::{self, DoneMember};
use super::settings::members;
use crate::experiment::audit::Audit;
use crate::experiment::config::Config;
use crate::experiment::error::RunError;
use crate::experiment::events::{Named, Observer};
use crate::experiment::material::Material;
use crate::experiment::read::read_frame;
use crate::experiment::record::{Manifest, State};
use crate::experiment::runner::{self, RunOptions, RunOutcome};
use crate::experiment::store::{RunWriter, Runs};
use crate::experiment::{bundles, identity, manifest, schedule};
use crate::metrics::{Predictions, ScoreTable};

/// Does the members' runs that are not done, and fuses them.
///
/// # Errors
/// [`RunError`]; members that were finished by then are kept.
pub fn run(config: &Config, options: &RunOptions, observer: &dyn Observer) -> Result<RunOutcome, RunError> {
    let settings = members(config)?;
    let Some(described) = most_clips(&settings) else { return Err(RunError::System("a fusion without members".to_owned())) };
    let threads = schedule::threads(options.jobs);
    let pool = schedule::pool(threads, config.portable)?;
    let (material, timings) = pool.install(|| runner::gather(described, options.cache.clone(), observer))?;
    let id = identity::run_id(config, &material.fingerprint);
    let folder = Runs::new(&options.runs_dir).open(&id, options.fresh)?;
    if let Some(done) = folder.manifest().filter(|manifest| manifest.state == State::Complete) {
        return Ok(RunOutcome { dir: folder.dir().to_path_buf(), manifest: done, already_done: true });
    }
    let mut record = manifest::begin(config, &material, &id, &options.command, threads);
    record.timings = timings;
    folder.write_text("config.toml", &identity::resolved(config))?;
    folder.write_manifest(&record)?;
    let clock = std::time::Instant::now();
    let result = run_members(config, &settings, options, observer).and_then(|done| {
        record.timings.push(runner::timing("members", clock));
        record::enter(&mut record, &done);
        pool.install(|| fuse(config, &material, &done, &folder, &mut record))
    });
    runner::close(&folder, record, result)
}

/// The member whose clips the record describes, the first of those that learn from the most: members test the same ones, but each says
/// what else it learns from.
fn most_clips(settings: &[Config]) -> Option<&Config> {
    settings.iter().rev().max_by_key(|member| member.corpus.train_only_channels.len())
}

/// The members' runs, in order.
fn run_members(config: &Config, settings: &[Config], options: &RunOptions, observer: &dyn Observer) -> Result<Vec<DoneMember>, RunError> {
    let mut done = Vec::with_capacity(settings.len());
    for (member, settings) in config.fusion.iter().zip(settings) {
        let options = RunOptions { command: format!("{} (its member {})", options.command, member.name), ..options.clone() };
        let outcome = runner::run(settings, &options, &Named { name: &member.name, stages: true, observer })?;
        let scores = read_frame(&outcome.dir.join("scores.parquet")).ok().flatten();
        let scores = scores.and_then(|frame| ScoreTable::from_frame(&frame).ok());
        done.push(DoneMember { name: member.name.clone(), weight: member.weight, live: member.live, outcome, scores });
    }
    Ok(done)
}

fn fuse(config: &Config, material: &Material, done: &[DoneMember], folder: &RunWriter, record: &mut Manifest) -> Result<(), RunError> {
    let labels = &material.corpus.labels;
    let opinion = |member: &DoneMember| {
        let predictions = Predictions::read_parquet(&member.outcome.dir.join("predictions.parquet"))?;
        Ok::<_, RunError>(Opinion { name: member.name.clone(), weight: member.weight, rows: predictions.rows()? })
    };
    let opinions = done.iter().map(opinion).collect::<Result<Vec<_>, _>>()?;
    let predictions = join(labels, &opinions, &runner::seeds(config))?;
    runner::score(config, material, &predictions, folder)?;
    let audit = Audit::of_members(material, &record::audits(done), &predictions.rows()?);
    let text = serde_json::to_string_pretty(&audit).map_err(|error| RunError::System(error.to_string()))?;
    folder.write_text(crate::experiment::audit::AUDIT, &text)?;
    if config.model.save_folds {
        let runs: Vec<_> = done.iter().map(|member| (member.outcome.dir.as_path(), &member.outcome.manifest.protocol.seeds[..])).collect();
        bundles::fuse_folds(config, material, record, folder, &runs)?;
    }
    if config.model.save_final {
        bundles::fuse_final(config, material, record, folder, done.iter().map(|member| member.outcome.dir.as_path()))?;
    }
    Ok(())
}
