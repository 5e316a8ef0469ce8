//! What audio lies under a folder, however it is nested.

use std::path::{Path, PathBuf};

use super::CorpusError;
use super::names::listed;

/// An audio file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::corpus) struct AudioFile {
    /// As opened: the folder given, and what follows.
    pub path: PathBuf,
    /// Relative to the folder given.
    pub relative: PathBuf,
    /// In lower case.
    pub ending: String,
}

impl AudioFile {
    /// File name without its ending.
    pub fn stem(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether intone reads this format.
    pub fn readable(&self) -> bool {
        READABLE.contains(&self.ending.as_str())
    }
}

const READABLE: [&str; 2] = ["wav", "flac"];
const OTHER_AUDIO: [&str; 10] = ["wave", "mp3", "ogg", "oga", "opus", "m4a", "aac", "aif", "aiff", "wma"];
/// Deeper than any released layout; ends loops of symbolic links.
const DEEPEST: usize = 8;

/// All audio files under `folder`, ordered by relative path. Hidden files (macOS leaves some beside real ones) are passed over.
pub(in crate::corpus) fn audio_files(folder: &Path) -> Result<Vec<AudioFile>, CorpusError> {
    let mut found = Vec::new();
    visit(folder, Path::new(""), 0, &mut found)?;
    found.sort_by(|a, b| a.relative.cmp(&b.relative));
    Ok(found)
}

fn visit(folder: &Path, relative: &Path, depth: usize, found: &mut Vec<AudioFile>) -> Result<(), CorpusError> {
    let here = folder.join(relative);
    let unreadable = |source| CorpusError::Io { path: here.clone(), source };
    for entry in std::fs::read_dir(&here).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let shown = name.to_string_lossy();
        if shown.starts_with('.') || shown == "__MACOSX" {
            continue;
        }
        let relative = relative.join(&name);
        let path = folder.join(&relative);
        // `metadata` follows symbolic links; a dangling one is nothing.
        let Ok(metadata) = path.metadata() else { continue };
        if metadata.is_dir() {
            if depth < DEEPEST {
                visit(folder, &relative, depth + 1, found)?;
            }
        } else {
            let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            if READABLE.contains(&ending.as_str()) || OTHER_AUDIO.contains(&ending.as_str()) {
                found.push(AudioFile { path, relative, ending });
            }
        }
    }
    Ok(())
}

/// A few of the files, for a note.
pub(in crate::corpus) fn paths(files: &[AudioFile]) -> String {
    let shown: Vec<String> = files.iter().map(|file| file.relative.display().to_string()).collect();
    listed(shown.iter().map(String::as_str), 6)
}
