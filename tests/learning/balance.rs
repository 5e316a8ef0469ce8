use std::sync::Arc;

use intone::balance::{BalanceError, BalanceMethod, BalanceSettings, ClassWeights, RandomState, class_weights, resample};
use intone::dataset::{Example, TrainingSet};
use ndarray::Array2;
use proptest::prelude::*;
use serde_json::Value;

use super::fixture::{close, floats, indices, json, list, rows};

fn example(values: &[f64], label: usize, speaker: usize) -> Example {
    let values = Array2::from_shape_fn((1, values.len()), |(_, column)| values[column] as f32);
    Example { variants: vec![Arc::new(values)], label, speaker: Some(speaker), parents: None }
}

fn training(x: &Value, y: &Value) -> TrainingSet {
    let labels = indices(y);
    let examples = rows(x).iter().zip(&labels).enumerate().map(|(row, (values, &label))| example(values, label, row)).collect();
    TrainingSet { examples, classes: labels.iter().max().unwrap() + 1 }
}

fn settings(method: BalanceMethod, k_neighbours: usize) -> BalanceSettings {
    BalanceSettings { method, k_neighbours, class_weights: ClassWeights::None }
}

#[test]
fn draws_equal_numpy() {
    let fixture = json(include_str!("../fixtures/balance.json"));
    for draw in list(&fixture["draws"]) {
        let mut random = RandomState::new(draw["seed"].as_u64().unwrap() as u32);
        for (key, bound) in [("randint_1000", 1000), ("randint_1", 1), ("randint_64", 64)] {
            let expected = indices(&draw[key]);
            assert_eq!(expected.iter().map(|_| random.below(bound) as usize).collect::<Vec<_>>(), expected, "{key}");
        }
        for expected in floats(&draw["random_sample"]) {
            close(random.uniform(), expected, 1e-15, "uniform");
        }
        assert_eq!(random.permutation(20), indices(&draw["permutation_20"]));
    }
}

#[test]
fn samplers_equal_imbalanced_learn() {
    let fixture = json(include_str!("../fixtures/balance.json"));
    for case in list(&fixture["cases"]) {
        let (train, seed) = (training(&case["X"], &case["y"]), case["seed"].as_u64().unwrap());
        let given = train.examples.len();
        let k = case["k_neighbours"].as_u64().unwrap() as usize;

        let smote = resample(train.clone(), &settings(BalanceMethod::Smote, k), seed).unwrap();
        let expected = rows(&case["smote_X"]);
        assert_eq!(smote.labels()[given..], indices(&case["smote_y"]));
        assert_eq!(smote.examples.len() - given, expected.len());
        for (made, expected) in smote.examples[given..].iter().zip(&expected) {
            // numpy's f64, stored as f32.
            let expected: Vec<f32> = expected.iter().map(|&value| value as f32).collect();
            assert_eq!(made.frames().row(0).to_vec(), expected);
            assert!(made.speaker.is_none() && made.variants.len() == 1);
        }

        let over = resample(train.clone(), &settings(BalanceMethod::RandomOver, k), seed).unwrap();
        let speakers: Vec<usize> = over.examples.iter().map(|example| example.speaker.unwrap()).collect();
        assert_eq!(speakers, indices(&case["over"]), "over-sampling keeps the speaker, here the row");
        let under = resample(train.clone(), &settings(BalanceMethod::RandomUnder, k), seed).unwrap();
        let speakers: Vec<usize> = under.examples.iter().map(|example| example.speaker.unwrap()).collect();
        assert_eq!(speakers, indices(&case["under"]));

        for (found, expected) in class_weights(&train.class_counts()).into_iter().zip(floats(&case["class_weights"])) {
            close(found, expected, 1e-15, "class weight");
        }
    }
}

#[test]
fn smote_equals_the_golden_example() {
    let golden = json(include_str!("../fixtures/golden_learning.json"));
    let smote = &golden["smote"];
    let made = resample(training(&smote["X"], &smote["y"]), &settings(BalanceMethod::Smote, 5), 42).unwrap();
    assert_eq!(made.labels()[34..], indices(&smote["y_new"]));
    for (made, expected) in made.examples[34..].iter().zip(rows(&smote["X_new"])) {
        for (found, expected) in made.frames().iter().zip(expected) {
            close(f64::from(*found), expected, 1e-6, "smote");
        }
    }
    for (found, expected) in class_weights(&[20, 8, 6]).into_iter().zip(floats(&golden["class_weight_balanced"])) {
        close(found, expected, 1e-7, "class weight");
    }
}

