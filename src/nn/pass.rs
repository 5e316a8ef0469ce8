//! What a pass through a network needs beside its input: whether it trains, the random stream of its dropout, what its batch
//! normalisations saw, and what is to be known of its inner workings.

use rand_chacha::ChaCha8Rng;

use super::tensor::Matrix;
use super::weights::BatchMoments;

/// One pass of one shard through a network.
#[derive(Debug)]
pub struct Pass {
    dropout: Option<ChaCha8Rng>,
    moments: Vec<BatchMoments>,
    attention: Option<Vec<Vec<f32>>>,
    embedding: Vec<Vec<f32>>,
}

impl Pass {
    /// A pass that predicts: no dropout, running statistics.
    pub fn prediction() -> Self {
        Self { dropout: None, moments: Vec::new(), attention: None, embedding: Vec::new() }
    }

    /// A pass that trains: dropout from this stream, statistics of the shard.
    pub fn training(dropout: ChaCha8Rng) -> Self {
        Self { dropout: Some(dropout), ..Self::prediction() }
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

    /// Keeps the attention weights of each clip of the batch, where the pass predicts; training needs no copy of them.
    pub(crate) fn record_attention<'a>(&mut self, clips: impl Iterator<Item = &'a [f32]>) {
        if !self.trains() {
            self.attention = Some(clips.map(<[f32]>::to_vec).collect());
        }
    }

    /// Keeps the vectors that the last linear layer reads, where the pass predicts.
    pub(crate) fn record_embedding<T>(&mut self, rows: &Matrix<T>) {
        if !self.trains() {
            let (_, columns) = rows.shape();
            self.embedding = rows.values().chunks_exact(columns).map(<[f32]>::to_vec).collect();
        }
    }

    /// The attention weights of each row, where the network has attention, and its embedding.
    pub(crate) fn into_trace(self) -> (Option<Vec<Vec<f32>>>, Vec<Vec<f32>>) {
        (self.attention, self.embedding)
    }

    /// What the batch normalisations saw.
    pub(crate) fn into_moments(self) -> Vec<BatchMoments> {
        self.moments
    }
}
