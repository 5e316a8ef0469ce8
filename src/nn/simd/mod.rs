//! Element-wise kernels, each compiled for AVX-512, for AVX2 with FMA and for the plain target, and chosen at run time.

pub(crate) mod elementwise;
mod level;
pub(crate) mod lstm_cell;
mod math;
pub(crate) mod max_pool;
pub(crate) mod norm;
#[cfg(target_arch = "x86_64")]
pub(crate) mod panels;
#[cfg(test)]
mod tests;
mod transpose;

pub use level::Level;
pub(crate) use transpose::transpose;
