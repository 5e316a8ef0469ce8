//! The real corpus, where it is there: the folder that `INTONE_RAVDESS` names.

use std::path::{Path, PathBuf};

use intone::audio::read;

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

/// The released WAV files have 4 kB of `FLLR` before `data`, and some have two channels; the corpus is passed on as FLAC.
#[test]
fn released_wavs_equal_their_flac_copies() {
    let Some(root) = std::env::var_os("INTONE_RAVDESS").map(PathBuf::from) else {
        println!("skipped: INTONE_RAVDESS names no folder");
        return;
    };
    let mut compared = 0;
    for wav in files(&root.join("original_wav"), "wav") {
        let name = wav.file_stem().unwrap().to_str().unwrap();
        let flac = root.join("speech").join(format!("Actor_{}", &name[name.len() - 2..])).join(format!("{name}.flac"));
        if !flac.exists() {
            println!("skipped: {} is not there", flac.display());
            continue;
        }
        let (wav, flac) = (read(&wav).unwrap(), read(&flac).unwrap());
        assert_eq!(wav.clip.sample_rate, flac.clip.sample_rate, "{name}");
        assert_eq!((&wav.warnings, &flac.warnings), (&vec![], &vec![]), "{name}");
        assert!(wav.clip.samples == flac.clip.samples, "{name}: samples differ");
        compared += 1;
    }
    println!("compared {compared} pairs");
}
