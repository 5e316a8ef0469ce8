//! WAV files: a clip or a typed error, in bounded memory.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(matches!(bytes.first_chunk(), Some(b"RIFF" | b"RF64" | b"BW64"))) {
        return Corpus::Reject;
    }
    intone_fuzz::decode(bytes);
    Corpus::Keep
});
