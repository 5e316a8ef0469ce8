//! The table of predictions.

use std::io::Write;
use std::path::Path;

use ndarray::Array2;
use polars::prelude::{BooleanChunked, Column, DataFrame, NewChunkedArray};

use super::{MetricsError, argmax, frame};

/// Columns before the probabilities.
const FIXED: [&str; 6] = ["clip", "speaker", "fold", "seed", "truth", "predicted"];

/// Predictions of a run, a row a tested clip and seed, as a polars frame.
///
/// Columns: `clip` (str), `speaker` (str), `fold` (str), `seed` (u64), `truth` (str), `predicted` (str), then `p_LABEL` (f64) for each
/// label in class order.
#[derive(Debug, Clone)]
pub struct Predictions {
    /// The frame.
    pub frame: DataFrame,
    /// Labels in class order.
    pub labels: Vec<String>,
}

/// One prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionRow {
    /// Id of the clip.
    pub clip: String,
    /// Who speaks.
    pub speaker: String,
    /// The fold it was tested in.
    pub fold: String,
    /// The seed of the model.
    pub seed: u64,
    /// Its class.
    pub truth: usize,
    /// A probability a class.
    pub probabilities: Vec<f64>,
}

impl Predictions {
    /// Makes the table; the most probable class is the prediction, of equal ones the lowest.
    ///
    /// # Errors
    /// A row with a class that no label has, with another number of probabilities than labels, or with something else than numbers from
    /// 0 to 1 (rounding of 1e-6 aside).
    pub fn from_rows(labels: &[String], rows: &[PredictionRow]) -> Result<Self, MetricsError> {
        for (index, row) in rows.iter().enumerate() {
            check_row(index, row, labels.len())?;
        }
        let label = |class: usize| labels[class].as_str();
        let mut columns = vec![
            Column::new("clip".into(), rows.iter().map(|row| row.clip.as_str()).collect::<Vec<_>>()),
            Column::new("speaker".into(), rows.iter().map(|row| row.speaker.as_str()).collect::<Vec<_>>()),
            Column::new("fold".into(), rows.iter().map(|row| row.fold.as_str()).collect::<Vec<_>>()),
            Column::new("seed".into(), rows.iter().map(|row| row.seed).collect::<Vec<_>>()),
            Column::new("truth".into(), rows.iter().map(|row| label(row.truth)).collect::<Vec<_>>()),
            Column::new("predicted".into(), rows.iter().map(|row| label(argmax(&row.probabilities))).collect::<Vec<_>>()),
        ];
        for (class, label) in labels.iter().enumerate() {
            let values: Vec<f64> = rows.iter().map(|row| row.probabilities[class]).collect();
            columns.push(Column::new(format!("p_{label}").into(), values));
        }
        Ok(Self { frame: DataFrame::new(rows.len(), columns)?, labels: labels.to_vec() })
    }

    /// Takes a frame with the columns above; labels are read from the names of its probability columns.
    ///
    /// # Errors
    /// A column that is missing, of another type or not where it should be, or a label without a column.
    pub fn from_frame(frame: DataFrame) -> Result<Self, MetricsError> {
        let names: Vec<String> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
        for (index, expected) in FIXED.iter().enumerate() {
            if names.get(index).map(String::as_str) != Some(*expected) {
                return Err(column(expected, format!("is not column {index} of {names:?}")));
            }
        }
        let labels = names[FIXED.len()..]
            .iter()
            .map(|name| name.strip_prefix("p_").map(str::to_string).ok_or_else(|| column(name, "is not named `p_LABEL`".to_string())))
            .collect::<Result<Vec<_>, _>>()?;
        let table = Self { frame, labels };
        table.rows()?;
        table.predicted()?;
        Ok(table)
    }

    /// Reads a Parquet file that [`write_parquet`](Self::write_parquet) made.
    ///
    /// # Errors
    /// A file that cannot be read, and as [`from_frame`](Self::from_frame).
    pub fn read_parquet(path: &Path) -> Result<Self, MetricsError> {
        Self::from_frame(frame::read_parquet(path)?)
    }

    /// Writes the frame as Parquet; the caller sees to it that a killed process leaves no half a file.
    ///
    /// # Errors
    /// What the writer fails with.
    pub fn write_parquet(&self, writer: impl Write) -> Result<(), MetricsError> {
        frame::write_parquet(&self.frame, writer)
    }

