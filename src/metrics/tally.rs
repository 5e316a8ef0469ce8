//! Predictions counted once by seed and speaker, so that any weighting of the speakers is scored without going through the rows again.

use std::collections::BTreeSet;

use ndarray::Array2;

use super::probability::{Ranking, argmax, surprise};
use super::scores::macro_auc;
use super::{ConfusionMatrix, PredictionRow, Scores};

/// Counts of a set of predictions.
pub(super) struct Tally {
    /// Speakers, sorted.
    pub speakers: Vec<String>,
    /// Seeds, ascending.
    pub seeds: Vec<u64>,
    /// Different clips.
    pub clips: u64,
    /// Counts of each seed.
    parts: Vec<SeedTally>,
}

struct SeedTally {
    /// Of each speaker.
    confusions: Vec<ConfusionMatrix>,
    /// Sum of `-ln p(truth)` of each speaker.
    losses: Vec<f64>,
    /// Index of the speaker of each row.
    owners: Vec<usize>,
    /// The rows by the probability of each class.
    rankings: Vec<Ranking>,
}

impl Tally {
    /// Counts `rows`, whose classes are below `classes`.
    pub fn new(rows: &[&PredictionRow], classes: usize) -> Self {
        let speakers: Vec<String> = distinct(rows.iter().map(|row| row.speaker.clone()));
        let seeds = distinct(rows.iter().map(|row| row.seed));
        let parts = seeds.iter().map(|&seed| SeedTally::new(rows, seed, &speakers, classes)).collect();
        Self { clips: count_clips(rows), speakers, seeds, parts }
    }

    /// Scores of each seed, where speaker `s` counts `weights[s]` times.
    pub fn scores(&self, weights: &[u32]) -> Vec<Scores> {
        self.parts.iter().map(|part| part.scores(weights)).collect()
    }

    /// Counts of each seed, where speaker `s` counts `weights[s]` times.
    pub fn matrices(&self, weights: &[u32]) -> Vec<ConfusionMatrix> {
        self.parts.iter().map(|part| part.matrix(weights)).collect()
    }

    /// Every speaker once.
    pub fn once(&self) -> Vec<u32> {
        vec![1; self.speakers.len()]
    }
}

impl SeedTally {
    fn new(rows: &[&PredictionRow], seed: u64, speakers: &[String], classes: usize) -> Self {
        let rows: Vec<&PredictionRow> = rows.iter().filter(|row| row.seed == seed).copied().collect();
        let owners: Vec<usize> = rows.iter().filter_map(|row| speakers.binary_search(&row.speaker).ok()).collect();
        let mut confusions = vec![ConfusionMatrix::new(classes); speakers.len()];
        let mut losses = vec![0.0; speakers.len()];
        for (row, &owner) in rows.iter().zip(&owners) {
            confusions[owner].count_pair(row.truth, argmax(&row.probabilities));
            losses[owner] += surprise(row.probabilities[row.truth]);
        }
        let truth: Vec<usize> = rows.iter().map(|row| row.truth).collect();
        let probabilities = Array2::from_shape_fn((rows.len(), classes), |(row, class)| rows[row].probabilities[class]);
        let rankings = (0..classes).map(|class| Ranking::new(&truth, probabilities.column(class), class)).collect();
        Self { confusions, losses, owners, rankings }
    }

    fn matrix(&self, weights: &[u32]) -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(self.rankings.len());
        self.confusions.iter().zip(weights).for_each(|(confusion, &weight)| matrix.add(confusion, u64::from(weight)));
        matrix
    }

    fn scores(&self, weights: &[u32]) -> Scores {
        let matrix = self.matrix(weights);
        let loss: f64 = self.losses.iter().zip(weights).map(|(loss, &weight)| loss * f64::from(weight)).sum();
        let areas: Vec<Option<f64>> = self.rankings.iter().map(|ranking| ranking.auc(|row| weights[self.owners[row]])).collect();
        let mut scores = Scores::from_confusion(&matrix);
        scores.log_loss = loss / matrix.total() as f64;
        scores.auc = macro_auc(&areas);
        scores
    }
}

/// Number of different clips.
pub(super) fn count_clips(rows: &[&PredictionRow]) -> u64 {
    rows.iter().map(|row| row.clip.as_str()).collect::<BTreeSet<_>>().len() as u64
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}
