//! What a pass through a network needs beside its input: whether it trains, the random stream of its dropout, and what its batch
//! normalisations saw.

use rand_chacha::ChaCha8Rng;

use super::weights::BatchMoments;

/// One pass of one shard through a network.
#[derive(Debug)]
pub struct Pass {
    dropout: Option<ChaCha8Rng>,
    moments: Vec<BatchMoments>,
}

impl Pass {
    /// A pass that predicts: no dropout, running statistics.
    pub fn prediction() -> Self {
        Self { dropout: None, moments: Vec::new() }
    }

    /// A pass that trains: dropout from this stream, statistics of the shard.
    pub fn training(dropout: ChaCha8Rng) -> Self {
        Self { dropout: Some(dropout), moments: Vec::new() }
    }

    /// Whether the pass trains.
    pub fn trains(&self) -> bool {
        self.dropout.is_some()
    }

    /// The stream of dropout, if the pass trains.
    pub(crate) fn dropout(&mut self) -> Option<&mut ChaCha8Rng> {
        self.dropout.as_mut()
    }

    pub(crate) fn record(&mut self, moments: BatchMoments) {
        self.moments.push(moments);
    }

    /// What the batch normalisations saw.
    pub(crate) fn into_moments(self) -> Vec<BatchMoments> {
        self.moments
    }
}
