//! Resampling through rubato's synchronous FFT resampler.
//!
//! The filter is a sinc under a squared Blackman-Harris window, at least 290 samples long at the lower of the two rates. That puts its
//! transition band where soxr HQ has it (0.91 to 1.0 of the lower Nyquist frequency): flat below, aliases and images under -120 dB.
//! `tests/audio/resample.rs` measures both, and the distance from soxr HQ.

use std::cell::RefCell;

use intone_fft::BlockResampler;

use super::decode::{MAX_FRAMES, check_rate, too_long};
use super::{AudioError, Clip};

/// Length of the filter in samples at the lower rate, at least; it sets the width of the transition band.
const FILTER_LENGTH: u32 = 290;

/// How many ratios a thread keeps the plans of: those of speeds drawn in hundredths, 0.85 to 1.15, and some more.
const CACHED_RATIOS: usize = 40;

/// The most that a ratio's larger term may be: the filter's length and its FFT grow with it.
const LARGEST_TERM: u32 = *super::SAMPLE_RATES.end();

/// The plans and the filter for one ratio of sample rates; making it costs more than using it, so keep it for many clips.
#[derive(Debug)]
pub struct Resampler {
    blocks: BlockResampler,
    from: u32,
    to: u32,
}

impl Resampler {
    /// Plans the way from `from` to `to` samples a second. Only the ratio matters.
    ///
    /// # Errors
    /// [`AudioError::SampleRate`] where a term is 0 or over the highest rate that is read, [`AudioError::Resample`] where rubato refuses.
    pub fn new(from: u32, to: u32) -> Result<Self, AudioError> {
        for term in [from, to] {
            if !(1..=LARGEST_TERM).contains(&term) {
                return Err(AudioError::SampleRate { name: format!("resampling from {from} to {to} Hz"), sample_rate: term });
            }
        }
        let divisor = greatest_common_divisor(from, to);
        let (reduced_from, reduced_to) = (from / divisor, to / divisor);
        let periods = periods(FILTER_LENGTH.div_ceil(reduced_from.min(reduced_to)));
        let blocks = BlockResampler::new(from as usize, to as usize, periods as usize * reduced_from as usize)
            .map_err(|problem| AudioError::Resample { from, to, problem })?;
        Ok(Self { blocks, from, to })
    }

    /// Resamples a whole signal, which is taken as silent before and after.
    ///
    /// Sample `k` of the result is at the time of sample `k * from / to` of the input: no delay. There are
    /// `ceil(length * to / from)` of them, computed exactly. (librosa rounds the ratio first, and now and then appends a zero for it.)
    ///
    /// # Errors
    /// [`AudioError::TooLong`] where the result would have more than [`MAX_FRAMES`], [`AudioError::Resample`] where rubato refuses.
    pub fn process(&mut self, samples: &[f32]) -> Result<Vec<f32>, AudioError> {
        let length = (samples.len() as u128 * u128::from(self.to)).div_ceil(u128::from(self.from));
        if length > MAX_FRAMES as u128 {
            return Err(too_long(&format!("resampling from {} to {} Hz", self.from, self.to)));
        }
        let (from, to) = (self.from, self.to);
        let mut output = self.blocks.process(samples).map_err(|problem| AudioError::Resample { from, to, problem })?;
        output.resize(length as usize, 0.0);
        Ok(output)
    }
}

/// How many periods of the ratio make a block: at least `least`.
///
/// An even number makes both blocks even, and the filter's delay (half a block) a whole number of samples; one without prime factors
/// over 5 makes the FFTs fast.
fn periods(least: u32) -> u32 {
    let has_small_factors = |number: &u32| {
        let rest = [2, 3, 5].iter().fold(*number, |mut rest, factor| {
            while rest % factor == 0 {
                rest /= factor;
            }
            rest
        });
        rest == 1
    };
    let mut candidates = (least.next_multiple_of(2)..).step_by(2);
    candidates.find(has_small_factors).unwrap_or(least.next_power_of_two())
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

thread_local! {
    /// The ratios that this thread used last, the latest at the end.
    static RECENT: RefCell<Vec<Resampler>> = const { RefCell::new(Vec::new()) };
}

/// Resamples `samples` by the ratio `to / from` with this thread's plan for it, which is made at first use.
///
/// # Errors
/// As [`Resampler::new`] and [`Resampler::process`].
pub(crate) fn resample_by(samples: &[f32], from: u32, to: u32) -> Result<Vec<f32>, AudioError> {
    RECENT.with_borrow_mut(|recent| {
        let resampler = match recent.iter().position(|made| (made.from, made.to) == (from, to)) {
            Some(index) => recent.remove(index),
            None => Resampler::new(from, to)?,
        };
        recent.push(resampler);
        if recent.len() > CACHED_RATIOS {
            recent.remove(0);
        }
        let last = recent.len() - 1;
        recent[last].process(samples)
    })
}

/// Brings a clip to another sample rate, Hz; see [`Resampler::process`] for length and alignment.
///
/// Each thread keeps the plans of the ratios it used last, so many clips of one corpus are served by one plan.
///
/// ```
/// use intone::audio::{self, Clip};
/// let clip = Clip { samples: vec![0.25; 48_000], sample_rate: 48_000 };
/// let slow = audio::resample(&clip, 16_000)?;
/// assert_eq!((slow.samples.len(), slow.sample_rate), (16_000, 16_000));
/// # Ok::<(), audio::AudioError>(())
/// ```
///
/// # Errors
/// [`AudioError::SampleRate`] for a rate that is not read, [`AudioError::TooLong`] and [`AudioError::Resample`].
pub fn resample(clip: &Clip, sample_rate: u32) -> Result<Clip, AudioError> {
    if clip.sample_rate == sample_rate {
        return Ok(clip.clone());
    }
    check_rate(clip.sample_rate, "the clip to resample")?;
    check_rate(sample_rate, "the rate to resample to")?;
    Ok(Clip { samples: resample_by(&clip.samples, clip.sample_rate, sample_rate)?, sample_rate })
}
