//! The seven fields of a RAVDESS file name.

use std::fmt;

use crate::corpus::Emotion;

/// What was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Modality {
    /// 01: picture and sound.
    AudioVideo,
    /// 02: picture alone.
    VideoOnly,
    /// 03: sound alone.
    AudioOnly,
}

/// Spoken or sung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// 01
    Speech,
    /// 02
    Song,
}

impl Channel {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::Speech, Self::Song];

    /// `speech` or `song`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Speech => "speech",
            Self::Song => "song",
        }
    }

    /// The channel of that [name](Channel::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// How strongly the emotion is expressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intensity {
    /// 01
    Normal,
    /// 02; there is none for neutral.
    Strong,
}

impl Intensity {
    /// `normal` or `strong`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Strong => "strong",
        }
    }
}

/// What a RAVDESS file name says, `modality-channel-emotion-intensity-statement-repetition-actor`.
///
/// ```
/// use intone::corpus::{Emotion, ravdess::ClipName};
/// let name = ClipName::parse("03-01-06-01-02-01-12")?;
/// assert_eq!((name.emotion, name.actor, name.sex()), (Emotion::Fearful, 12, "female"));
/// assert_eq!(name.to_string(), "03-01-06-01-02-01-12");
/// # Ok::<(), intone::corpus::ravdess::NameError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipName {
    /// What was recorded.
    pub modality: Modality,
    /// Spoken or sung.
    pub channel: Channel,
    /// The emotion.
    pub emotion: Emotion,
    /// How strongly it is expressed.
    pub intensity: Intensity,
    /// 1: "Kids are talking by the door"; 2: "Dogs are sitting by the door".
    pub statement: u8,
    /// 1 or 2.
    pub repetition: u8,
    /// 1 to 24.
    pub actor: u8,
}

/// A name that is not one of RAVDESS's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Not seven fields.
    #[error("`{name}` has {found} fields between hyphens; a RAVDESS name has 7, as 03-01-06-01-02-01-12")]
    Fields {
        /// The name.
        name: String,
        /// Number of fields.
        found: usize,
    },
    /// A field that is not two digits in its range.
    #[error("`{name}` has `{found}` as its {field}; a RAVDESS name has 01 to {highest:02}")]
    Field {
        /// The name.
        name: String,
        /// What the field stands for.
        field: &'static str,
        /// What is there.
        found: String,
        /// Highest code of the field.
        highest: u8,
    },
}

/// What each field stands for and its highest code.
const FIELDS: [(&str, u8); 7] =
    [("modality", 3), ("channel", 2), ("emotion", 8), ("intensity", 2), ("statement", 2), ("repetition", 2), ("actor", 24)];

impl ClipName {
    /// Reads a file name without its ending.
    ///
    /// # Errors
    /// The first thing about it that is not as in RAVDESS.
    pub fn parse(file_stem: &str) -> Result<Self, NameError> {
        let fields: Vec<&str> = file_stem.split('-').collect();
        if fields.len() != FIELDS.len() {
            return Err(NameError::Fields { name: file_stem.to_owned(), found: fields.len() });
        }
        let mut codes = [0; 7];
        for ((code, text), (field, highest)) in codes.iter_mut().zip(fields).zip(FIELDS) {
            *code = two_digits(text).filter(|code| (1..=highest).contains(code)).ok_or_else(|| NameError::Field {
                name: file_stem.to_owned(),
                field,
                found: text.to_owned(),
                highest,
            })?;
        }
        let [modality, channel, emotion, intensity, statement, repetition, actor] = codes;
        Ok(Self {
            modality: [Modality::AudioVideo, Modality::VideoOnly, Modality::AudioOnly][usize::from(modality) - 1],
            channel: Channel::ALL[usize::from(channel) - 1],
            emotion: Emotion::ALL[usize::from(emotion) - 1],
            intensity: [Intensity::Normal, Intensity::Strong][usize::from(intensity) - 1],
            statement,
            repetition,
            actor,
        })
    }

    /// `male` or `female`: odd actors are men.
    pub fn sex(&self) -> &'static str {
        if self.actor % 2 == 1 { "male" } else { "female" }
    }

    /// The actor as RAVDESS writes it, `01` to `24`.
    pub fn speaker(&self) -> String {
        format!("{:02}", self.actor)
    }
}

impl fmt::Display for ClipName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02}-{:02}-{:02}-{:02}-{:02}-{:02}-{:02}",
            self.modality as u8 + 1,
            self.channel as u8 + 1,
            self.emotion as u8 + 1,
            self.intensity as u8 + 1,
            self.statement,
            self.repetition,
            self.actor
        )
    }
}

/// An actor's number, written with or without a leading zero.
pub(in crate::corpus) fn actor_number(name: &str) -> Option<u8> {
    let digits = (1..=2).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_digit());
    name.parse().ok().filter(|number| digits && (1..=24).contains(number))
}

fn two_digits(text: &str) -> Option<u8> {
    if text.len() == 2 && text.bytes().all(|c| c.is_ascii_digit()) { text.parse().ok() } else { None }
}
