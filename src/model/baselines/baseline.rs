//! The one interface of all baselines.

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dataset::TrainingSet;
use crate::model::{ModelError, ModelKind, ModelSettings, VectorOf};

use super::fisher::FisherVectors;
use super::forest::Forest;
use super::input::{Rows, check, stack};
use super::knn::Knn;
use super::linear::Linear;
use super::logistic::{self, Unconverged};
use super::ridge;
use super::svm::Svm;

/// A fitted baseline: support vector machines, logistic regression, ridge regression, random forest or nearest neighbours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    classes: usize,
    columns: usize,
    /// Makes the vectors that the model reads, where it is given frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fisher: Option<FisherVectors>,
    model: Fitted,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unconverged: Option<Unconverged>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Fitted {
    Svm(Svm),
    Logistic(Linear),
    Ridge(Linear),
    RandomForest(Forest),
    Knn(Knn),
}

impl Baseline {
    /// Fits the model that `settings.kind` names on the rows and their augmented copies, each `(1, columns)`, or `(frames, columns)` where
    /// `settings.vector` is `fisher`.
    ///
    /// `class_weights`, a weight a class, scale the cost of an error; `svm`, `ridge` and `random-forest` take them. The same arguments give
    /// the same model, whatever the number of threads; only `random-forest` and `fisher` use `seed`.
    ///
    /// # Errors
    /// A setting that cannot be used or a network's kind, fewer than two classes with rows, rows that are not vectors of one width and of
    /// finite numbers, class weights for `logistic` or `knn`, or a solver that fails.
    pub fn fit(settings: &ModelSettings, train: &TrainingSet, class_weights: Option<&[f64]>, seed: u64) -> Result<Self, ModelError> {
        if settings.vector == VectorOf::Fisher {
            let (fisher, vectors) = FisherVectors::fit(&settings.fisher, train, seed)?;
            let columns = train.examples.first().map_or(0, |example| example.frames().ncols());
            return Ok(Self { columns, fisher: Some(fisher), ..Self::of_vectors(settings, &vectors, class_weights, seed)? });
        }
        Self::of_vectors(settings, train, class_weights, seed)
    }

    fn of_vectors(settings: &ModelSettings, train: &TrainingSet, class_weights: Option<&[f64]>, seed: u64) -> Result<Self, ModelError> {
        let rows = Rows::new(train)?;
        let mut unconverged = None;
        let model = match settings.kind {
            ModelKind::Svm => Fitted::Svm(Svm::fit(&settings.svm, &rows, class_weights)?),
            ModelKind::RandomForest => Fitted::RandomForest(Forest::fit(&settings.random_forest, &rows, class_weights, seed)?),
            ModelKind::Logistic if class_weights.is_some() => return Err(ModelError::NoClassWeights { kind: "logistic" }),
            ModelKind::Logistic => {
                let (model, ended) = logistic::fit(&settings.logistic, &rows)?;
                unconverged = ended;
                Fitted::Logistic(model)
            }
            ModelKind::Ridge => Fitted::Ridge(ridge::fit(&settings.ridge, &rows, class_weights)?),
            ModelKind::Knn if class_weights.is_some() => return Err(ModelError::NoClassWeights { kind: "knn" }),
            ModelKind::Knn => Fitted::Knn(Knn::fit(&settings.knn, &rows)?),
            ModelKind::CnnBilstm => return Err(ModelError::NotABaseline { kind: "cnn-bilstm".to_string() }),
            ModelKind::SeedVector => return Err(ModelError::NotABaseline { kind: "seed-vector".to_string() }),
        };
        Ok(Self { classes: rows.classes, columns: rows.values.ncols(), fisher: None, model, unconverged })
    }

    /// That its solver ended before it was done, where it did.
    pub fn unconverged(&self) -> Option<Unconverged> {
        self.unconverged
    }

    /// Probabilities of each input, `(inputs, classes)`; rows sum to 1. Classes without training rows have 0.
    ///
    /// # Errors
    /// An input that is not one row (for `fisher`: rows) of as many finite values as the training rows.
    pub fn probabilities(&self, inputs: &[&Array2<f32>]) -> Result<Array2<f64>, ModelError> {
        let rows = match &self.fisher {
            None => stack(inputs, self.columns)?,
            Some(fisher) => {
                inputs.iter().enumerate().try_for_each(|(row, input)| check(row, input, self.columns))?;
                let vectors: Vec<Array2<f32>> = inputs.par_iter().map(|frames| fisher.encode(frames)).collect();
                stack(&vectors.iter().collect::<Vec<_>>(), fisher.width())?
            }
        };
        let mut out = Array2::zeros((inputs.len(), self.classes));
        match &self.model {
            Fitted::Svm(model) => model.probabilities(&rows, &mut out),
            Fitted::Logistic(model) | Fitted::Ridge(model) => model.probabilities(&rows, &mut out),
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
        let width = baseline.fisher.as_ref().map_or(columns, FisherVectors::width);
        let fits = match &baseline.model {
            Fitted::Svm(model) => model.fits(classes, width),
            Fitted::Logistic(model) | Fitted::Ridge(model) => model.fits(classes, width),
            Fitted::RandomForest(model) => model.fits(classes, width),
            Fitted::Knn(model) => model.fits(classes, width),
        };
        if !fits || baseline.fisher.as_ref().is_some_and(|fisher| !fisher.fits(columns)) {
            let message = format!("its parts do not fit {classes} classes and {columns} columns; the file was changed or damaged");
            return Err(ModelError::Stored { message });
        }
        Ok(baseline)
    }
}
