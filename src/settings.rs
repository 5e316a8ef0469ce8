//! What all sections of the experiment file share: the error for a value that cannot be used.

/// A setting whose value cannot be used, named by its full key (`features.hop_length`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` {message}")]
pub struct InvalidSetting {
    /// The full key, as written in the experiment file: `section.key`.
    pub key: String,
    /// What is wrong and what would be right, as a fragment that follows the key: "is 0; it must be at least 1".
    pub message: String,
}

impl InvalidSetting {
    /// Names the key and says what is wrong with its value.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }
}
