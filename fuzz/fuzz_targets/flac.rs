//! FLAC files, as they are and with their checksums mended: a clip or a typed error, in bounded memory.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !(bytes.starts_with(b"fLaC")) {
        return Corpus::Reject;
    }
    intone_fuzz::decode(bytes);
    let mut mended = bytes.to_vec();
    intone_fuzz::mend_flac(&mut mended);
    intone_fuzz::decode(&mended);
    Corpus::Keep
});
