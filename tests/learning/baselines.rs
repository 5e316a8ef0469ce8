use std::sync::Arc;

use intone::balance::class_weights;
use intone::dataset::{Example, Normaliser, TrainingSet};
use intone::experiment::Config;
use intone::metrics::{ConfusionMatrix, argmax};
use intone::model::{
    Baseline, CnnBiLstmSettings, FisherSettings, ForestSettings, KnnSettings, LogisticSettings, ModelError, ModelKind, ModelSettings, Norm,
    Pooling, RidgeSettings, SeedVectorSettings, SvmKernel, SvmSettings, Unconverged, VectorOf,
};
use ndarray::{Array2, array};
use serde_json::Value;

use super::fixture::{close, floats, indices, json, rows};

fn settings(kind: ModelKind) -> ModelSettings {
    ModelSettings {
        vector: VectorOf::Mean,
        kind,
        save_folds: false,
        save_final: false,
        cnn_bilstm: CnnBiLstmSettings {
            channels: vec![],
            kernel: 1,
            pool: vec![],
            norm: Norm::None,
            lstm: vec![],
            pooling: Pooling::Mean,
            attention: 1,
            dense: vec![],
            conv_dropout: 0.0,
            dropout: 0.0,
        },
        seed_vector: SeedVectorSettings { channels: 1, kernel: 1, pool: 1, lstm: vec![], dense: 1, dropout: 0.0 },
        fisher: FisherSettings { components: 4 },
        svm: SvmSettings { kernel: SvmKernel::Rbf, c: 10.0, gamma: 0.0 },
        logistic: LogisticSettings { alpha: 1.0, max_iterations: 300 },
        ridge: RidgeSettings { alpha: 10.0, temperature: 0.12 },
        random_forest: ForestSettings { trees: 300, max_depth: 0, feature_part: 0.0 },
        knn: KnnSettings { k: 7 },
    }
}

const KINDS: [ModelKind; 5] = [ModelKind::Svm, ModelKind::Logistic, ModelKind::Ridge, ModelKind::RandomForest, ModelKind::Knn];

/// Handwritten digits, normalised over the training rows.
struct Digits {
    train: TrainingSet,
    test: Vec<Array2<f32>>,
    truth: Vec<usize>,
    models: Value,
}

fn digits() -> Digits {
    let fixture = json(include_str!("../fixtures/baselines.json"));
    let labels = indices(&fixture["y"]);
    let matrices: Vec<Array2<f32>> =
        rows(&fixture["X"]).iter().map(|row| Array2::from_shape_fn((1, row.len()), |(_, column)| row[column] as f32)).collect();
    let split = fixture["train"].as_u64().unwrap() as usize;
    let example = |row: usize| Example::new(matrices[row].clone(), labels[row], Some(0));
    let mut train = TrainingSet { examples: (0..split).map(example).collect(), classes: 10 };
    let normaliser = Normaliser::fit(&train);
    for (column, (mean, scale)) in floats(&fixture["mean"]).into_iter().zip(floats(&fixture["scale"])).enumerate() {
        close(f64::from(normaliser.mean[column]), mean, 2e-6, "StandardScaler.mean_");
        close(f64::from(normaliser.deviation[column]), scale, 2e-6, "StandardScaler.scale_");
    }
    for example in &mut train.examples {
        example.variants[0] = Arc::new(normaliser.apply(&example.variants[0]));
    }
    let test = matrices[split..].iter().map(|matrix| normaliser.apply(matrix)).collect();
    Digits { train, test, truth: labels[split..].to_vec(), models: fixture["models"].clone() }
}

impl Digits {
    fn probabilities(&self, baseline: &Baseline) -> Array2<f64> {
        baseline.probabilities(&self.test.iter().collect::<Vec<_>>()).unwrap()
    }

    fn accuracy(&self, probabilities: &Array2<f64>) -> f64 {
        let predicted: Vec<usize> = probabilities.rows().into_iter().map(|row| argmax(&row.to_vec())).collect();
        ConfusionMatrix::from_pairs(&self.truth, &predicted, 10).unwrap().accuracy()
    }

