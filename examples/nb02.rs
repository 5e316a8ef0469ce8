#![allow(unused)]
use intone::prelude::*;
fn main() -> Result<(), Box<dyn std::error::Error>> {
let corpus: String = "demo".to_owned();
let config: Config = defaults(&[format!("corpus.kind={corpus}")])?;
let clips: Corpus = Corpus::load(&config.corpus)?;
(clips).show();
struct Facts { emotion: String, speaker: String, seconds: f64, level_db: f64, peak: f64, pitch_hz: f64 }
fn facts(corpus: &Corpus, row: &ClipRow, extractor: &Extractor, rate: u32) -> Result<Facts, Box<dyn std::error::Error>> {
    let clip = audio::resample(&row.source.clip()?, rate)?;
    let features = extractor.frames(&clip.samples)?;
    let voiced: Vec<f32> = features.values.column(0).iter().copied().filter(|f0| *f0 > 0.0).collect();
    let power = clip.samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / clip.samples.len() as f64;
    Ok(Facts {
        emotion: corpus.labels[row.label].clone(),
        speaker: row.speaker.clone(),
        seconds: clip.duration_s(),
        level_db: 10.0 * power.max(1e-10).log10(),
        peak: clip.samples.iter().fold(0.0, |peak: f64, sample| peak.max(f64::from(sample.abs()))),
        pitch_hz: f64::from(voiced.iter().sum::<f32>()) / voiced.len().max(1) as f64,
    })
}
let pitch: FeatureSettings = FeatureSettings { sets: vec![FeatureSet::Pyin], n_fft: 1024, win_length: 1024, hop_length: 320, ..FeatureSettings::librosa() };
let extractor: Extractor = Extractor::new(&pitch, 16_000)?;
let mut measured: Vec<Facts> = Vec::new();
let mut bar: Progress = progress("measuring", clips.clips.len());
for row in &clips.clips {
    measured.push(facts(&clips, row, &extractor, 16_000)?);
    bar.step(&row.id);
}
let table: DataFrame = df!(
    "clip" => clips.clips.iter().map(|row| row.id.clone()).collect::<Vec<_>>(),
    "emotion" => measured.iter().map(|facts| facts.emotion.clone()).collect::<Vec<_>>(),
    "speaker" => measured.iter().map(|facts| facts.speaker.clone()).collect::<Vec<_>>(),
    "seconds" => measured.iter().map(|facts| facts.seconds).collect::<Vec<_>>(),
    "level_db" => measured.iter().map(|facts| facts.level_db).collect::<Vec<_>>(),
    "peak" => measured.iter().map(|facts| facts.peak).collect::<Vec<_>>(),
    "pitch_hz" => measured.iter().map(|facts| facts.pitch_hz).collect::<Vec<_>>(),
)?;
(table).show();
use plotters::prelude::*;
let points: Vec<(usize, f64, f64)> = measured.iter().map(|facts| {
    let class = clips.labels.iter().position(|label| *label == facts.emotion).unwrap_or(0);
    (class, facts.level_db, facts.pitch_hz)
}).collect();
let names: Vec<String> = clips.labels.clone();
(plot((720, 420), |area| {
    let span = |values: Vec<f64>| (values.iter().copied().fold(f64::MAX, f64::min), values.iter().copied().fold(f64::MIN, f64::max));
    let (x, y) = (span(points.iter().map(|point| point.1).collect()), span(points.iter().map(|point| point.2).collect()));
    let mut chart = ChartBuilder::on(area).margin(12).x_label_area_size(44).y_label_area_size(56)
        .build_cartesian_2d(x.0 - 1.0..x.1 + 6.0, y.0 - 10.0..y.1 + 10.0)?;
    chart.configure_mesh().x_desc("level, dB").y_desc("mean pitch, Hz").light_line_style(TRANSPARENT).draw()?;
    for (class, name) in names.iter().enumerate() {
        let colour = HSLColor(class as f64 / names.len() as f64, 0.75, 0.42);
        let of = points.iter().filter(|point| point.0 == class).map(|point| Circle::new((point.1, point.2), 4, colour.filled()));
        chart.draw_series(of)?.label(name.clone()).legend(move |(x, y)| Circle::new((x + 8, y), 4, colour.filled()));
    }
    chart.configure_series_labels().position(SeriesLabelPosition::UpperRight).border_style(TRANSPARENT).draw()?;
    Ok(())
})?).show();
fn mean_by(measured: &[Facts], emotion: &str, value: fn(&Facts) -> f64) -> f64 {
    let values: Vec<f64> = measured.iter().filter(|facts| facts.emotion == emotion).map(value).collect();
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
let pitches: Vec<f64> = clips.labels.iter().map(|label| mean_by(&measured, label, |facts| facts.pitch_hz)).collect();
let seconds: Vec<f64> = clips.labels.iter().map(|label| mean_by(&measured, label, |facts| facts.seconds)).collect();
bars("mean pitch, Hz", &clips.labels, &[("pitch", &pitches)]).show();
bars("mean duration, s", &clips.labels, &[("seconds", &seconds)]).show();
use std::collections::BTreeMap;
let clipped: usize = measured.iter().filter(|facts| facts.peak >= 0.999).count();
let silent: usize = measured.iter().filter(|facts| facts.level_db < -60.0).count();
let mut hashes: BTreeMap<String, Vec<String>> = BTreeMap::new();
for row in &clips.clips {
    let clip = row.source.clip()?;
    hashes.entry(corpus::duplicates::audio_hash(&clip.samples, clip.sample_rate)).or_default().push(row.id.clone());
}
let twice: Vec<Vec<String>> = hashes.into_values().filter(|ids| ids.len() > 1).collect();
println!("{} clips: {clipped} reach full scale, {silent} are silent, {} are there more than once {twice:?}", measured.len(), twice.len());

Ok(())
}
