//! What a part shows of itself for the [audit](super::audit), while its rows are at hand.

use serde::{Deserialize, Serialize};

use super::material::Material;
use crate::corpus::splits::Fold;
use crate::dataset::{Normaliser, TrainingSet, ValidationSet};

/// Where the rows that a part was fitted on and steered by come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Training rows that balancing made or repeated.
    pub made_rows: usize,
    /// Those with a parent that is no training row of their class.
    pub stray_rows: Vec<String>,
    /// Training rows that normalisation statistics were fitted on; 0 where rows share none.
    pub statistics_rows: usize,
    /// How the statistics in use differ from those of the training rows.
    pub stray_statistics: Vec<String>,
    /// Validation rows that the epoch was chosen by.
    pub validation_rows: usize,
    /// Those that are trained or tested on.
    pub stray_validation: Vec<String>,
}

impl Evidence {
    /// Looks at the statistics of a fold, before balancing: they are fitted anew on the fold's training rows and compared bit by bit.
    pub fn of_statistics(material: &Material, fold: &Fold, normaliser: Option<&Normaliser>) -> Self {
        let Some(normaliser) = normaliser else { return Self::default() };
        let again = Normaliser::fit(&material.dataset.training(&fold.train));
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        let columns = bits(&again.mean).into_iter().zip(bits(&again.deviation));
        let used = bits(&normaliser.mean).into_iter().zip(bits(&normaliser.deviation));
        let differing = columns.zip(used).filter(|(again, used)| again != used).count();
        let widths = again.columns() != normaliser.columns();
        let stray = (differing > 0 || widths).then(|| format!("{differing} of {} columns have other statistics", again.columns()));
        Self { statistics_rows: fold.train.indices().len(), stray_statistics: stray.into_iter().collect(), ..Self::default() }
    }

    /// Looks at the rows that balancing added to the first `given` of `train`, and at the rows that the epoch is chosen by.
    #[must_use]
    pub fn with_rows(self, material: &Material, fold: &Fold, train: &TrainingSet, given: usize, validation: &ValidationSet) -> Self {
        let rows = fold.train.indices();
        let unseen = |row: &usize| !holds(fold.test.indices(), row) && !holds(fold.validation.indices(), row);
        let comes_from = |parent: usize, label: usize| {
            rows.get(parent).filter(|_| parent < given).is_some_and(|row| material.dataset.labels[*row] == label && unseen(row))
        };
        let made: Vec<(usize, &crate::dataset::Example)> = train.examples.iter().enumerate().skip(given).collect();
        let stray = made.iter().filter(|(_, example)| {
            let parents = example.parents.unwrap_or([usize::MAX; 2]);
            !parents.iter().all(|&parent| comes_from(parent, example.label))
        });
        let stray_rows = stray.map(|(row, example)| format!("row {row} of class {}", material.corpus.labels[example.label])).collect();
        let steering = fold.validation.indices().iter().filter(|row| holds(rows, row) || holds(fold.test.indices(), row));
        let stray_validation = steering.map(|&row| material.corpus.clips[row].id.clone()).collect();
        Self { made_rows: made.len(), stray_rows, validation_rows: validation.examples.len(), stray_validation, ..self }
    }
}

/// Whether a part, whose rows are in ascending order, has this one.
fn holds(rows: &[usize], row: &usize) -> bool {
    rows.binary_search(row).is_ok()
}