#[test]
fn a_class_with_too_few_rows_is_named() {
    let train = TrainingSet { examples: (0..9).map(|row| example(&[row as f64], usize::from(row >= 6), row)).collect(), classes: 3 };
    let error = resample(train.clone(), &settings(BalanceMethod::Smote, 5), 1).unwrap_err();
    assert_eq!(error, BalanceError::TooFewRows { class: 1, rows: 3, k_neighbours: 5 });
    assert_eq!(
        error.to_string(),
        "class 1 has 3 training rows, but smote with 5 neighbours needs at least 6: make `balance.k_neighbours` smaller (2 at most), or set \
         `balance.method` to \"random-over\" or \"none\""
    );
    let made = resample(train.clone(), &settings(BalanceMethod::Smote, 2), 1).unwrap();
    assert_eq!(made.class_counts(), [6, 6, 0], "a class without rows stays without");
    let one = TrainingSet { examples: train.examples[5..].to_vec(), classes: 2 };
    assert!(resample(one, &settings(BalanceMethod::Smote, 1), 1).unwrap_err().to_string().contains("`balance.k_neighbours` smaller, or"));
}

#[test]
fn rows_of_different_length_cannot_be_mixed() {
    let mut train = TrainingSet { examples: vec![example(&[1.0], 0, 0)], classes: 1 };
    train.examples.push(Example { variants: vec![Arc::new(Array2::zeros((2, 1)))], ..train.examples[0].clone() });
    let error = resample(train.clone(), &settings(BalanceMethod::Smote, 1), 1).unwrap_err();
    assert_eq!(error, BalanceError::Shapes { first: (1, 1), other: (2, 1) });
    assert!(error.to_string().contains("`audio.duration_s`"));
    assert_eq!(resample(train, &settings(BalanceMethod::RandomOver, 1), 1).unwrap().examples.len(), 2);
}

#[test]
fn settings_are_checked_with_their_key() {
    let error = settings(BalanceMethod::Smote, 0).check().unwrap_err();
    assert_eq!(error.key, "balance.k_neighbours");
    let both = BalanceSettings { class_weights: ClassWeights::Balanced, ..settings(BalanceMethod::Smote, 5) };
    assert!(both.balances_twice() && !settings(BalanceMethod::Smote, 5).balances_twice());
}

fn rows_of_classes() -> impl Strategy<Value = Vec<(usize, Vec<f64>)>> {
    let row = |class| (Just(class), proptest::collection::vec(-10.0..10.0_f64, 6));
    let rows = |class, sizes| proptest::collection::vec(row(class), sizes);
    (rows(0, 4..12), rows(2, 4..12), rows(3, 4..12)).prop_map(|(a, b, c)| [a, b, c].concat())
}

proptest! {
    #[test]
    fn new_rows_lie_between_their_parents(rows in rows_of_classes(), seed in any::<u64>()) {
        // Matrices of two frames, to see that frames stay in place.
        let examples: Vec<Example> = rows
            .iter()
            .map(|(class, values)| Example {
                variants: vec![Arc::new(Array2::from_shape_fn((2, 3), |(frame, column)| values[frame * 3 + column] as f32))],
                label: *class,
                speaker: Some(0),
                parents: None,
            })
            .collect();
        let train = TrainingSet { examples, classes: 5 };
        let given = train.examples.len();
        let largest = *train.class_counts().iter().max().unwrap();
        let made = resample(train.clone(), &settings(BalanceMethod::Smote, 3), seed).unwrap();
        prop_assert_eq!(made.class_counts(), [largest, 0, largest, largest, 0]);
        for new in &made.examples[given..] {
            let [a, b] = new.parents.unwrap();
            prop_assert!(a != b && train.examples[a].label == new.label && train.examples[b].label == new.label);
            let (a, b) = (train.examples[a].frames(), train.examples[b].frames());
            // The step along the segment is the same in every column.
            let widest = (a - b).iter().fold(0.0_f32, |widest, difference| widest.max(difference.abs()));
            let column = (a - b).iter().position(|difference| difference.abs() == widest).unwrap();
            let at = |matrix: &Array2<f32>| f64::from(*matrix.iter().nth(column).unwrap());
            let step = (at(new.frames()) - at(a)) / (at(b) - at(a));
            prop_assert!((-1e-5..=1.0 + 1e-5).contains(&step), "{step}");
            for ((a, b), new) in a.iter().zip(b).zip(new.frames()) {
                let expected = f64::from(*a) + step * (f64::from(*b) - f64::from(*a));
                prop_assert!((f64::from(*new) - expected).abs() < 1e-4);
            }
        }
        let again = resample(train, &settings(BalanceMethod::Smote, 3), seed).unwrap();
        prop_assert!(again.examples.iter().zip(&made.examples).all(|(a, b)| a.frames() == b.frames()));
    }

    #[test]
    fn weighted_classes_weigh_the_same(counts in proptest::collection::vec(0..50_usize, 1..8)) {
        let total: usize = counts.iter().sum();
        let present = counts.iter().filter(|&&count| count > 0).count();
        let weights = class_weights(&counts);
        let sum: f64 = weights.iter().zip(&counts).map(|(weight, &count)| weight * count as f64).sum();
        prop_assert!((sum - total as f64).abs() < 1e-9, "the mean weight of a row is 1");
        for (weight, &count) in weights.iter().zip(&counts).filter(|(_, count)| **count > 0) {
            prop_assert!((weight * count as f64 - total as f64 / present as f64).abs() < 1e-9);
        }
    }
}
