//! Any text is parsed as a RAVDESS clip name or refused, without a panic.

#![no_main]

use intone::corpus::ravdess::ClipName;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|name: &str| {
    let _ = ClipName::parse(name);
});
