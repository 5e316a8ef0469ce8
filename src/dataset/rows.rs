//! The dataset of an experiment and the parts of it that a fold makes.

use std::sync::Arc;

use ndarray::Array2;

use crate::corpus::splits::{TestRows, TrainRows, ValidationRows};

use super::Waves;

/// A matrix that folds share without copying.
pub type Frames = Arc<Array2<f32>>;

/// All clips of an experiment as features, in the order of the corpus.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// A matrix a clip, `(frames, columns)`; vectors are matrices of one frame.
    pub inputs: Vec<Frames>,
    /// For each clip, features of its copies at other speeds, for training rows and, with `test_copies`, test rows. May be empty.
    pub augmented: Vec<Vec<Frames>>,
    /// For each clip, features of its varied copies, for training rows alone. May be empty.
    pub varied: Vec<Vec<Frames>>,
    /// For each clip, its waveform and those of its copies, where training rows are varied by waveform; else empty.
    pub waves: Vec<Arc<Waves>>,
    /// Test rows are predicted together with their copies.
    pub test_copies: bool,
    /// A class index a clip.
    pub labels: Vec<usize>,
    /// A speaker index a clip.
    pub speakers: Vec<usize>,
    /// Number of classes.
    pub classes: usize,
}

/// One row that a model sees.
#[derive(Debug, Clone)]
pub struct Example {
    /// The clip's features, and after it those of its augmented copies, each `(frames, columns)`. Never empty.
    pub variants: Vec<Frames>,
    /// The waveforms that the clip and its copies at other speeds were measured from, to be varied and measured anew: only in training rows, and not in rows made by
    /// balancing, which have none.
    pub waves: Option<Arc<Waves>>,
    /// Class index.
    pub label: usize,
    /// Speaker index; `None` for a row made by balancing.
    pub speaker: Option<usize>,
    /// For a row made by balancing: the training rows it was made from.
    pub parents: Option<[usize; 2]>,
}

impl Example {
    /// A row of features `(frames, columns)` alone.
    pub fn new(frames: Array2<f32>, label: usize, speaker: Option<usize>) -> Self {
        Self { variants: vec![Arc::new(frames)], waves: None, label, speaker, parents: None }
    }

    /// Features of the clip itself, `(frames, columns)`.
    pub fn frames(&self) -> &Array2<f32> {
        &self.variants[0]
    }
}

macro_rules! set {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            /// The rows.
            pub examples: Vec<Example>,
            /// Number of classes, whether or not each has a row.
            pub classes: usize,
        }

        impl $name {
            /// Number of rows of each class.
            pub fn class_counts(&self) -> Vec<usize> {
                let mut counts = vec![0; self.classes];
                for example in &self.examples {
                    counts[example.label] += 1;
                }
                counts
            }

            /// A class index a row.
            pub fn labels(&self) -> Vec<usize> {
                self.examples.iter().map(|example| example.label).collect()
            }
        }
    };
}

set!(
    /// Rows that may be fitted on.
    TrainingSet
);
set!(
    /// Rows that early stopping may look at; may be empty.
    ValidationSet
);
set!(
    /// Rows that are predicted once.
    TestSet
);

impl Dataset {
    /// The rows to fit on, with their augmented copies and their waveforms.
    pub fn training(&self, rows: &TrainRows) -> TrainingSet {
        let example = |&row: &usize| {
            let mut example = Example { waves: self.waves.get(row).cloned(), ..self.with_copies(row) };
            example.variants.extend(self.varied.get(row).into_iter().flatten().cloned());
            example
        };
        TrainingSet { examples: rows.indices().iter().map(example).collect(), classes: self.classes }
    }

    /// The rows to steer training by.
    pub fn validation(&self, rows: &ValidationRows) -> ValidationSet {
        ValidationSet { examples: rows.indices().iter().map(|&row| self.example(row)).collect(), classes: self.classes }
    }

    /// The rows to score.
    pub fn test(&self, rows: &TestRows) -> TestSet {
        let example = |&row: &usize| if self.test_copies { self.with_copies(row) } else { self.example(row) };
        TestSet { examples: rows.indices().iter().map(example).collect(), classes: self.classes }
    }

    fn with_copies(&self, row: usize) -> Example {
        let mut example = self.example(row);
        example.variants.extend(self.augmented.get(row).into_iter().flatten().cloned());
        example
    }

    fn example(&self, row: usize) -> Example {
        Example {
            variants: vec![Arc::clone(&self.inputs[row])],
            waves: None,
            label: self.labels[row],
            speaker: Some(self.speakers[row]),
            parents: None,
        }
    }
}
