//! Power to decibel: `librosa.power_to_db`.

use ndarray::Array2;

use super::simd::{Kernel, LANES, Lanes, Level, Simd};

/// librosa's least power: quieter values are taken for it, -100 dB.
pub(super) const AMIN: f32 = 1e-10;
/// librosa's dynamic range, dB.
pub(super) const TOP_DB: f32 = 80.0;

/// `10 log10(max(amin, power) / max(amin, reference))`, floored at `top_db` under the maximum of the whole array, where given.
///
/// librosa's defaults are `reference = 1.0`, `amin = 1e-10`, `top_db = Some(80.0)`. `amin` under the least normal number is taken for
/// it. Values that are not finite stay as they are.
pub fn power_to_db(power: &Array2<f32>, reference: f32, amin: f32, top_db: Option<f32>) -> Array2<f32> {
    let amin = amin.max(f32::MIN_POSITIVE);
    let shift = decibel(reference.abs().max(amin));
    let mut db = power.mapv(|power| if power.is_finite() { decibel(power.max(amin)) - shift } else { power });
    if let Some(range) = top_db {
        let floor = db.iter().copied().fold(f32::NEG_INFINITY, f32::max) - range;
        db.mapv_inplace(|db| db.max(floor));
    }
    db
}

/// Turns power into decibel with librosa's defaults: the floor is 80 dB under the maximum of all lanes.
pub(super) fn power_to_db_lanes(level: Level, lanes: &mut [Lanes]) {
    level.run(ToDecibel { lanes });
}

struct ToDecibel<'a> {
    lanes: &'a mut [Lanes],
}

impl Kernel for ToDecibel<'_> {
    type Output = ();

    // Plain loops over eight lanes: the compiler makes vector instructions of them, in whatever set this is compiled for.
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut peaks = simd.splat(f32::NEG_INFINITY);
        for lanes in self.lanes.iter_mut() {
            for lane in 0..LANES {
                let power = lanes.0[lane];
                lanes.0[lane] = decibel(if power > AMIN { power } else { AMIN });
            }
            peaks = simd.max(peaks, simd.load(lanes));
        }
        let mut peak = Lanes::default();
        simd.store(peaks, &mut peak);
        let floor = simd.splat(peak.0.into_iter().fold(f32::NEG_INFINITY, f32::max) - TOP_DB);
        for lanes in self.lanes {
            simd.store(simd.max(simd.load(lanes), floor), lanes);
        }
    }
}

/// `10 log10(x)` of a positive normal number, to about one unit in the last place of the result.
///
/// The logarithm of the mantissa is the polynomial of Cephes' `logf` (S. L. Moshier, 1988), over `sqrt(1/2)..sqrt(2)`.
#[inline(always)]
fn decibel(x: f32) -> f32 {
    const SQRT_HALF: i32 = 0x3f35_04f3;
    const MANTISSA: i32 = 0x007f_ffff;
    const DB_A_NEPER: f32 = 4.342_944_8;
    const DB_AN_OCTAVE: f32 = 3.010_299_9;
    let shifted = x.to_bits() as i32 - SQRT_HALF;
    let exponent = (shifted >> 23) as f32;
    let f = f32::from_bits(((shifted & MANTISSA) + SQRT_HALF) as u32) - 1.0;
    let mut p = 7.037_683_6e-2_f32;
    p = p * f - 1.151_461_03e-1;
    p = p * f + 1.167_699_87e-1;
    p = p * f - 1.242_014_08e-1;
    p = p * f + 1.424_932_3e-1;
    p = p * f - 1.666_805_77e-1;
    p = p * f + 2.000_071_48e-1;
    p = p * f - 2.499_999_4e-1;
    p = p * f + 3.333_333_1e-1;
    let square = f * f;
    let natural = f + (p * f * square - 0.5 * square);
    exponent * DB_AN_OCTAVE + natural * DB_A_NEPER
}
