//! The one interface of all baselines.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::dataset::TrainingSet;
use crate::model::{ModelError, ModelKind, ModelSettings};

use super::forest::Forest;
use super::input::{Rows, stack};
use super::knn::Knn;
use super::logistic::Logistic;
use super::svm::Svm;

/// A fitted baseline: support vector machines, logistic regression, random forest or nearest neighbours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    classes: usize,
    columns: usize,
    model: Fitted,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Fitted {
    Svm(Svm),
    Logistic(Logistic),
    RandomForest(Forest),
    Knn(Knn),
}

impl Baseline {
    /// Fits the model that `settings.kind` names on the rows and their augmented copies, each `(1, columns)`.
    ///
    /// `class_weights`, a weight a class, scale the cost of an error; `svm` and `random-forest` take them. The same arguments give the same
    /// model, whatever the number of threads; only `random-forest` uses `seed`.
    ///
    /// # Errors
    /// A setting that cannot be used or a network's kind, fewer than two classes with rows, rows that are not vectors of one width and of
    /// finite numbers, class weights for `logistic` or `knn`, or a solver that fails.
    pub fn fit(settings: &ModelSettings, train: &TrainingSet, class_weights: Option<&[f64]>, seed: u64) -> Result<Self, ModelError> {
        let rows = Rows::new(train)?;
        let mut warning = None;
        let model = match settings.kind {
            ModelKind::Svm => Fitted::Svm(Svm::fit(&settings.svm, &rows, class_weights)?),
            ModelKind::RandomForest => Fitted::RandomForest(Forest::fit(&settings.random_forest, &rows, class_weights, seed)?),
            ModelKind::Logistic if class_weights.is_some() => return Err(ModelError::NoClassWeights { kind: "logistic" }),
            ModelKind::Logistic => {
                let (model, unconverged) = Logistic::fit(&settings.logistic, &rows)?;
                warning = unconverged;
                Fitted::Logistic(model)
            }
            ModelKind::Knn if class_weights.is_some() => return Err(ModelError::NoClassWeights { kind: "knn" }),
            ModelKind::Knn => Fitted::Knn(Knn::fit(&settings.knn, &rows)?),
            ModelKind::CnnBilstm => return Err(ModelError::NotABaseline { kind: "cnn-bilstm".to_string() }),
            ModelKind::SeedVector => return Err(ModelError::NotABaseline { kind: "seed-vector".to_string() }),
        };
        Ok(Self { classes: rows.classes, columns: rows.values.ncols(), model, warning })
    }

    /// What a reader must know of the fit, in a sentence: that its solver ended before it was done.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Probabilities of each input, `(inputs, classes)`; rows sum to 1. Classes without training rows have 0.
    ///
    /// # Errors
    /// An input that is not one row of as many finite values as the training rows.
    pub fn probabilities(&self, inputs: &[&Array2<f32>]) -> Result<Array2<f64>, ModelError> {
        let rows = stack(inputs, self.columns)?;
        let mut out = Array2::zeros((inputs.len(), self.classes));
        match &self.model {
            Fitted::Svm(model) => model.probabilities(&rows, &mut out),
            Fitted::Logistic(model) => model.probabilities(&rows, &mut out),
            Fitted::RandomForest(model) => model.probabilities(&rows, &mut out),
            Fitted::Knn(model) => model.probabilities(&rows, &mut out)?,
        }
        Ok(out)
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of columns of an input.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The model as JSON, from which [`from_json`](Self::from_json) makes the same one to the bit.
    ///
    /// # Errors
    /// A model with numbers that JSON cannot write.
    pub fn to_json(&self) -> Result<String, ModelError> {
        serde_json::to_string(self).map_err(|error| ModelError::Stored { message: error.to_string() })
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// Text that is not such a model, or one whose parts do not fit each other.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        let baseline: Self = serde_json::from_str(text).map_err(|error| ModelError::Stored { message: error.to_string() })?;
        let (classes, columns) = (baseline.classes, baseline.columns);
        let fits = match &baseline.model {
            Fitted::Svm(model) => model.fits(classes, columns),
            Fitted::Logistic(model) => model.fits(classes, columns),
            Fitted::RandomForest(model) => model.fits(classes, columns),
            Fitted::Knn(model) => model.fits(classes, columns),
        };
        if !fits {
            let message = format!("its parts do not fit {classes} classes and {columns} columns; the file was changed or damaged");
            return Err(ModelError::Stored { message });
        }
        Ok(baseline)
    }
}
