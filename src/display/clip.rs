//! Clips: a player over the waveform.

use std::io::Cursor;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::html::{id, pictures};
use super::{Bundle, Show};
use crate::audio::{Clip, encode_wav};
use crate::report::charts::waveform;

/// Longer clips are shown without a player: the file would be more than a notebook should carry.
const LONGEST_S: f64 = 60.0;

impl Show for Clip {
    fn bundle(&self) -> Bundle {
        let seconds = self.duration_s();
        let text = format!("Clip: {seconds:.2} s at {} Hz, {} samples", self.sample_rate, self.samples.len());
        let drawn = waveform(&id("waveform", bytes(self)), &self.samples, seconds);
        pictures(text.clone(), drawn.map(|picture| format!("{picture}{}<p class=\"muted\">{text}</p>", player(self))))
    }
}

/// An `<audio>` element that carries the clip as WAV; empty where there is nothing to play, or too much.
fn player(clip: &Clip) -> String {
    let mut file = Cursor::new(Vec::new());
    let playable = !clip.samples.is_empty() && clip.duration_s() <= LONGEST_S;
    if !playable || encode_wav(clip, &mut file).is_err() {
        return String::new();
    }
    format!("<audio controls preload=\"metadata\" src=\"data:audio/wav;base64,{}\"></audio>", BASE64_STANDARD.encode(file.into_inner()))
}

fn bytes(clip: &Clip) -> Vec<u8> {
    clip.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}
