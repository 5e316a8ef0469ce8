//! MP3 files: a clip or a typed error, in bounded memory.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(matches!(bytes, [0xff, second, ..] if second & 0xe6 == 0xe2) || bytes.starts_with(b"ID3")) {
        return Corpus::Reject;
    }
    intone_fuzz::decode(bytes);
    Corpus::Keep
});
