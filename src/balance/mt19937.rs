//! numpy's legacy random generator, so that resampling equals imbalanced-learn's to the bit.

const N: usize = 624;
const M: usize = 397;

/// `numpy.random.RandomState(seed)`: MT19937 (Matsumoto & Nishimura 1998) with the draws that imbalanced-learn makes.
///
/// ```
/// let mut random = intone::balance::RandomState::new(42);
/// assert_eq!((0..4).map(|_| random.below(50)).collect::<Vec<_>>(), [38, 28, 14, 42]); // RandomState(42).randint(0, 50, 4)
/// ```
#[derive(Clone)]
pub struct RandomState {
    state: [u32; N],
    next: usize,
}

impl RandomState {
    /// Seeds the generator as numpy does from one integer.
    pub fn new(seed: u32) -> Self {
        let mut state = [0; N];
        let mut value = seed;
        for (index, word) in (0_u32..).zip(state.iter_mut()) {
            if index > 0 {
                value = 1_812_433_253_u32.wrapping_mul(value ^ (value >> 30)).wrapping_add(index);
            }
            *word = value;
        }
        Self { state, next: N }
    }

    fn twist(&mut self) {
        for i in 0..N {
            let joined = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % N] & 0x7fff_ffff);
            let odd = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + M) % N] ^ (joined >> 1) ^ odd;
        }
        self.next = 0;
    }

    fn next_u32(&mut self) -> u32 {
        if self.next == N {
            self.twist();
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// A whole number from 0 to `bound - 1`, by masked rejection, as `randint(0, bound)`; 0, and no draw, for a bound of 0 or 1.
    pub fn below(&mut self, bound: u32) -> u32 {
        let largest = bound.saturating_sub(1);
        if largest == 0 {
            return 0;
        }
        let mask = u32::MAX >> largest.leading_zeros();
        loop {
            let value = self.next_u32() & mask;
            if value <= largest {
                return value;
            }
        }
    }

    /// A number from 0 to below 1 of 53 bits, as `random_sample()`.
    pub fn uniform(&mut self) -> f64 {
        let (high, low) = (self.next_u32() >> 5, self.next_u32() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    /// The numbers from 0 to `count - 1` in random order, as `permutation(count)`.
    pub fn permutation(&mut self, count: u32) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count as usize).collect();
        for last in (1..count).rev() {
            let other = self.below(last + 1);
            order.swap(last as usize, other as usize);
        }
        order
    }
}
