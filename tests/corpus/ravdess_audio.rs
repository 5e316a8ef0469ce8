//! The real corpus, where the environment variable INTONE_RAVDESS names it. Counts are those of the published corpus for the actors
//! that are there.

use std::path::{Path, PathBuf};

use intone::corpus::{ClipSource, Corpus, CorpusKind, CorpusSettings, duplicates};

use crate::{settings, strings};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("INTONE_RAVDESS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: INTONE_RAVDESS does not name a RAVDESS folder");
    }
    folder
}

#[test]
fn speech_has_sixty_clips_an_actor() {
    let Some(folder) = folder() else { return };
    let corpus = Corpus::load_from(&settings(CorpusKind::Ravdess, &folder), None).expect("speech clips");
    let actors = corpus.speakers().len();
    assert_eq!(corpus.labels, ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]);
    assert_eq!(corpus.clips.len(), 60 * actors);
    assert_eq!(corpus.clips_by_label(), [4, 8, 8, 8, 8, 8, 8, 8].map(|each| each * actors));
    let by_speaker = corpus.counts_by("speaker");
    assert_eq!(by_speaker.len(), actors);
    assert!(by_speaker.values().all(|counts| *counts == [4, 8, 8, 8, 8, 8, 8, 8]));
    assert_eq!(corpus.counts_by("sex").keys().collect::<Vec<_>>(), ["female", "male"]);
    if actors == 20 {
        assert_eq!(corpus.clips.len(), 1200);
    }
}

#[test]
fn song_has_six_emotions_and_no_actor_18() {
    let Some(folder) = folder() else { return };
    let mut settings = settings(CorpusKind::Ravdess, &folder);
    settings.channels = strings(&["song"]);
    let Ok(corpus) = Corpus::load_from(&settings, None) else {
        eprintln!("skipped: the folder has no song");
        return;
    };
    assert_eq!(corpus.labels, ["neutral", "calm", "happy", "sad", "angry", "fearful"]);
    assert!(!corpus.speakers().contains(&"18".to_owned()));
    if corpus.speakers().len() == 19 {
        // 44 an actor; two clips of actor 17 are known to be missing from this part of the corpus.
        assert_eq!(corpus.clips.len(), 834);
        assert_eq!(corpus.clips_by_label(), [76, 151, 151, 152, 152, 152]);
    }
}

/// Hash of the samples that a clip decodes to.
fn hash(path: &Path) -> String {
    let clip = intone::audio::read(path).expect("a clip that decodes").clip;
    duplicates::audio_hash(&clip.samples, clip.sample_rate)
}

#[test]
fn the_pair_that_actor_07_has_twice_is_found_by_its_audio() {
    let Some(folder) = folder() else { return };
    let settings = CorpusSettings { speakers_only: strings(&["7"]), ..settings(CorpusKind::Ravdess, &folder) };
    let corpus = Corpus::load_from(&settings, None).expect("clips of actor 07");
    let hashes = corpus.clips.iter().filter_map(|clip| match &clip.source {
        ClipSource::File(path) => Some((clip.id.clone(), hash(path))),
        ClipSource::Demo(_) => None,
    });
    assert_eq!(duplicates::groups(hashes), [["03-01-03-01-02-01-07", "03-01-03-01-02-02-07"]]);
}

#[test]
fn a_wav_original_and_its_flac_are_the_same_audio() {
    let Some(folder) = folder() else { return };
    let (wav, flac) = (folder.join("original_wav"), folder.join("speech"));
    let Ok(originals) = std::fs::read_dir(&wav) else {
        eprintln!("skipped: the folder has no original_wav");
        return;
    };
    for original in originals {
        let original = original.expect("an entry").path();
        let stem = original.file_stem().expect("a name").to_string_lossy().into_owned();
        let copy = flac.join(format!("Actor_{}", &stem[18..])).join(format!("{stem}.flac"));
        assert_eq!(hash(&original), hash(&copy), "{stem}");
    }
}
