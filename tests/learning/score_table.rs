use intone::metrics::{
    Attribute, BootstrapSettings, CLASS_METRICS, METRICS, MetricsError, PredictionRow, Predictions, Scope, ScoreTable, Scores, score_table,
};
use intone::seed::stream;
use ndarray::Array2;
use rand::Rng;

use super::fixture::close;

const LABELS: [&str; 3] = ["calm", "angry", "sad"];

fn labels() -> Vec<String> {
    LABELS.iter().map(|label| label.to_string()).collect()
}

/// Six speakers in two folds, eight clips each, two seeds; the later speakers are recognised worse.
fn rows() -> Vec<PredictionRow> {
    let mut random = stream(5, &["test"]);
    let mut rows = Vec::new();
    for seed in [11, 3] {
        for speaker in 0..6_usize {
            for clip in 0..8_usize {
                let truth = (clip + speaker) % 3;
                let mut weights: Vec<f64> = (0..3).map(|_| random.r#gen::<f64>()).collect();
                weights[truth] += 1.0 - speaker as f64 / 6.0;
                let sum: f64 = weights.iter().sum();
                rows.push(PredictionRow {
                    clip: format!("{speaker}-{clip}"),
                    speaker: format!("s{speaker}"),
                    fold: (speaker / 3 + 1).to_string(),
                    seed,
                    truth,
                    probabilities: weights.iter().map(|weight| weight / sum).collect(),
                });
            }
        }
    }
    rows
}

fn scores(rows: &[PredictionRow], keep: impl Fn(&PredictionRow) -> bool) -> Scores {
    let rows: Vec<_> = rows.iter().filter(|row| keep(row)).collect();
    let truth: Vec<usize> = rows.iter().map(|row| row.truth).collect();
    Scores::from_probabilities(&truth, &Array2::from_shape_fn((rows.len(), 3), |(row, class)| rows[row].probabilities[class])).unwrap()
}

fn settings(resamples: usize) -> BootstrapSettings {
    BootstrapSettings { resamples, seed: 1 }
}

#[test]
fn every_scope_is_scored_as_documented() {
    let rows = rows();
    let table = ScoreTable::from_predictions(&Predictions::from_rows(&labels(), &rows).unwrap(), settings(200)).unwrap();
    let (a, b) = (scores(&rows, |row| row.seed == 3), scores(&rows, |row| row.seed == 11));
    assert_eq!(table.keys(Scope::Seed), ["3", "11"]);
    assert_eq!(table.keys(Scope::Fold), ["1", "2"]);
    assert_eq!(table.keys(Scope::Class), LABELS);
    assert_eq!(table.keys(Scope::Speaker).len(), 6);
    for (index, metric) in METRICS.iter().enumerate() {
        let (a, b) = (a.values()[index], b.values()[index]);
        let overall = table.overall(metric).unwrap();
        close(overall.value, (a + b) / 2.0, 1e-12, metric);
        assert!(overall.low <= overall.value && overall.value <= overall.high && overall.low < overall.high, "{overall:?}");
        assert_eq!(overall.n, 48);
        close(table.get(Scope::Seed, "11", metric).unwrap().value, b, 1e-12, metric);
        close(table.get(Scope::Deviation, "", metric).unwrap().value, (a - b).abs() / 2.0_f64.sqrt(), 1e-12, metric);
        let fold = [3, 11].map(|seed| scores(&rows, |row| row.seed == seed && row.fold == "2").values()[index]);
        let found = table.get(Scope::Fold, "2", metric).unwrap();
        close(found.value, (fold[0] + fold[1]) / 2.0, 1e-12, metric);
        assert!(found.n == 24 && found.low.is_nan());
    }
    for (index, metric) in CLASS_METRICS.iter().enumerate() {
        let found = table.get(Scope::Class, "sad", metric).unwrap();
        close(found.value, (a.classes[2].values()[index] + b.classes[2].values()[index]) / 2.0, 1e-12, metric);
        assert_eq!(found.n, 16);
    }
    let speaker = [3, 11].map(|seed| scores(&rows, |row| row.seed == seed && row.speaker == "s4").uar);
    close(table.get(Scope::Speaker, "s4", "uar").unwrap().value, (speaker[0] + speaker[1]) / 2.0, 1e-12, "speaker");
    assert_eq!(table.get(Scope::Speaker, "s4", "accuracy").unwrap().n, 8);
    assert!(table.get(Scope::Speaker, "s4", "auc").is_none());
}

/// The same interval, from resampled rows that are scored from scratch.
#[test]
fn intervals_are_those_of_resampled_speakers() {
    let rows = rows();
    let table = ScoreTable::from_predictions(&Predictions::from_rows(&labels(), &rows).unwrap(), settings(1500)).unwrap();
    let mut random = stream(99, &["another stream"]);
    let mut samples: Vec<[f64; 6]> = (0..1500)
        .map(|_| {
            let drawn: Vec<String> = (0..6).map(|_| format!("s{}", random.gen_range(0..6))).collect();
            let sampled: Vec<PredictionRow> =
                drawn.iter().flat_map(|speaker| rows.iter().filter(move |row| row.speaker == *speaker).cloned()).collect();
            let by_seed = [3, 11].map(|seed| scores(&sampled, |row| row.seed == seed).values());
            std::array::from_fn(|index| (by_seed[0][index] + by_seed[1][index]) / 2.0)
        })
        .collect();
    for (index, metric) in METRICS.iter().enumerate() {
        samples.sort_by(|a, b| a[index].total_cmp(&b[index]));
        let found = table.overall(metric).unwrap();
        // Two sets of 1500 draws differ by chance: by a tenth of the interval's width at most.
        let tolerance = 0.1 * (found.high - found.low);
        close(found.low, samples[37][index], tolerance, metric);
        close(found.high, samples[1462][index], tolerance, metric);
    }
}

#[test]
fn the_table_does_not_depend_on_threads_or_the_order_of_rows() {
    let rows = rows();
    let table = |rows: &[PredictionRow]| score_table(&Predictions::from_rows(&labels(), rows).unwrap(), settings(300)).unwrap();
    let expected = table(&rows);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert!(one_thread.install(|| table(&rows)).equals_missing(&expected));
    let mut turned = rows.clone();
    turned.rotate_left(20);
    let (a, b) = (ScoreTable::from_frame(&table(&turned)).unwrap(), ScoreTable::from_frame(&expected).unwrap());
    for row in &b.rows {
        close(a.get(row.scope, &row.key, &row.metric).unwrap().value, row.value, 1e-12, &row.metric);
    }
}

#[test]
fn one_seed_has_no_deviation_and_one_speaker_no_interval() {
    let rows: Vec<_> = rows().into_iter().filter(|row| row.seed == 3 && row.speaker == "s1").collect();
    let table = ScoreTable::from_predictions(&Predictions::from_rows(&labels(), &rows).unwrap(), settings(50)).unwrap();
    assert!(table.keys(Scope::Deviation).is_empty());
    assert!(table.overall("uar").unwrap().low.is_nan());
    let empty = Predictions::from_rows(&labels(), &[]).unwrap();
    assert!(matches!(ScoreTable::from_predictions(&empty, settings(50)), Err(MetricsError::Empty)));
}

#[test]
fn tables_survive_parquet() {
    let rows = rows();
    let predictions = Predictions::from_rows(&labels(), &rows).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.parquet");
    predictions.write_parquet(std::fs::File::create(&path).unwrap()).unwrap();
    let read = Predictions::read_parquet(&path).unwrap();
    assert_eq!(read.labels, labels());
    assert_eq!(read.rows().unwrap(), rows);
    assert!(read.frame.equals(&predictions.frame));

    let table = ScoreTable::from_predictions(&read, settings(50)).unwrap();
    let path = folder.path().join("scores.parquet");
    table.write_parquet(std::fs::File::create(&path).unwrap()).unwrap();
    assert!(ScoreTable::read_parquet(&path).unwrap().to_frame().unwrap().equals_missing(&table.to_frame().unwrap()));
    let missing = Predictions::read_parquet(&folder.path().join("none")).unwrap_err().to_string();
    assert!(missing.starts_with("cannot read ") && missing.contains("none"), "{missing}");
    assert!(Predictions::read_parquet(&path).unwrap_err().to_string().contains("`clip`"));
}

#[test]
fn predictions_are_filtered_joined_and_checked() {
    let rows = rows();
    let mut all = Predictions::from_rows(&labels(), &[]).unwrap();
    for chunk in rows.chunks(7) {
        all.extend(&Predictions::from_rows(&labels(), chunk).unwrap()).unwrap();
    }
    assert_eq!(all.rows().unwrap(), rows);
    assert_eq!(all.with_seed(3).unwrap().len(), 48);
    assert_eq!(all.with_fold("2").unwrap().with_seed(11).unwrap().len(), 24);
    assert_eq!(all.probabilities().unwrap().dim(), (96, 3));
    assert!(all.extend(&Predictions::from_rows(&labels()[..2], &[]).unwrap()).is_err());

    let row = |truth, probabilities| PredictionRow { truth, probabilities, ..rows[0].clone() };
    let tied = Predictions::from_rows(&labels(), &[row(0, vec![0.2, 0.4, 0.4])]).unwrap();
    assert_eq!(tied.predicted().unwrap(), [1]);
    let wrong = [row(3, vec![0.2, 0.4, 0.4]), row(0, vec![1.0]), row(0, vec![0.5, f64::NAN, 0.5])];
    for row in wrong {
        assert!(Predictions::from_rows(&labels(), &[row]).is_err());
    }
}

/// By hand: three clips of two speakers; each seed errs once, but their averaged probabilities do not.
#[test]
fn the_ensemble_averages_probabilities_over_seeds() {
    let labels = ["a".to_owned(), "b".to_owned()];
    let row = |clip: &str, speaker: &str, seed: u64, truth: usize, p: f64| PredictionRow {
        clip: clip.to_owned(),
        speaker: speaker.to_owned(),
        fold: "1".to_owned(),
        seed,
        truth,
        probabilities: vec![p, 1.0 - p],
    };
    let rows = [
        row("x", "s", 1, 0, 0.9),
        row("y", "s", 1, 1, 0.6),
        row("z", "t", 1, 1, 0.2),
        row("x", "s", 2, 0, 0.4),
        row("y", "s", 2, 1, 0.1),
        row("z", "t", 2, 1, 0.3),
    ];
    let together = intone::metrics::ensemble(&rows);
    let probabilities: Vec<f64> = together.iter().map(|row| row.probabilities[0]).collect();
    for (found, expected) in probabilities.iter().zip([0.65, 0.35, 0.25]) {
        assert!((found - expected).abs() < 1e-12, "{probabilities:?}");
    }
    let predictions = Predictions::from_rows(&labels, &rows).unwrap();
    let table = ScoreTable::from_predictions(&predictions, BootstrapSettings { resamples: 20, seed: 1 }).unwrap();
    let uar = |scope, key| table.get(scope, key, "uar").map(|score| score.value);
    assert_eq!(uar(Scope::Ensemble, ""), Some(1.0));
    assert_eq!(uar(Scope::Seed, "1"), Some(0.75));
    assert_eq!(uar(Scope::Seed, "2"), Some(0.5));
    let single = Predictions::from_rows(&labels, &rows[..3]).unwrap();
    let table = ScoreTable::from_predictions(&single, BootstrapSettings { resamples: 20, seed: 1 }).unwrap();
    assert!(table.get(Scope::Ensemble, "", "uar").is_none(), "one seed is no ensemble");
}

#[test]
fn groups_are_scored_over_their_own_clips_where_there_are_a_few() {
    let rows = rows();
    let predictions = Predictions::from_rows(&labels(), &rows).unwrap();
    let mut table = ScoreTable::from_predictions(&predictions, settings(200)).unwrap();
    let sex = |row: &PredictionRow| if row.speaker.as_str() < "s3" { "female" } else { "male" };
    let attribute = |name: &str, of: &dyn Fn(&PredictionRow) -> String| Attribute {
        name: name.to_owned(),
        values: rows.iter().map(|row| (row.clip.clone(), of(row))).collect(),
    };
    let attributes = [
        attribute("sex", &|row| sex(row).to_owned()),
        attribute("file", &|row| row.clip.clone()),
        attribute("corpus", &|_| "one".to_owned()),
    ];
    table.add_groups(&predictions, &attributes, settings(200)).unwrap();
    assert_eq!(table.keys(Scope::Group), ["sex=female", "sex=male"], "names and what all share are no groups");
    for name in ["female", "male"] {
        let of_seed = |seed| scores(&rows, |row| row.seed == seed && sex(row) == name);
        let found = table.get(Scope::Group, &format!("sex={name}"), "uar").unwrap();
        close(found.value, f64::midpoint(of_seed(3).uar, of_seed(11).uar), 1e-12, name);
        assert!(found.low <= found.value && found.value <= found.high && found.n == 24, "{found:?}");
    }
    assert_eq!(ScoreTable::from_frame(&table.to_frame().unwrap()).unwrap().keys(Scope::Group).len(), 2);
}
