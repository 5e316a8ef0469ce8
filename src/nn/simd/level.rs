//! Which instruction set a kernel runs on.

use crate::portable::is_portable;

/// An instruction set that this machine has; it can only be made by asking the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level(pub(super) Set);

/// The sets that kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// The widest set that this machine has; on a [portable](crate::portable) thread AVX2 at most.
    pub fn best() -> Self {
        let widest = Self::widest();
        #[cfg(target_arch = "x86_64")]
        if widest == Self(Set::Avx512) && is_portable() {
            return Self(Set::Avx2);
        }
        widest
    }

    fn widest() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self(Set::Avx512);
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self(Set::Avx2);
            }
        }
        Self(Set::Scalar)
    }

    /// Every set that this machine has, the plain one first.
    pub fn available() -> Vec<Self> {
        let mut levels = vec![Self(Set::Scalar)];
        #[cfg(target_arch = "x86_64")]
        {
            if Self::widest() != Self(Set::Scalar) {
                levels.push(Self(Set::Avx2));
            }
            if Self::widest() == Self(Set::Avx512) {
                levels.push(Self(Set::Avx512));
            }
        }
        levels
    }

    /// The name, as manifests record it.
    pub fn name(self) -> &'static str {
        match self.0 {
            Set::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2+fma",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512f",
        }
    }
}

/// Defines a function `name(level, arguments...)` whose body is compiled once for each [`Level`]. In the body, the constant `FMA` says
/// whether a fused multiply-add is one instruction.
macro_rules! for_each_level {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments, reason = "kernels take one slice each")]
        $vis fn $name(level: $crate::nn::simd::Level, $($arg: $type),*) $(-> $out)? {
            #[inline(always)]
            #[allow(clippy::too_many_arguments, unused_variables, reason = "kernels take one slice each")]
            fn body<const FMA: bool>($($arg: $type),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx2,fma")]
            #[allow(clippy::too_many_arguments, reason = "kernels take one slice each")]
            fn avx512($($arg: $type),*) $(-> $out)? {
                body::<true>($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            #[allow(clippy::too_many_arguments, reason = "kernels take one slice each")]
            fn avx2($($arg: $type),*) $(-> $out)? {
                body::<true>($($arg),*)
            }

            match level.0 {
                $crate::nn::simd::level::Set::Scalar => body::<false>($($arg),*),
                // SAFETY: a `Level` is only made by `Level::best` and `Level::available`, which have asked the processor.
                #[cfg(target_arch = "x86_64")]
                $crate::nn::simd::level::Set::Avx2 => unsafe { avx2($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::nn::simd::level::Set::Avx512 => unsafe { avx512($($arg),*) },
            }
        }
    };
}

pub(crate) use for_each_level;
