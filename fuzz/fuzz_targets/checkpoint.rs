//! Checkpoints of a training: read whole or refused, in bounded memory.

#![no_main]

use intone::nn::Checkpoint;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = intone_fuzz::read(bytes, || Checkpoint::from_bytes(bytes));
});
