//! TESS, the Toronto emotional speech set.
//!
//! Pichora-Fuller & Dupuis, "Toronto emotional speech set (TESS)", University of Toronto, 2020 (recorded 2010): two actresses, of 26 and 64
//! years, say "Say the word ..." with 200 words in seven emotions. Names are speaker, word and emotion between underscores; the folders
//! around them have other names in every distribution (`OAF_Pleasant_surprise`, `YAF_pleasant_surprised`), so only the file name
//! counts. One file of the release, `OA_bite_neutral`, lacks a letter and is read as `OAF_bite_neutral`.

use std::collections::BTreeMap;
use std::fmt;

use super::NameError;
use super::error::{Reader, looked_up};
use super::load::{Known, Said};
use crate::corpus::folder::AudioFile;

/// Source and licence.
pub const CITATION: &str = "Pichora-Fuller MK, Dupuis K (2020) Toronto emotional speech set (TESS). University of Toronto. \
    https://doi.org/10.5683/SP2/E8H2MF. Licence: CC BY-NC-ND 4.0.";

/// What messages say is expected of the folder.
pub const EXPECTED: &str =
    "expected is a folder with TESS's WAV or FLAC files under it, such as OAF_angry/OAF_back_angry.wav; set `corpus.path`";

/// Labels in class order.
pub const LABELS: [&str; 7] = ["neutral", "happy", "sad", "angry", "fearful", "disgust", "pleasant-surprise"];

/// Older and younger adult female, with their ages in years.
const SPEAKERS: [(&str, u8); 2] = [("OAF", 64), ("YAF", 26)];

const EMOTIONS: [(&str, &str); 7] = [
    ("angry", "angry"),
    ("disgust", "disgust"),
    ("fear", "fearful"),
    ("happy", "happy"),
    ("neutral", "neutral"),
    ("ps", "pleasant-surprise"),
    ("sad", "sad"),
];

/// What a TESS file name says.
///
/// ```
/// use intone::corpus::tess::ClipName;
/// let name = ClipName::parse("OAF_back_ps")?;
/// assert_eq!((name.speaker, name.word.as_str(), name.label()), ("OAF", "back", "pleasant-surprise"));
/// assert_eq!(name.to_string(), "OAF_back_ps");
/// # Ok::<(), intone::corpus::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipName {
    /// `OAF` (older) or `YAF` (younger adult female).
    pub speaker: &'static str,
    /// The word that is said, in lower case.
    pub word: String,
    /// The emotion, as the name has it.
    pub emotion: &'static str,
}

impl ClipName {
    /// Reads a file name without its ending.
    ///
    /// # Errors
    /// The first thing about it that is not as in TESS.
    pub fn parse(file_stem: &str) -> Result<Self, NameError> {
        let reader = Reader { corpus: "TESS", name: file_stem };
        let whole = if file_stem == "OA_bite_neutral" { "OAF_bite_neutral" } else { file_stem };
        let fields: Vec<&str> = whole.split('_').collect();
        let [speaker, word, emotion] = fields[..] else {
            return Err(reader.shape("speaker, word and emotion between underscores, as OAF_back_angry"));
        };
        let (speaker, _) = looked_up(&SPEAKERS, speaker).ok_or_else(|| reader.field("speaker", speaker, "OAF and YAF"))?;
        if !(1..=20).contains(&word.len()) || !word.bytes().all(|c| c.is_ascii_lowercase()) {
            return Err(reader.field("word", word, "words in lower-case letters"));
        }
        let known = "angry, disgust, fear, happy, neutral, ps and sad";
        let (emotion, _) = looked_up(&EMOTIONS, emotion).ok_or_else(|| reader.field("emotion", emotion, known))?;
        Ok(Self { speaker, word: word.to_owned(), emotion })
    }

    /// The speaker's age, years.
    pub fn age(&self) -> u8 {
        looked_up(&SPEAKERS, self.speaker).map_or(0, |(_, age)| age)
    }

    /// The emotion, as [`LABELS`] has it.
    pub fn label(&self) -> &'static str {
        looked_up(&EMOTIONS, self.emotion).map_or("", |(_, label)| label)
    }
}

impl fmt::Display for ClipName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}", self.speaker, self.word, self.emotion)
    }
}

/// TESS, for the loader.
pub(in crate::corpus) const KNOWN: Known =
    Known { name: "TESS", labels: &LABELS, citation: CITATION, expected: EXPECTED, demographics: None, read };

fn read(file: &AudioFile) -> Result<Said, NameError> {
    let name = ClipName::parse(&file.stem())?;
    let extra = BTreeMap::from([("age", name.age().to_string()), ("sex", "female".to_owned()), ("word", name.word.clone())]);
    Ok(Said { id: name.to_string(), label: name.label(), speaker: name.speaker.to_owned(), extra })
}
