//! What a run leaves behind: the manifest and the frames of its folder.
//!
//! `runs/ID/` holds `config.toml` (resolved), `manifest.json` ([`Manifest`]), `events.jsonl` and polars frames, of which all but
//! `predictions.parquet` may be missing:
//!
//! | file | a row | columns |
//! | --- | --- | --- |
//! | `epochs.parquet` | a fold, seed and epoch | `fold` str, `seed` u64, `epoch` u32 (from 1), `train_loss`, `validation_loss`, `validation_uar`, `learning_rate`, `seconds` f64, `kept` bool (its weights were used) |
//! | `predictions.parquet` | a tested clip and seed | see [`Predictions`](crate::metrics::Predictions) |
//! | `validation.parquet` | a validation clip, fold and seed | as `predictions.parquet`; there where folds have a validation part |
//! | `traces.parquet` | a tested clip and seed | `clip`, `fold` str, `seed` u64, `attention` list of f32 (a weight a stretch of frames; networks with attention), `embedding` list of f32 (what the last linear layer reads); networks only |
//! | `importance.parquet` | a fold, seed, group of features and permutation | `fold`, `group` str, `seed` u64, `columns`, `repeat` u32, `uar` (as they are) and `permuted_uar` f64; where `report.importance` asks for it |
//! | `scores.parquet` | a score | `scope` str, `key` str, `metric` str, `value`, `low`, `high` f64 (interval; NaN = none), `n` u64 (clips) |
//!
//! `audit.json` ([`Audit`](super::audit::Audit)) is what was checked for leaks; `leaky.parquet` holds the predictions of the
//! [leaky twin](super::twin), with the columns of `predictions.parquet`, where one was asked for.
//!
//! `reproduction.json` ([`Reproduction`](super::reproduce::Reproduction)) is there once `intone reproduce` has run it again.
//!
//! In `scores.parquet`, `scope` and `key` are: `overall`, `` (mean over seeds, 95 % interval over speakers); `deviation`, `` (deviation
//! over seeds, for several seeds); `ensemble`, `` (probabilities averaged over seeds, for several seeds); `seed`, the seed; `fold`, the fold; `class`, the label; `speaker`, the speaker; `group`, an
//! attribute and its value (`sex=female`; `uar` and `accuracy`). `errors/errors.json` ([`Heard`]) names the surest errors, `errors/NN.flac` is
//! their sound. Metrics are `uar`,
//! `accuracy`, `macro_f1`, `weighted_f1`, `log_loss`, `auc`, and for classes `precision`, `recall`, `f1`, `support`, `ovr_accuracy`.

use serde::{Deserialize, Serialize};

/// The version of the run folder's format that this crate writes.
pub const FORMAT_VERSION: u32 = 1;

/// `manifest.json`: what was run, on what, with what, and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// Id of the run: hexadecimal, addressable by any unique prefix.
    pub id: String,
    /// Name of the experiment.
    pub name: String,
    /// The declared seed.
    pub seed: u64,
    /// How the run stands.
    pub state: State,
    /// RFC 3339, UTC.
    pub started: String,
    /// RFC 3339, UTC.
    pub finished: Option<String>,
    /// The command that repeats the run.
    pub command: String,
    /// What code ran.
    pub code: CodeRecord,
    /// What it ran on.
    pub corpus: CorpusRecord,
    /// How clips were split, and what each part saw.
    pub protocol: ProtocolRecord,
    /// What models were fed.
    pub input: InputRecord,
    /// What was trained.
    pub model: ModelRecord,
    /// The models of a fusion; none where one was trained.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberRecord>,
    /// Where it ran.
    pub machine: MachineRecord,
    /// Wall time of each stage, in order, seconds.
    pub timings: Vec<StageTiming>,
    /// Largest resident memory of the process, MiB; `None` where the system does not say.
    pub peak_memory_mib: Option<u64>,
    /// What a reader must know: truncated clips, seeds that never learned, ...
    pub warnings: Vec<String>,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Under way, or killed; `intone run` goes on with it.
    Running,
    /// Ended by the user; `intone run` goes on with it.
    Interrupted,
    /// Ended in an error.
    Failed,
    /// Done.
    Complete,
}

/// What code ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// Version of this crate.
    pub version: String,
    /// Commit of the working tree that was built, where known.
    pub git_commit: Option<String>,
    /// Hash of the uncommitted difference to that commit, where there was one.
    pub git_diff: Option<String>,
    /// SHA-256 of `Cargo.lock`.
    pub lock_hash: String,
}

/// What the run was about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorpusRecord {
    /// Name, as reports show it.
    pub name: String,
    /// Kind, as in the experiment file.
    pub kind: String,
    /// Folder or table, as given; empty for the demo corpus.
    pub path: String,
    /// SHA-256 over ids, labels, speakers and audio hashes of all clips.
    pub fingerprint: String,
    /// Made by a synthesiser.
    pub synthetic: bool,
    /// Source and licence.
    pub citation: Option<String>,
    /// Labels in class order.
    pub labels: Vec<String>,
    /// Speakers, in order.
    pub speakers: Vec<String>,
    /// Clips used.
    pub clips: usize,
    /// Clips used, a count a label.
    pub clips_by_label: Vec<usize>,
    /// Sum of the durations of the clips used, as recorded, seconds.
    pub duration_s: f64,
    /// Groups of clips whose audio is the same to the sample.
    pub duplicates: Vec<Vec<String>>,
    /// Speakers that the protocol names and the corpus lacks.
    pub missing_speakers: Vec<String>,
    /// Clips that could not be used.
    pub left_out: Vec<LeftOut>,
    /// The corpora that make up this one, where it is of several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<CorpusPartRecord>,
}

