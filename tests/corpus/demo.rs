//! The synthetic voices: deterministic, of plausible length and level, and different by emotion as the literature says.

use std::collections::BTreeSet;

use intone::audio::Clip;
use intone::corpus::demo::{SAMPLE_RATE, Utterance, corpus};
use intone::corpus::{ClipSource, Corpus, Emotion, duplicates};

fn utterances(corpus: &Corpus) -> Vec<Utterance> {
    let utterance = |source: &ClipSource| match source {
        ClipSource::Demo(utterance) => *utterance,
        ClipSource::File(path) => panic!("a file in the demo corpus: {}", path.display()),
    };
    corpus.clips.iter().map(|clip| utterance(&clip.source)).collect()
}

fn level_db(clip: &Clip) -> f64 {
    let power: f64 = clip.samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / clip.samples.len() as f64;
    10.0 * power.log10()
}

/// The pitch of the loudest 40 ms, by the highest peak of their autocorrelation between 60 and 500 Hz.
fn pitch_hz(clip: &Clip) -> f64 {
    const WINDOW: usize = 640;
    let energy = |window: &[f32]| window.iter().map(|sample| sample * sample).sum::<f32>();
    let windows = clip.samples.windows(2 * WINDOW).step_by(WINDOW / 2);
    let loudest = windows.max_by(|a, b| energy(a).total_cmp(&energy(b))).expect("a clip is longer than 80 ms");
    let correlation = |lag: usize| {
        let (a, b) = (&loudest[..WINDOW], &loudest[lag..lag + WINDOW]);
        a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>() / (energy(a) * energy(b)).sqrt()
    };
    let best = (32..=266).max_by(|&a, &b| correlation(a).total_cmp(&correlation(b))).expect("some lag");
    // A multiple of the period fits about as well: the shortest that does is the period.
    let lag =
        (32..=best).find(|&lag| correlation(lag) > 0.93 * correlation(best) && correlation(lag) >= correlation(lag + 1)).unwrap_or(best);
    f64::from(SAMPLE_RATE) / lag as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn the_table_has_a_row_for_each_speaker_emotion_and_clip() {
    let corpus = corpus(3, 5);
    assert_eq!(corpus.clips.len(), 3 * 8 * 5);
    assert_eq!(corpus.clips_by_label(), [15; 8]);
    assert_eq!(corpus.speakers(), ["s01", "s02", "s03"]);
    assert!(corpus.synthetic && corpus.name.contains("synthetic"));
    assert_eq!(corpus.clips.iter().map(|clip| &clip.id).collect::<BTreeSet<_>>().len(), corpus.clips.len());
    assert!(corpus.clips.is_sorted_by(|a, b| a.id < b.id));
    for clip in &corpus.clips {
        assert!(clip.id.contains(&corpus.labels[clip.label]));
        assert_eq!(clip.extra["sex"], if clip.speaker == "s02" { "female" } else { "male" });
    }
}

#[test]
fn the_same_utterance_is_the_same_to_the_bit_on_any_thread_and_no_two_are_alike() {
    let corpus = corpus(2, 2);
    let hash = |utterance: &Utterance| {
        let clip = utterance.synthesise();
        duplicates::audio_hash(&clip.samples, clip.sample_rate)
    };
    let utterances = utterances(&corpus);
    let here: Vec<String> = utterances.iter().map(hash).collect();
    let elsewhere: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = utterances.iter().rev().map(|utterance| scope.spawn(|| hash(utterance))).collect();
        threads.into_iter().rev().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(here, elsewhere);
    assert_eq!(here.iter().collect::<BTreeSet<_>>().len(), here.len());
}

#[test]
fn clips_are_sound_of_one_to_three_seconds_that_does_not_clip() {
    // More speakers than the default, for the extremes.
    for utterance in utterances(&corpus(24, 1)) {
        let clip = utterance.synthesise();
        assert_eq!(clip.sample_rate, SAMPLE_RATE);
        assert!((1.2..=2.5).contains(&clip.duration_s()), "{utterance:?}: {} s", clip.duration_s());
        assert!(clip.samples.iter().all(|sample| sample.is_finite() && sample.abs() < 0.98), "{utterance:?}");
        assert!((-55.0..-8.0).contains(&level_db(&clip)), "{utterance:?}: {} dB", level_db(&clip));
        let mean = clip.samples.iter().map(|&sample| f64::from(sample)).sum::<f64>() / clip.samples.len() as f64;
        assert!(mean.abs() < 1e-3, "{utterance:?}: offset {mean}");
    }
}

#[test]
fn emotions_and_sexes_differ_as_the_table_says() {
    let clips: Vec<(Utterance, Clip)> =
        utterances(&corpus(6, 2)).into_iter().map(|utterance| (utterance, utterance.synthesise())).collect();
    let median_of = |wanted: &dyn Fn(&Utterance) -> bool, measure: &dyn Fn(&Clip) -> f64| {
        median(clips.iter().filter(|(utterance, _)| wanted(utterance)).map(|(_, clip)| measure(clip)).collect())
    };
    let of = |emotion: Emotion, measure: &dyn Fn(&Clip) -> f64| median_of(&|utterance| utterance.emotion == emotion, measure);
    use Emotion::{Angry, Calm, Disgust, Fearful, Happy, Neutral, Sad};
    let neutral_db = of(Neutral, &level_db);
    assert!(of(Angry, &level_db) > neutral_db + 5.0 && of(Happy, &level_db) > neutral_db + 2.0);
    assert!(of(Sad, &level_db) < neutral_db - 3.0 && of(Calm, &level_db) < neutral_db - 1.0);
    let seconds = |clip: &Clip| clip.duration_s();
    assert!(of(Sad, &seconds) > 1.15 * of(Neutral, &seconds) && of(Disgust, &seconds) > 1.1 * of(Neutral, &seconds));
    assert!(of(Fearful, &seconds) < of(Neutral, &seconds));
    let neutral_hz = of(Neutral, &pitch_hz);
    for emotion in [Happy, Angry, Fearful] {
        assert!(of(emotion, &pitch_hz) > 1.1 * neutral_hz, "{emotion}: {} Hz, neutral {neutral_hz} Hz", of(emotion, &pitch_hz));
    }
    let of_sex = |remainder: usize| median_of(&|utterance| utterance.emotion == Neutral && utterance.speaker % 2 == remainder, &pitch_hz);
    let (men, women) = (of_sex(1), of_sex(0));
    assert!((80.0..175.0).contains(&men) && (160.0..330.0).contains(&women), "men {men} Hz, women {women} Hz");
}
