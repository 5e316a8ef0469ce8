//! SAVEE, the Surrey audio-visual expressed emotion database.
//!
//! Haq & Jackson, "Multimodal Emotion Recognition", in Wang (ed.), Machine Audition: Principles, Algorithms and Systems, IGI Global, 2010.
//! Four men; names as the release's `Info.txt` says: letters of the emotion and the number of the sentence, 1 to 15 (neutral: 1 to 30).
//! The release has a folder a speaker (`AudioData/DC/a01.wav`), a popular copy the speaker in the name (`DC_a01.wav`); both are read.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use super::NameError;
use super::error::{Reader, looked_up};
use super::load::{Known, Said};
use crate::corpus::folder::AudioFile;

/// Source and licence.
pub const CITATION: &str = "Haq S, Jackson PJB (2010) Multimodal Emotion Recognition. In: Wang W (ed.) Machine Audition: Principles, \
    Algorithms and Systems, IGI Global, 398-423 (SAVEE). http://kahlan.eps.surrey.ac.uk/savee/. Licence: free of charge for research, on \
    registration.";

/// What messages say is expected of the folder.
pub const EXPECTED: &str = "expected is a folder with SAVEE's WAV or FLAC files under it, such as AudioData/DC/a01.wav or DC_a01.wav; set \
    `corpus.path`";

/// Labels in class order.
pub const LABELS: [&str; 7] = ["neutral", "happy", "sad", "angry", "fearful", "disgust", "surprised"];

const SPEAKERS: [&str; 4] = ["DC", "JE", "JK", "KL"];

const EMOTIONS: [(&str, &str); 7] =
    [("a", "angry"), ("d", "disgust"), ("f", "fearful"), ("h", "happy"), ("n", "neutral"), ("sa", "sad"), ("su", "surprised")];

/// What a SAVEE file name says, with the folder it is in.
///
/// ```
/// use intone::corpus::savee::ClipName;
/// let name = ClipName::parse("sa03", Some("JK"))?;
/// assert_eq!(name, ClipName::parse("JK_sa03", None)?);
/// assert_eq!((name.speaker, name.label(), name.sentence), ("JK", "sad", 3));
/// assert_eq!(name.to_string(), "JK_sa03");
/// # Ok::<(), intone::corpus::NameError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipName {
    /// `DC`, `JE`, `JK` or `KL`.
    pub speaker: &'static str,
    /// Letters of the emotion.
    pub emotion: &'static str,
    /// From 1.
    pub sentence: u8,
}

impl ClipName {
    /// Reads a file name without its ending; where it does not begin with a speaker, `folder` is the name of the folder around it.
    ///
    /// # Errors
    /// The first thing about it that is not as in SAVEE.
    pub fn parse(file_stem: &str, folder: Option<&str>) -> Result<Self, NameError> {
        let reader = Reader { corpus: "SAVEE", name: file_stem };
        let pattern = "emotion and sentence in a speaker's folder, as DC/a01, or speaker, underscore, emotion and sentence, as DC_a01";
        let (speaker, rest) = match file_stem.split_once('_') {
            Some((speaker, rest)) => (speaker, rest),
            None => (folder.ok_or_else(|| reader.shape(pattern))?, file_stem),
        };
        let speaker =
            SPEAKERS.into_iter().find(|known| *known == speaker).ok_or_else(|| reader.field("speaker", speaker, "DC, JE, JK and KL"))?;
        let digits = rest.find(|c: char| c.is_ascii_digit()).ok_or_else(|| reader.shape(pattern))?;
        let (emotion, sentence) = rest.split_at(digits);
        let (emotion, _) = looked_up(&EMOTIONS, emotion).ok_or_else(|| reader.field("emotion", emotion, "a, d, f, h, n, sa and su"))?;
        let (last, known) = if emotion == "n" { (30, "01 to 30") } else { (15, "01 to 15 (neutral: 01 to 30)") };
        let two = sentence.len() == 2 && sentence.bytes().all(|c| c.is_ascii_digit());
        let number = sentence.parse().ok().filter(|number| two && (1..=last).contains(number));
        Ok(Self { speaker, emotion, sentence: number.ok_or_else(|| reader.field("sentence", sentence, known))? })
    }

    /// The emotion, as [`LABELS`] has it.
    pub fn label(&self) -> &'static str {
        looked_up(&EMOTIONS, self.emotion).map_or("", |(_, label)| label)
    }
}

impl fmt::Display for ClipName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}{:02}", self.speaker, self.emotion, self.sentence)
    }
}

/// SAVEE, for the loader.
pub(in crate::corpus) const KNOWN: Known =
    Known { name: "SAVEE", labels: &LABELS, citation: CITATION, expected: EXPECTED, demographics: None, read };

fn read(file: &AudioFile) -> Result<Said, NameError> {
    let folder = file.path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let name = ClipName::parse(&file.stem(), folder.as_deref())?;
    let extra = BTreeMap::from([("sentence", name.sentence.to_string()), ("sex", "male".to_owned())]);
    Ok(Said { id: name.to_string(), label: name.label(), speaker: name.speaker.to_owned(), extra })
}
