//! RAVDESS names and folder layouts, on empty files.

use std::path::Path;

use intone::corpus::ravdess::{Channel, ClipName, Intensity, Modality, NameError};
use intone::corpus::{ClipSource, Corpus, CorpusError, CorpusKind, Emotion};
use proptest::prelude::*;

use crate::{settings, strings, touch};

fn load(root: &Path) -> Result<Corpus, CorpusError> {
    Corpus::load_from(&settings(CorpusKind::Ravdess, root), None)
}

fn ids(corpus: &Corpus) -> Vec<&str> {
    corpus.clips.iter().map(|clip| clip.id.as_str()).collect()
}

#[test]
fn a_name_is_read_field_by_field() {
    let name = ClipName::parse("03-02-08-02-01-02-07").expect("a name of the corpus");
    let expected = ClipName {
        modality: Modality::AudioOnly,
        channel: Channel::Song,
        emotion: Emotion::Surprised,
        intensity: Intensity::Strong,
        statement: 1,
        repetition: 2,
        actor: 7,
    };
    assert_eq!(name, expected);
    assert_eq!((name.sex(), name.speaker()), ("male", "07".to_owned()));
}

#[test]
fn a_wrong_name_is_refused_with_the_field_that_is_wrong() {
    assert!(matches!(ClipName::parse("take-2"), Err(NameError::Fields { found: 2, .. })));
    for (name, wrong) in [
        ("03-01-09-01-01-01-01", "emotion"),
        ("03-01-01-01-01-01-25", "actor"),
        ("03-01-01-00-01-01-01", "intensity"),
        ("3-01-01-01-01-01-01", "modality"),
        ("03-+1-01-01-01-01-01", "channel"),
        ("03-01-01-01-é1-01-01", "statement"),
        ("03-01-01-01-01-٠١-01", "repetition"),
    ] {
        match ClipName::parse(name) {
            Err(NameError::Field { field, .. }) => assert_eq!(field, wrong, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    let message = ClipName::parse("03-01-09-01-01-01-01").expect_err("no ninth emotion").to_string();
    assert_eq!(message, "`03-01-09-01-01-01-01` has `09` as its emotion; a RAVDESS name has 01 to 08");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_names_survive_a_round_trip(text in "\\PC{0,40}|([0-9]{2}-){6}[0-9]{2}") {
        if let Ok(name) = ClipName::parse(&text) {
            prop_assert_eq!(name.to_string(), text);
        }
    }
}

#[test]
fn layouts_that_people_have_give_the_same_clips() {
    let names = ["03-01-03-01-01-01-01.wav", "03-01-03-01-01-01-02.WAV", "03-02-05-01-01-01-01.wav"];
    let layouts: [[&str; 3]; 5] = [
        ["Audio_Speech_Actors_01-24/Actor_01/", "Audio_Speech_Actors_01-24/Actor_02/", "Audio_Song_Actors_01-24/Actor_01/"],
        ["speech/Actor_01/", "speech/Actor_02/", "song_head/Actor_01/"],
        ["ravdess/speech/Actor_01/", "ravdess/speech/Actor_02/", "ravdess/song/Actor_01/"],
        ["Actor_01/", "Actor_02/", "Actor_01/"],
        ["", "", ""],
    ];
    for layout in layouts {
        let root = tempfile::tempdir().expect("a folder");
        let files: Vec<String> = layout.iter().zip(names).map(|(folder, name)| format!("{folder}{name}")).collect();
        touch(root.path(), files.iter().map(String::as_str));
        let corpus = load(root.path()).expect("clips");
        assert_eq!(ids(&corpus), ["03-01-03-01-01-01-01", "03-01-03-01-01-01-02"], "{layout:?}");
        assert_eq!(corpus.labels, ["happy"]);
        assert_eq!(corpus.speakers(), ["01", "02"]);
        assert_eq!(corpus.notes, Vec::<String>::new());

        // Speech and song are told apart by name, wherever they lie.
        let mut both = settings(CorpusKind::Ravdess, root.path());
        both.channels = strings(&["song", "speech"]);
        let corpus = Corpus::load_from(&both, None).expect("clips");
        assert_eq!(corpus.labels, ["happy", "angry"]);
        let song = &corpus.clips[2];
        assert_eq!((song.id.as_str(), song.label, song.extra["channel"].as_str()), ("03-02-05-01-01-01-01", 1, "song"));
        assert!(!song.train_only);
    }
}

#[test]
fn a_clip_found_twice_is_taken_once_and_noted() {
    let root = tempfile::tempdir().expect("a folder");
    touch(
        root.path(),
        [
            "Actor_01/03-01-01-01-01-01-01.wav",
            "audio_speech_actors_01-24/Actor_01/03-01-01-01-01-01-01.wav",
            "a_flac_first/03-01-02-01-01-01-01.flac",
            "z_wav_last/03-01-02-01-01-01-01.wav",
        ],
    );
    let corpus = load(root.path()).expect("clips");
    let paths: Vec<&ClipSource> = corpus.clips.iter().map(|clip| &clip.source).collect();
    let expected = ["Actor_01/03-01-01-01-01-01-01.wav", "z_wav_last/03-01-02-01-01-01-01.wav"];
    assert_eq!(paths, expected.map(|file| ClipSource::File(root.path().join(file))).iter().collect::<Vec<_>>());
    assert_eq!(
        corpus.notes,
        ["2 files hold clips found elsewhere too and are not used: \
             a_flac_first/03-01-02-01-01-01-01.flac, audio_speech_actors_01-24/Actor_01/03-01-01-01-01-01-01.wav"]
    );
}

#[test]
fn what_is_not_ravdess_audio_is_ignored_or_listed() {
    let root = tempfile::tempdir().expect("a folder");
    touch(
        root.path(),
        [
            "Actor_01/03-01-01-01-01-01-01.wav",
            "Actor_01/._03-01-01-01-01-01-01.wav",
            "Actor_01/01-01-01-01-01-01-01.mp4",
            "Actor_01/02-01-01-01-01-01-01.wav",
            "__MACOSX/03-01-02-01-01-01-01.wav",
            "README.md",
            "Actor_01/03-01-01-01-01-02-01.mp3",
            "noise.wav",
        ],
    );
    let corpus = load(root.path()).expect("clips");
    assert_eq!(ids(&corpus), ["03-01-01-01-01-01-01"]);
    assert_eq!(
        corpus.notes,
        ["2 audio files are left out, since they have no RAVDESS name or are neither WAV nor FLAC: \
          Actor_01/03-01-01-01-01-02-01.mp3, noise.wav"]
    );
    let extra: Vec<(&str, &str)> = corpus.clips[0].extra.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(extra, [("channel", "speech"), ("intensity", "normal"), ("repetition", "1"), ("sex", "male"), ("statement", "1")]);
    assert!(corpus.citation.is_some_and(|citation| citation.contains("e0196391") && citation.contains("CC BY-NC-SA 4.0")));
}

#[test]
fn speakers_and_train_only_channels_are_obeyed() {
    let root = tempfile::tempdir().expect("a folder");
    touch(root.path(), ["03-01-03-01-01-01-01.wav", "03-01-03-01-01-01-02.wav", "03-01-03-01-01-01-10.wav", "03-02-03-01-01-01-02.wav"]);
    let mut settings = settings(CorpusKind::Ravdess, root.path());
    settings.speakers_only = strings(&["2", "10"]);
    settings.train_only_channels = strings(&["song"]);
    let corpus = Corpus::load_from(&settings, None).expect("clips");
    assert_eq!(ids(&corpus), ["03-01-03-01-01-01-02", "03-01-03-01-01-01-10", "03-02-03-01-01-01-02"]);
    assert_eq!(corpus.clips.iter().map(|clip| clip.train_only).collect::<Vec<_>>(), [false, false, true]);

    settings.speakers_only = strings(&["2", "03"]);
    let error = Corpus::load_from(&settings, None).expect_err("no actor 3").to_string();
    assert!(error.starts_with("`corpus.speakers_only` names 03, of whom"), "{error}");
}

#[test]
fn a_folder_that_is_missing_or_empty_is_named_with_the_way_out() {
    let root = tempfile::tempdir().expect("a folder");
    let gone = root.path().join("gone");
    let error = load(&gone).expect_err("no folder").to_string();
    for part in ["`corpus.path`", "gone", "is not a folder", "Actor_01", "INTONE_RAVDESS"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let error = Corpus::load_from(&settings(CorpusKind::Ravdess, root.path()), Some(&gone)).expect_err("no folder").to_string();
    assert!(error.starts_with("the environment variable INTONE_RAVDESS"), "{error}");

    touch(root.path(), ["03-02-03-01-01-01-01.wav", "x.wav"]);
    let error = load(root.path()).expect_err("song only").to_string();
    assert!(error.contains("holds no clips of channel speech; it holds 1 other clips, 1 audio files"), "{error}");
}

#[test]
fn the_environment_takes_the_place_of_the_key() {
    let root = tempfile::tempdir().expect("a folder");
    touch(root.path(), ["03-01-03-01-01-01-01.wav"]);
    let settings = settings(CorpusKind::Ravdess, Path::new("nowhere"));
    assert_eq!(Corpus::load_from(&settings, Some(root.path())).expect("clips").clips.len(), 1);
}

#[test]
fn values_of_the_section_are_checked() {
    let check = |change: &dyn Fn(&mut intone::corpus::CorpusSettings)| {
        let mut settings = settings(CorpusKind::Ravdess, Path::new("x"));
        change(&mut settings);
        settings.check().expect_err("refused").to_string()
    };
    assert_eq!(
        check(&|s| s.channels = strings(&["speach"])),
        "`corpus.channels` names `speach`; the channels are `speech` and `song`; did you mean `speech`?"
    );
    assert!(check(&|s| s.channels.clear()).starts_with("`corpus.channels` is empty"));
    assert!(check(&|s| s.train_only_channels = strings(&["speech"])).starts_with("`corpus.train_only_channels` names every channel"));
    assert!(check(&|s| s.speakers_only = strings(&["25"])).starts_with("`corpus.speakers_only` names `25`"));
    assert!(check(&|s| (s.kind, s.speakers) = (CorpusKind::Demo, 0)).starts_with("`corpus.speakers` is 0"));
    assert!(check(&|s| s.kind = CorpusKind::Manifest).contains(".csv, .tsv or .parquet"));
    assert!(settings(CorpusKind::Ravdess, Path::new("x")).check().is_ok());
}
