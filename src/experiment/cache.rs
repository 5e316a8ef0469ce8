//! Features on disk, found again by what they were made from.
//!
//! An entry's name is the SHA-256 of the audio file's bytes, the settings and the extractor's version, so a changed clip, setting or
//! extractor never meets an old entry. Entries are written under a temporary name and renamed; one that does not read back whole is
//! made anew.
//!
//! A cache keeps to a size: entries that were not asked for the longest go first.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::corpus::sketch::Sketch;

/// Raise when the same audio and settings give other values than before.
pub(super) const EXTRACTOR_VERSION: u32 = 1;

/// What is kept of a clip: its facts and a matrix a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What is known of the clip besides its features.
    pub facts: ClipFacts,
    /// Features of the clip, then of its augmented copies, each `(frames, columns)`.
    pub matrices: Vec<Array2<f32>>,
}

/// What is known of a decoded clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClipFacts {
    /// Hash of the decoded samples: equal for equal audio.
    pub audio_hash: String,
    /// As recorded, seconds.
    pub duration_s: f64,
    /// What tells nearly the same audio.
    pub sketch: Sketch,
    /// What the decoder had to say.
    pub warnings: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    facts: ClipFacts,
    shapes: Vec<(usize, usize)>,
    /// SHA-256 of the values' bytes.
    checksum: String,
}

/// Bytes that a cache holds unless it is told otherwise (4 GiB): means of five million clips, or frames of sixty thousand.
const LIMIT: u64 = 4 << 30;

/// A folder of entries.
#[derive(Debug, Clone)]
pub struct FeatureCache {
    dir: PathBuf,
    /// Bytes that it holds at most.
    limit: u64,
    /// Bytes that may still be added before the folder's size is looked at.
    unseen: Arc<AtomicU64>,
}

impl FeatureCache {
    /// A cache in `dir`, which is made when the first entry is.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), limit: LIMIT, unseen: Arc::new(AtomicU64::new(0)) }
    }

    /// The same, holding at most `bytes`; it may go over by a sixteenth until it is next looked at.
    #[must_use]
    pub fn with_limit(self, bytes: u64) -> Self {
        Self { limit: bytes, ..self }
    }

    /// The user's cache: `INTONE_CACHE_DIR`, else `intone/features` in `XDG_CACHE_HOME` or `~/.cache`; `None` where there is no home.
    ///
    /// It holds at most `INTONE_CACHE_MAX_MB` megabytes, 4096 unless that is a number.
    pub fn of_user() -> Option<Self> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let dir = variable("INTONE_CACHE_DIR")
            .or_else(|| variable("XDG_CACHE_HOME").map(|dir| dir.join("intone/features")))
            .or_else(|| variable("HOME").map(|dir| dir.join(".cache/intone/features")))?;
        let megabytes = variable("INTONE_CACHE_MAX_MB").and_then(|value| value.to_str()?.parse::<u64>().ok());
        Some(Self::new(dir).with_limit(megabytes.map_or(LIMIT, |megabytes| megabytes.saturating_mul(1 << 20))))
    }

    /// The key of a clip's features: its bytes and everything that shapes them (`settings`, serialised).
    pub fn key(audio: &[u8], settings: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(EXTRACTOR_VERSION.to_le_bytes());
        hash.update((settings.len() as u64).to_le_bytes());
        hash.update(settings);
        hash.update(audio);
        format!("{:x}", hash.finalize())
    }

    /// The entry of `key`, if it is there and whole.
    pub fn get(&self, key: &str) -> Option<Entry> {
        let mut file = File::open(self.path(key)).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        // What is asked for stays the longest; a cache of another user keeps its times.
        let _ = file.set_modified(SystemTime::now());
        decode(&bytes)
    }

    /// Keeps an entry.
    ///
    /// # Errors
    /// What the file system says; the cache is then as it was.
    pub fn put(&self, key: &str, entry: &Entry) -> std::io::Result<()> {
        let path = self.path(key);
        let dir = path.parent().unwrap_or(&self.dir);
        let bytes = encode(entry)?;
        self.make_room(bytes.len() as u64)?;
        fs::create_dir_all(dir)?;
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&bytes)?;
        file.persist(path)?;
        Ok(())
    }

    /// Counts `bytes` more; now and then looks at the folder's size and removes what was not asked for the longest.
    fn make_room(&self, bytes: u64) -> std::io::Result<()> {
        let counted = self.unseen.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        if counted.is_ok() {
            return Ok(());
        }
        // Other threads go on adding while this one looks.
        self.unseen.store(self.limit / 16, Ordering::Relaxed);
        let mut entries = self.entries()?;
        let mut size: u64 = entries.iter().map(|(_, size, _)| size).sum();
        if size <= self.limit {
            return Ok(());
        }
        entries.sort();
        // A tenth more than is needed, so that not every look ends in removals.
        for (_, bytes, path) in entries {
            if size <= self.limit / 10 * 9 {
                break;
            }
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => size -= bytes,
            }
        }
        Ok(())
    }

    /// Time of last use, size and path of every entry.
    fn entries(&self) -> std::io::Result<Vec<(SystemTime, u64, PathBuf)>> {
        let mut entries = Vec::new();
        for shard in fs::read_dir(&self.dir).into_iter().flatten() {
            for entry in fs::read_dir(shard?.path()).into_iter().flatten() {
                let entry = entry?;
                // Another process may have removed it.
                let Ok(facts) = entry.metadata() else { continue };
                if facts.is_file() {
                    entries.push((facts.modified()?, facts.len(), entry.path()));
                }
            }
        }
        Ok(entries)
    }

    fn path(&self, key: &str) -> PathBuf {
        // Two levels: folders of 100 000 files are slow to list.
        let (shard, rest) = key.split_at(2.min(key.len()));
        self.dir.join(shard).join(rest)
    }

    /// Where entries are kept.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

