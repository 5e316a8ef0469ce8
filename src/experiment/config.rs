//! The experiment file as a value.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fusion::{self, FusionMember};
use super::load::{self, ConfigError};
use crate::audio::AudioSettings;
use crate::augment::AugmentSettings;
use crate::balance::BalanceSettings;
use crate::corpus::splits::{SplitKind, SplitSettings};
use crate::corpus::{CorpusKind, CorpusPart, CorpusSettings};
use crate::dataset::{Aggregate, Normalise, NormaliseSettings};
use crate::features::{FeatureSet, FeatureSettings};
use crate::model::ModelSettings;
use crate::nn::TrainingSettings;
use crate::settings::InvalidSetting;

/// A complete experiment: the defaults with what the experiment file changes. [`load`](super::load) makes one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    /// What the experiment is called: its report is `reports/NAME.html`.
    pub name: String,
    /// Every random choice comes from this number.
    pub seed: u64,
    /// Keep to [kernels](crate::portable) that give the same bits on every machine with AVX2.
    pub portable: bool,
    /// Which clips.
    pub corpus: CorpusSettings,
    /// How clips are brought to one form.
    pub audio: AudioSettings,
    /// What is measured on them.
    pub features: FeatureSettings,
    /// How columns are brought to one scale.
    pub normalise: NormaliseSettings,
    /// What training rows are varied by.
    pub augment: AugmentSettings,
    /// What is done about classes of different size.
    pub balance: BalanceSettings,
    /// How clips are split.
    pub split: SplitSettings,
    /// What is trained.
    pub model: ModelSettings,
    /// How networks are trained.
    pub training: TrainingSettings,
    /// What the report shows.
    pub report: ReportSettings,
    /// Several models over the same folds, whose probabilities are taken together; none = the one model of the other sections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fusion: Vec<FusionMember>,
}

/// The `[report]` section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportSettings {
    /// A sentence or two that the report opens with.
    pub note: String,
    /// Resamples of the bootstrap over speakers.
    pub bootstrap: usize,
    /// Columns of the corpus whose values are scored as groups.
    pub groups: Vec<String>,
    /// Permutations of each group of features, test rows only; 0 = none.
    pub importance: usize,
    /// Of which corpora the surest errors can be heard.
    pub audio: ReportAudio,
    /// Train and test once more on a split that shares speakers, to show how many points of such a score they are.
    pub leaky_twin: bool,
}

/// Whether a report carries the sound of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportAudio {
    /// Where clips may be handed on without conditions: synthetic voices.
    Free,
    /// Of any corpus; the report names its source and licence.
    Always,
    /// Of none.
    Never,
}

/// Beyond this many permutations the deviation is known well enough.
const MOST_PERMUTATIONS: usize = 1000;

impl Config {
    /// An experiment as its file would declare it, laid over the defaults and checked: for notebooks and programs.
    ///
    /// ```
    /// let config = intone::experiment::Config::from_toml("[corpus]\nkind = \"demo\"\nspeakers = 4")?;
    /// assert_eq!(config.corpus.speakers, 4);
    /// # Ok::<(), intone::experiment::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// [`ConfigError`]: the first key or value that cannot be used, with its line.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        load::parse(Path::new("experiment.toml"), text)
    }

    /// Checks every value, also those that only matter together.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        self.check_name()?;
        self.corpus.check()?;
        self.audio.check()?;
        self.normalise.check(self.model.aggregate() == Aggregate::Frames)?;
        self.features.check(self.audio.sample_rate)?;
        self.augment.check()?;
        self.balance.check()?;
        self.split.check()?;
        self.model.check()?;
        self.training.check()?;
        if self.report.bootstrap == 0 {
            return Err(InvalidSetting::new("report.bootstrap", "is 0; intervals need resamples, such as 2000"));
        }
        if self.report.importance > MOST_PERMUTATIONS {
            let message = format!("is {}; it must be at most {MOST_PERMUTATIONS}", self.report.importance);
            return Err(InvalidSetting::new("report.importance", message));
        }
        self.check_together()?;
        if self.report.leaky_twin && !self.fusion.is_empty() {
            return Err(InvalidSetting::new("report.leaky_twin", "is of one model, but [[fusion]] names several; set it to false"));
        }
        fusion::members(self).map(|_| ())
    }

    fn check_cross_corpus(&self) -> Result<(), InvalidSetting> {
        match (self.split.kind, self.corpus.kind) {
            (SplitKind::CrossCorpus, CorpusKind::Parts) => {
                self.split.check_parts(&self.corpus.parts.iter().map(CorpusPart::shown_name).collect::<Vec<_>>())
            }
            // A manifest may have a column that names the corpora.
            (SplitKind::CrossCorpus, CorpusKind::Manifest) => Ok(()),
            (SplitKind::CrossCorpus, other) => Err(InvalidSetting::new(
                "split.kind",
                format!(
                    "is \"cross-corpus\", but `corpus.kind` is \"{}\", one corpus; it needs \"parts\" and [[corpus.parts]]",
                    other.name()
                ),
            )),
            _ => Ok(()),
        }
    }

    fn check_name(&self) -> Result<(), InvalidSetting> {
        let usable = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if self.name.is_empty() || self.name.starts_with('.') || !self.name.chars().all(usable) {
            return Err(InvalidSetting::new(
                "name",
                format!("is {:?}; it names files, so it must be letters, digits, '-', '_' and '.', and not begin with '.'", self.name),
            ));
        }
        Ok(())
    }

    fn check_together(&self) -> Result<(), InvalidSetting> {
        self.check_cross_corpus()?;
        let band = &self.augment.band_limit;
        if band.probability > 0.0 && 2.0 * band.low_hz[1] >= self.audio.sample_rate as f32 {
            let (low, half) = (band.low_hz[1], f64::from(self.audio.sample_rate) / 2.0);
            return Err(InvalidSetting::new(
                "augment.band-limit.low_hz",
                format!("reaches {low} Hz, but at `audio.sample_rate` there is nothing from {half} Hz on"),
            ));
        }
        let is_mel = |set: &FeatureSet| matches!(set, FeatureSet::Mel | FeatureSet::LogMel);
        if self.augment.frequency_warp > 0.0 && !self.features.sets.iter().all(is_mel) {
            return Err(InvalidSetting::new(
                "augment.frequency_warp",
                "stretches the axis of mel bands, but `features.sets` holds other columns too; set it to 0, or keep only mel or log-mel",
            ));
        }
        let random = self.split.kind == SplitKind::Random || (self.split.kind == SplitKind::Preset && self.split.preset == "random-80-20");
        if self.report.leaky_twin && random {
            return Err(InvalidSetting::new(
                "report.leaky_twin",
                "sets an honest score beside one whose split shares speakers, but this experiment's split is random already; set it to false, \
                 or choose a split by speakers",
            ));
        }
        if self.report.leaky_twin && self.split.kind == SplitKind::CrossCorpus {
            return Err(InvalidSetting::new(
                "report.leaky_twin",
                "sets a score beside one on a random split of the same corpus, but this experiment is tested across corpora; set it to false",
            ));
        }
        if self.model.save_final && self.normalise.over == Normalise::Speaker {
            return Err(InvalidSetting::new(
                "model.save_final",
                "is true, but `normalise.over` is \"speaker\": a single clip has no speaker statistics; use \"corpus\" or \"clip\"",
            ));
        }
        Ok(())
    }
}
