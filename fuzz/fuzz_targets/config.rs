//! Experiment files, and `--set` (a line each): a checked configuration or a typed error, in bounded memory.

#![no_main]

use intone::experiment::load;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = intone_fuzz::read(text.as_bytes(), || load::parse("fuzzed.toml".as_ref(), text));
    let assignments: Vec<String> = text.lines().take(4).map(str::to_owned).collect();
    let _ = intone_fuzz::read(text.as_bytes(), || load::defaults(&assignments));
});
