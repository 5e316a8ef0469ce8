//! `bundle.json`: what a bundle says of itself.

use serde::{Deserialize, Serialize};

use crate::audio::AudioSettings;
use crate::augment::{FixedCopies, VoiceChange};
use crate::dataset::{Aggregate, Normalise, Normaliser};
use crate::features::FeatureSettings;
use crate::model::ModelSettings;

/// The version of the bundle format that this crate writes.
pub const BUNDLE_VERSION: u32 = 1;

/// What a reader must know before using the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Name of the experiment that made it.
    pub name: String,
    /// Run that made it.
    pub run: String,
    /// What it was trained on.
    pub data: String,
    /// Source and licence of the data.
    pub citation: Option<String>,
    /// How it was scored, and how it did; for a model that no held-out speaker has judged, what its protocol's folds did.
    pub scores: String,
    /// What it must not be used for.
    pub limits: String,
}

/// `bundle.json` of one model.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleManifest {
    /// [`BUNDLE_VERSION`] of the writer.
    pub format_version: u32,
    /// Labels in class order.
    pub labels: Vec<String>,
    /// How clips are prepared.
    pub audio: AudioSettings,
    /// What is measured.
    pub features: FeatureSettings,
    /// Speed factors of the copies that a clip is predicted together with; usually none.
    #[serde(default)]
    pub speed_copies: Vec<f32>,
    /// Other voices of the copies that a clip is predicted together with; usually none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voice_copies: Vec<VoiceChange>,
    /// How frames become rows.
    pub aggregate: Aggregate,
    /// Over what columns are normalised.
    pub normalise: Normalise,
    /// Its statistics, where they were fitted.
    pub normaliser: Option<Normaliser>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Which model, and its sizes.
    pub model: ModelSettings,
    /// For people.
    pub card: Card,
}

/// `bundle.json` of several models, each in a folder of its name, whose probabilities are [pooled](crate::model::pool()).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FusedManifest {
    /// [`BUNDLE_VERSION`] of the writer.
    pub format_version: u32,
    /// Labels in class order; those of every member.
    pub labels: Vec<String>,
    /// The members.
    pub members: Vec<MemberManifest>,
    /// For people.
    pub card: Card,
}

/// A model among several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberManifest {
    /// Its folder.
    pub name: String,
    /// What its opinion weighs.
    pub weight: f64,
    /// It answers alone where all would be too slow.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
}

impl BundleManifest {
    /// The copies that a clip is predicted together with.
    pub fn copies(&self) -> FixedCopies {
        FixedCopies { speed: self.speed_copies.clone(), voice: self.voice_copies.clone() }
    }
}
