//! Power to decibel: `librosa.power_to_db`.

use ndarray::Array2;

use super::settings::{FeatureSettings, Reference};
use super::simd::{Kernel, LANES, Lanes, Level, Simd};

/// librosa's least power: quieter values are taken for it, -100 dB.
const AMIN: f32 = 1e-10;
/// librosa's dynamic range, dB.
const TOP_DB: f32 = 80.0;

/// What decibels are relative to, and how deep they go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// A power, or `None` for the largest.
    pub reference: Option<f32>,
    /// Range under the maximum, dB; `None` = all.
    pub top_db: Option<f32>,
}

impl Scale {
    /// librosa's defaults.
    pub const LIBROSA: Self = Self { reference: Some(1.0), top_db: Some(TOP_DB) };

    pub fn from_settings(settings: &FeatureSettings) -> Self {
        let reference = match settings.log_mel_reference {
            Reference::Fixed(power) => Some(power),
            Reference::Clip(_) => None,
        };
        Self { reference, top_db: (settings.log_mel_top_db > 0.0).then_some(settings.log_mel_top_db) }
    }
}

/// `10 log10(max(amin, power) / max(amin, reference))`, floored at `top_db` under the maximum of the whole array, where given.
///
/// librosa's defaults are `reference = 1.0`, `amin = 1e-10`, `top_db = Some(80.0)`.
pub fn power_to_db(power: &Array2<f32>, reference: f32, amin: f32, top_db: Option<f32>) -> Array2<f32> {
    let decibel = |power: f32| 10.0 * f64::from(power.max(amin)).log10();
    let shift = decibel(reference.abs());
    let mut db = power.mapv(|power| (decibel(power) - shift) as f32);
    if let Some(range) = top_db {
        let floor = db.iter().copied().fold(f32::NEG_INFINITY, f32::max) - range;
        db.mapv_inplace(|db| db.max(floor));
    }
    db
}

/// [`power_to_db`] in place and fast, of finite powers; the maximum is that of all lanes.
pub(super) fn power_to_db_lanes(level: Level, lanes: &mut [Lanes], scale: Scale) {
    level.run(ToDecibel { lanes, scale });
}

struct ToDecibel<'a> {
    lanes: &'a mut [Lanes],
    scale: Scale,
}

impl Kernel for ToDecibel<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut peaks = simd.splat(f32::NEG_INFINITY);
        for lanes in self.lanes.iter_mut() {
            let db = decibel(simd, simd.max(simd.load(lanes), simd.splat(AMIN)));
            peaks = simd.max(peaks, db);
            simd.store(db, lanes);
        }
        let mut peak = Lanes::default();
        simd.store(peaks, &mut peak);
        let mut highest = peak.0[0];
        for lane in 1..LANES {
            highest = highest.max(peak.0[lane]);
        }
        let floor = simd.splat(self.scale.top_db.map_or(f32::NEG_INFINITY, |range| highest - range));
        let shift = self.scale.reference.map_or(highest, |power| (10.0 * f64::from(power.max(AMIN)).log10()) as f32);
        let shift = simd.splat(-shift);
        for lanes in self.lanes {
            simd.store(simd.add(simd.max(simd.load(lanes), floor), shift), lanes);
        }
    }
}

/// Cephes' polynomial `p` of `ln(1 + f) = f - f^2 / 2 + f^3 p(f)` for `1 + f` from `sqrt(1/2)` to `sqrt(2)`, highest power first
/// (S. L. Moshier, `logf`, 1988).
const POLYNOMIAL: [f32; 9] = [
    7.037_683_6e-2,
    -1.151_461e-1,
    1.167_699_9e-1,
    -1.242_014_1e-1,
    1.424_932_3e-1,
    -1.666_805_7e-1,
    2.000_071_4e-1,
    -2.499_999_4e-1,
    3.333_333e-1,
];
const DB_A_NEPER: f32 = 4.342_944_6;
const DB_AN_OCTAVE: f32 = 3.010_3;

/// `10 log10(x)` of positive normal numbers, to about one unit in the last place.
#[inline(always)]
pub(super) fn decibel<S: Simd>(simd: S, x: S::F32) -> S::F32 {
    let (exponent, f) = simd.split_exponent(x);
    let mut p = simd.splat(POLYNOMIAL[0]);
    for &coefficient in &POLYNOMIAL[1..] {
        p = simd.mul_add(p, f, simd.splat(coefficient));
    }
    // f - f^2 / 2 + f^3 p = f + f^2 (f p - 1/2)
    let tail = simd.mul_add(f, p, simd.splat(-0.5));
    let natural = simd.mul_add(simd.mul(f, f), tail, f);
    simd.mul_add(exponent, simd.splat(DB_AN_OCTAVE), simd.mul(natural, simd.splat(DB_A_NEPER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_way_equals_the_definition_on_every_instruction_set() {
        let power: Vec<f32> = (0..80_000).map(|i| 1e-12 * 1.000_6_f32.powi(i)).filter(|power| power.is_finite()).collect();
        // One array a decade, so that the floor does not hide the small ones.
        for part in power.chunks(4000) {
            let expected = power_to_db(&Array2::from_shape_vec((1, part.len()), part.to_vec()).unwrap(), 1.0, AMIN, Some(TOP_DB));
            for level in Level::all() {
                let (chunks, _) = part.as_chunks::<LANES>();
                let mut lanes: Vec<Lanes> = chunks.iter().map(|chunk| Lanes(*chunk)).collect();
                power_to_db_lanes(level, &mut lanes, Scale::LIBROSA);
                for (found, expected) in lanes.iter().flat_map(|lanes| lanes.0).zip(&expected) {
                    assert!((found - expected).abs() <= 2e-7 * expected.abs() + 4e-7, "{level:?}: {found} for {expected}");
                }
            }
        }
    }
}
