//! Cepstral coefficients: the orthonormal DCT-II of the mel spectrum in dB, `librosa.feature.mfcc`.

use super::simd::{Kernel, Lanes, Level, Simd};

/// The first `n_mfcc` rows of the orthonormal DCT-II over `n_mels` bands (`scipy.fft.dct(type=2, norm="ortho")`).
#[derive(Debug, Clone)]
pub(super) struct Dct {
    n_mels: usize,
    /// `(n_mfcc, n_mels)`, row by row.
    rows: Vec<f64>,
}

impl Dct {
    /// With every row liftered (`lifter` over 0), as `librosa.feature.mfcc` lifters what comes out.
    pub fn new(n_mfcc: usize, n_mels: usize, lifter: f64) -> Self {
        let length = n_mels as f64;
        let rows = (0..n_mfcc)
            .flat_map(|k| {
                let scale = if k == 0 { (1.0 / length).sqrt() } else { (2.0 / length).sqrt() };
                let scale = scale * lift(k, lifter);
                (0..n_mels).map(move |n| scale * (std::f64::consts::PI * (k * (2 * n + 1)) as f64 / (2.0 * length)).cos())
            })
            .collect();
        Self { n_mels, rows }
    }

    /// Number of coefficients.
    pub fn coefficients(&self) -> usize {
        self.rows.len() / self.n_mels
    }

    /// Coefficients of one spectrum in dB.
    pub fn apply(&self, db: &[f64], out: &mut [f64]) {
        for (row, out) in self.rows.chunks_exact(self.n_mels).zip(out) {
            *out = row.iter().zip(db).map(|(weight, db)| weight * db).sum();
        }
    }

    /// Coefficients of eight frames. Summed in double precision: c0 of silence is 128 equal terms, where single precision drifts.
    pub fn apply_block(&self, level: Level, db: &[Lanes], out: &mut [Lanes]) {
        level.run(Apply { dct: self, db, out });
    }
}

/// What liftering multiplies coefficient `k` by.
fn lift(k: usize, lifter: f64) -> f64 {
    if lifter > 0.0 { 1.0 + lifter / 2.0 * (std::f64::consts::PI * (k + 1) as f64 / lifter).sin() } else { 1.0 }
}

struct Apply<'a> {
    dct: &'a Dct,
    db: &'a [Lanes],
    out: &'a mut [Lanes],
}

impl Kernel for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for (row, out) in self.dct.rows.chunks_exact(self.dct.n_mels).zip(self.out) {
            let mut sum = simd.splat64(0.0);
            for (&weight, db) in row.iter().zip(self.db) {
                sum = simd.mul_add64(simd.widen(simd.load(db)), simd.splat64(weight), sum);
            }
            simd.store(simd.narrow(sum), out);
        }
    }
}
