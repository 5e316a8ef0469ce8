//! The built-in corpus: synthetic voices.

/// One utterance, fully described: the same value gives the same samples to the bit.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    /// Seed of everything random in it.
    pub seed: u64,
}
