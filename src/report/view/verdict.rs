//! The result in one sentence.

use std::collections::BTreeSet;

use super::protocol::{is_speaker_independent, sentence};
use super::rows::Tested;
use super::scores::{Bar, Scale, ScoreTable, write_interval};
use crate::experiment::record::Manifest;
use crate::report::format::{NOT_AVAILABLE, count, percent, plural, points};

/// The head of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// UAR, large.
    pub uar: String,
    pub interval: Option<String>,
    pub bar: Option<Bar>,
    /// Chance level, and its place on the bar.
    pub chance: Option<(String, String)>,
    /// One sentence.
    pub sentence: String,
    /// The protocol, in words.
    pub protocol: String,
    /// Figures that belong to the score: number and what it counts.
    pub figures: Vec<(String, String)>,
}

impl Verdict {
    pub(super) fn new(manifest: &Manifest, table: &ScoreTable, tested: &[Tested], chance: Option<f64>) -> Self {
        let score = table.get("overall", "", "uar");
        let clips = tested.iter().map(|row| row.clip.as_str()).collect::<BTreeSet<_>>().len();
        let speakers = tested.iter().map(|row| row.speaker.as_str()).collect::<BTreeSet<_>>().len();
        let seeds = tested.iter().map(|row| row.seed).collect::<BTreeSet<_>>().len();
        let uar = score.map_or_else(|| NOT_AVAILABLE.to_owned(), |s| percent(s.value));
        let interval = score.and_then(|s| s.interval()).map(|ends| write_interval(ends, Scale::Percent));
        let figures = [(clips, "test clip"), (speakers, "speaker"), (manifest.corpus.labels.len(), "emotion"), (seeds, "seed")]
            .map(|(n, one)| (count(n as u64), if n == 1 { one.to_owned() } else { format!("{one}s") }))
            .into();
        let bounds = interval.as_ref().map_or_else(|| " (no interval)".to_owned(), |ends| format!(" (95% interval {ends})"));
        let guess = chance.map_or_else(String::new, |c| format!(", where chance is {}", percent(c)));
        let seeds = if seeds > 1 { format!("the mean of {seeds} seeds") } else { "a single seed".to_owned() };
        let sentence = format!(
            "{}, {} recognises {} with a UAR of {uar}{bounds}{guess}: {seeds}, on {} of {} from {}.",
            voices(manifest),
            manifest.model.kind,
            plural(manifest.corpus.labels.len(), "emotion"),
            plural(clips, "clip"),
            plural(speakers, "speaker"),
            manifest.corpus.name,
        );
        let sentence = match (score.and_then(|s| s.interval()), chance) {
            (Some((low, _)), Some(chance)) if low <= chance => format!("{sentence} The interval reaches down to chance."),
            _ => sentence,
        };
        Self {
            uar,
            interval,
            bar: score.map(|s| Bar::new(&s)),
            chance: chance.map(|c| (percent(c), points(c))),
            sentence,
            protocol: sentence_of(manifest),
            figures,
        }
    }
}

fn voices(manifest: &Manifest) -> String {
    let synthetic = if manifest.corpus.synthetic { "synthetic " } else { "" };
    if is_speaker_independent(manifest) {
        format!("On {synthetic}voices that it was not trained on")
    } else {
        format!("On {synthetic}voices that it had heard in training")
    }
}

fn sentence_of(manifest: &Manifest) -> String {
    let preset = manifest.protocol.preset.as_ref().map_or_else(String::new, |name| format!(" Preset: {name}."));
    format!("{}{preset}", sentence(&manifest.protocol.description))
}
