use intone::metrics::{BootstrapSettings, METRICS, MetricsError, Pairing, PredictionRow, Predictions, mcnemar};
use serde_json::Value;

use super::fixture::{close, indices, json, list};

fn fixture() -> Value {
    json(include_str!("../fixtures/paired.json"))
}

fn labels(count: usize) -> Vec<String> {
    (0..count).map(|class| format!("class {class}")).collect()
}

/// A row that is sure of `predicted`.
fn row(clip: usize, speaker: usize, seed: u64, truth: usize, predicted: usize, classes: usize) -> PredictionRow {
    let probabilities = (0..classes).map(|class| if class == predicted { 0.7 } else { 0.3 / (classes - 1) as f64 }).collect();
    PredictionRow { clip: format!("clip {clip:03}"), speaker: format!("{speaker:02}"), fold: "1".to_owned(), seed, truth, probabilities }
}

fn table(rows: &[PredictionRow], classes: usize) -> Predictions {
    Predictions::from_rows(&labels(classes), rows).unwrap()
}

fn tables(paired: &Value) -> [Predictions; 2] {
    let (speakers, truth) = (indices(&paired["speaker"]), indices(&paired["truth"]));
    ["first", "second"].map(|side| {
        let rows: Vec<_> = indices(&paired[side])
            .into_iter()
            .enumerate()
            .map(|(clip, predicted)| row(clip, speakers[clip], 42, truth[clip], predicted, 4))
            .collect();
        table(&rows, 4)
    })
}

#[test]
fn mcnemar_equals_statsmodels() {
    for case in list(&fixture()["mcnemar"]) {
        let test = mcnemar(case["b"].as_u64().unwrap(), case["c"].as_u64().unwrap());
        assert_eq!(test.exact, case["exact"].as_bool().unwrap());
        close(test.statistic, case["statistic"].as_f64().unwrap(), 1e-12, "statistic");
        let p = case["p"].as_f64().unwrap();
        close(test.p / p, 1.0, 1e-11, &format!("p of {case}"));
    }
}

#[test]
fn differences_equal_scikit_learn_and_the_interval_that_of_numpy() {
    let fixture = fixture();
    let [first, second] = tables(&fixture["paired"]);
    let pairing = Pairing::new(&first, &second).unwrap();
    assert_eq!((pairing.clips, pairing.only_first, pairing.only_second), (360, 0, 0));
    let found = pairing.differences(BootstrapSettings { resamples: 4000, seed: 7 });
    for difference in &found[..4] {
        let expected = &fixture["paired"]["scores"][difference.metric];
        let number = |key: &str| expected[key].as_f64().unwrap();
        close(difference.first, number("first"), 1e-12, difference.metric);
        close(difference.second, number("second"), 1e-12, difference.metric);
        close(difference.difference, difference.second - difference.first, 1e-15, difference.metric);
        // Two draws of 4000 resamples: percentiles of a deviation of about 0.026 agree to a few thousandths.
        close(difference.low, number("low"), 0.006, difference.metric);
        close(difference.high, number("high"), 0.006, difference.metric);
        close(difference.flipped, number("flipped"), 0.04, difference.metric);
    }
    assert_eq!(found, pairing.differences(BootstrapSettings { resamples: 4000, seed: 7 }));
}

#[test]
fn swapped_sides_turn_the_signs_and_equal_sides_differ_in_nothing() {
    let [first, second] = tables(&fixture()["paired"]);
    let settings = BootstrapSettings { resamples: 200, seed: 1 };
    let there = Pairing::new(&first, &second).unwrap().differences(settings);
    let back = Pairing::new(&second, &first).unwrap().differences(settings);
    for (there, back) in there.iter().zip(&back) {
        close(there.difference, -back.difference, 1e-12, there.metric);
        close(there.low, -back.high, 1e-12, there.metric);
        close(there.flipped, back.flipped, 1e-12, there.metric);
    }
    for same in Pairing::new(&first, &first).unwrap().differences(settings) {
        assert_eq!((same.difference, same.low, same.high, same.flipped), (0.0, 0.0, 0.0, 1.0), "{}", same.metric);
    }
}

#[test]
fn only_shared_clips_count_whatever_the_order_of_classes() {
    let first = table(&[row(0, 1, 42, 0, 0, 3), row(1, 1, 42, 1, 2, 3), row(2, 2, 42, 2, 2, 3), row(3, 2, 42, 2, 2, 3)], 3);
    // The same classes in another order: the index of each is turned by one.
    let turned: Vec<String> = [2, 0, 1].iter().map(|class| labels(3)[*class].clone()).collect();
    let turn = |class: usize| (class + 1) % 3;
    let rows = [row(1, 9, 42, turn(1), turn(1), 3), row(2, 2, 42, turn(2), turn(0), 3), row(7, 2, 42, turn(0), turn(0), 3)];
    let pairing = Pairing::new(&first, &Predictions::from_rows(&turned, &rows).unwrap()).unwrap();
    assert_eq!((pairing.clips, pairing.only_first, pairing.only_second), (2, 2, 1));
    let answers: Vec<_> =
        pairing.answers().into_iter().map(|clip| (clip.clip, clip.speaker, clip.truth, clip.first, clip.second)).collect();
    let of = |clip: &str, speaker: &str, truth, first, second| (clip.to_owned(), speaker.to_owned(), truth, first, second);
    assert_eq!(answers, [of("clip 001", "01", 1, 2, 1), of("clip 002", "02", 2, 2, 0)]);
    assert_eq!(pairing.differences(BootstrapSettings::default())[1].first, 0.5);
}

#[test]
fn several_seeds_give_the_mean_of_their_scores_and_one_answer_together() {
    let mut rows: Vec<_> = (0..3).map(|seed| row(0, 1, seed, 0, usize::from(seed == 0), 2)).collect();
    rows.extend((0..3).map(|seed| row(1, 2, seed, 1, 1, 2)));
    let one = table(&[row(0, 1, 42, 0, 1, 2), row(1, 2, 42, 1, 1, 2)], 2);
    let pairing = Pairing::new(&one, &table(&rows, 2)).unwrap();
    let accuracy = &pairing.differences(BootstrapSettings::default())[METRICS.iter().position(|name| *name == "accuracy").unwrap()];
    close(accuracy.second, (0.5 + 1.0 + 1.0) / 3.0, 1e-12, "mean over the seeds");
    let answers = pairing.answers();
    assert_eq!(answers.len(), 2);
    assert!(!answers[0].first_right() && answers[0].second_right(), "two of three seeds outvote the third");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let base = table(&[row(0, 1, 42, 0, 0, 3)], 3);
    assert!(matches!(Pairing::new(&base, &table(&[row(0, 1, 42, 0, 0, 2)], 2)), Err(MetricsError::OtherClasses { .. })));
    assert!(matches!(Pairing::new(&base, &table(&[row(1, 1, 42, 0, 0, 3)], 3)), Err(MetricsError::NothingShared { first: 1, second: 1 })));
    let other = Pairing::new(&base, &table(&[row(0, 1, 42, 1, 0, 3)], 3));
    assert!(matches!(other, Err(MetricsError::OtherTruth { ref first, .. }) if first == "class 0"));
    let one_speaker = Pairing::new(&base, &base).unwrap().differences(BootstrapSettings::default());
    assert!(one_speaker[0].low.is_nan() && one_speaker[0].flipped.is_nan());
}
