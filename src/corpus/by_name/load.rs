//! A corpus from a folder, by its file names.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::NameError;
use crate::corpus::folder::{AudioFile, audio_files, paths};
use crate::corpus::manifest::{Format, TextTable};
use crate::corpus::names::{compare_names, listed, same_speaker};
use crate::corpus::{ClipRow, ClipSource, Corpus, CorpusError, CorpusSettings};
use crate::settings::InvalidSetting;

/// Names told with what is wrong with them, in a note.
const MOST_NAMES: usize = 6;

/// A corpus that is read by its file names.
pub(in crate::corpus) struct Known {
    /// As reports call it.
    pub name: &'static str,
    /// In class order.
    pub labels: &'static [&'static str],
    /// Source and licence.
    pub citation: &'static str,
    /// What messages say is expected of the folder.
    pub expected: &'static str,
    /// A table with `ActorID`, `Age` and `Sex`, in the folder or the one around it.
    pub demographics: Option<&'static str>,
    /// What a file's name says.
    pub read: fn(&AudioFile) -> Result<Said, NameError>,
}

/// What a name says.
pub(in crate::corpus) struct Said {
    pub id: String,
    pub label: &'static str,
    pub speaker: String,
    pub extra: BTreeMap<&'static str, String>,
}

/// The clips of the folder that `settings` names.
///
/// The folder is searched to any depth. Of several files of one clip one is taken, WAV before FLAC, then the first path in order. Audio
/// without a name of the corpus, and pointers that Git LFS leaves in place of files, are left out and noted in [`Corpus::notes`].
///
/// # Errors
/// A folder that is missing, unreadable, or without a clip asked for; a speaker of `speakers_only` without clips.
pub(in crate::corpus) fn load(known: &Known, settings: &CorpusSettings) -> Result<Corpus, CorpusError> {
    let folder = settings.path.as_path();
    if folder.as_os_str().is_empty() {
        return Err(InvalidSetting::new("corpus.path", format!("is empty; {}", known.expected)).into());
    }
    if !folder.is_dir() {
        return Err(CorpusError::NoFolder { named_by: "`corpus.path`", path: folder.to_owned(), expected: known.expected });
    }
    let mut found = Found::sort(known, audio_files(folder)?);
    let present: BTreeSet<String> = found.clips.values().map(|(said, _)| said.speaker.clone()).collect();
    let wanted = |speaker: &str| settings.speakers_only.is_empty() || settings.speakers_only.iter().any(|name| same_speaker(name, speaker));
    let missing: Vec<String> =
        settings.speakers_only.iter().filter(|name| !present.iter().any(|speaker| same_speaker(name, speaker))).cloned().collect();
    if found.clips.is_empty() {
        return Err(found.none(known, folder));
    }
    if !missing.is_empty() {
        let mut present: Vec<String> = present.into_iter().collect();
        present.sort_by(|a, b| compare_names(a, b));
        return Err(CorpusError::NoSuchSpeakers { missing, present, path: folder.to_owned() });
    }
    found.clips.retain(|_, (said, _)| wanted(&said.speaker));

    let mut notes = found.notes(known);
    let people = known.demographics.map_or_else(BTreeMap::new, |table| demographics(folder, table, &mut notes));
    let labels: Vec<&str> =
        known.labels.iter().copied().filter(|label| found.clips.values().any(|(said, _)| said.label == *label)).collect();
    let rows = found.clips.into_values().map(|(said, path)| row(said, path, &labels, &people)).collect();
    let mut corpus = Corpus::new(known.name, labels.iter().map(|&label| label.to_owned()).collect(), rows).with_citation(known.citation);
    corpus.notes = notes;
    Ok(corpus)
}

