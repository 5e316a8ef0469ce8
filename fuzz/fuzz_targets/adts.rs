//! AAC streams: a clip or a typed error, in bounded memory.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(matches!(bytes, [0xff, second, ..] if second & 0xf6 == 0xf0)) {
        return Corpus::Reject;
    }
    intone_fuzz::decode(bytes);
    Corpus::Keep
});
