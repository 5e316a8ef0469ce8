//! EmoDB, the Berlin database of emotional speech.
//!
//! Burkhardt, Paeschke, Rolfes, Sendlmeier & Weiss, "A database of German emotional speech", Interspeech 2005. Names as the database's
//! own page says: positions 1 and 2 are the speaker, 3 to 5 the text, 6 the emotion (the first letter of the German word), 7 tells
//! versions apart. Sexes and ages are from the same page, <http://emodb.bilderbar.info/docu/>.

use std::collections::BTreeMap;
use std::fmt;

use super::NameError;
use super::error::{Reader, looked_up};
use super::load::{Known, Said};
use crate::corpus::folder::AudioFile;

/// Source and licence.
pub const CITATION: &str = "Burkhardt F, Paeschke A, Rolfes M, Sendlmeier WF, Weiss B (2005) A database of German emotional speech (EmoDB). \
    Proc. Interspeech 2005, 1517-1520. https://zenodo.org/records/7447302. Licence: as stated there (CC BY 4.0 for version 1.3.0).";

/// What messages say is expected of the folder.
pub const EXPECTED: &str = "expected is a folder with EmoDB's WAV or FLAC files under it, such as wav/03a01Fa.wav; set `corpus.path`";

/// Labels in class order.
pub const LABELS: [&str; 7] = ["neutral", "happy", "sad", "angry", "fearful", "disgust", "boredom"];

/// Number, sex and age in years of each speaker.
const SPEAKERS: [(&str, (&str, u8)); 10] = [
    ("03", ("male", 31)),
    ("08", ("female", 34)),
    ("09", ("female", 21)),
    ("10", ("male", 32)),
    ("11", ("male", 26)),
    ("12", ("male", 30)),
    ("13", ("female", 32)),
    ("14", ("female", 35)),
    ("15", ("male", 25)),
    ("16", ("female", 31)),
];

/// Codes of the ten sentences.
const TEXTS: [&str; 10] = ["a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10"];

/// Wut, Langeweile, Ekel, Angst, Freude, Trauer, neutral.
const EMOTIONS: [(&str, &str); 7] =
    [("W", "angry"), ("L", "boredom"), ("E", "disgust"), ("A", "fearful"), ("F", "happy"), ("T", "sad"), ("N", "neutral")];

/// What an EmoDB file name says.
///
/// ```
/// use intone::corpus::emodb::ClipName;
/// let name = ClipName::parse("03a01Fa")?;
/// assert_eq!((name.speaker, name.sex(), name.label()), ("03", "male", "happy"));
/// assert_eq!(name.to_string(), "03a01Fa");
/// # Ok::<(), intone::corpus::NameError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipName {
    /// `03`, or `08` to `16`.
    pub speaker: &'static str,
    /// Code of the sentence: `a01` to `b10`.
    pub text: &'static str,
    /// Letter of the emotion: `W`, `L`, `E`, `A`, `F`, `T` or `N`.
    pub emotion: &'static str,
    /// Letter of the version, where there is one.
    pub version: Option<char>,
}

impl ClipName {
    /// Reads a file name without its ending.
    ///
    /// # Errors
    /// The first thing about it that is not as in EmoDB.
    pub fn parse(file_stem: &str) -> Result<Self, NameError> {
        let reader = Reader { corpus: "EmoDB", name: file_stem };
        if !file_stem.is_ascii() || !(6..=7).contains(&file_stem.len()) {
            return Err(reader.shape("speaker, text, emotion and version without anything between, as 03a01Fa"));
        }
        let (speaker, text, emotion) = (&file_stem[..2], &file_stem[2..5], &file_stem[5..6]);
        let (speaker, _) = looked_up(&SPEAKERS, speaker).ok_or_else(|| reader.field("speaker", speaker, "03 and 08 to 16"))?;
        let text = TEXTS
            .into_iter()
            .find(|known| *known == text)
            .ok_or_else(|| reader.field("text", text, "a01, a02, a04, a05, a07, b01, b02, b03, b09 and b10"))?;
        let (emotion, _) = looked_up(&EMOTIONS, emotion).ok_or_else(|| reader.field("emotion", emotion, "A, E, F, L, N, T and W"))?;
        let version = file_stem.chars().nth(6);
        if let Some(letter) = version.filter(|letter| !letter.is_ascii_lowercase()) {
            return Err(reader.field("version", letter, "a to z"));
        }
        Ok(Self { speaker, text, emotion, version })
    }

    /// `male` or `female`.
    pub fn sex(&self) -> &'static str {
        looked_up(&SPEAKERS, self.speaker).map_or("", |(_, (sex, _))| sex)
    }

    /// The speaker's age, years.
    pub fn age(&self) -> u8 {
        looked_up(&SPEAKERS, self.speaker).map_or(0, |(_, (_, age))| age)
    }

    /// The emotion, as [`LABELS`] has it.
    pub fn label(&self) -> &'static str {
        looked_up(&EMOTIONS, self.emotion).map_or("", |(_, label)| label)
    }
}

impl fmt::Display for ClipName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.speaker, self.text, self.emotion)?;
        self.version.map_or(Ok(()), |letter| write!(f, "{letter}"))
    }
}

/// EmoDB, for the loader.
pub(in crate::corpus) const KNOWN: Known =
    Known { name: "EmoDB", labels: &LABELS, citation: CITATION, expected: EXPECTED, demographics: None, read };

fn read(file: &AudioFile) -> Result<Said, NameError> {
    let name = ClipName::parse(&file.stem())?;
    let mut extra = BTreeMap::from([("sex", name.sex().to_owned()), ("age", name.age().to_string()), ("statement", name.text.to_owned())]);
    if let Some(version) = name.version {
        extra.insert("repetition", version.to_string());
    }
    Ok(Said { id: name.to_string(), label: name.label(), speaker: name.speaker.to_owned(), extra })
}
