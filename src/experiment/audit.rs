//! The leakage audit: what could cross a fold, looked up in the rows that were used.
//!
//! Nothing here is taken from the settings. Facts about speakers, rows and audio are counted over the folds' own lists; facts about
//! balancing, normalisation and early stopping come from each part's [`Evidence`], taken while it ran and kept with it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::evidence::Evidence;
use super::material::Material;
use super::twin::TwinScore;
use crate::corpus::sketch::{NEARLY, NearPair};
use crate::corpus::splits::Fold;
use crate::dataset::Normalise;
use crate::metrics::PredictionRow;

/// The file of the run folder.
pub const AUDIT: &str = "audit.json";

/// Examples named of a fact.
const NAMED: usize = 10;

/// Clips up to which every pair is looked at: their number grows with the square.
const MOST_COMPARED: usize = 20_000;

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// No clip is in two parts of a fold.
    Rows,
    /// No tested speaker is trained or validated on.
    TestSpeakers,
    /// No validation speaker is trained on.
    ValidationSpeakers,
    /// No tested clip has the same audio, to the sample, as one trained or validated on.
    IdenticalAudio,
    /// No tested clip is nearly the same recording as one trained or validated on: [`crate::corpus::sketch`].
    SimilarAudio,
    /// Rows that balancing made come from training rows of their own class.
    SyntheticRows,
    /// Normalisation statistics are those of the training rows, to the bit.
    Statistics,
    /// Speakers' own statistics, where normalisation asks for them, read tested clips.
    SpeakerStatistics,
    /// Early stopping and the choice of an epoch saw validation rows only.
    EarlyStopping,
    /// Each tested clip was predicted once a seed.
    TestedOnce,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Nothing crosses.
    Pass,
    /// A reader must know, though the score stands.
    Finding,
    /// The score is not what it claims to be.
    Fail,
}

/// One check of one fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFact {
    /// What was checked.
    pub check: Check,
    /// Name of the fold.
    pub fold: String,
    /// Rows, speakers or pairs looked at.
    pub looked_at: u64,
    /// How many of them cross.
    pub found: u64,
    /// How it came out.
    pub verdict: Finding,
    /// The first few that cross.
    pub examples: Vec<String>,
}

impl AuditFact {
    /// Adds the same check of another run over the same fold: rows of its own count further, rows, speakers and pairs of the fold once.
    fn add(&mut self, other: &Self) {
        if matches!(self.check, Check::SyntheticRows | Check::Statistics | Check::EarlyStopping) {
            self.looked_at += other.looked_at;
            self.found += other.found;
        } else {
            self.looked_at = self.looked_at.max(other.looked_at);
            self.found = self.found.max(other.found);
        }
        self.verdict = self.verdict.max(other.verdict);
        for example in &other.examples {
            if self.examples.len() < NAMED && !self.examples.contains(example) {
                self.examples.push(example.clone());
            }
        }
    }
}

/// `audit.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The checks, fold by fold.
    pub facts: Vec<AuditFact>,
    /// The same model on a split that shares speakers, where `report.leaky_twin` asked for it.
    pub twin: Option<TwinScore>,
}

impl Audit {
    /// Audits the folds of a run over its `material`, with the evidence of each part (fold, evidence) and the run's predictions.
    pub fn new(config: &Config, material: &Material, evidence: &[(String, Evidence)], predictions: &[PredictionRow]) -> Self {
        let near = (material.sketches.len() <= MOST_COMPARED).then(|| material.near_identical());
        let mut facts = Vec::new();
        for fold in &material.folds.folds {
            let parts = Parts { material, fold };
            facts.extend([parts.rows(), parts.test_speakers()]);
            facts.extend(parts.validation_speakers());
            facts.extend([parts.identical_audio(), parts.similar_audio(near)]);
            let of_fold: Vec<&Evidence> = evidence.iter().filter(|(name, _)| *name == fold.name).map(|(_, evidence)| evidence).collect();
            facts.extend(of_evidence(fold, &of_fold));
            if config.normalise.over == Normalise::Speaker {
                facts.push(parts.speaker_statistics());
            }
            facts.extend(parts.tested_once(predictions));
        }
        facts.sort_by_key(|fact| fact.check);
        Self { facts, twin: None }
    }

    /// Audits predictions that were fused from runs over the same folds, of which these are the audits: what is seen of rows, speakers and
    /// audio holds for all of them; what only their own parts know is added up.
    pub(super) fn of_members(material: &Material, members: &[Self], predictions: &[PredictionRow]) -> Self {
        let mut facts: Vec<AuditFact> = Vec::new();
        for fact in members.iter().flat_map(|member| &member.facts).filter(|fact| fact.check != Check::TestedOnce) {
            match facts.iter_mut().find(|known| (known.check, &known.fold) == (fact.check, &fact.fold)) {
                Some(known) => known.add(fact),
                None => facts.push(fact.clone()),
            }
        }
        facts.extend(material.folds.folds.iter().filter_map(|fold| Parts { material, fold }.tested_once(predictions)));
        facts.sort_by_key(|fact| fact.check);
        Self { facts, twin: None }
    }

