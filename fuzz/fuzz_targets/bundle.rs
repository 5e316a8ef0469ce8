//! Bundles of a model: `bundle.json` up to the first zero byte, then its weights: read or refused with a typed error.

#![no_main]

use intone::model::Bundle;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let (manifest, weights) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    let dir = intone_fuzz::folder();
    intone_fuzz::put(&dir.join("bundle.json"), manifest);
    intone_fuzz::put(&dir.join("weights.safetensors"), weights);
    intone_fuzz::put(&dir.join("baseline.json"), weights);
    let _ = Bundle::load(&dir);
});
