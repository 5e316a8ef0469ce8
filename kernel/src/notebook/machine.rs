//! The instructions that numbers were computed with: other ones round otherwise.

/// The widest level of x86-64 that the machine has, as compilers name it; elsewhere the architecture.
pub fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vl") {
            return "x86-64-v4";
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return "x86-64-v3";
        }
    }
    std::env::consts::ARCH
}