    /// Accuracy beyond scikit-learn's, and the largest difference to stored probabilities.
    fn beside(&self, baseline: &Baseline, model: &str, stored: &str) -> (f64, f64) {
        let found = self.probabilities(baseline);
        let accuracy = self.accuracy(&found);
        let expected = rows(&self.models[model][stored]);
        let differences =
            found.rows().into_iter().zip(&expected).flat_map(|(found, expected)| {
                found.iter().zip(expected).map(|(found, expected)| (found - expected).abs()).collect::<Vec<_>>()
            });
        let largest = differences.fold(0.0, f64::max);
        println!("{model}: accuracy {accuracy:.4} beside {}; probabilities differ by {largest:.2e}", self.models[model]["accuracy"]);
        (accuracy - self.models[model]["accuracy"].as_f64().unwrap(), largest)
    }
}

#[test]
fn svm_decides_as_scikit_learn() {
    let digits = digits();
    let mut rbf = settings(ModelKind::Svm);
    let fitted = Baseline::fit(&rbf, &digits.train, None, 1).unwrap();
    let (accuracy, difference) = digits.beside(&fitted, "svm_rbf", "softmax_of_decisions");
    assert!(accuracy == 0.0 && difference < 1e-3);

    rbf.svm = SvmSettings { kernel: SvmKernel::Rbf, c: 0.5, gamma: 0.05 };
    let weights = class_weights(&digits.train.class_counts());
    let fitted = Baseline::fit(&rbf, &digits.train, Some(&weights), 1).unwrap();
    let (accuracy, difference) = digits.beside(&fitted, "svm_rbf_weighted", "softmax_of_decisions");
    assert!(accuracy == 0.0 && difference < 1e-3);

    let mut linear = settings(ModelKind::Svm);
    linear.svm = SvmSettings { kernel: SvmKernel::Linear, c: 0.1, gamma: 0.0 };
    let fitted = Baseline::fit(&linear, &digits.train, None, 1).unwrap();
    let (accuracy, difference) = digits.beside(&fitted, "svm_linear", "softmax_of_decisions");
    assert!(accuracy.abs() < 0.01 && difference < 2e-3);
}

#[test]
fn logistic_regression_equals_scikit_learn() {
    let digits = digits();
    let fitted = Baseline::fit(&settings(ModelKind::Logistic), &digits.train, None, 1).unwrap();
    let (accuracy, difference) = digits.beside(&fitted, "logistic", "probabilities");
    assert!(accuracy == 0.0 && difference < 1e-4);
    assert_eq!(fitted.unconverged(), None);
}

#[test]
fn a_logistic_regression_that_did_not_converge_says_so() {
    let mut settings = settings(ModelKind::Logistic);
    settings.logistic.max_iterations = 2;
    let fitted = Baseline::fit(&settings, &digits().train, None, 1).unwrap();
    let ended = fitted.unconverged().expect("two iterations are too few");
    assert!(ended.slope.is_some_and(|slope| slope > Unconverged::TOLERANCE), "{ended:?}");
    assert_eq!(Baseline::from_json(&fitted.to_json().unwrap()).unwrap(), fitted);
}

#[test]
fn ridge_regression_equals_scikit_learn() {
    let mut digits = digits();
    let mut settings = settings(ModelKind::Ridge);
    let fitted = Baseline::fit(&settings, &digits.train, None, 1).unwrap();
    let (accuracy, difference) = digits.beside(&fitted, "ridge", "softmax_of_scores");
    assert!(accuracy == 0.0 && difference < 2e-6);

    settings.ridge.alpha = 3.0;
    let weights = class_weights(&digits.train.class_counts());
    let fitted = Baseline::fit(&settings, &digits.train, Some(&weights), 1).unwrap();
    let (accuracy, difference) = digits.beside(&fitted, "ridge_weighted", "softmax_of_scores");
    assert!(accuracy == 0.0 && difference < 2e-6);

    settings.ridge.alpha = 50.0;
    digits.train.examples.truncate(40);
    let fitted = Baseline::fit(&settings, &digits.train, None, 1).unwrap();
    let (accuracy, difference) = digits.beside(&fitted, "ridge_of_40_rows", "softmax_of_scores");
    assert!(accuracy == 0.0 && difference < 2e-6);
}

