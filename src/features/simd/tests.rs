use super::{Kernel, LANES, Lanes, Level, Simd, Wide};

/// Runs every operation once.
struct Everything {
    a: Lanes,
    b: Lanes,
    tile: [[f32; LANES]; LANES],
}

/// What came out.
#[derive(Debug, PartialEq)]
struct Results {
    single: Vec<Lanes>,
    double: Vec<Wide>,
    greater: u8,
}

impl Kernel for Everything {
    type Output = Results;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Results {
        let (a, b) = (simd.load(&self.a), simd.load(&self.b));
        let mut single = vec![
            simd.add(a, b),
            simd.mul(a, b),
            simd.min(a, b),
            simd.max(a, b),
            simd.sqrt(b),
            simd.mul_add(a, b, simd.splat(0.5)),
            simd.narrow(simd.widen(a)),
        ];
        let (exponent, fraction) = simd.split_exponent(simd.add(b, simd.splat(0.125)));
        single.extend([exponent, fraction]);
        single.extend(simd.transpose(self.tile.each_ref()));
        let (x, y) = (simd.widen(a), simd.widen(b));
        let mut stored = Wide::default();
        simd.store64(x, &mut stored);
        let c = simd.splat64(0.25);
        let double =
            [simd.load64(&stored), simd.add64(x, y), simd.sub64(x, y), simd.mul64(x, y), simd.mul_add64(x, y, c), simd.mul_sub64(x, y, c)];
        let keep = |value| {
            let mut lanes = Lanes::default();
            simd.store(value, &mut lanes);
            lanes
        };
        let keep64 = |value| {
            let mut wide = Wide::default();
            simd.store64(value, &mut wide);
            wide
        };
        Results {
            single: single.into_iter().map(keep).collect(),
            double: double.into_iter().map(keep64).collect(),
            greater: simd.greater(a, b),
        }
    }
}

#[test]
fn every_instruction_set_computes_what_plain_rust_does() {
    // Multiples of 1/8, so that fused and separate products round alike.
    let a = Lanes(std::array::from_fn(|lane| lane as f32 * 1.125 - 3.0));
    let b = Lanes([4.0, 0.25, 2.25, 9.0, 1.0, 6.25, 0.0, 16.0]);
    let tile = std::array::from_fn(|frame| std::array::from_fn(|sample| (frame * LANES + sample) as f32));
    let results: Vec<Results> = Level::all().into_iter().map(|level| level.run(Everything { a, b, tile })).collect();
    let plain = &results[0];
    assert_eq!(plain.greater, (0..LANES).fold(0, |bits, lane| bits | (u8::from(a.0[lane] > b.0[lane]) << lane)));
    assert_eq!(plain.single[9].0, std::array::from_fn(|lane| (lane * LANES) as f32));
    for other in &results[1..] {
        assert_eq!(other, plain);
    }
}
