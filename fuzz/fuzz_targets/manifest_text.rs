//! CSV and TSV manifests: a corpus or a typed error, in bounded memory. The first byte tells which of the two.

#![no_main]

use intone_fuzz::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some((kind, table)) = bytes.split_first() {
        manifest(table, if kind % 2 == 0 { "csv" } else { "tsv" });
    }
});
