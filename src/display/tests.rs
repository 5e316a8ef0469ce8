//! What is shown, form by form.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ndarray::{Array1, Array2, array};
use polars::prelude::{Column, DataFrame};

use super::{Bundle, Show, bars, named, plot, spectrogram};
use crate::audio::{self, Clip};
use crate::corpus::splits::make_folds;
use crate::corpus::{ClipSource, demo};
use crate::experiment::load::defaults;
use crate::features::{Extractor, FeatureMatrix, FeatureSet, FeatureSettings};
use crate::metrics::{ConfusionMatrix, Scores};
use crate::nn::EpochRecord;

fn voice() -> Clip {
    match &demo::corpus(2, 1).clips[0].source {
        ClipSource::Demo(utterance) => utterance.synthesise(),
        ClipSource::File(path) => panic!("{} is no demo clip", path.display()),
    }
}

fn features(sets: Vec<FeatureSet>) -> FeatureMatrix {
    let clip = voice();
    Extractor::new(&FeatureSettings { sets, ..FeatureSettings::librosa() }, clip.sample_rate).unwrap().frames(&clip.samples).unwrap()
}

fn html(bundle: &Bundle) -> &str {
    let html = bundle.get("text/html").unwrap_or_else(|| panic!("only text: {:?}", bundle.get("text/plain")));
    let links = html.replace("http://www.w3.org/2000/svg", "");
    assert!(!links.contains("<script") && !links.contains("http"), "nothing but what is in it");
    assert!(!bundle.get("text/plain").unwrap().is_empty());
    html
}

#[test]
fn a_clip_has_a_player_that_plays_it() {
    let clip = voice();
    let bundle = clip.bundle();
    let wav = html(&bundle).split("data:audio/wav;base64,").nth(1).unwrap().split('"').next().unwrap();
    let heard = audio::decode(&BASE64_STANDARD.decode(wav).unwrap(), "player").unwrap().clip;
    assert_eq!((heard.sample_rate, heard.samples.len()), (clip.sample_rate, clip.samples.len()));
    assert!(heard.samples.iter().zip(&clip.samples).all(|(a, b)| (a - b.clamp(-1.0, 1.0)).abs() <= 0.5001 / 32768.0 + 1e-4));
}

#[test]
fn features_are_drawn_group_by_group() {
    let matrix = features(vec![FeatureSet::Mfcc, FeatureSet::Chroma, FeatureSet::Rms]);
    let bundle = matrix.bundle();
    let page = html(&bundle);
    assert_eq!((page.matches("<svg").count(), page.matches("data:image/png").count()), (3, 4), "two heat maps with their scales, one line");
    assert!(bundle.get("text/plain").unwrap().contains("mfcc (20), chroma (12), rms"));
    let clip = voice();
    let means = Extractor::new(&FeatureSettings::librosa(), clip.sample_rate).unwrap().mean(&clip.samples).unwrap();
    assert!(html(&means.bundle()).contains("one row"));
    assert!(html(&spectrogram(&clip).unwrap().bundle()).contains("8000 Hz"));
}

#[test]
fn names_and_texts_are_shown_as_they_are() {
    let evil = ["<script>".to_owned(), "b".to_owned()];
    let matrix = ConfusionMatrix::from_pairs(&[0, 0, 1], &[0, 1, 1], 2).unwrap();
    assert!(html(&named(&matrix, &evil).bundle()).contains("&lt;script&gt;"));
    assert!(html(&named(&Scores::from_confusion(&matrix), &evil).bundle()).contains("script"));
    let frame = DataFrame::new(1, vec![Column::new("<script>".into(), ["<script>"])]).unwrap();
    assert!(html(&frame.bundle()).contains("1 rows × 1 columns"));
    assert!(html(&bars("<script>", &evil, &[("<script>", &[1.0, f64::NAN])]).bundle()).contains("&lt;script&gt;"));
}

#[test]
fn scores_say_what_they_are() {
    let labels = ["calm", "angry"].map(str::to_owned);
    let matrix = ConfusionMatrix::from_pairs(&[0, 0, 1, 1], &[0, 1, 1, 1], 2).unwrap();
    let bundle = named(&Scores::from_confusion(&matrix), &labels).bundle();
    assert!(bundle.get("text/plain").unwrap().starts_with("UAR 75.0%, accuracy 75.0%"));
    assert!(html(&bundle).contains("<td>calm</td>"));
    assert_eq!(named(&matrix, &labels).bundle().get("text/plain").unwrap(), "       calm angry\n calm     1     1\nangry     0     2");
    assert!(html(&matrix.bundle()).contains("Confusion matrix"));
}

#[test]
fn a_training_shows_its_curves() {
    let record = |epoch: usize| EpochRecord {
        epoch,
        train_loss: 1.0 / epoch as f64,
        validation_loss: Some(1.0),
        validation_uar: Some(0.5),
        learning_rate: 0.001,
        seconds: 1.0,
        kept: epoch == 2,
    };
    let records: Vec<EpochRecord> = (1..4).map(record).collect();
    let bundle = records.bundle();
    assert_eq!(html(&bundle).matches("<figure").count(), 2);
    assert_eq!(bundle.get("text/plain").unwrap(), "3 epochs, training loss 0.333, validation UAR 50.0%");
}

#[test]
fn corpora_and_folds_are_told_in_numbers() {
    let corpus = demo::corpus(6, 1);
    assert!(html(&corpus.bundle()).contains("48 clips by 6 speakers"));
    let folds = make_folds(&corpus, &defaults(&[]).unwrap().split, 42).unwrap();
    assert_eq!(html(&folds.bundle()).matches("<tr>").count(), 1 + folds.folds.len());
}

#[test]
fn long_frames_are_cut_and_say_so() {
    let numbers: Vec<i64> = (0..100).collect();
    let frame = DataFrame::new(100, vec![Column::new("n".into(), numbers)]).unwrap();
    let bundle = frame.bundle();
    let page = html(&bundle);
    assert!(page.contains("100 rows × 1 columns") && page.contains(">99<") && !page.contains(">50<"));
}

#[test]
fn arrays_and_plots_are_pictures() {
    assert!(html(&array![[1.0_f32, 2.0], [3.0, 4.0]].bundle()).contains("2 × 2"));
    assert!(html(&array![1_u8, 2, 3].bundle()).contains("3 values"));
    assert!(html(&plot((40, 30), |_| Ok(())).unwrap().bundle()).contains("width=\"40\""));
    assert!(plot((40, 30), |_| Err("no data".into())).is_err());
}

/// Nothing to show is no reason to fail.
#[test]
fn what_is_empty_is_shown_too() {
    let clip = Clip { samples: vec![], sample_rate: 16_000 };
    let nothing = FeatureMatrix { values: Array2::zeros((0, 0)), columns: [].into(), frame_step_s: 0.01 };
    let flat = FeatureMatrix {
        values: Array2::from_elem((3, 6), f32::NAN),
        columns: (0..6).map(|i| format!("mel_{i}")).collect(),
        frame_step_s: 0.01,
    };
    let shown = [
        clip.bundle(),
        nothing.bundle(),
        flat.bundle(),
        Array2::<f32>::zeros((0, 3)).bundle(),
        Array1::<f64>::zeros(0).bundle(),
        Vec::<EpochRecord>::new().bundle(),
        DataFrame::empty().bundle(),
        ConfusionMatrix::new(0).bundle(),
        bars("", &[], &[]).bundle(),
    ];
    for bundle in shown {
        assert!(bundle.get("text/plain").is_some());
    }
    assert!(spectrogram(&clip).is_err());
}
