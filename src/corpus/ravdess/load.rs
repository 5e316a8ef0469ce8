//! RAVDESS from a folder.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::name::{Channel, ClipName, Modality, actor_number};
use crate::corpus::folder::{AudioFile, audio_files, paths};
use crate::corpus::names::listed;
use crate::corpus::{ClipRow, ClipSource, Corpus, CorpusError, CorpusSettings, Emotion};
use crate::settings::InvalidSetting;

/// The environment variable that takes the place of `corpus.path`.
pub const FOLDER_VARIABLE: &str = "INTONE_RAVDESS";

/// Source and licence.
pub const CITATION: &str = "Livingstone SR, Russo FA (2018) The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS). \
    PLoS ONE 13(5): e0196391. https://doi.org/10.1371/journal.pone.0196391. Licence: CC BY-NC-SA 4.0.";

/// What messages say is expected of the folder.
pub const EXPECTED: &str = "expected is a folder with RAVDESS's WAV or FLAC files under it, such as Actor_01/03-01-01-01-01-01-01.wav \
    (Audio_Speech_Actors_01-24 and Audio_Song_Actors_01-24 of https://zenodo.org/records/1188976, unpacked); set `corpus.path`, or the \
    environment variable INTONE_RAVDESS, which overrides it";

/// The clips of a RAVDESS folder that `settings` asks for.
///
/// The folder is searched to any depth that releases have: `Actor_NN/` under `Audio_Speech_Actors_01-24`, under a folder of the user's
/// own, or no folder at all. Speech and song are told apart by the file name, not the folder. Of several files of one clip (a popular
/// archive holds each twice) one is taken: WAV, as released, before FLAC, then the first path in order. Pictures (modality 01 and 02)
/// are passed over; audio without a RAVDESS name is left out and noted in [`Corpus::notes`].
///
/// All eight labels are there, in RAVDESS's order, but those of which there is no clip at all (song has no disgust and no surprise).
/// Columns in [`ClipRow::extra`]: `channel`, `intensity`, `statement`, `repetition`, `sex`.
///
/// `folder_override` is the folder that the environment names, if it does.
///
/// # Errors
/// A folder that is missing, unreadable, or without a clip asked for; a speaker of `speakers_only` without clips.
pub fn load(settings: &CorpusSettings, folder_override: Option<&Path>) -> Result<Corpus, CorpusError> {
    let (named_by, folder) = match folder_override {
        Some(folder) => ("the environment variable INTONE_RAVDESS (which overrides `corpus.path`)", folder),
        None => ("`corpus.path`", settings.path.as_path()),
    };
    if folder.as_os_str().is_empty() {
        return Err(InvalidSetting::new("corpus.path", format!("is empty; {EXPECTED}")).into());
    }
    if !folder.is_dir() {
        return Err(CorpusError::NoFolder { named_by, path: folder.to_owned(), expected: EXPECTED });
    }

    let found = Found::sort(audio_files(folder)?);
    let wanted = Wanted::new(settings);
    let clips: Vec<(ClipName, PathBuf)> =
        found.clips.iter().filter(|(name, _)| wanted.takes(name)).map(|(name, file)| (*name, file.path.clone())).collect();
    if clips.is_empty() {
        return Err(CorpusError::NoClips {
            named_by,
            path: folder.to_owned(),
            wanted: wanted.to_string(),
            found: found.to_string(),
            expected: EXPECTED,
        });
    }
    wanted.check_speakers(&clips, folder)?;

    let (labels, rows) = rows(&clips, &wanted);
    let mut corpus = Corpus::new("RAVDESS", labels, rows).with_citation(CITATION);
    corpus.notes = found.notes();
    Ok(corpus)
}

/// Audio files, sorted by what they are.
struct Found {
    /// The file taken of each clip.
    clips: BTreeMap<ClipName, AudioFile>,
    /// Files not taken, because another holds the same clip.
    again: Vec<AudioFile>,
    /// Audio without a RAVDESS name, or in a format that is not read.
    others: Vec<AudioFile>,
    /// Number of audio files of modality 01 and 02.
    of_pictures: usize,
}

