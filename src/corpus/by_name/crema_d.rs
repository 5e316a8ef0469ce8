//! CREMA-D, the crowd-sourced emotional multimodal actors dataset.
//!
//! Cao, Cooper, Keutmann, Gur, Nenkova & Verma, "CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset", IEEE Transactions on
//! Affective Computing 5(4): 377-390, 2014. Names as its repository says: actor, sentence, emotion and level between underscores. One
//! file of the release, `1040_ITH_SAD_X`, lacks a letter; it is read as `1040_ITH_SAD_XX`, which the release's own tables call it.

use std::collections::BTreeMap;
use std::fmt;

use super::NameError;
use super::error::{Reader, looked_up};
use super::load::{Known, Said};
use crate::corpus::folder::AudioFile;

/// Source and licence.
pub const CITATION: &str = "Cao H, Cooper DG, Keutmann MK, Gur RC, Nenkova A, Verma R (2014) CREMA-D: Crowd-sourced Emotional Multimodal \
    Actors Dataset. IEEE Trans. Affective Computing 5(4): 377-390. https://doi.org/10.1109/TAFFC.2014.2336244. Licence: Open Database \
    License (ODbL) 1.0, contents under the Database Contents License 1.0.";

/// What messages say is expected of the folder.
pub const EXPECTED: &str = "expected is a folder with CREMA-D's WAV or FLAC files under it, such as AudioWAV/1001_DFA_ANG_XX.wav, and \
    beside them VideoDemographics.csv for the actors' sex; set `corpus.path`";

/// Labels in class order.
pub const LABELS: [&str; 6] = ["neutral", "happy", "sad", "angry", "fearful", "disgust"];

/// Codes of the twelve sentences, from "It's eleven o'clock" to "We'll stop in a couple of minutes".
const SENTENCES: [&str; 12] = ["IEO", "TIE", "IOM", "IWW", "TAI", "MTI", "IWL", "ITH", "DFA", "ITS", "TSI", "WSI"];

const EMOTIONS: [(&str, &str); 6] =
    [("ANG", "angry"), ("DIS", "disgust"), ("FEA", "fearful"), ("HAP", "happy"), ("NEU", "neutral"), ("SAD", "sad")];

const LEVELS: [(&str, &str); 4] = [("LO", "low"), ("MD", "medium"), ("HI", "high"), ("XX", "unspecified")];

/// What a CREMA-D file name says.
///
/// ```
/// use intone::corpus::crema_d::ClipName;
/// let name = ClipName::parse("1001_DFA_ANG_XX")?;
/// assert_eq!((name.actor, name.sentence, name.label(), name.intensity()), (1001, "DFA", "angry", "unspecified"));
/// assert_eq!(name.to_string(), "1001_DFA_ANG_XX");
/// # Ok::<(), intone::corpus::NameError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipName {
    /// 1001 to 1091.
    pub actor: u16,
    /// Code of the sentence.
    pub sentence: &'static str,
    /// Code of the emotion.
    pub emotion: &'static str,
    /// Code of the level.
    pub level: &'static str,
}

impl ClipName {
    /// Reads a file name without its ending.
    ///
    /// # Errors
    /// The first thing about it that is not as in CREMA-D.
    pub fn parse(file_stem: &str) -> Result<Self, NameError> {
        let reader = Reader { corpus: "CREMA-D", name: file_stem };
        let whole = if file_stem == "1040_ITH_SAD_X" { "1040_ITH_SAD_XX" } else { file_stem };
        let fields: Vec<&str> = whole.split('_').collect();
        let [actor, sentence, emotion, level] = fields[..] else {
            return Err(reader.shape("actor, sentence, emotion and level between underscores, as 1001_DFA_ANG_XX"));
        };
        let digits = actor.len() == 4 && actor.bytes().all(|c| c.is_ascii_digit());
        let number = actor.parse().ok().filter(|number| digits && (1001..=1091).contains(number));
        let known = "IEO, TIE, IOM, IWW, TAI, MTI, IWL, ITH, DFA, ITS, TSI and WSI";
        Ok(Self {
            actor: number.ok_or_else(|| reader.field("actor", actor, "1001 to 1091"))?,
            sentence: SENTENCES.into_iter().find(|code| *code == sentence).ok_or_else(|| reader.field("sentence", sentence, known))?,
            emotion: looked_up(&EMOTIONS, emotion).ok_or_else(|| reader.field("emotion", emotion, "ANG, DIS, FEA, HAP, NEU and SAD"))?.0,
            level: looked_up(&LEVELS, level).ok_or_else(|| reader.field("level", level, "LO, MD, HI and XX"))?.0,
        })
    }

    /// The emotion, as [`LABELS`] has it.
    pub fn label(&self) -> &'static str {
        looked_up(&EMOTIONS, self.emotion).map_or("", |(_, label)| label)
    }

    /// `low`, `medium`, `high` or `unspecified`.
    pub fn intensity(&self) -> &'static str {
        looked_up(&LEVELS, self.level).map_or("", |(_, level)| level)
    }
}

impl fmt::Display for ClipName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}_{}", self.actor, self.sentence, self.emotion, self.level)
    }
}

/// CREMA-D, for the loader.
pub(in crate::corpus) const KNOWN: Known =
    Known { name: "CREMA-D", labels: &LABELS, citation: CITATION, expected: EXPECTED, demographics: Some("VideoDemographics.csv"), read };

fn read(file: &AudioFile) -> Result<Said, NameError> {
    let name = ClipName::parse(&file.stem())?;
    let extra = BTreeMap::from([("intensity", name.intensity().to_owned()), ("statement", name.sentence.to_owned())]);
    Ok(Said { id: name.to_string(), label: name.label(), speaker: name.actor.to_string(), extra })
}