#[test]
fn a_ridge_regressions_temperature_changes_no_decision() {
    let digits = digits();
    let decided = |temperature| {
        let mut settings = settings(ModelKind::Ridge);
        settings.ridge.temperature = temperature;
        let probabilities = digits.probabilities(&Baseline::fit(&settings, &digits.train, None, 1).unwrap());
        let decisions: Vec<usize> = probabilities.rows().into_iter().map(|row| argmax(&row.to_vec())).collect();
        (decisions, probabilities.iter().copied().fold(0.0, f64::max))
    };
    let ((warm, surest_warm), (cold, surest_cold)) = (decided(1.0), decided(0.1));
    assert_eq!(warm, cold);
    assert!(surest_warm < 0.5 && surest_cold > 0.99, "{surest_warm} {surest_cold}");
}

#[test]
fn a_ridge_regression_that_has_no_answer_says_what_to_raise() {
    // Two equal columns: without a penalty that a sum of squares can hold there is no one minimum.
    let row = |value: f32, label| Example::new(array![[value, value]], label, None);
    let train = TrainingSet { examples: vec![row(1.0, 0), row(1.0, 0), row(-1.0, 1), row(-1.0, 1)], classes: 2 };
    for (alpha, temperature, key) in [(f64::MIN_POSITIVE, 0.12, "model.ridge.alpha"), (1.0, f64::MIN_POSITIVE, "model.ridge.temperature")] {
        let settings = ModelSettings { ridge: RidgeSettings { alpha, temperature }, ..settings(ModelKind::Ridge) };
        let found = Baseline::fit(&settings, &train, None, 1).unwrap_err();
        assert!(matches!(found, ModelError::Fit { .. }) && found.to_string().contains(key), "{found}");
    }
}

#[test]
fn nearest_neighbours_equal_scikit_learn() {
    let digits = digits();
    let fitted = Baseline::fit(&settings(ModelKind::Knn), &digits.train, None, 1).unwrap();
    let (accuracy, difference) = digits.beside(&fitted, "knn", "probabilities");
    assert!(accuracy == 0.0 && difference < 1e-6);
}

/// Means over seeds, since a single forest scores two points more or less.
#[test]
fn the_forest_comes_within_two_points_of_scikit_learn() {
    let digits = digits();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let expected = mean(&floats(&digits.models["forest"]["accuracies"]));
    let settings = settings(ModelKind::RandomForest);
    let fit = |seed| Baseline::fit(&settings, &digits.train, None, seed).unwrap();
    let accuracies: Vec<f64> = (0..4).map(|seed| digits.accuracy(&digits.probabilities(&fit(seed)))).collect();
    println!("forest: {accuracies:.4?}, scikit-learn {expected:.4}");
    assert!((mean(&accuracies) - expected).abs() < 0.02, "{accuracies:?}");
}

#[test]
fn every_baseline_is_the_same_again_on_one_thread_and_after_json() {
    let digits = digits();
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for kind in KINDS {
        let mut settings = settings(kind);
        settings.random_forest.trees = 20;
        let fitted = Baseline::fit(&settings, &digits.train, None, 7).unwrap();
        assert_eq!(fitted, one_thread.install(|| Baseline::fit(&settings, &digits.train, None, 7)).unwrap());
        let read = Baseline::from_json(&fitted.to_json().unwrap()).unwrap();
        assert_eq!(read, fitted);
        let probabilities = digits.probabilities(&fitted);
        assert_eq!(digits.probabilities(&read), probabilities);
        assert!(probabilities.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-9));
        assert_eq!((read.classes(), read.columns()), (10, 64));
    }
}

fn small() -> TrainingSet {
    let row = |x: f32, label: usize| Example::new(array![[x, 1.0 - x]], label, None);
    let rows = [0.0, 0.1, 0.2, 0.3].map(|x| row(x, 1)).into_iter().chain([1.0, 1.1, 1.2, 1.3].map(|x| row(x, 3)));
    TrainingSet { examples: rows.collect(), classes: 4 }
}

#[test]
fn classes_without_rows_have_no_probability() {
    for kind in KINDS {
        let mut settings = settings(kind);
        settings.knn.k = 3;
        let fitted = Baseline::fit(&settings, &small(), None, 1).unwrap();
        let probabilities = fitted.probabilities(&[&array![[0.05, 0.95]], &array![[1.2, -0.2]]]).unwrap();
        assert!(probabilities[(0, 1)] > 0.5 && probabilities[(1, 3)] > 0.5, "{kind:?}: {probabilities}");
        assert_eq!(probabilities.column(0).sum() + probabilities.column(2).sum(), 0.0);
    }
}