    /// Adds the rows of a table over the same labels.
    ///
    /// # Errors
    /// Other labels.
    pub fn extend(&mut self, other: &Self) -> Result<(), MetricsError> {
        if self.labels != other.labels {
            return Err(MetricsError::Labels { expected: self.labels.clone(), found: other.labels.clone() });
        }
        self.frame.vstack_mut(&other.frame)?;
        Ok(())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True class of each row.
    ///
    /// # Errors
    /// A frame that was changed to lack a column or hold unknown labels; so for all accessors.
    pub fn truth(&self) -> Result<Vec<usize>, MetricsError> {
        self.classes("truth")
    }

    /// Predicted class of each row.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn predicted(&self) -> Result<Vec<usize>, MetricsError> {
        self.classes("predicted")
    }

    /// Probabilities, `(rows, classes)`.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn probabilities(&self) -> Result<Array2<f64>, MetricsError> {
        let mut matrix = Array2::zeros((self.len(), self.labels.len()));
        for (mut target, label) in matrix.columns_mut().into_iter().zip(&self.labels) {
            for (target, value) in target.iter_mut().zip(frame::floats(&self.frame, &format!("p_{label}"))?) {
                *target = value;
            }
        }
        Ok(matrix)
    }

    /// Clip of each row.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn clips(&self) -> Result<Vec<String>, MetricsError> {
        frame::strings(&self.frame, "clip")
    }

    /// Speaker of each row.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn speakers(&self) -> Result<Vec<String>, MetricsError> {
        frame::strings(&self.frame, "speaker")
    }

    /// Fold of each row.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn folds(&self) -> Result<Vec<String>, MetricsError> {
        frame::strings(&self.frame, "fold")
    }

    /// Seed of each row.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn seeds(&self) -> Result<Vec<u64>, MetricsError> {
        frame::integers(&self.frame, "seed")
    }

    /// All rows, read back.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn rows(&self) -> Result<Vec<PredictionRow>, MetricsError> {
        let columns = (self.clips()?.into_iter().zip(self.speakers()?)).zip(self.folds()?.into_iter().zip(self.seeds()?));
        let classes = self.truth()?.into_iter().zip(self.probabilities()?.rows().into_iter().map(|row| row.to_vec()).collect::<Vec<_>>());
        Ok(columns
            .zip(classes)
            .map(|(((clip, speaker), (fold, seed)), (truth, probabilities))| PredictionRow {
                clip,
                speaker,
                fold,
                seed,
                truth,
                probabilities,
            })
            .collect())
    }

    /// The rows of one seed.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn with_seed(&self, seed: u64) -> Result<Self, MetricsError> {
        self.filter(self.seeds()?.into_iter().map(|found| found == seed))
    }

    /// The rows of one fold.
    ///
    /// # Errors
    /// As [`truth`](Self::truth).
    pub fn with_fold(&self, fold: &str) -> Result<Self, MetricsError> {
        self.filter(self.folds()?.into_iter().map(|found| found == fold))
    }

    fn filter(&self, keep: impl Iterator<Item = bool>) -> Result<Self, MetricsError> {
        let mask = BooleanChunked::from_iter_values("keep".into(), keep);
        Ok(Self { frame: self.frame.filter(&mask)?, labels: self.labels.clone() })
    }

    fn classes(&self, name: &str) -> Result<Vec<usize>, MetricsError> {
        frame::strings(&self.frame, name)?
            .iter()
            .map(|value| {
                let class = self.labels.iter().position(|label| label == value);
                class.ok_or_else(|| column(name, format!("{value:?} is none of the labels {:?}", self.labels)))
            })
            .collect()
    }
}

fn check_row(index: usize, row: &PredictionRow, classes: usize) -> Result<(), MetricsError> {
    const ROUNDING: f64 = 1e-6;
    if row.truth >= classes {
        return Err(MetricsError::Class { row: index, class: row.truth, classes });
    }
    if row.probabilities.len() != classes {
        return Err(MetricsError::Width { row: index, found: row.probabilities.len(), classes });
    }
    match row.probabilities.iter().enumerate().find(|(_, value)| !(-ROUNDING..=1.0 + ROUNDING).contains(*value)) {
        Some((class, &value)) => Err(MetricsError::Probability { row: index, class, value }),
        None => Ok(()),
    }
}

fn column(name: &str, message: String) -> MetricsError {
    MetricsError::Column { column: name.to_string(), message }
}