    /// What an earlier call left in a run's folder.
    pub fn read(dir: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(dir.join(AUDIT)).ok()?).ok()
    }

    /// The gravest outcome.
    pub fn verdict(&self) -> Finding {
        self.facts.iter().map(|fact| fact.verdict).max().unwrap_or(Finding::Pass)
    }
}

/// A fold's rows.
struct Parts<'a> {
    material: &'a Material,
    fold: &'a Fold,
}

impl Parts<'_> {
    fn fact(&self, check: Check, looked_at: usize, crossing: Vec<String>, verdict: Finding) -> AuditFact {
        fact(check, &self.fold.name, looked_at as u64, crossing, verdict)
    }

    fn id(&self, row: usize) -> &str {
        &self.material.corpus.clips[row].id
    }

    fn train(&self) -> &[usize] {
        self.fold.train.indices()
    }

    fn validation(&self) -> &[usize] {
        self.fold.validation.indices()
    }

    fn test(&self) -> &[usize] {
        self.fold.test.indices()
    }

    /// Whether a row is tested on, or trained or validated on.
    fn roles(&self) -> HashMap<usize, Role> {
        let of = |rows: &[usize], role: Role| rows.iter().map(|&row| (row, role)).collect::<Vec<_>>();
        let seen = of(self.train(), Role::Trained).into_iter().chain(of(self.validation(), Role::Validated));
        seen.chain(of(self.test(), Role::Tested)).collect()
    }

    fn rows(&self) -> AuditFact {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        for &row in self.train().iter().chain(self.validation()).chain(self.test()) {
            *places.entry(row).or_default() += 1;
        }
        let twice = places.iter().filter(|(_, times)| **times > 1).map(|(&row, _)| self.id(row).to_owned()).collect();
        self.fact(Check::Rows, places.len(), twice, Finding::Fail)
    }

    fn speakers(&self, rows: &[usize]) -> BTreeSet<&str> {
        rows.iter().map(|&row| self.material.corpus.clips[row].speaker.as_str()).collect()
    }

    fn test_speakers(&self) -> AuditFact {
        let seen: BTreeSet<&str> = &self.speakers(self.train()) | &self.speakers(self.validation());
        let tested = self.speakers(self.test());
        let shared = tested.intersection(&seen).map(|name| format!("speaker {name}")).collect();
        self.fact(Check::TestSpeakers, (&tested | &seen).len(), shared, Finding::Fail)
    }

    fn validation_speakers(&self) -> Option<AuditFact> {
        let (trained, validated) = (self.speakers(self.train()), self.speakers(self.validation()));
        let shared = validated.intersection(&trained).map(|name| format!("speaker {name}")).collect();
        let all = (&trained | &validated).len();
        (!validated.is_empty()).then(|| self.fact(Check::ValidationSpeakers, all, shared, Finding::Finding))
    }

    /// Pairs of a tested clip and one that was seen.
    fn pairs(&self) -> usize {
        self.test().len() * (self.train().len() + self.validation().len())
    }

    fn identical_audio(&self) -> AuditFact {
        let hashes = &self.material.audio_hashes;
        let mut seen: HashMap<&str, Vec<(usize, Role)>> = HashMap::new();
        for (rows, role) in [(self.train(), Role::Trained), (self.validation(), Role::Validated)] {
            rows.iter().for_each(|&row| seen.entry(&hashes[row]).or_default().push((row, role)));
        }
        let pairs = self.test().iter().flat_map(|&row| seen.get(hashes[row].as_str()).into_iter().flatten().map(move |&seen| (seen, row)));
        let crossing = pairs.map(|((seen, role), row)| format!("{} ({}) and {} (tested)", self.id(seen), role.word(), self.id(row)));
        self.fact(Check::IdenticalAudio, self.pairs(), crossing.collect(), Finding::Fail)
    }

    fn similar_audio(&self, near: Option<&[NearPair]>) -> AuditFact {
        let Some(near) = near else {
            let why = format!("not looked at: there are more than {MOST_COMPARED} clips");
            return self.fact(Check::SimilarAudio, 0, vec![why], Finding::Finding);
        };
        let roles = self.roles();
        let hashes = &self.material.audio_hashes;
        let crossing = near.iter().filter_map(|pair| {
            let of = |row: usize| Some((row, *roles.get(&row)?));
            let (seen, tested) = match (of(pair.first)?, of(pair.second)?) {
                (tested @ (_, Role::Tested), seen @ (_, Role::Trained | Role::Validated)) => (seen, tested),
                (seen @ (_, Role::Trained | Role::Validated), tested @ (_, Role::Tested)) => (seen, tested),
                _ => return None,
            };
            // Those are another check's.
            let different = hashes[seen.0] != hashes[tested.0];
            different.then(|| {
                let similarity = pair.similarity;
                format!("{} ({}) and {} (tested), similarity {similarity:.2}", self.id(seen.0), seen.1.word(), self.id(tested.0))
            })
        });
        self.fact(Check::SimilarAudio, self.pairs(), crossing.collect(), Finding::Fail)
    }

    fn speaker_statistics(&self) -> AuditFact {
        let speakers = self.speakers(self.test());
        let crossing = speakers.iter().map(|name| format!("speaker {name}: statistics over the tested clips, labels unread")).collect();
        self.fact(Check::SpeakerStatistics, self.test().len(), crossing, Finding::Finding)
    }

    fn tested_once(&self, predictions: &[PredictionRow]) -> Option<AuditFact> {
        let mut times: BTreeMap<(u64, &str), usize> = BTreeMap::new();
        for row in predictions.iter().filter(|row| row.fold == self.fold.name) {
            *times.entry((row.seed, &row.clip)).or_default() += 1;
        }
        let expected: BTreeSet<&str> = self.test().iter().map(|&row| self.id(row)).collect();
        let strange = times.iter().filter(|((_, clip), times)| **times != 1 || !expected.contains(clip));
        let crossing = strange.map(|((seed, clip), times)| format!("{clip}: {times} predictions under seed {seed}")).collect();
        (!times.is_empty()).then(|| self.fact(Check::TestedOnce, times.len(), crossing, Finding::Fail))
    }
}

