//! Runs held against each other: what was set otherwise, and whether that made a difference.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::load::DEFAULTS;
use super::read::RunFolder;
use crate::metrics::{
    BootstrapSettings, ConfusionMatrix, McNemar, MetricsError, PairedClip, PairedDifference, Pairing, Predictions, mcnemar,
};

/// Two or more runs, the first of which the others are compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The runs, in the order asked for.
    pub runs: Vec<ComparedRun>,
    /// Settings that differ between them.
    pub settings: Vec<SettingDifference>,
    /// The first run against each of the others, in their order.
    pub pairs: Vec<ComparedPair>,
}

/// A run of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedRun {
    /// Its id.
    pub id: String,
    /// Name of the experiment.
    pub name: String,
    /// How its clips were split.
    pub protocol: String,
    /// No speaker is both trained and tested on.
    pub speaker_independent: bool,
    /// Its seeds.
    pub seeds: Vec<u64>,
}

/// A setting and its value in each run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingDifference {
    /// The full key.
    pub key: String,
    /// As TOML; the default where a run's release did not know the key.
    pub values: Vec<String>,
}

/// The first run against another, on the clips that both predict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedPair {
    /// Index of the other run.
    pub other: usize,
    /// Labels in class order.
    pub labels: Vec<String>,
    /// Clips that both predict; all else is over these.
    pub clips: usize,
    /// Clips that only the first run predicts.
    pub only_first: usize,
    /// Clips that only the other predicts.
    pub only_other: usize,
    /// Speakers of the shared clips.
    pub speakers: usize,
    /// Scores, means over each run's seeds, with intervals of their difference.
    pub differences: Vec<PairedDifference>,
    /// McNemar's test over one answer a clip and run.
    pub mcnemar: McNemar,
    /// One answer a clip: truth by prediction, of the first run.
    pub first_matrix: Vec<Vec<u64>>,
    /// The same of the other.
    pub other_matrix: Vec<Vec<u64>>,
    /// Clips that one run has right and the other wrong: the other's gains first, then its losses.
    pub disagreements: Vec<Disagreement>,
}

/// A clip that one run has right and the other wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// Its id.
    pub clip: String,
    /// Who speaks.
    pub speaker: String,
    /// What it is.
    pub truth: String,
    /// The first run's answer.
    pub first: String,
    /// The other's.
    pub other: String,
}

impl Disagreement {
    /// The other run is the one that is right.
    pub fn is_gain(&self) -> bool {
        self.other == self.truth
    }
}

/// Why runs cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// Fewer than two.
    #[error("a comparison needs two runs or more, and there is {0}")]
    TooFew(usize),
    /// Two runs that do not fit together.
    #[error("runs {first} and {other} cannot be compared: {cause}")]
    Pair {
        /// Id of the first.
        first: String,
        /// Id of the other.
        other: String,
        /// Why not.
        cause: MetricsError,
    },
}

impl Comparison {
    /// Compares the first run with each of the others. `bootstrap` draws the speakers.
    ///
    /// Scores are means over a run's seeds, however many each has. Where one answer a clip is needed (McNemar's test, matrices, lists of
    /// clips), several seeds answer together, their probabilities averaged ([`crate::metrics::ensemble`]).
    ///
    /// # Errors
    /// [`CompareError`]: other classes, no shared clip, a clip whose truth differs.
    pub fn new(folders: &[RunFolder], bootstrap: BootstrapSettings) -> Result<Self, CompareError> {
        let [first, others @ ..] = folders else { return Err(CompareError::TooFew(0)) };
        if others.is_empty() {
            return Err(CompareError::TooFew(1));
        }
        let pairs = others.iter().enumerate().map(|(index, other)| {
            let failed = |cause| CompareError::Pair { first: first.manifest.id.clone(), other: other.manifest.id.clone(), cause };
            compare(first, other, index + 1, bootstrap).map_err(failed)
        });
        let configs: Vec<&str> = folders.iter().map(|folder| folder.config.as_str()).collect();
        Ok(Self { pairs: pairs.collect::<Result<_, _>>()?, settings: differing(&configs), runs: folders.iter().map(compared).collect() })
    }
}

/// What stands for a run by its index: A, B, ... and beyond Z the number.
///
/// ```
/// use intone::experiment::compare::letter;
/// assert_eq!((letter(1), letter(30)), ("B".to_string(), "31".to_string()));
/// ```
pub fn letter(run: usize) -> String {
    u8::try_from(run).ok().filter(|run| *run < 26).map_or_else(|| (run + 1).to_string(), |run| char::from(b'A' + run).to_string())
}

