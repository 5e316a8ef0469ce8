use std::path::PathBuf;
use std::time::Instant;

use intone::audio::{self, Clip, resample};
use intone::corpus::demo;
use intone::corpus::sketch::{NEARLY, Sketch, near_identical};
use intone::corpus::{ClipSource, Corpus};
use rand::Rng;

fn voices(speakers: usize, takes: usize) -> Vec<Clip> {
    let Corpus { clips, .. } = demo::corpus(speakers, takes);
    let sound = |source: &ClipSource| match source {
        ClipSource::Demo(utterance) => Some(utterance.synthesise()),
        ClipSource::File(_) => None,
    };
    clips.iter().filter_map(|clip| sound(&clip.source)).collect()
}

fn sketch(clip: &Clip) -> Sketch {
    Sketch::of(&clip.samples, clip.sample_rate)
}

/// A clip with noise so many decibels below it.
fn noisy(clip: &Clip, decibels: f32) -> Clip {
    let power = clip.samples.iter().map(|value| value * value).sum::<f32>() / clip.samples.len() as f32;
    // Uniform noise from -a to a has a power of a²/3.
    let reach = (3.0 * power).sqrt() * 10.0_f32.powf(-decibels / 20.0);
    let mut random = intone::seed::stream(1, &["test"]);
    Clip { samples: clip.samples.iter().map(|value| value + random.gen_range(-reach..reach)).collect(), ..clip.clone() }
}

fn copies(clip: &Clip) -> Vec<(&'static str, Clip)> {
    let with = |samples: Vec<f32>| Clip { samples, ..clip.clone() };
    let at = |seconds: f64| (seconds * f64::from(clip.sample_rate)) as usize;
    let peak = clip.samples.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
    let ten_bits = |value: &f32| (value / peak * 512.0).round() / 512.0 * peak;
    let trimmed = clip.samples[at(0.1374)..clip.samples.len() - at(0.08)].to_vec();
    let both = with(trimmed.iter().map(|value| 0.4 * value).collect());
    vec![
        ("louder", with(clip.samples.iter().map(|value| 1.9 * value).collect())),
        ("softer", with(clip.samples.iter().map(|value| 0.2 * value).collect())),
        ("noise at 40 dB", noisy(clip, 40.0)),
        ("trimmed", with(trimmed)),
        ("coarse steps", with(clip.samples.iter().map(ten_bits).collect())),
        ("at 22 050 Hz", resample(clip, 22_050).unwrap()),
        ("at 48 000 Hz", resample(clip, 48_000).unwrap()),
        ("trimmed, softer, resampled, noise", noisy(&resample(&both, 22_050).unwrap(), 40.0)),
    ]
}

#[test]
fn copies_are_told_and_other_takes_are_not() {
    let clips = voices(3, 3);
    let mut sketches: Vec<Sketch> = clips.iter().map(sketch).collect();
    let found = near_identical(&sketches);
    assert!(found.is_empty(), "takes of the same sentence by the same speaker are other recordings: {found:?}");
    let originals = sketches.len();
    for (clip, original) in clips.iter().zip(sketches.clone()).step_by(9) {
        for (what, copy) in copies(clip) {
            let copy = sketch(&copy);
            let similarity = copy.similarity(&original);
            assert!(similarity >= NEARLY, "{what}: {similarity}");
            sketches.push(copy);
        }
    }
    let found = near_identical(&sketches);
    for copy in originals..sketches.len() {
        let of = (copy - originals) / 8 * 9;
        assert!(found.iter().any(|pair| (pair.first, pair.second) == (of, copy)), "copy {copy} of {of} is among the candidates");
    }
    assert!(found.iter().all(|pair| pair.second >= originals), "and no original with another");
}

#[test]
fn what_has_no_shape_is_like_nothing() {
    let silent = Sketch::of(&[0.0; 16_000], 16_000);
    assert_eq!(silent.similarity(&silent), 0.0);
    assert_eq!(Sketch::of(&[], 16_000).similarity(&silent), 0.0);
    let short = Sketch::of(&[0.5, -0.5, 0.25], 16_000);
    assert_eq!(short.similarity(&short), 0.0, "less than half a second tells nothing");
    assert!(near_identical(&[]).is_empty());
    assert!(near_identical(&[silent, short]).is_empty());
}

#[test]
fn a_sketch_is_kept_as_text() {
    let kept = sketch(&voices(1, 1)[0]);
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<Sketch>(&text).unwrap(), kept);
    assert!(text.len() < 6000, "{}", text.len());
}

#[test]
fn no_two_clips_of_ravdess_are_the_same_recording_and_copies_are() {
    let Some(folder) = std::env::var_os("INTONE_RAVDESS").map(PathBuf::from) else {
        println!("skipped: INTONE_RAVDESS is not set");
        return;
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join("speech"))
        .unwrap()
        .flat_map(|actor| std::fs::read_dir(actor.unwrap().path()).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>())
        .collect();
    files.sort();
    let files: Vec<PathBuf> = files.into_iter().step_by(if cfg!(debug_assertions) { 5 } else { 1 }).collect();
    let decode = |path: &PathBuf| audio::decode(&std::fs::read(path).unwrap(), &path.to_string_lossy()).unwrap().clip;
    let clips: Vec<Clip> = files.iter().map(decode).collect();
    let clock = Instant::now();
    let mut sketches: Vec<Sketch> = clips.iter().map(sketch).collect();
    println!("{} sketches in {:.2?}", sketches.len(), clock.elapsed());
    let clock = Instant::now();
    let found = near_identical(&sketches);
    println!("all pairs in {:.2?}: {found:?}", clock.elapsed());
    assert!(found.is_empty());
    let originals = sketches.len();
    let every = originals / 12;
    let mut least = 1.0_f32;
    for place in (0..originals).step_by(every) {
        for (what, copy) in copies(&clips[place]) {
            let copy = sketch(&copy);
            let similarity = copy.similarity(&sketches[place]);
            least = least.min(similarity);
            assert!(similarity >= NEARLY, "{what} of {}: {similarity}", files[place].display());
            sketches.push(copy);
        }
    }
    println!("least similarity of a copy: {least:.3}");
}
