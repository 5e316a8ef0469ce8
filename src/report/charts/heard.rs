//! A clip as it was heard: its spectrogram, and under it where the model looked.

use ndarray::Array2;

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use super::heat::picture;
use crate::audio::Clip;
use crate::features::{Extractor, FeatureSettings};
use crate::report::error::ReportError;

const WIDTH: f64 = 400.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = WIDTH - 8.0;
const TOP: f64 = 4.0;
const PICTURE: f64 = 96.0;
const STRIP: f64 = 34.0;
/// A frame every so many milliseconds, so that a picture stays small.
const HOP_MS: usize = 12;
const BANDS: usize = 56;

/// The mel spectrogram of `clip` in dB, 0 to 60 under its loudest point, and `attention` over the same time where there is any.
pub(crate) fn heard(id: &str, clip: &Clip, attention: &[f32]) -> Result<Option<String>, ReportError> {
    let Some(values) = mel(clip) else { return Ok(None) };
    let loudest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let png = picture(&values, loudest - 60.0, loudest)?;
    let bottom = TOP + PICTURE;
    let end = if attention.is_empty() { bottom } else { bottom + 6.0 + STRIP };
    let time = Axis::new((0.0, clip.duration_s()), (LEFT, RIGHT));
    let description = describe(clip, attention);
    draw((WIDTH, end + 24.0), &Caption { id, title: "Spectrogram and attention", description: &description }, |pen| {
        pen.picture((LEFT, TOP), (RIGHT, bottom), &png);
        let label = |anchor| Type::new(Ink::Muted, 11.0, anchor);
        pen.text(&format!("{:.0} kHz", f64::from(clip.sample_rate) / 2000.0), (LEFT - 5.0, TOP + 6.0), label(Anchor::End))?;
        pen.text("0", (LEFT - 5.0, bottom - 5.0), label(Anchor::End))?;
        if !attention.is_empty() {
            strip(pen, attention, (bottom + 6.0, end))?;
            pen.text("attention", (LEFT - 5.0, end - 7.0), label(Anchor::End))?;
        }
        for tick in time.ticks(6) {
            pen.text(&format!("{tick:.1} s"), (time.at(tick).clamp(LEFT + 8.0, RIGHT - 10.0), end + 12.0), label(Anchor::Middle))?;
        }
        Ok(())
    })
    .map(Some)
}

/// A bar a weight; the largest reaches the top.
fn strip(pen: &mut Pen<'_>, attention: &[f32], (top, bottom): (f64, f64)) -> Result<(), ReportError> {
    let most = attention.iter().copied().fold(0.0_f32, f32::max);
    let height = Axis::new((0.0, f64::from(most)), (bottom, top));
    let place = Axis::new((0.0, attention.len() as f64), (LEFT, RIGHT));
    for (index, &weight) in attention.iter().enumerate() {
        pen.block((place.at(index as f64), height.at(f64::from(weight))), (place.at(index as f64 + 1.0), bottom), Ink::Series(1), 0.75)?;
    }
    pen.line(&[(LEFT, bottom), (RIGHT, bottom)], Ink::Rule, 1.0, 1.0)
}

/// `(bands, frames)` in dB; `None` for a clip of which there is no spectrogram.
fn mel(clip: &Clip) -> Option<Array2<f32>> {
    let settings = FeatureSettings::picture(clip.sample_rate, BANDS, HOP_MS);
    let features = Extractor::new(&settings, clip.sample_rate).ok()?.frames(&clip.samples).ok()?;
    Some(features.values.reversed_axes())
}

fn describe(clip: &Clip, attention: &[f32]) -> String {
    let length = clip.duration_s();
    let most = (0..attention.len()).max_by(|&a, &b| attention[a].total_cmp(&attention[b]));
    match most {
        Some(at) => {
            let when = length * (at as f64 + 0.5) / attention.len() as f64;
            format!("{length:.1} seconds; the model looked most at {when:.1} s.")
        }
        None => format!("{length:.1} seconds."),
    }
}
