//! Any bytes: whatever format they look like, a clip or a typed error, in bounded memory.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| intone_fuzz::decode(bytes));