#[test]
fn augmented_copies_are_rows_too() {
    let mut train = small();
    train.examples[0].variants.push(Arc::new(array![[5.0, -4.0]]));
    let mut settings = settings(ModelKind::Knn);
    settings.knn.k = 1;
    let fitted = Baseline::fit(&settings, &train, None, 1).unwrap();
    assert_eq!(fitted.probabilities(&[&array![[4.9, -4.0]]]).unwrap()[(0, 1)], 1.0);
}

/// Clips of different length; those of class 1 move more.
fn moving() -> TrainingSet {
    let clip = |index: usize| {
        let (label, frames) = (index % 2, 10 + 3 * index);
        let reach = if label == 1 { 3.0 } else { 1.0 };
        let value = |(frame, column): (usize, usize)| reach * ((frame * (column + 2) + index) as f32 * 0.7).sin();
        Example::new(Array2::from_shape_fn((frames, 2), value), label, None)
    };
    TrainingSet { examples: (0..24).map(clip).collect(), classes: 2 }
}

#[test]
fn fisher_vectors_tell_apart_what_means_cannot() {
    let mut train = moving();
    let test: Vec<Example> = train.examples.split_off(16);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for kind in KINDS {
        let settings = ModelSettings { vector: VectorOf::Fisher, ..settings(kind) };
        let fit = |seed| Baseline::fit(&settings, &train, None, seed).unwrap();
        let fitted = fit(7);
        assert_eq!((fitted.columns(), fitted.classes()), (2, 2));
        let probabilities = fitted.probabilities(&test.iter().map(Example::frames).collect::<Vec<_>>()).unwrap();
        for (row, example) in probabilities.rows().into_iter().zip(&test) {
            assert_eq!(argmax(&row.to_vec()), example.label, "{kind:?}: {probabilities}");
        }
        assert_eq!(one_thread.install(|| fit(7)), fitted);
        assert_ne!(fit(8), fitted, "the mixture begins elsewhere");
        assert_eq!(Baseline::from_json(&fitted.to_json().unwrap()).unwrap(), fitted);
        let found = fitted.probabilities(&[&Array2::zeros((5, 3))]).unwrap_err();
        assert!(matches!(found, ModelError::Columns { row: 0, expected: 2, found: 3 }));
    }
}

#[test]
fn what_no_mixture_can_be_fitted_to_is_an_error() {
    let settings = ModelSettings { vector: VectorOf::Fisher, ..settings(ModelKind::Logistic) };
    let with = |change: fn(&mut TrainingSet)| {
        let mut train = moving();
        change(&mut train);
        Baseline::fit(&settings, &train, None, 1)
    };
    assert!(matches!(with(|train| train.examples.clear()), Err(ModelError::NoRows)));
    assert!(matches!(
        with(|train| train.examples[3].variants.push(Arc::new(array![[0.0, 1.0], [f32::INFINITY, 0.0]]))),
        Err(ModelError::NotFinite { row: 3, column: 0 })
    ));
    assert!(matches!(
        with(|train| train.examples[2].variants[0] = Arc::new(Array2::zeros((4, 3)))),
        Err(ModelError::Columns { row: 2, expected: 2, found: 3 })
    ));
    let few = with(|train| {
        for example in &mut train.examples {
            example.variants[0] = Arc::new(example.frames().slice(ndarray::s![..0, ..]).to_owned());
        }
        train.examples[0].variants[0] = Arc::new(array![[1.0, 2.0]]);
    });
    let probabilities = few.unwrap().probabilities(&[&array![[1.0, 2.0]], &Array2::zeros((0, 2))]).unwrap();
    assert!(probabilities.iter().all(|value| value.is_finite()), "one frame in all: {probabilities}");
    let none = with(|train| train.examples.iter_mut().for_each(|example| example.variants[0] = Arc::new(Array2::zeros((0, 2)))));
    assert!(matches!(none, Err(ModelError::NoRows)));
    for components in [0, 5000] {
        let settings = ModelSettings { fisher: FisherSettings { components }, ..settings.clone() };
        let found = Baseline::fit(&settings, &moving(), None, 1).unwrap_err();
        assert!(found.to_string().contains("model.fisher.components"), "{found}");
    }
    let network = Config::from_toml("[model]\nkind = \"seed-vector\"\nvector = \"fisher\"\n").unwrap_err().to_string();
    assert!(network.contains("model.vector") && network.contains("baselines"), "{network}");
}

