//! A bundle, read and asked.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ndarray::Array2;
use serde_json::Value;

use super::error::BundleError;
use super::files::{Files, Source};
use super::manifest::{BUNDLE_VERSION, BundleManifest, Card, FusedManifest};
use super::single::{self, Single};
use crate::audio::Clip;
use crate::model::fitted::{Explanation, FittedModel};
use crate::model::pool::pool;

/// A model that can be asked, or several that are asked together. A clone shares their weights.
#[derive(Clone)]
pub struct Bundle {
    labels: Vec<String>,
    card: Card,
    /// At least one; their weights.
    members: Vec<(f64, Arc<Single>)>,
    /// The member whose attention is shown: the first network, else the first.
    shown: usize,
    /// What is asked many times a second instead of all that.
    live: Option<Box<Bundle>>,
}

impl Bundle {
    /// Reads a bundle's folder.
    ///
    /// # Errors
    /// [`BundleError`]: a file is missing, damaged or newer, or its parts do not fit each other.
    pub fn load(dir: &Path) -> Result<Self, BundleError> {
        Self::read(&Files::new(Source::Folder(dir)))
    }

    pub(super) fn read(files: &Files<'_>) -> Result<Self, BundleError> {
        let value = head(files)?;
        let damaged = |cause: String| BundleError::Damaged { path: files.path("bundle.json"), cause };
        if value.get("members").is_none() {
            let manifest: BundleManifest = serde_json::from_value(value).map_err(|error| damaged(error.to_string()))?;
            return Ok(Self::of_one(Arc::new(Single::load(files, manifest)?)));
        }
        let FusedManifest { labels, members, card, .. } = serde_json::from_value(value).map_err(|error| damaged(error.to_string()))?;
        if members.is_empty() {
            return Err(damaged("it has no members".to_owned()));
        }
        let (mut loaded, mut live) = (Vec::with_capacity(members.len()), None);
        for member in members {
            // A name that leads elsewhere is not followed.
            if member.name.is_empty() || member.name.starts_with('.') || member.name.contains(['/', '\\']) {
                return Err(damaged(format!("{:?} cannot be the folder of a member", member.name)));
            }
            if !(member.weight.is_finite() && member.weight > 0.0) {
                return Err(damaged(format!("member {} has the weight {}", member.name, member.weight)));
            }
            let files = files.of_member(&member.name);
            let manifest: BundleManifest = serde_json::from_value(head(&files)?)
                .map_err(|error| BundleError::Damaged { path: files.path("bundle.json"), cause: error.to_string() })?;
            if manifest.labels != labels {
                return Err(damaged(format!("member {} has other labels", member.name)));
            }
            let loaded_member = Arc::new(Single::load(&files, manifest)?);
            if member.live {
                live = Some(Box::new(Self::of_one(Arc::clone(&loaded_member))));
            }
            loaded.push((member.weight, loaded_member));
        }
        let shown = loaded.iter().position(|(_, member)| member.is_network()).unwrap_or(0);
        Ok(Self { labels, card, members: loaded, shown, live })
    }

    fn of_one(model: Arc<Single>) -> Self {
        let (labels, card) = (model.manifest.labels.clone(), model.manifest.card.clone());
        Self { labels, card, members: vec![(1.0, model)], shown: 0, live: None }
    }

    /// The same, but another bundle is asked [live](Self::live).
    ///
    /// # Errors
    /// [`BundleError::Labels`]: it tells other classes apart.
    pub fn with_live(self, live: Self) -> Result<Self, BundleError> {
        if live.labels != self.labels {
            return Err(BundleError::Labels { live: live.labels, labels: self.labels });
        }
        Ok(Self { live: Some(Box::new(live)), ..self })
    }

    /// Writes the folder of one model; `bundle.json` last, so that a folder without it is no bundle.
    ///
    /// # Errors
    /// [`BundleError::Io`], or a model that cannot be written down.
    pub fn save(dir: &Path, manifest: &BundleManifest, model: &FittedModel) -> Result<(), BundleError> {
        let (name, bytes) = single::model_file(model)?;
        write(dir, name, &bytes)?;
        // Thousands of columns on lines of their own would be a third of the file, and help no reader.
        write_head(dir, serde_json::to_vec(manifest))
    }

