//! Features on disk, found again by what they were made from.
//!
//! An entry's name is the SHA-256 of the audio file's bytes, the settings and the extractor's version, so a changed clip, setting or
//! extractor never meets an old entry. Entries are written under a temporary name and renamed; one that does not read back whole is
//! made anew.

use std::io::Write;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

/// A folder of entries.
#[derive(Debug, Clone)]
pub struct FeatureCache {
    dir: PathBuf,
}

impl FeatureCache {
    /// A cache in `dir`, which is made when the first entry is.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The user's cache: `INTONE_CACHE_DIR`, else `intone/features` in `XDG_CACHE_HOME` or `~/.cache`; `None` where there is no home.
    pub fn of_user() -> Option<Self> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let dir = variable("INTONE_CACHE_DIR")
            .or_else(|| variable("XDG_CACHE_HOME").map(|dir| dir.join("intone/features")))
            .or_else(|| variable("HOME").map(|dir| dir.join(".cache/intone/features")))?;
        Some(Self::new(dir))
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
        decode(&std::fs::read(self.path(key)).ok()?)
    }

    /// Keeps an entry.
    ///
    /// # Errors
    /// What the file system says; the cache is then as it was.
    pub fn put(&self, key: &str, entry: &Entry) -> std::io::Result<()> {
        let path = self.path(key);
        let dir = path.parent().unwrap_or(&self.dir);
        std::fs::create_dir_all(dir)?;
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&encode(entry)?)?;
        file.persist(path)?;
        Ok(())
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