impl Found {
    fn sort(mut files: Vec<AudioFile>) -> Self {
        // The sort is stable: within a format, files stay in the order of their paths.
        files.sort_by_key(|file| file.ending != "wav");
        let mut found = Self { clips: BTreeMap::new(), again: Vec::new(), others: Vec::new(), of_pictures: 0 };
        for file in files {
            match ClipName::parse(&file.stem()) {
                Ok(name) if name.modality != Modality::AudioOnly => found.of_pictures += 1,
                Ok(name) if file.readable() => match found.clips.entry(name) {
                    Entry::Vacant(place) => {
                        place.insert(file);
                    }
                    Entry::Occupied(_) => found.again.push(file),
                },
                _ => found.others.push(file),
            }
        }
        found.again.sort_by(|a, b| a.relative.cmp(&b.relative));
        found.others.sort_by(|a, b| a.relative.cmp(&b.relative));
        found
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.again.is_empty() {
            notes.push(format!("{} files hold clips found elsewhere too and are not used: {}", self.again.len(), paths(&self.again)));
        }
        if !self.others.is_empty() {
            notes.push(format!(
                "{} audio files are left out, since they have no RAVDESS name or are neither WAV nor FLAC: {}",
                self.others.len(),
                paths(&self.others)
            ));
        }
        notes
    }
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (clips, others, pictures) = (self.clips.len(), self.others.len(), self.of_pictures);
        write!(f, "it holds {clips} other clips, {others} audio files that are not RAVDESS's and {pictures} of video clips")
    }
}

/// Which clips are asked for.
struct Wanted {
    channels: BTreeSet<Channel>,
    train_only: BTreeSet<Channel>,
    /// Empty = all.
    actors: BTreeSet<u8>,
}

impl Wanted {
    fn new(settings: &CorpusSettings) -> Self {
        let channels = |names: &[String]| names.iter().filter_map(|name| Channel::from_name(name)).collect::<BTreeSet<_>>();
        let train_only = channels(&settings.train_only_channels);
        Self {
            channels: &channels(&settings.channels) | &train_only,
            train_only,
            actors: settings.speakers_only.iter().filter_map(|name| actor_number(name)).collect(),
        }
    }

    fn takes(&self, name: &ClipName) -> bool {
        self.channels.contains(&name.channel) && (self.actors.is_empty() || self.actors.contains(&name.actor))
    }

    fn check_speakers(&self, clips: &[(ClipName, PathBuf)], folder: &Path) -> Result<(), CorpusError> {
        let present: BTreeSet<u8> = clips.iter().map(|(name, _)| name.actor).collect();
        if self.actors.is_subset(&present) {
            return Ok(());
        }
        let shown = |actors: &BTreeSet<u8>| actors.iter().map(|actor| format!("{actor:02}")).collect();
        Err(CorpusError::NoSuchSpeakers { missing: shown(&(&self.actors - &present)), present: shown(&present), path: folder.to_owned() })
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "channel {}", listed(self.channels.iter().map(|channel| channel.name()), 2))?;
        if !self.actors.is_empty() {
            let actors: Vec<String> = self.actors.iter().map(u8::to_string).collect();
            write!(f, " by actors {}", actors.join(", "))?;
        }
        Ok(())
    }
}

/// Labels that have a clip, and the rows with indices into them.
fn rows(clips: &[(ClipName, PathBuf)], wanted: &Wanted) -> (Vec<String>, Vec<ClipRow>) {
    let emotions: Vec<Emotion> =
        Emotion::ALL.into_iter().filter(|emotion| clips.iter().any(|(name, _)| name.emotion == *emotion)).collect();
    let rows = clips
        .iter()
        .map(|(name, path)| ClipRow {
            id: name.to_string(),
            source: ClipSource::File(path.clone()),
            label: emotions.iter().take_while(|emotion| **emotion != name.emotion).count(),
            speaker: name.speaker(),
            train_only: wanted.train_only.contains(&name.channel),
            extra: BTreeMap::from([
                ("channel".to_owned(), name.channel.name().to_owned()),
                ("intensity".to_owned(), name.intensity.name().to_owned()),
                ("repetition".to_owned(), name.repetition.to_string()),
                ("sex".to_owned(), name.sex().to_owned()),
                ("statement".to_owned(), name.statement.to_string()),
            ]),
        })
        .collect();
    (emotions.into_iter().map(|emotion| emotion.name().to_owned()).collect(), rows)
}
