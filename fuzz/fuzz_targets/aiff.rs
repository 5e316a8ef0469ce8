//! AIFF files: a clip or a typed error, in bounded memory.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(bytes.starts_with(b"FORM")) {
        return Corpus::Reject;
    }
    intone_fuzz::decode(bytes);
    Corpus::Keep
});
