//! Parquet manifests: a corpus or a typed error, in bounded memory.

#![no_main]

use intone_fuzz::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| manifest(bytes, "parquet"));