/// One corpus among several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusPartRecord {
    /// Name, as its speakers carry it.
    pub name: String,
    /// Kind, as in the experiment file.
    pub kind: String,
    /// Folder or table, as given.
    pub path: String,
    /// Speakers.
    pub speakers: usize,
    /// Clips used, a count a label.
    pub clips_by_label: Vec<usize>,
    /// What its labels count as: from and to, an empty one for clips left out.
    pub labels: Vec<(String, String)>,
}

/// A clip that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its file or id.
    pub clip: String,
    /// Why.
    pub cause: String,
}

/// How clips were split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProtocolRecord {
    /// Kind, as in the experiment file: `speaker-folds`, `preset`, ...
    pub kind: String,
    /// Name of the preset.
    pub preset: Option<String>,
    /// One sentence for people: "5 folds over 20 speakers; no speaker is in two parts of a fold".
    pub description: String,
    /// No speaker is both trained and tested on, in any fold: checked on the rows, not taken from the settings.
    pub speaker_independent: bool,
    /// Seeds that were run.
    pub seeds: Vec<u64>,
    /// The folds.
    pub folds: Vec<FoldRecord>,
}

/// What each part of a fold held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoldRecord {
    /// Name of the fold.
    pub name: String,
    /// Clips trained on.
    pub train_clips: usize,
    /// Clips validated on.
    pub validation_clips: usize,
    /// Clips tested on.
    pub test_clips: usize,
    /// Rows that balancing added to the training part (negative: left out), a count a label.
    pub balanced_rows: Vec<i64>,
    /// Speakers trained on.
    pub train_speakers: Vec<String>,
    /// Speakers validated on.
    pub validation_speakers: Vec<String>,
    /// Speakers tested on.
    pub test_speakers: Vec<String>,
    /// Pairs (training clip, test clip) whose audio is the same to the sample.
    pub shared_audio: Vec<(String, String)>,
}

/// What models were fed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputRecord {
    /// Feature groups: `log-mel`, ...
    pub sets: Vec<String>,
    /// Columns of the matrix.
    pub columns: usize,
    /// "frames", "mean" or "functionals".
    pub aggregate: String,
    /// Seconds from frame to frame.
    pub frame_step_s: f64,
    /// Normalisation, for people: "over all frames of the training rows".
    pub normalisation: String,
    /// Balancing, for people: "SMOTE, 5 neighbours; no class weights".
    pub balancing: String,
    /// Augmentation, for people; empty = none.
    pub augmentation: String,
}

/// What was trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Kind, as in the experiment file.
    pub kind: String,
    /// For people: "convolutions 64, 128 over 5 frames; BiLSTM 128; attention; dense 64".
    pub description: String,
    /// Trainable parameters, where that means something.
    pub parameters: Option<usize>,
    /// Loss, optimiser and schedule, for people; empty for baselines.
    pub training: String,
}

/// A model of a fusion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberRecord {
    /// Its name.
    pub name: String,
    /// Its own run.
    pub run: String,
    /// What its opinion weighs.
    pub weight: f64,
    /// It answers alone on the live page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// What it was fed.
    pub input: InputRecord,
    /// What was trained.
    pub model: ModelRecord,
    /// Its own UAR.
    pub uar: Option<f64>,
    /// The 95 % interval of that.
    pub interval: Option<(f64, f64)>,
}

/// Where it ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineRecord {
    /// Operating system and architecture.
    pub system: String,
    /// Processor.
    pub processor: String,
    /// Instruction sets that the kernels used: they round differently.
    pub cpu_features: Vec<String>,
    /// Threads used.
    pub threads: usize,
}

/// `errors/errors.json`: the surest errors of a run, and where their sound is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// The surest first.
    pub clips: Vec<HeardClip>,
    /// Source and licence of the sound, where there is any and they are known.
    pub attribution: Option<String>,
}

/// An error of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeardClip {
    /// Id of the clip.
    pub clip: String,
    /// The fold it was tested in.
    pub fold: String,
    /// Its sound as the model read it, relative to the run's folder.
    pub file: Option<String>,
    /// Why there is no sound.
    pub silent: Option<String>,
}

/// A row of `traces.parquet`.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceRow {
    /// Id of the clip.
    pub clip: String,
    /// The fold it was tested in.
    pub fold: String,
    /// The seed of the model.
    pub seed: u64,
    /// Attention weights in order of time, where the network has attention; they sum to 1.
    pub attention: Option<Vec<f32>>,
    /// The vector that the last linear layer read.
    pub embedding: Vec<f32>,
}

/// Wall time of a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageTiming {
    /// `corpus`, `features`, `training`, `scores`, ...
    pub stage: String,
    /// Seconds.
    pub seconds: f64,
}
