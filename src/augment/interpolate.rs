//! A signal between its samples.

use std::f64::consts::PI;

/// Samples that a value between them is taken from.
pub(super) const TAPS: usize = 12;
/// Places between two samples that the kernel is tabled for; between those it is taken to be straight, within 2e-5.
const PLACES: usize = 1 << PLACE_BITS;
const PLACE_BITS: u32 = 8;
/// Shape of the window: 90 dB.
const BETA: f64 = 9.0;

/// A sinc under a Kaiser window of twelve samples (Kaiser & Schafer 1980), for signals whose upper half of the band is empty: it passes the
/// lower half, and what mirrors about half the sample rate is at least 80 dB down.
pub(super) struct Kernel {
    places: Vec<Place>,
}

/// Numbers that are worked on together.
type Quad = [f32; 4];

/// The kernel at one place.
pub(super) struct Place {
    pub taps: [Quad; TAPS / 4],
    /// From these taps to those of the next place.
    pub slopes: [Quad; TAPS / 4],
}

impl Kernel {
    pub fn new() -> Self {
        let exact = |tap: usize, place: usize| tap_at(tap, place as f64 / PLACES as f64);
        let quads = |value: &dyn Fn(usize) -> f64| std::array::from_fn(|quad| std::array::from_fn(|lane| value(4 * quad + lane) as f32));
        let place =
            |place: usize| Place { taps: quads(&|tap| exact(tap, place)), slopes: quads(&|tap| exact(tap, place + 1) - exact(tap, place)) };
        Self { places: (0..PLACES).map(place).collect() }
    }

    /// The place `part / 2^32` of the way from the middle sample to the next, and how far along its slopes.
    #[inline(always)]
    pub fn at(&self, part: u32) -> (&Place, f32) {
        let (index, rest) = ((part >> (u32::BITS - PLACE_BITS)) as usize, part << PLACE_BITS);
        (&self.places[index], rest as f32 / 4_294_967_296.0)
    }
}

/// The tap for the sample `tap` when the value is `part` of the way from sample `TAPS / 2 - 1` to the next.
fn tap_at(tap: usize, part: f64) -> f64 {
    let distance = tap as f64 - (TAPS / 2 - 1) as f64 - part;
    let sinc = if distance == 0.0 { 1.0 } else { (PI * distance).sin() / (PI * distance) };
    let edge = 2.0 * distance / TAPS as f64;
    sinc * bessel(BETA * (1.0 - edge * edge).max(0.0).sqrt()) / bessel(BETA)
}

/// The modified Bessel function of the first kind and order 0, by its series.
fn bessel(x: f64) -> f64 {
    let term = |previous: &mut f64, k: i32| {
        *previous *= (x / (2.0 * f64::from(k))).powi(2);
        Some(*previous)
    };
    1.0 + (1..40).scan(1.0, term).sum::<f64>()
}
