//! The eight emotions of RAVDESS, which the demo corpus speaks too.

use std::fmt;

/// An emotion, in the order of RAVDESS's codes and of class indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Emotion {
    /// 01
    Neutral,
    /// 02
    Calm,
    /// 03
    Happy,
    /// 04
    Sad,
    /// 05
    Angry,
    /// 06
    Fearful,
    /// 07
    Disgust,
    /// 08
    Surprised,
}

impl Emotion {
    /// All emotions, in order.
    pub const ALL: [Self; 8] =
        [Self::Neutral, Self::Calm, Self::Happy, Self::Sad, Self::Angry, Self::Fearful, Self::Disgust, Self::Surprised];

    /// The emotion's name, as labels show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Calm => "calm",
            Self::Happy => "happy",
            Self::Sad => "sad",
            Self::Angry => "angry",
            Self::Fearful => "fearful",
            Self::Disgust => "disgust",
            Self::Surprised => "surprised",
        }
    }

    /// Position in [`Emotion::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Emotion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