fn encode(entry: &Entry) -> std::io::Result<Vec<u8>> {
    let values: Vec<u8> = entry.matrices.iter().flat_map(|matrix| matrix.iter().flat_map(|value| value.to_le_bytes())).collect();
    let header = Header {
        facts: entry.facts.clone(),
        shapes: entry.matrices.iter().map(Array2::dim).collect(),
        checksum: format!("{:x}", Sha256::digest(&values)),
    };
    let mut bytes = serde_json::to_vec(&header)?;
    bytes.push(b'\n');
    bytes.extend(values);
    Ok(bytes)
}

fn decode(bytes: &[u8]) -> Option<Entry> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let header: Header = serde_json::from_slice(&bytes[..end]).ok()?;
    let values = &bytes[end + 1..];
    if format!("{:x}", Sha256::digest(values)) != header.checksum {
        return None;
    }
    let mut floats = values.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    let matrices = header
        .shapes
        .iter()
        .map(|&(rows, columns)| Array2::from_shape_vec((rows, columns), floats.by_ref().take(rows.checked_mul(columns)?).collect()).ok())
        .collect::<Option<Vec<_>>>()?;
    Some(Entry { facts: header.facts, matrices })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_cache_forgets_what_was_not_asked_for_the_longest() {
        let dir = tempfile::tempdir().unwrap();
        let facts = ClipFacts { audio_hash: String::new(), duration_s: 1.0, sketch: Sketch::default(), warnings: Vec::new() };
        let entry = Entry { facts, matrices: vec![Array2::zeros((10, 100))] };
        let cache = FeatureCache::new(dir.path()).with_limit(100_000);
        let key = |clip: usize| FeatureCache::key(&clip.to_le_bytes(), "");
        let long_ago = |clip: usize| {
            let path = cache.path(&key(clip));
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(clip as u64);
            File::open(path).unwrap().set_modified(time).unwrap();
        };
        for clip in 0..20 {
            cache.put(&key(clip), &entry).unwrap();
            long_ago(clip);
        }
        assert_eq!(cache.get(&key(0)), Some(entry.clone()), "asked for: it is the newest now");
        for clip in 20..60 {
            cache.put(&key(clip), &entry).unwrap();
        }
        let size: u64 = cache.entries().unwrap().iter().map(|(_, size, _)| size).sum();
        assert!(size <= 100_000 + 100_000 / 16 + 5_000, "{size}");
        assert_eq!(cache.get(&key(1)), None);
        assert_eq!(cache.get(&key(59)), Some(entry));
    }
}
