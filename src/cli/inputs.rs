//! What is named on the command line: clips, as files or folders searched for audio, and the model to ask.

use std::path::{Path, PathBuf};

use intone::model::Bundle;

use super::exit::Failure;

/// Endings of audio files, in lower case; only a search uses them, since what a file is decides its content.
const ENDINGS: [&str; 10] = ["wav", "flac", "mp3", "m4a", "mp4", "aac", "ogg", "oga", "aiff", "aif"];

/// The bundle in a folder, or the one that comes with intone.
///
/// # Errors
/// A folder that holds no bundle.
pub fn bundle(dir: Option<&Path>) -> Result<Bundle, Failure> {
    dir.map_or_else(Bundle::bundled, Bundle::load).map_err(Failure::failed)
}

/// All clips: files as given, folders searched to any depth in the order of names.
///
/// # Errors
/// An input that does not exist, or a folder without audio.
pub fn expand(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut clips = Vec::new();
    for input in inputs {
        if input.is_dir() {
            let before = clips.len();
            search(input, &mut clips)?;
            if clips.len() == before {
                return Err(Failure::failed(format!("{} holds no audio (.{})", input.display(), ENDINGS.join(", ."))));
            }
        } else if input.exists() {
            clips.push(input.clone());
        } else {
            return Err(Failure::failed(format!("{} does not exist", input.display())));
        }
    }
    Ok(clips)
}

fn search(dir: &Path, clips: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::failed(format!("cannot list {}: {error}", dir.display()));
    let entries = std::fs::read_dir(dir).map_err(unreadable)?.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            search(&path, clips)?;
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))) {
            clips.push(path);
        }
    }
    Ok(())
}
