//! Draws from the standard normal distribution.

use std::f32::consts::TAU;

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

/// Standard normal draws without end, in pairs (Box & Muller 1958).
pub(super) struct Normals<'r> {
    rng: &'r mut ChaCha8Rng,
    spare: Option<f32>,
}

impl<'r> Normals<'r> {
    pub fn new(rng: &'r mut ChaCha8Rng) -> Self {
        Self { rng, spare: None }
    }

    pub fn draw(&mut self) -> f32 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // 1 - [0, 1) keeps the logarithm finite.
        let radius = (-2.0 * (1.0 - self.rng.r#gen::<f32>()).ln()).sqrt();
        let (sine, cosine) = (TAU * self.rng.r#gen::<f32>()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }
}
