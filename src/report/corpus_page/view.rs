//! What the page says, as plain data, numbers already formatted.

use std::collections::BTreeMap;

use super::statistics::{Histogram, five_numbers, histogram};
use crate::audio::AudioError;
use crate::corpus::measure::ClipMeasures;
use crate::corpus::{Corpus, duplicates};
use crate::report::format::{NOT_AVAILABLE, count, duration, plural, points};

/// Clips or groups listed.
const MOST_LISTED: usize = 20;
/// Speakers in a row of their own.
const MOST_SPEAKERS: usize = 200;

/// Everything that the page says.
pub(super) struct CorpusPage {
    pub name: String,
    pub synthetic: bool,
    pub citation: Option<String>,
    pub notes: Vec<String>,
    pub clips: String,
    pub figures: Vec<(String, &'static str)>,
    pub labels: Vec<String>,
    pub by_label: Vec<LabelRow>,
    /// Sexes that are known, in the order of the cells.
    pub sexes: Vec<String>,
    pub by_speaker: Vec<SpeakerRow>,
    pub more_speakers: usize,
    pub files: Vec<(String, String)>,
    pub measures: Vec<Measure>,
    pub clipped: Listed,
    pub silent: Listed,
    pub duplicates: Listed,
    pub warnings: Listed,
    pub broken: Vec<(String, String)>,
}

/// Clips of one label.
pub(super) struct LabelRow {
    pub label: String,
    pub clips: String,
    pub share: String,
    /// Length of the bar: the largest class is 100.
    pub bar: String,
    /// A count a sex.
    pub by_sex: Vec<String>,
    pub speakers: String,
    pub length: String,
    pub level: String,
}

/// Clips of one speaker.
pub(super) struct SpeakerRow {
    pub speaker: String,
    pub sex: String,
    /// A count a label; empty for none.
    pub by_label: Vec<String>,
    pub clips: String,
}

/// Something measured on every clip.
pub(super) struct Measure {
    pub id: &'static str,
    pub title: &'static str,
    /// Unit of the bins.
    pub unit: &'static str,
    pub summary: String,
    pub histogram: Option<Histogram>,
}

/// A list that may be cut.
pub(super) struct Listed {
    pub all: usize,
    pub items: Vec<String>,
    pub more: usize,
}

impl Listed {
    fn new(items: Vec<String>) -> Self {
        let all = items.len();
        Self { all, more: all.saturating_sub(MOST_LISTED), items: items.into_iter().take(MOST_LISTED).collect() }
    }
}

/// A clip that could be read, with its measures.
type Measured<'a> = (&'a crate::corpus::ClipRow, &'a ClipMeasures);

impl CorpusPage {
    pub fn new(corpus: &Corpus, results: &[Result<ClipMeasures, AudioError>]) -> Self {
        let measured: Vec<Measured<'_>> =
            corpus.clips.iter().zip(results).filter_map(|(clip, result)| Some((clip, result.as_ref().ok()?))).collect();
        let broken =
            corpus.clips.iter().zip(results).filter_map(|(clip, result)| Some((clip.id.clone(), result.as_ref().err()?.to_string())));
        let speakers = corpus.speakers();
        let total: f64 = measured.iter().map(|(_, measures)| measures.duration_s).sum();
        let sexes: Vec<String> = corpus.counts_by("sex").into_keys().collect();
        let ids = measured.iter().map(|(clip, measures)| (clip.id.as_str(), measures.audio_hash.as_str()));
        Self {
            name: corpus.name.clone(),
            synthetic: corpus.synthetic,
            citation: corpus.citation.clone(),
            notes: corpus.notes.clone(),
            clips: count(corpus.clips.len() as u64),
            figures: vec![
                (count(speakers.len() as u64), "speakers"),
                (count(corpus.labels.len() as u64), "labels"),
                (duration(total), "of sound"),
            ],
            labels: corpus.labels.clone(),
            by_label: label_rows(corpus, &measured, &sexes),
            by_speaker: speaker_rows(corpus, &speakers),
            more_speakers: speakers.len().saturating_sub(MOST_SPEAKERS),
            sexes,
            files: files(&measured),
            measures: measures(&measured),
            clipped: Listed::new(clipped(&measured)),
            silent: Listed::new(
                measured.iter().filter(|(_, m)| m.peak_dbfs == f64::NEG_INFINITY).map(|(clip, _)| clip.id.clone()).collect(),
            ),
            duplicates: Listed::new(duplicates::groups(ids).into_iter().map(|group| group.join(" = ")).collect()),
            warnings: Listed::new(
                measured.iter().flat_map(|(clip, m)| m.warnings.iter().map(move |warning| format!("{}: {warning}", clip.id))).collect(),
            ),
            broken: broken.collect(),
        }
    }
}

fn label_rows(corpus: &Corpus, measured: &[Measured<'_>], sexes: &[String]) -> Vec<LabelRow> {
    let counts = corpus.clips_by_label();
    let largest = counts.iter().copied().max().unwrap_or(0).max(1);
    let by_sex = corpus.counts_by("sex");
    let speakers = corpus.counts_by("speaker");
    let row = |(index, label): (usize, &String)| {
        let of_label = || measured.iter().filter(move |(clip, _)| clip.label == index).map(|(_, measures)| *measures);
        LabelRow {
            label: label.clone(),
            clips: count(counts[index] as u64),
            share: points(counts[index] as f64 / corpus.clips.len().max(1) as f64),
            bar: points(counts[index] as f64 / largest as f64),
            by_sex: sexes.iter().map(|sex| by_sex.get(sex).map_or_else(String::new, |row| count(row[index] as u64))).collect(),
            speakers: count(speakers.values().filter(|row| row[index] > 0).count() as u64),
            length: spread(of_label().map(|measures| measures.duration_s), 2),
            level: spread(of_label().map(|measures| measures.rms_dbfs), 1),
        }
    };
    corpus.labels.iter().enumerate().map(row).collect()
}

fn speaker_rows(corpus: &Corpus, speakers: &[String]) -> Vec<SpeakerRow> {
    let table = corpus.counts_by("speaker");
    let mut sexes: BTreeMap<&str, &str> = BTreeMap::new();
    for clip in &corpus.clips {
        if let Some(sex) = clip.extra.get("sex") {
            sexes.insert(&clip.speaker, sex);
        }
    }
    let row = |speaker: &String| {
        let counts = table.get(speaker).cloned().unwrap_or_default();
        SpeakerRow {
            speaker: speaker.clone(),
            sex: sexes.get(speaker.as_str()).unwrap_or(&"").to_string(),
            clips: count(counts.iter().sum::<usize>() as u64),
            by_label: counts.iter().map(|&n| if n == 0 { String::new() } else { count(n as u64) }).collect(),
        }
    };
    speakers.iter().take(MOST_SPEAKERS).map(row).collect()
}

/// Sample rates and channels, with how many clips have them.
fn files(measured: &[Measured<'_>]) -> Vec<(String, String)> {
    let mut kinds: BTreeMap<(u32, u16), usize> = BTreeMap::new();
    for (_, measures) in measured {
        *kinds.entry((measures.sample_rate, measures.channels)).or_default() += 1;
    }
    let told = |((rate, channels), clips): ((u32, u16), usize)| {
        (format!("{} Hz, {}", count(u64::from(rate)), plural(channels.into(), "channel")), count(clips as u64))
    };
    kinds.into_iter().map(told).collect()
}

fn measures(measured: &[Measured<'_>]) -> Vec<Measure> {
    let of = |id, title, unit, decimals, value: fn(&ClipMeasures) -> f64| {
        let values = || measured.iter().map(move |(_, measures)| value(measures));
        Measure { id, title, unit, summary: summary(values(), decimals, unit), histogram: histogram(values()) }
    };
    vec![
        of("length", "Length", "s", 2, |measures| measures.duration_s),
        of("level", "Level (RMS)", "dBFS", 1, |measures| measures.rms_dbfs),
        of("peak", "Peak", "dBFS", 1, |measures| measures.peak_dbfs),
        of("leading", "Silence before", "s", 2, |measures| measures.leading_s),
        of("trailing", "Silence after", "s", 2, |measures| measures.trailing_s),
    ]
}

fn clipped(measured: &[Measured<'_>]) -> Vec<String> {
    let mut clips: Vec<Measured<'_>> = measured.iter().filter(|(_, measures)| measures.clipped > 0).copied().collect();
    clips.sort_by(|(a, x), (b, y)| y.clipped.cmp(&x.clipped).then_with(|| a.id.cmp(&b.id)));
    clips.into_iter().map(|(clip, measures)| format!("{}: {}", clip.id, plural(measures.clipped, "sample"))).collect()
}

/// Median, and the quartiles around it.
fn spread(values: impl IntoIterator<Item = f64>, decimals: usize) -> String {
    five_numbers(values).map_or_else(
        || NOT_AVAILABLE.to_owned(),
        |[_, low, median, high, _]| format!("{} ({} to {})", fixed(median, decimals), fixed(low, decimals), fixed(high, decimals)),
    )
}

fn summary(values: impl IntoIterator<Item = f64>, decimals: usize, unit: &str) -> String {
    five_numbers(values).map_or_else(
        || "No clip could be measured.".to_owned(),
        |[least, low, median, high, most]| {
            let [least, low, median, high, most] = [least, low, median, high, most].map(|value| fixed(value, decimals));
            format!("Median {median} {unit}; half of the clips between {low} and {high}, all between {least} and {most}.")
        },
    )
}

/// So many decimals, with a true minus, and no minus before zero.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(size) if size.chars().all(|c| c == '0' || c == '.') => size.to_owned(),
        Some(size) => format!("\u{2212}{size}"),
        None => text,
    }
}