fn row(said: Said, path: PathBuf, labels: &[&str], people: &BTreeMap<String, Vec<(&'static str, String)>>) -> ClipRow {
    let mut extra: BTreeMap<String, String> = said.extra.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    for (key, value) in people.get(&said.speaker).into_iter().flatten() {
        extra.insert((*key).to_owned(), value.clone());
    }
    ClipRow {
        id: said.id,
        source: ClipSource::File(path),
        label: labels.iter().take_while(|label| **label != said.label).count(),
        speaker: said.speaker,
        train_only: false,
        extra,
    }
}

/// Audio files, sorted by what they are.
struct Found {
    /// What the name says and the file taken, by id.
    clips: BTreeMap<String, (Said, PathBuf)>,
    /// Files not taken, because another holds the same clip.
    again: Vec<AudioFile>,
    /// Files with a name that is not the corpus's, and what is wrong with it.
    misnamed: Vec<(AudioFile, NameError)>,
    /// Audio in a format that is not read.
    unread: Vec<AudioFile>,
    /// What Git LFS leaves in place of a file.
    pointers: Vec<AudioFile>,
}

impl Found {
    fn sort(known: &Known, mut files: Vec<AudioFile>) -> Self {
        // The sort is stable: within a format, files stay in the order of their paths.
        files.sort_by_key(|file| file.ending != "wav");
        let mut found = Self { clips: BTreeMap::new(), again: Vec::new(), misnamed: Vec::new(), unread: Vec::new(), pointers: Vec::new() };
        for file in files {
            match (known.read)(&file) {
                Err(error) => found.misnamed.push((file, error)),
                Ok(_) if !file.readable() => found.unread.push(file),
                Ok(_) if is_pointer(&file.path) => found.pointers.push(file),
                Ok(said) => match found.clips.entry(said.id.clone()) {
                    Entry::Vacant(place) => {
                        place.insert((said, file.path));
                    }
                    Entry::Occupied(_) => found.again.push(file),
                },
            }
        }
        found.misnamed.sort_by(|(a, _), (b, _)| a.relative.cmp(&b.relative));
        for files in [&mut found.again, &mut found.unread, &mut found.pointers] {
            files.sort_by(|a, b| a.relative.cmp(&b.relative));
        }
        found
    }

    fn none(&self, known: &Known, folder: &Path) -> CorpusError {
        let notes = self.notes(known);
        CorpusError::NoClips {
            named_by: "`corpus.path`",
            path: folder.to_owned(),
            wanted: known.name.to_owned(),
            found: if notes.is_empty() { "it holds no audio".to_owned() } else { notes.join("; ") },
            expected: known.expected,
        }
    }

    fn notes(&self, known: &Known) -> Vec<String> {
        let mut notes = Vec::new();
        let mut note = |count: usize, text: String| {
            if count > 0 {
                notes.push(format!("{count} {text}"));
            }
        };
        note(self.again.len(), format!("files hold clips found elsewhere too and are not used: {}", paths(&self.again)));
        note(self.unread.len(), format!("audio files are left out, since they are neither WAV nor FLAC: {}", paths(&self.unread)));
        note(
            self.pointers.len(),
            format!("files are pointers of Git LFS, not audio, and are left out (`git lfs pull` fetches them): {}", paths(&self.pointers)),
        );
        let wrong: Vec<String> = self.misnamed.iter().map(|(file, error)| format!("{}: {error}", file.relative.display())).collect();
        let wrong = listed(wrong.iter().map(String::as_str), MOST_NAMES);
        note(self.misnamed.len(), format!("audio files are left out, since they have no name of {}: {wrong}", known.name));
        notes
    }
}

/// Whether a file is what Git LFS writes where it has not fetched the real one.
fn is_pointer(path: &Path) -> bool {
    const LARGEST: u64 = 1024;
    const BEGINNING: &[u8] = b"version https://git-lfs";
    if !path.metadata().is_ok_and(|metadata| metadata.len() <= LARGEST) {
        return false;
    }
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(BEGINNING.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == BEGINNING
}

/// Age and sex by actor, from a table beside the audio. A table that is not as expected is noted, and nobody's sex is known then.
fn demographics(folder: &Path, file: &str, notes: &mut Vec<String>) -> BTreeMap<String, Vec<(&'static str, String)>> {
    let places = [Some(folder), folder.parent()].into_iter().flatten().map(|folder| folder.join(file));
    let Some(path) = places.into_iter().find(|path| path.is_file()) else {
        notes.push(format!("there is no {file} in the folder or beside it: the speakers' sex is not known"));
        return BTreeMap::new();
    };
    let table = match TextTable::read(&path, Format::Csv) {
        Ok(table) => table,
        Err(error) => {
            notes.push(format!("the speakers' sex is not known: {error}"));
            return BTreeMap::new();
        }
    };
    let (Some(actors), Some(sexes)) = (table.column("ActorID"), table.column("Sex")) else {
        notes.push(format!("the speakers' sex is not known: {} has no columns ActorID and Sex", path.display()));
        return BTreeMap::new();
    };
    let ages = table.column("Age").unwrap_or_default();
    let person = |(index, (actor, sex)): (usize, (&String, &String))| {
        let mut facts = Vec::new();
        let sex = sex.to_lowercase();
        if sex == "male" || sex == "female" {
            facts.push(("sex", sex));
        }
        if let Some(age) = ages.get(index).filter(|age| !age.is_empty()) {
            facts.push(("age", age.clone()));
        }
        (actor.clone(), facts)
    };
    actors.iter().zip(sexes).enumerate().map(person).collect()
}
