use std::sync::Arc;

use intone::balance::{
    BalanceError, BalanceMethod, BalanceSettings, ClassWeights, Element, RandomState, check_counts, class_weights, draws, resample,
};
use intone::dataset::{Example, TrainingSet};
use ndarray::Array2;
use proptest::prelude::*;
use serde_json::Value;

use super::fixture::{close, floats, indices, json, list, rows};

fn example(values: &[f64], label: usize, speaker: usize) -> Example {
    let values = Array2::from_shape_fn((1, values.len()), |(_, column)| values[column] as f32);
    Example::new(values, label, Some(speaker))
}

fn training(x: &Value, y: &Value) -> TrainingSet {
    let labels = indices(y);
    let examples = rows(x).iter().zip(&labels).enumerate().map(|(row, (values, &label))| example(values, label, row)).collect();
    TrainingSet { examples, classes: labels.iter().max().unwrap() + 1 }
}

fn settings(method: BalanceMethod, k_neighbours: usize) -> BalanceSettings {
    BalanceSettings { method, k_neighbours, m_neighbours: 10, class_weights: ClassWeights::None }
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

/// Rows of 2 values; what the random samplers choose does not depend on them.
fn labelled(labels: &[usize]) -> TrainingSet {
    let examples = labels.iter().enumerate().map(|(row, &label)| example(&[row as f64, 1.0], label, row)).collect();
    TrainingSet { examples, classes: labels.iter().max().unwrap() + 1 }
}

#[test]
fn random_samplers_equal_imbalanced_learn() {
    let fixture = json(include_str!("../fixtures/balance.json"));
    for case in list(&fixture["cases"]) {
        let (train, seed) = (labelled(&indices(&case["y"])), case["seed"].as_u64().unwrap());
        let over = resample(train.clone(), &settings(BalanceMethod::RandomOver, 5), seed).unwrap();
        let speakers: Vec<usize> = over.examples.iter().map(|example| example.speaker.unwrap()).collect();
        assert_eq!(speakers, indices(&case["over"]), "over-sampling keeps the speaker, here the row");
        let under = resample(train.clone(), &settings(BalanceMethod::RandomUnder, 5), seed).unwrap();
        let speakers: Vec<usize> = under.examples.iter().map(|example| example.speaker.unwrap()).collect();
        assert_eq!(speakers, indices(&case["under"]));
        for (found, expected) in class_weights(&train.class_counts()).into_iter().zip(floats(&case["class_weights"])) {
            close(found, expected, 1e-15, "class weight");
        }
    }
}

/// Rows written as decimals, read back to the bit.
fn exact(rows: &Value) -> Vec<Vec<f64>> {
    let row = |row: &Value| row.as_str().unwrap().split(' ').map(|value| value.parse().unwrap()).collect();
    list(rows).iter().map(row).collect()
}

/// The rows that a method makes of those of a case, and their labels.
fn synthetic<T: Element>(case: &Value, method: BalanceMethod, round: fn(f64) -> T) -> Result<(Vec<Vec<f64>>, Vec<usize>), BalanceError> {
    let rows: Vec<Vec<T>> = exact(&case["X"]).iter().map(|row| row.iter().map(|&value| round(value)).collect()).collect();
    let rows: Vec<&[T]> = rows.iter().map(Vec::as_slice).collect();
    let neighbours = |key: &str| case[key].as_u64().unwrap() as usize;
    let settings = BalanceSettings { m_neighbours: neighbours("m_neighbours"), ..settings(method, neighbours("k_neighbours")) };
    let labels = indices(&case["y"]);
    let drawn = draws(&rows, &labels, labels.iter().max().unwrap() + 1, &settings, case["seed"].as_u64().unwrap() as u32)?;
    let made = drawn.iter().map(|draw| {
        let [a, b] = draw.parents;
        rows[a].iter().zip(rows[b]).map(|(&a, &b)| a.towards(b, draw.step).into()).collect()
    });
    Ok((made.collect(), drawn.iter().map(|draw| draw.class).collect()))
}

#[test]
fn synthetic_rows_equal_imbalanced_learn_to_the_last_bit() {
    let fixture = json(include_str!("../fixtures/balance_synthetic.json"));
    for (index, case) in list(&fixture["cases"]).iter().enumerate() {
        for method in [BalanceMethod::Smote, BalanceMethod::BorderlineSmote, BalanceMethod::Adasyn] {
            for (dtype, found) in
                [("float64", synthetic(case, method, |value| value)), ("float32", synthetic(case, method, |value| value as f32))]
            {
                let expected = &case[dtype][method.name()];
                let what = format!("case {index} ({}), {} of {dtype}", case["rows"], method.name());
                match (found, expected["error"].as_str()) {
                    (Ok((rows, labels)), None) => {
                        assert_eq!(labels, indices(&expected["y"]), "{what}");
                        for (row, (found, expected)) in rows.iter().zip(exact(&expected["X"])).enumerate() {
                            // Decimals of float32 are the shortest that tell it from its neighbours.
                            let expected =
                                expected.into_iter().map(|value| if dtype == "float32" { f64::from(value as f32) } else { value });
                            assert_eq!(*found, expected.collect::<Vec<_>>(), "{what}, row {row}");
                        }
                    }
                    (Err(BalanceError::NoForeignNeighbours { .. }), Some(cause)) => {
                        assert!(cause.starts_with("Not any neigbours"), "{what}")
                    }
                    (Err(BalanceError::NothingDrawn { .. }), Some(cause)) => assert!(cause.starts_with("No samples will be"), "{what}"),
                    (Err(BalanceError::TooFewRows { .. } | BalanceError::TooFewRowsInAll { .. }), Some(cause)) => {
                        assert!(cause.starts_with("Expected n_neighbors <= n_samples_fit"), "{what}: {cause}");
                    }
                    // Refused by its count alone; imbalanced-learn gets along where none of its rows is at a border.
                    (Err(BalanceError::TooFewRows { method: BalanceMethod::BorderlineSmote, class, .. }), None) => {
                        assert!(!indices(&expected["y"]).contains(&class), "{what}");
                    }
                    (found, expected) => panic!("{what}: {found:?}, expected {expected:?}"),
                }
            }
        }
    }
}

#[test]
fn examples_hold_the_rows_that_are_drawn() {
    let fixture = json(include_str!("../fixtures/balance_synthetic.json"));
    let case = &list(&fixture["cases"])[1];
    let labels = indices(&case["y"]);
    let examples = exact(&case["X"]).iter().zip(&labels).enumerate().map(|(row, (values, &label))| example(values, label, row)).collect();
    let train = TrainingSet { examples, classes: 4 };
    for method in [BalanceMethod::Smote, BalanceMethod::BorderlineSmote, BalanceMethod::Adasyn] {
        let made = resample(train.clone(), &settings(method, 5), case["seed"].as_u64().unwrap()).unwrap();
        let (rows, classes) = synthetic(case, method, |value| value as f32).unwrap();
        assert_eq!(made.labels()[labels.len()..], classes);
        for (made, row) in made.examples[labels.len()..].iter().zip(rows) {
            assert_eq!(made.frames().iter().map(|&value| f64::from(value)).collect::<Vec<_>>(), row);
            assert!(made.speaker.is_none() && made.variants.len() == 1);
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
    assert_eq!(error, BalanceError::TooFewRows { method: BalanceMethod::Smote, class: 1, rows: 3, k_neighbours: 5 });
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

/// Ramps from 0 to their height: stretched in time, they stay ramps, so what lies between two is known in closed form.
fn ramp(frames: usize, height: f32, label: usize) -> Example {
    let values = Array2::from_shape_fn((frames, 1), |(frame, _)| height * frame as f32 / (frames - 1) as f32);
    Example { variants: vec![Arc::new(values)], ..example(&[], label, 0) }
}

#[test]
fn clips_of_different_length_are_mixed_in_length_too() {
    let mut examples: Vec<Example> = (0..8).map(|_| ramp(30, 0.0, 0)).collect();
    examples.extend([ramp(11, 1.0, 1), ramp(21, 2.0, 1)]);
    let made = resample(TrainingSet { examples, classes: 2 }, &settings(BalanceMethod::Smote, 1), 3).unwrap();
    assert_eq!(made.class_counts(), [8, 8]);
    let mut lengths = Vec::new();
    for made in &made.examples[10..] {
        let frames = made.frames().column(0).to_vec();
        let height = frames[frames.len() - 1];
        close(frames.len() as f64, (11.0 + 10.0 * (f64::from(height) - 1.0)).round(), 0.0, "as far in length as in value");
        for (frame, &value) in frames.iter().enumerate() {
            close(f64::from(value), f64::from(height) * frame as f64 / (frames.len() - 1) as f64, 1e-6, "a ramp between two ramps");
        }
        lengths.push(frames.len());
    }
    assert!(lengths.iter().any(|&length| length > 11 && length < 21), "{lengths:?}");
}

#[test]
fn rows_of_different_columns_cannot_be_mixed() {
    let train = TrainingSet { examples: vec![example(&[1.0], 0, 0), example(&[1.0, 2.0], 0, 0)], classes: 1 };
    let error = resample(train.clone(), &settings(BalanceMethod::Smote, 1), 1).unwrap_err();
    assert_eq!(error, BalanceError::Lengths { method: BalanceMethod::Smote, first: 1, other: 2 });
    assert_eq!(resample(train, &settings(BalanceMethod::RandomOver, 1), 1).unwrap().examples.len(), 2);
}

#[test]
fn counts_tell_what_each_method_lacks() {
    let check = |method, counts: &[usize]| check_counts(counts, &settings(method, 5));
    for method in [BalanceMethod::BorderlineSmote, BalanceMethod::Adasyn] {
        let error = check(method, &[9, 0, 5]).unwrap_err();
        assert_eq!(error, BalanceError::TooFewRows { method, class: 2, rows: 5, k_neighbours: 5 });
        assert_eq!(error.class(), Some(2));
        assert!(error.to_string().contains(&format!("but {} with 5 neighbours needs at least 6", method.name())), "{error}");
        assert!(check(method, &[5, 5]).is_ok(), "classes of one size need no rows");
    }
    let few = BalanceSettings { m_neighbours: 20, ..settings(BalanceMethod::BorderlineSmote, 5) };
    let error = check_counts(&[10, 8], &few).unwrap_err();
    assert_eq!(error, BalanceError::TooFewRowsInAll { rows: 18, m_neighbours: 20 });
    assert!(error.to_string().contains("needs at least 21: make `balance.m_neighbours` smaller"), "{error}");
    assert!(check_counts(&[10, 8], &BalanceSettings { m_neighbours: 17, ..few }).is_ok());
    assert!(check(BalanceMethod::RandomOver, &[9, 1]).is_ok());
}

#[test]
fn adasyn_says_which_class_it_cannot_weigh() {
    let rows: Vec<[f32; 1]> = (0..10).map(|row| [if row < 6 { row as f32 } else { 100.0 + row as f32 }]).collect();
    let rows: Vec<&[f32]> = rows.iter().map(<[f32; 1]>::as_slice).collect();
    let labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
    let error = draws(&rows, &labels, 2, &settings(BalanceMethod::Adasyn, 2), 1).unwrap_err();
    assert_eq!(error, BalanceError::NoForeignNeighbours { class: 1, k_neighbours: 2 });
    assert!(error.to_string().contains("of class 1 is of another class") && error.to_string().contains("\"smote\""), "{error}");
    let error = draws(&rows, &labels[1..], 2, &settings(BalanceMethod::Adasyn, 2), 1).unwrap_err();
    assert_eq!(error, BalanceError::Labels { rows: 10, labels: 9 });
    let border = draws(&rows, &labels, 2, &settings(BalanceMethod::BorderlineSmote, 2), 1);
    assert_eq!(border, Err(BalanceError::TooFewRowsInAll { rows: 10, m_neighbours: 10 }));
    let far = BalanceSettings { m_neighbours: 3, ..settings(BalanceMethod::BorderlineSmote, 2) };
    assert_eq!(draws(&rows, &labels, 2, &far, 1), Ok(Vec::new()), "a class without rows at a border stays as it is");
}

#[test]
fn settings_are_checked_with_their_key() {
    let error = settings(BalanceMethod::Smote, 0).check().unwrap_err();
    assert_eq!(error.key, "balance.k_neighbours");
    assert!(settings(BalanceMethod::RandomOver, 0).check().is_ok(), "it reads no neighbours");
    let none = |method| BalanceSettings { m_neighbours: 0, ..settings(method, 5) };
    assert_eq!(none(BalanceMethod::BorderlineSmote).check().unwrap_err().key, "balance.m_neighbours");
    assert!(none(BalanceMethod::Adasyn).check().is_ok());
}

fn rows_of_classes() -> impl Strategy<Value = Vec<(usize, Vec<f64>)>> {
    let row = |class| (Just(class), proptest::collection::vec(-10.0..10.0_f64, 6));
    let rows = |class, sizes| proptest::collection::vec(row(class), sizes);
    (rows(0, 4..12), rows(2, 4..12), rows(3, 4..12)).prop_map(|(a, b, c)| [a, b, c].concat())
}

proptest! {
    #[test]
    fn samplers_take_any_rows(rows in rows_of_classes(), seed in any::<u32>(), k in 1..4_usize, m in 1..12_usize) {
        // Whole numbers, so that many rows are equally near or the same.
        let values: Vec<Vec<f32>> = rows.iter().map(|(_, values)| values.iter().map(|value| (value / 8.0).round() as f32).collect()).collect();
        let values: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
        let labels: Vec<usize> = rows.iter().map(|&(label, _)| label).collect();
        for method in [BalanceMethod::Smote, BalanceMethod::BorderlineSmote, BalanceMethod::Adasyn] {
            let settings = BalanceSettings { m_neighbours: m, ..settings(method, k) };
            match draws(&values, &labels, 4, &settings, seed) {
                Ok(drawn) => for draw in drawn {
                    prop_assert!((0.0..1.0).contains(&draw.step));
                    prop_assert!(draw.parents.iter().all(|&row| labels[row] == draw.class));
                },
                Err(BalanceError::NoForeignNeighbours { .. } | BalanceError::NothingDrawn { .. }) => prop_assert!(method == BalanceMethod::Adasyn),
                Err(error) => prop_assert!(false, "{error}"),
            }
        }
    }

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
