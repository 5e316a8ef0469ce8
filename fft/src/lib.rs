//! The Fourier transforms and the resampler of intone, for `f32` and `f64`, compiled once.
//!
//! rustfft, realfft and rubato are generic over the sample's type: whoever makes a plan compiles every algorithm that a plan may hold, for
//! each set of vector instructions. In intone itself that was a fifth of the code, compiled anew with each change to it. Here plans are
//! made by functions that are not generic, and a plan is used as a trait object.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{FixedSync, Resampler as _};
use rustfft::{Fft, FftNum, FftPlanner};

/// Makes transforms of `length` real samples to `length / 2 + 1` bins, and keeps those that it has made.
pub struct RealPlanner<T: FftNum>(RealFftPlanner<T>);

/// Makes transforms of `length` complex samples to as many bins, and keeps those that it has made.
pub struct ComplexPlanner<T: FftNum>(FftPlanner<T>);

macro_rules! planner {
    ($planner:ty, $inner:ident, $forward:ty, $inverse:ty) => {
        impl Default for $planner {
            fn default() -> Self {
                Self($inner::new())
            }
        }

        impl $planner {
            /// From samples to bins.
            #[must_use]
            pub fn forward(&mut self, length: usize) -> Arc<$forward> {
                self.0.plan_fft_forward(length)
            }

            /// From bins to samples, not divided by their number.
            #[must_use]
            pub fn inverse(&mut self, length: usize) -> Arc<$inverse> {
                self.0.plan_fft_inverse(length)
            }
        }
    };
}

planner!(RealPlanner<f32>, RealFftPlanner, dyn RealToComplex<f32>, dyn ComplexToReal<f32>);
planner!(RealPlanner<f64>, RealFftPlanner, dyn RealToComplex<f64>, dyn ComplexToReal<f64>);
planner!(ComplexPlanner<f32>, FftPlanner, dyn Fft<f32>, dyn Fft<f32>);

/// Resamples whole signals of one channel, block by block, by the transforms of blocks: rubato's synchronous resampler.
#[derive(Debug)]
pub struct BlockResampler(rubato::Fft<f32>);

impl BlockResampler {
    /// From `from` to `to` samples a second in blocks of at least `block` samples; the filter is as long as a block, a sinc under a
    /// squared Blackman-Harris window.
    ///
    /// # Errors
    /// What rubato says of the rates or the block.
    pub fn new(from: usize, to: usize, block: usize) -> Result<Self, String> {
        rubato::Fft::new_custom(from, to, block, 1, 1, rubato::WindowFunction::BlackmanHarris2, FixedSync::Both)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// Resamples a whole signal without delay; silence may follow it.
    ///
    /// # Errors
    /// What rubato says of the buffers.
    pub fn process(&mut self, samples: &[f32]) -> Result<Vec<f32>, String> {
        let mut output = vec![0.0; self.0.process_all_needed_output_len(samples.len())];
        let available = output.len();
        let source = InterleavedSlice::new(samples, 1, samples.len()).map_err(|error| error.to_string())?;
        let mut sink = InterleavedSlice::new_mut(&mut output, 1, available).map_err(|error| error.to_string())?;
        self.0.reset();
        self.0.process_all_into_buffer(&source, &mut sink, samples.len(), None).map_err(|error| error.to_string())?;
        Ok(output)
    }
}
