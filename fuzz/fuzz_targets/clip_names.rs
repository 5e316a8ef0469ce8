//! Any text is parsed as a clip name of EmoDB, CREMA-D, TESS and SAVEE or refused, without a panic.

#![no_main]

use intone::corpus::{crema_d, emodb, savee, tess};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|name: &str| {
    let _ = emodb::ClipName::parse(name);
    let _ = crema_d::ClipName::parse(name);
    let _ = tess::ClipName::parse(name);
    let (folder, file) = name.split_once('/').unwrap_or(("", name));
    let _ = savee::ClipName::parse(file, Some(folder));
});
