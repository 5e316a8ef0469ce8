//! Draws from the standard normal distribution.

use rand::RngCore as _;
use rand_chacha::ChaCha8Rng;

use super::kernels;

/// Pairs that are made at once.
pub(super) const PAIRS: usize = 32;

/// Standard normal draws without end, in pairs (Box & Muller 1958), some at a time.
///
/// Logarithm, sine and cosine are sums and products of our own, so that every machine draws the same to the bit.
pub(super) struct Normals<'r> {
    rng: &'r mut ChaCha8Rng,
    made: [f32; 2 * PAIRS],
    used: usize,
}

impl<'r> Normals<'r> {
    pub fn new(rng: &'r mut ChaCha8Rng) -> Self {
        Self { rng, made: [0.0; 2 * PAIRS], used: 2 * PAIRS }
    }

    #[inline]
    pub fn draw(&mut self) -> f32 {
        if self.used == self.made.len() {
            let mut random = [0; 2 * PAIRS];
            random.iter_mut().for_each(|value| *value = self.rng.next_u32());
            kernels::box_muller(&random, &mut self.made);
            self.used = 0;
        }
        self.used += 1;
        self.made[self.used - 1]
    }
}