fn compared(folder: &RunFolder) -> ComparedRun {
    let manifest = &folder.manifest;
    ComparedRun {
        id: manifest.id.clone(),
        name: manifest.name.clone(),
        protocol: manifest.protocol.description.clone(),
        speaker_independent: manifest.protocol.speaker_independent,
        seeds: manifest.protocol.seeds.clone(),
    }
}

fn compare(first: &RunFolder, other: &RunFolder, index: usize, bootstrap: BootstrapSettings) -> Result<ComparedPair, MetricsError> {
    let predictions = |folder: &RunFolder| Predictions::from_frame(folder.predictions.clone());
    let pairing = Pairing::new(&predictions(first)?, &predictions(other)?)?;
    let answers = pairing.answers();
    let alone = |right: fn(&PairedClip) -> bool, wrong: fn(&PairedClip) -> bool| {
        answers.iter().filter(move |clip| right(clip) && !wrong(clip)).collect::<Vec<_>>()
    };
    let (lost, gained) =
        (alone(PairedClip::first_right, PairedClip::second_right), alone(PairedClip::second_right, PairedClip::first_right));
    let label = |class: usize| pairing.labels[class].clone();
    let disagreement = |clip: &&PairedClip| Disagreement {
        clip: clip.clip.clone(),
        speaker: clip.speaker.clone(),
        truth: label(clip.truth),
        first: label(clip.first),
        other: label(clip.second),
    };
    let matrix = |answer: fn(&PairedClip) -> usize| -> Result<Vec<Vec<u64>>, MetricsError> {
        let (truth, answers): (Vec<usize>, Vec<usize>) = answers.iter().map(|clip| (clip.truth, answer(clip))).unzip();
        let matrix = ConfusionMatrix::from_pairs(&truth, &answers, pairing.labels.len())?;
        Ok((0..pairing.labels.len()).map(|class| matrix.row(class).to_vec()).collect())
    };
    Ok(ComparedPair {
        other: index,
        clips: pairing.clips,
        only_first: pairing.only_first,
        only_other: pairing.only_second,
        speakers: answers.iter().map(|clip| clip.speaker.as_str()).collect::<BTreeSet<_>>().len(),
        differences: pairing.differences(bootstrap),
        mcnemar: mcnemar(lost.len() as u64, gained.len() as u64),
        first_matrix: matrix(|clip| clip.first)?,
        other_matrix: matrix(|clip| clip.second)?,
        disagreements: gained.iter().chain(&lost).map(disagreement).collect(),
        labels: pairing.labels.clone(),
    })
}

/// Keys whose values differ between configurations. A key that an older release did not know has its default; the name says nothing that
/// the runs' ids do not.
fn differing(configs: &[&str]) -> Vec<SettingDifference> {
    let defaults = leaves(DEFAULTS);
    let tables: Vec<BTreeMap<String, String>> = configs.iter().map(|config| leaves(config)).collect();
    let keys: BTreeSet<&String> = tables.iter().flat_map(BTreeMap::keys).filter(|key| *key != "name").collect();
    let value = |table: &BTreeMap<String, String>, key: &String| {
        table.get(key).or_else(|| defaults.get(key)).cloned().unwrap_or_else(|| "not set".to_owned())
    };
    keys.into_iter()
        .map(|key| SettingDifference { key: key.clone(), values: tables.iter().map(|table| value(table, key)).collect() })
        .filter(|setting| setting.values.iter().any(|value| *value != setting.values[0]))
        .collect()
}

/// Every value of a TOML text by its full key. A text that does not parse has none: it is shown elsewhere, and here is no place to fail.
fn leaves(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(&text.parse().unwrap_or_default(), "", &mut found);
    found
}

fn collect(table: &toml::Table, prefix: &str, found: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => collect(inner, &key, found),
            value => drop(found.insert(key, value.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_settings_that_differ_are_named_and_unknown_ones_have_their_default() {
        let found = differing(&[
            "name = \"a\"\nseed = 1\n[training]\nepochs = 5\n[model.svm]\nc = 1.0",
            "name = \"b\"\nseed = 1\n[training]\nepochs = 7",
        ]);
        let epochs = SettingDifference { key: "training.epochs".to_owned(), values: vec!["5".to_owned(), "7".to_owned()] };
        assert!(found.contains(&epochs), "{found:?}");
        assert!(found.iter().all(|setting| setting.key != "name" && setting.key != "seed"));
        let portable = differing(&["portable = false", ""]);
        assert!(portable.is_empty(), "{portable:?}");
    }
}