#[test]
fn what_cannot_be_fitted_is_an_error() {
    let fit =
        |settings: &ModelSettings, train: &TrainingSet, weights: Option<&[f64]>| Baseline::fit(settings, train, weights, 1).unwrap_err();
    let weights = [0.0, 1.0, 0.0, 1.0];
    for kind in [ModelKind::Logistic, ModelKind::Knn] {
        assert!(fit(&settings(kind), &small(), Some(&weights)).to_string().contains("`balance.class_weights`"));
    }
    assert!(matches!(fit(&settings(ModelKind::Svm), &small(), Some(&[1.0])), ModelError::Weights { found: 1, classes: 4 }));
    assert!(matches!(fit(&settings(ModelKind::CnnBilstm), &small(), None), ModelError::NotABaseline { .. }));
    let with = |change: fn(&mut TrainingSet)| {
        let mut train = small();
        change(&mut train);
        fit(&settings(ModelKind::Svm), &train, None)
    };
    assert!(matches!(with(|train| train.examples.clear()), ModelError::NoRows));
    assert!(matches!(with(|train| train.examples.truncate(4)), ModelError::OneClass { class: 1 }));
    assert!(matches!(with(|train| train.examples[2].label = 4), ModelError::Class { class: 4, classes: 4 }));
    let replaced = |matrix: Array2<f32>| {
        let mut train = small();
        train.examples[5].variants[0] = Arc::new(matrix);
        fit(&settings(ModelKind::Svm), &train, None)
    };
    assert!(matches!(replaced(Array2::zeros((2, 2))), ModelError::NotAVector { row: 5, frames: 2 }));
    assert!(matches!(replaced(Array2::zeros((1, 3))), ModelError::Columns { row: 5, expected: 2, found: 3 }));
    assert!(matches!(replaced(array![[0.0, f32::NAN]]), ModelError::NotFinite { row: 5, column: 1 }));

    for (key, change) in [
        ("model.svm.c", (|settings| settings.svm.c = 0.0) as fn(&mut ModelSettings)),
        ("model.svm.gamma", |settings| settings.svm.gamma = f64::NAN),
        ("model.logistic.alpha", |settings| settings.logistic.alpha = -1.0),
        ("model.logistic.max_iterations", |settings| settings.logistic.max_iterations = 0),
        ("model.ridge.alpha", |settings| settings.ridge.alpha = 0.0),
        ("model.ridge.temperature", |settings| settings.ridge.temperature = f64::INFINITY),
        ("model.random-forest.trees", |settings| settings.random_forest.trees = 0),
        ("model.random-forest.feature_part", |settings| settings.random_forest.feature_part = 1.5),
        ("model.knn.k", |settings| settings.knn.k = 0),
    ] {
        let found = KINDS.iter().any(|&kind| {
            let mut settings = settings(kind);
            change(&mut settings);
            matches!(Baseline::fit(&settings, &small(), None, 1), Err(ModelError::Setting(setting)) if setting.key == key)
        });
        assert!(found, "{key}");
    }
}

#[test]
fn damaged_json_is_an_error_not_a_panic() {
    assert!(Baseline::from_json("{}").is_err());
    for kind in KINDS {
        let text = Baseline::fit(&settings(kind), &small(), None, 1).unwrap().to_json().unwrap();
        assert!(Baseline::from_json(&text.replace("\"columns\":2", "\"columns\":1")).is_err(), "{kind:?}");
        assert!(Baseline::from_json(&text.replace("\"classes\":4", "\"classes\":3")).is_err(), "{kind:?}");
    }
    let settings = ModelSettings { vector: VectorOf::Fisher, ..settings(ModelKind::Knn) };
    let text = Baseline::fit(&settings, &moving(), None, 1).unwrap().to_json().unwrap();
    for (from, to) in [("\"columns\":2", "\"columns\":3"), ("\"variances\":[[", "\"variances\":[[-"), ("\"mean\":[", "\"mean\":[0.0,")] {
        let damaged = text.replacen(from, to, 1);
        assert!(damaged != text && Baseline::from_json(&damaged).is_err(), "{from}");
    }
    let endless = r#"{"classes":2,"columns":1,"model":{"kind":"random-forest","trees":[{"nodes":[{"split":{"column":0,"threshold":0.0,"left":0,"right":0}}]}]}}"#;
    assert!(Baseline::from_json(endless).is_err());
}