/// What a row of a fold is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Trained,
    Validated,
    Tested,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Trained => "trained on",
            Self::Validated => "validated on",
            Self::Tested => "tested",
        }
    }
}

/// A fact that passes unless something crosses.
fn fact(check: Check, fold: &str, looked_at: u64, crossing: Vec<String>, otherwise: Finding) -> AuditFact {
    let verdict = if crossing.is_empty() { Finding::Pass } else { otherwise };
    let found = crossing.len() as u64;
    AuditFact { check, fold: fold.to_owned(), looked_at, found, verdict, examples: crossing.into_iter().take(NAMED).collect() }
}

/// Facts of the parts of a fold, over its seeds.
fn of_evidence(fold: &Fold, evidence: &[&Evidence]) -> Vec<AuditFact> {
    let total = |count: fn(&Evidence) -> usize| evidence.iter().map(|evidence| count(evidence) as u64).sum::<u64>();
    let all = |list: fn(&Evidence) -> &Vec<String>| evidence.iter().flat_map(|evidence| list(evidence).clone()).collect::<Vec<_>>();
    let fact = |check, looked_at, crossing| fact(check, &fold.name, looked_at, crossing, Finding::Fail);
    let (made, fitted, validated) = (total(|part| part.made_rows), total(|part| part.statistics_rows), total(|part| part.validation_rows));
    [
        (made > 0).then(|| fact(Check::SyntheticRows, made, all(|part| &part.stray_rows))),
        (fitted > 0).then(|| fact(Check::Statistics, fitted, all(|part| &part.stray_statistics))),
        (validated > 0).then(|| fact(Check::EarlyStopping, validated, all(|part| &part.stray_validation))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Check {
    /// What holds where the check passes.
    pub fn claim(self) -> String {
        match self {
            Self::Rows => "No clip is in two parts of a fold".to_owned(),
            Self::TestSpeakers => "No tested speaker is trained or validated on".to_owned(),
            Self::ValidationSpeakers => "No validation speaker is trained on".to_owned(),
            Self::IdenticalAudio => "No tested clip has the same audio, to the sample, as a clip that was seen".to_owned(),
            Self::SimilarAudio => {
                format!("No tested clip is nearly the same recording as a clip that was seen (similarity below {NEARLY})")
            }
            Self::SyntheticRows => "Rows that balancing made come from training rows of their own class".to_owned(),
            Self::Statistics => "Normalisation statistics are those of the training rows alone, to the bit".to_owned(),
            Self::SpeakerStatistics => "Normalisation reads no tested clip".to_owned(),
            Self::EarlyStopping => "Rows that choose the epoch are neither tested nor trained on".to_owned(),
            Self::TestedOnce => "Each tested clip is predicted once a seed".to_owned(),
        }
    }

    /// What was looked at.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Rows => "clip",
            Self::TestSpeakers | Self::ValidationSpeakers => "speaker",
            Self::IdenticalAudio | Self::SimilarAudio => "pair",
            Self::SyntheticRows | Self::Statistics | Self::EarlyStopping => "row",
            Self::SpeakerStatistics => "tested clip",
            Self::TestedOnce => "prediction",
        }
    }
}