    /// Writes the folder of several models, given the folders of their bundles in the manifest's order.
    ///
    /// # Errors
    /// [`BundleError::Io`].
    pub fn save_fused(dir: &Path, manifest: &FusedManifest, members: &[&Path]) -> Result<(), BundleError> {
        for (member, from) in manifest.members.iter().zip(members) {
            let files = Files::new(Source::Folder(from));
            for name in ["weights.safetensors", "baseline.json", "bundle.json"] {
                if files.path(name).exists() {
                    write(&dir.join(&member.name), name, &files.read(name)?)?;
                }
            }
        }
        write_head(dir, serde_json::to_vec_pretty(manifest))
    }

    /// The model to ask many times a second: the one that was [given](Self::with_live) for it; of several, the member that is marked for it,
    /// alone and with its own card; else all there is.
    pub fn live(&self) -> &Self {
        self.live.as_deref().unwrap_or(self)
    }

    /// Labels in class order.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// What a reader must know before using the model.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Seconds of a recording beyond which it is refused; infinite where there is no limit.
    pub fn longest_s(&self) -> f64 {
        self.members.iter().map(|(_, member)| member.manifest.audio.longest_s()).fold(f64::INFINITY, f64::min)
    }

    /// Probabilities of a clip, in the order of the labels; they sum to 1. Those of several models are [pooled](pool()).
    ///
    /// # Errors
    /// [`BundleError::Clip`]: why the clip cannot be used.
    pub fn predict(&self, clip: Clip) -> Result<Vec<f64>, BundleError> {
        Ok(self.explain(clip)?.probabilities)
    }

    /// Probabilities of a clip, and for a network its attention over time and its embedding; of several models, those of the first network.
    /// Attention is over the clip as that model reads it, resampled, trimmed and cropped ([`heard`](Self::heard)); its weights are
    /// [`attention_step_s`](Self::attention_step_s) apart.
    ///
    /// # Errors
    /// [`BundleError::Clip`]: why the clip cannot be used.
    pub fn explain(&self, clip: Clip) -> Result<Explanation, BundleError> {
        if let [(_, only)] = self.members.as_slice() {
            return only.explain(clip);
        }
        let mut opinions = Vec::with_capacity(self.members.len());
        let mut shown = None;
        let mut read: Vec<(&Single, Vec<Array2<f32>>)> = Vec::with_capacity(self.members.len());
        for (index, (weight, member)) in self.members.iter().enumerate() {
            // Extraction is most of the work: members that read the same of a clip share it.
            let same = match read.iter().position(|(earlier, _)| earlier.reads_as(member)) {
                Some(same) => same,
                None => {
                    read.push((member.as_ref(), member.read(clip.clone())?));
                    read.len() - 1
                }
            };
            let Explanation { probabilities, attention, embedding } = member.explain_read(&read[same].1)?;
            opinions.push((*weight, probabilities));
            if index == self.shown {
                shown = Some((attention, embedding));
            }
        }
        let (attention, embedding) = shown.unwrap_or_default();
        Ok(Explanation { probabilities: pool(&opinions), attention, embedding })
    }

    /// The clip as the model reads it: resampled, trimmed, cropped and padded.
    ///
    /// # Errors
    /// [`BundleError::Clip`]: why the clip cannot be used.
    pub fn heard(&self, clip: Clip) -> Result<Clip, BundleError> {
        self.members[self.shown].1.heard(clip)
    }

    /// Seconds from one attention weight of an [`Explanation`] to the next.
    pub fn attention_step_s(&self) -> f64 {
        self.members[self.shown].1.attention_step_s()
    }
}

/// `bundle.json`, of this version or an older one.
fn head(files: &Files<'_>) -> Result<Value, BundleError> {
    let path = files.path("bundle.json");
    let value: Value = serde_json::from_slice(&files.read("bundle.json")?)
        .map_err(|error| BundleError::Damaged { path: path.clone(), cause: error.to_string() })?;
    let found = value["format_version"].as_u64().and_then(|version| u32::try_from(version).ok()).unwrap_or(0);
    if found > BUNDLE_VERSION { Err(BundleError::Newer { path, found }) } else { Ok(value) }
}

fn write_head(dir: &Path, json: serde_json::Result<Vec<u8>>) -> Result<(), BundleError> {
    let json = json.map_err(|error| BundleError::Damaged { path: dir.join("bundle.json"), cause: error.to_string() })?;
    write(dir, "bundle.json", &json)
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), BundleError> {
    let path = dir.join(name);
    fs::create_dir_all(dir).and_then(|()| fs::write(&path, bytes)).map_err(|cause| BundleError::Io { action: "write", path, cause })
}
