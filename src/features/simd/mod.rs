//! Eight frames side by side: one kernel source, compiled for each instruction set and chosen at run time.
//!
//! A [`Kernel`] is written once over the operations of [`Simd`]; [`Level::run`] compiles it for the processor at hand. All `unsafe`
//! of the feature code lives in this module.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod level;
mod portable;
#[cfg(test)]
mod tests;
mod vector;

pub(in crate::features) use level::{Kernel, Level};
pub(in crate::features) use vector::{LANES, Lanes, Simd, Wide};
