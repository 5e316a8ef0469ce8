#![allow(unused)]
use intone::prelude::*;
fn main() -> Result<(), Box<dyn std::error::Error>> {
let corpus: String = "demo".to_owned();
let emotion: String = "angry".to_owned();
let against: String = "sad".to_owned();
let config: Config = defaults(&[format!("corpus.kind={corpus}")])?;
let clips: Corpus = Corpus::load(&config.corpus)?;
fn first(corpus: &Corpus, emotion: &str) -> Result<Clip, String> {
    let class = corpus.labels.iter().position(|label| label == emotion).ok_or(format!("no emotion is called {emotion}: {:?}", corpus.labels))?;
    let row = corpus.clips.iter().find(|row| row.label == class).ok_or(format!("no clip is {emotion}"))?;
    row.source.clip().map_err(|error| error.to_string())
}
let clip: Clip = first(&clips, &emotion)?;
(clip).show();

(spectrogram(&clip)?).show();
let other: Clip = first(&clips, &against)?;
other.show();
spectrogram(&other)?.show();
let settings: FeatureSettings = FeatureSettings {
    sets: vec![FeatureSet::Mfcc, FeatureSet::Chroma, FeatureSet::Rms, FeatureSet::Pyin],
    n_fft: 1024, win_length: 1024, hop_length: 256,
    ..FeatureSettings::librosa()
};
let extractor: Extractor = Extractor::new(&settings, clip.sample_rate)?;
let features: FeatureMatrix = extractor.frames(&clip.samples)?;
(features).show();
fn in_numbers(name: &str, extractor: &Extractor, clip: &Clip) -> Result<(String, f64, f64, f64, f64), FeatureError> {
    let features = extractor.frames(&clip.samples)?;
    let column = |name: &str| features.columns.iter().position(|column| column == name).map(|at| features.values.column(at).to_vec()).unwrap_or_default();
    let (f0, rms) = (column("pyin_f0"), column("rms"));
    let voiced: Vec<f64> = f0.iter().filter(|f0| **f0 > 0.0).map(|f0| 12.0 * f64::from(f0 / 27.5).log2()).collect();
    let mean = voiced.iter().sum::<f64>() / voiced.len().max(1) as f64;
    let spread = (voiced.iter().map(|st| (st - mean).powi(2)).sum::<f64>() / voiced.len().max(1) as f64).sqrt();
    let level = 20.0 * f64::from(rms.iter().sum::<f32>() / rms.len().max(1) as f32).max(1e-6).log10();
    Ok((name.to_owned(), clip.duration_s(), level, mean, spread))
}
let rows: Vec<(String, f64, f64, f64, f64)> = vec![in_numbers(&emotion, &extractor, &clip)?, in_numbers(&against, &extractor, &other)?];
(df!(
    "emotion" => rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>(),
    "duration, s" => rows.iter().map(|row| row.1).collect::<Vec<_>>(),
    "level, dB" => rows.iter().map(|row| row.2).collect::<Vec<_>>(),
    "pitch, semitones over 27.5 Hz" => rows.iter().map(|row| row.3).collect::<Vec<_>>(),
    "its deviation" => rows.iter().map(|row| row.4).collect::<Vec<_>>(),
)?).show();

Ok(())
}
