//! Feature matrices and spectrograms as pictures over time.

use ndarray::{Array2, s};

use super::html::{id, pictures};
use super::{Bundle, Show};
use crate::audio::Clip;
use crate::features::{Extractor, FeatureError, FeatureMatrix, FeatureSettings};
use crate::report::ReportError;
use crate::report::charts::{HeatMap, Trace, heat, traces};
use crate::settings::InvalidSetting;

/// Groups of fewer columns are drawn as lines.
const FEWEST_ROWS: usize = 5;
/// Height of a heat map, CSS pixels: so much a column, within bounds.
const ROW: f64 = 4.0;
const HEIGHTS: (f64, f64) = (80.0, 220.0);

impl Show for FeatureMatrix {
    /// A picture a group of columns (`mfcc`, `chroma`, ...), over one axis of time; mel power in dB. One row of means or functionals is
    /// drawn as a line over the columns.
    fn bundle(&self) -> Bundle {
        let (frames, columns) = self.values.dim();
        let step = 1000.0 * self.frame_step_s;
        let text = format!("FeatureMatrix: {frames} frames × {columns} columns, a frame every {step:.1} ms: {}", names(&self.columns));
        let drawn =
            if frames == 1 { vector(self, &text) } else { groups(&self.columns).iter().map(|group| picture(self, group)).collect() };
        pictures(text.clone(), drawn.map(|body| format!("{body}<p class=\"muted\">{}</p>", super::html::escape(&text))))
    }
}

/// Neighbouring columns of one name.
struct Group<'a> {
    name: &'a str,
    columns: std::ops::Range<usize>,
}

/// `mfcc_0`, `mfcc_1`, ... are one group.
fn groups(columns: &[String]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let name = stem(column);
        match groups.last_mut() {
            Some(group) if group.name == name => group.columns.end = index + 1,
            _ => groups.push(Group { name, columns: index..index + 1 }),
        }
    }
    groups
}

fn stem(column: &str) -> &str {
    match column.rsplit_once('_') {
        Some((name, index)) if index.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => column,
    }
}

fn names(columns: &[String]) -> String {
    let of = |group: Group<'_>| match group.columns.len() {
        1 => group.name.to_owned(),
        count => format!("{} ({count})", group.name),
    };
    groups(columns).into_iter().map(of).collect::<Vec<_>>().join(", ")
}

fn picture(matrix: &FeatureMatrix, group: &Group<'_>) -> Result<String, ReportError> {
    let part = matrix.values.slice(s![.., group.columns.clone()]);
    let last_s = matrix.frame_step_s * part.nrows().saturating_sub(1) as f64;
    let across = (0.0, last_s, "time, s");
    let id = id(group.name, format!("{part:?}"));
    if group.columns.len() < FEWEST_ROWS {
        let values: Vec<Vec<f64>> =
            part.columns().into_iter().map(|column| column.iter().map(|&value| f64::from(value)).collect()).collect();
        let lines: Vec<Trace<'_>> =
            group.columns.clone().zip(&values).map(|(column, values)| Trace { name: &matrix.columns[column], values }).collect();
        return traces(&id, group.name, &lines, across);
    }
    let (values, unit) = shades(group.name, part.t().to_owned());
    let title = format!("{}{unit}", group.name);
    let rows = group.columns.len();
    let marks = [0, rows - 1].map(|row| ((row as f64 + 0.5) / rows as f64, row.to_string()));
    let height = (ROW * rows as f64).clamp(HEIGHTS.0, HEIGHTS.1);
    heat(&HeatMap { id: &id, title: &title, values: &values, across, marks: &marks, height })
}

/// What is drawn of a group, and in which unit: power spans too many sizes to be seen, and so do cepstral coefficients, of which the first is
/// a hundred times the last.
fn shades(name: &str, mut values: Array2<f32>) -> (Array2<f32>, &'static str) {
    match name {
        "mel" => (values.mapv(|value| 10.0 * value.max(1e-10).log10()), ", dB"),
        name if name.ends_with("mfcc") => {
            for mut row in values.rows_mut() {
                let (mean, deviation) = (row.mean().unwrap_or(0.0), row.std(0.0));
                row.mapv_inplace(|value| if deviation > 0.0 { (value - mean) / deviation } else { 0.0 });
            }
            (values, ", deviations from the mean of each coefficient")
        }
        _ => (values, ""),
    }
}

fn vector(matrix: &FeatureMatrix, text: &str) -> Result<String, ReportError> {
    let values: Vec<f64> = matrix.values.iter().map(|&value| f64::from(value)).collect();
    let across = (0.0, values.len().max(2) as f64 - 1.0, "column");
    traces(&id("vector", format!("{text}{values:?}")), "one row", &[Trace { name: "", values: &values }], across)
}

/// A mel spectrogram for looking at; features for models come from an [`Extractor`].
#[derive(Debug, Clone)]
pub struct Spectrogram {
    /// dB re the loudest cell, `(frames, bands)`; 80 dB under it is the floor.
    pub decibels: Array2<f32>,
    /// Seconds.
    pub duration_s: f64,
    /// The upper edge of the highest band, Hz.
    pub highest_hz: f64,
}

/// Why a clip has no spectrogram.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpectrogramError {
    /// The sample rate does not allow one.
    #[error(transparent)]
    Rate(#[from] InvalidSetting),
    /// The samples do not.
    #[error(transparent)]
    Samples(#[from] FeatureError),
}

/// The mel spectrogram of a clip: 96 bands (HTK's scale) from 0 Hz to half the sample rate, windows of 32 ms, a frame every 5 ms.
///
/// # Errors
/// Samples that are missing or not finite, or a sample rate too low to have a spectrum.
pub fn spectrogram(clip: &Clip) -> Result<Spectrogram, SpectrogramError> {
    let settings = FeatureSettings::picture(clip.sample_rate, 96, 5);
    let features = Extractor::new(&settings, clip.sample_rate)?.frames(&clip.samples)?;
    let loudest = features.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    Ok(Spectrogram {
        decibels: features.values.mapv(|value| value - loudest),
        duration_s: clip.duration_s(),
        highest_hz: f64::from(clip.sample_rate) / 2.0,
    })
}

impl Show for Spectrogram {
    fn bundle(&self) -> Bundle {
        let (frames, bands) = self.decibels.dim();
        let text = format!("Spectrogram: {frames} frames × {bands} mel bands, {:.2} s, up to {:.0} Hz", self.duration_s, self.highest_hz);
        let mel = |hz: f64| (1.0 + hz / 700.0).log10();
        let marks: Vec<(f64, String)> = [200.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0]
            .into_iter()
            .filter(|&hz| hz <= self.highest_hz)
            .map(|hz| (mel(hz) / mel(self.highest_hz), format!("{hz:.0} Hz")))
            .collect();
        let values = self.decibels.t().to_owned();
        let map = HeatMap {
            id: &id("spectrogram", format!("{text}{:?}", self.decibels)),
            title: "mel spectrogram, dB",
            values: &values,
            across: (0.0, self.duration_s, "time, s"),
            marks: &marks,
            height: 200.0,
        };
        pictures(text, heat(&map))
    }
}

#[cfg(test)]
mod tests {
    use super::{names, stem};

    #[test]
    fn columns_of_one_name_are_one_group() {
        let columns = ["mfcc_0", "mfcc_1", "rms", "pyin_f0", "pyin_voiced", "delta_mfcc_0"].map(str::to_owned);
        assert_eq!(names(&columns), "mfcc (2), rms, pyin_f0, pyin_voiced, delta_mfcc");
        assert_eq!(stem("mfcc_x"), "mfcc_x");
    }
}
