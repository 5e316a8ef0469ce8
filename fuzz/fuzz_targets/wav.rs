//! Any bytes end in a finite, non-empty clip or in a typed error.

#![no_main]

use intone::audio;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(decoded) = audio::decode(bytes, "fuzzed") {
        assert!(!decoded.clip.samples.is_empty() && decoded.channels > 0);
        assert!(decoded.clip.samples.iter().all(|sample| sample.is_finite()));
        assert!(bytes.starts_with(b"fLaC") || decoded.clip.samples.len() <= bytes.len());
    }
});
