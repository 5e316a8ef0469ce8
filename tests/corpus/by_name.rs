//! EmoDB, CREMA-D, TESS and SAVEE: names and folder layouts, on empty files.

use std::fs;
use std::path::Path;

use intone::corpus::{Corpus, CorpusError, CorpusKind, NameError, crema_d, emodb, savee, tess};
use proptest::prelude::*;

use crate::{settings, strings, touch};

fn load(kind: CorpusKind, root: &Path) -> Result<Corpus, CorpusError> {
    Corpus::load_from(&settings(kind, root), None)
}

/// Files under a fresh folder, loaded: each clip as `id speaker label`, and the notes.
fn read(kind: CorpusKind, files: &[&str]) -> (Vec<String>, Vec<String>) {
    let root = tempfile::tempdir().expect("a folder");
    touch(root.path(), files.iter().copied());
    let corpus = load(kind, root.path()).expect("clips");
    assert!(corpus.citation.as_ref().is_some_and(|text| text.contains("Licence: ")), "{:?}", corpus.citation);
    let clips = corpus.clips.iter().map(|clip| format!("{} {} {}", clip.id, clip.speaker, corpus.labels[clip.label]));
    (clips.collect(), corpus.notes)
}

#[test]
fn emodb_names_say_speaker_text_and_emotion() {
    // Speakers and emotions as http://emodb.bilderbar.info/docu/ has them.
    for (name, sex, age, label) in [
        ("03a01Fa", "male", 31, "happy"),
        ("08a02Ab", "female", 34, "fearful"),
        ("09a04La", "female", 21, "boredom"),
        ("10a05Wa", "male", 32, "angry"),
        ("11a07Ta", "male", 26, "sad"),
        ("12b01Ea", "male", 30, "disgust"),
        ("13b02Na", "female", 32, "neutral"),
        ("14b03Fc", "female", 35, "happy"),
        ("15b09Ab", "male", 25, "fearful"),
        ("16b10W", "female", 31, "angry"),
    ] {
        let read = emodb::ClipName::parse(name).expect(name);
        assert_eq!((read.sex(), read.age(), read.label()), (sex, age, label), "{name}");
    }
    let message = emodb::ClipName::parse("03a01Xa").expect_err("no such emotion").to_string();
    assert_eq!(message, "`03a01Xa` has `X` as its emotion; EmoDB has A, E, F, L, N, T and W");
    for (name, field) in [("04a01Fa", "speaker"), ("03a03Fa", "text"), ("03a01fa", "emotion"), ("03a01FA", "version")] {
        assert!(matches!(emodb::ClipName::parse(name), Err(NameError::Field { field: is, .. }) if is == field), "{name}");
    }
}

#[test]
fn folders_are_read_as_distributed() {
    let (clips, notes) =
        read(CorpusKind::Emodb, &["wav/03a01Fa.wav", "wav/16b10Wb.WAV", "wav/03a01Fa.flac", "lablaut/03a01Fa.txt", "wav/x.wav"]);
    assert_eq!(clips, ["03a01Fa 03 happy", "16b10Wb 16 angry"]);
    assert_eq!(
        notes,
        [
            "1 files hold clips found elsewhere too and are not used: wav/03a01Fa.flac",
            "1 audio files are left out, since they have no name of EmoDB: wav/x.wav: `x` is not a name of EmoDB, which are speaker, text, \
             emotion and version without anything between, as 03a01Fa",
        ]
    );

    let (clips, _) =
        read(CorpusKind::CremaD, &["AudioWAV/1001_DFA_ANG_XX.wav", "AudioWAV/1040_ITH_SAD_X.wav", "AudioMP3/1001_DFA_ANG_XX.mp3"]);
    assert_eq!(clips, ["1001_DFA_ANG_XX 1001 angry", "1040_ITH_SAD_XX 1040 sad"]);

    let (clips, notes) = read(
        CorpusKind::Tess,
        &[
            "OAF_angry/OAF_back_angry.wav",
            "OAF_neutral/OA_bite_neutral.wav",
            "YAF_pleasant_surprised/YAF_back_ps.wav",
            "TESS Toronto emotional speech set data/OAF_angry/OAF_back_angry.wav",
        ],
    );
    assert_eq!(clips, ["OAF_back_angry OAF angry", "OAF_bite_neutral OAF neutral", "YAF_back_ps YAF pleasant-surprise"]);
    assert!(notes[0].starts_with("1 files hold clips found elsewhere"), "{notes:?}");

    // The release and its flat copy.
    for files in
        [["AudioData/DC/a01.wav", "AudioData/KL/su15.wav", "AudioData/JE/n30.wav"], ["ALL/DC_a01.wav", "ALL/KL_su15.wav", "JE_n30.wav"]]
    {
        let (clips, notes) = read(CorpusKind::Savee, &files);
        assert_eq!(clips, ["DC_a01 DC angry", "JE_n30 JE neutral", "KL_su15 KL surprised"]);
        assert!(notes.is_empty(), "{notes:?}");
    }
    let message = savee::ClipName::parse("a16", Some("DC")).expect_err("no sixteenth").to_string();
    assert_eq!(message, "`a16` has `16` as its sentence; SAVEE has 01 to 15 (neutral: 01 to 30)");
    assert!(savee::ClipName::parse("a01", Some("wav")).expect_err("no speaker").to_string().contains("`wav` as its speaker"));
}

#[test]
fn sex_is_known_where_the_corpus_tells_it() {
    let root = tempfile::tempdir().expect("a folder");
    touch(root.path(), ["AudioWAV/1001_DFA_ANG_HI.wav", "AudioWAV/1002_DFA_NEU_XX.wav", "AudioWAV/1003_DFA_NEU_XX.wav"]);
    let table = "\"ActorID\",\"Age\",\"Sex\",\"Race\",\"Ethnicity\"\n1001,51,\"Male\",\"x\",\"y\"\n1002,21,\"Female\",\"x\",\"y\"\n";
    fs::write(root.path().join("VideoDemographics.csv"), table).expect("a table");
    // The folder itself, and the one with the audio in it.
    for folder in [root.path().to_owned(), root.path().join("AudioWAV")] {
        let corpus = load(CorpusKind::CremaD, &folder).expect("clips");
        let told = |clip: usize, key: &str| corpus.clips[clip].extra.get(key).map(String::as_str);
        assert_eq!([told(0, "sex"), told(1, "sex"), told(2, "sex")], [Some("male"), Some("female"), None]);
        assert_eq!((told(0, "age"), told(0, "intensity"), told(1, "statement")), (Some("51"), Some("high"), Some("DFA")));
        assert!(corpus.notes.is_empty(), "{:?}", corpus.notes);
    }
    for (table, says) in [("a,b\n1,2\n", "has no columns ActorID and Sex"), ("", "has no rows")] {
        fs::write(root.path().join("VideoDemographics.csv"), table).expect("a table");
        let corpus = load(CorpusKind::CremaD, root.path()).expect("clips");
        assert!(corpus.notes[0].starts_with("the speakers' sex is not known") && corpus.notes[0].contains(says), "{:?}", corpus.notes);
    }
    let women = load(CorpusKind::Tess, {
        touch(root.path(), ["OAF_sad/OAF_back_sad.wav"]);
        root.path()
    });
    assert_eq!(women.expect("a clip").clips[0].extra["sex"], "female");
}

#[test]
fn pointers_of_git_lfs_are_named_as_such() {
    let root = tempfile::tempdir().expect("a folder");
    touch(root.path(), ["AudioWAV/1002_DFA_NEU_XX.wav"]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 71000\n";
    fs::write(root.path().join("AudioWAV/1001_DFA_ANG_XX.wav"), pointer).expect("a pointer");
    let corpus = load(CorpusKind::CremaD, root.path()).expect("a clip");
    assert_eq!(corpus.clips.len(), 1);
    assert!(corpus.notes[0].contains("`git lfs pull`"), "{:?}", corpus.notes);
    fs::remove_file(root.path().join("AudioWAV/1002_DFA_NEU_XX.wav")).expect("gone");
    let message = load(CorpusKind::CremaD, root.path()).expect_err("nothing left").to_string();
    assert!(message.contains("holds no clips of CREMA-D") && message.contains("pointers of Git LFS"), "{message}");
}

#[test]
fn folders_that_cannot_be_used_are_refused_with_the_way_out() {
    let root = tempfile::tempdir().expect("a folder");
    let kinds = [CorpusKind::Emodb, CorpusKind::CremaD, CorpusKind::Tess, CorpusKind::Savee];
    for kind in kinds {
        let message = load(kind, &root.path().join("gone")).expect_err("no folder").to_string();
        assert!(message.contains("is not a folder") && message.contains("such as"), "{message}");
        let message = load(kind, Path::new("")).expect_err("no path").to_string();
        assert!(message.starts_with("`corpus.path` is empty"), "{message}");
        let message = load(kind, root.path()).expect_err("empty").to_string();
        assert!(message.contains("it holds no audio"), "{message}");
    }
    touch(root.path(), ["03a01Fa.wav", "16a01Fa.wav"]);
    let mut only = settings(CorpusKind::Emodb, root.path());
    only.speakers_only = strings(&["3"]);
    assert_eq!(Corpus::load_from(&only, None).expect("a speaker").speakers(), ["03"]);
    only.speakers_only = strings(&["3", "4"]);
    let message = Corpus::load_from(&only, None).expect_err("no speaker 4").to_string();
    assert!(message.starts_with("`corpus.speakers_only` names 4, of whom"), "{message}");
}

/// Text that looks like a name, or does not.
fn hostile() -> impl Strategy<Value = String> {
    let near = "(03|16|OAF|YAF|DC|KL|1001|1091|é)?_?([ab][0-9]{2}|DFA|[a-zé]{0,4}|٠١)_?(ANG|[A-Z]|n|sa|su|ps|angry)_?([a-z]|XX|[0-9]{1,3}|\u{301})?";
    prop_oneof!["\\PC{0,40}", near, "[0-9_a-zA-Z]{0,24}"]
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_survives_a_round_trip(text in hostile(), folder in proptest::option::of("(DC|JE|x|\\PC{0,8})")) {
        if let Ok(name) = emodb::ClipName::parse(&text) {
            prop_assert_eq!(name.to_string(), text.clone());
        }
        if let Ok(name) = crema_d::ClipName::parse(&text) {
            prop_assert_eq!(crema_d::ClipName::parse(&name.to_string()), Ok(name));
        }
        if let Ok(name) = tess::ClipName::parse(&text) {
            prop_assert_eq!(tess::ClipName::parse(&name.to_string()), Ok(name));
        }
        if let Ok(name) = savee::ClipName::parse(&text, folder.as_deref()) {
            prop_assert_eq!(savee::ClipName::parse(&name.to_string(), None), Ok(name));
        }
    }

    #[test]
    fn every_name_of_emodb_is_read_and_written_back(
        speaker in proptest::sample::select(vec!["03", "08", "09", "10", "11", "12", "13", "14", "15", "16"]),
        text in proptest::sample::select(vec!["a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10"]),
        emotion in proptest::sample::select(vec!["W", "L", "E", "A", "F", "T", "N"]),
        version in "[a-z]?",
    ) {
        let name = format!("{speaker}{text}{emotion}{version}");
        let read = emodb::ClipName::parse(&name).expect("a name");
        prop_assert_eq!(read.to_string(), name);
        prop_assert!(emodb::LABELS.contains(&read.label()));
    }

    #[test]
    fn every_name_of_crema_d_is_read_and_written_back(
        actor in 1001_u16..=1091,
        sentence in proptest::sample::select(vec!["IEO", "TIE", "IOM", "IWW", "TAI", "MTI", "IWL", "ITH", "DFA", "ITS", "TSI", "WSI"]),
        emotion in proptest::sample::select(vec!["ANG", "DIS", "FEA", "HAP", "NEU", "SAD"]),
        level in proptest::sample::select(vec!["LO", "MD", "HI", "XX"]),
    ) {
        let name = format!("{actor}_{sentence}_{emotion}_{level}");
        let read = crema_d::ClipName::parse(&name).expect("a name");
        prop_assert_eq!(read.to_string(), name);
        prop_assert!(crema_d::LABELS.contains(&read.label()));
    }

    #[test]
    fn every_name_of_tess_is_read_and_written_back(
        speaker in proptest::sample::select(vec!["OAF", "YAF"]),
        word in "[a-z]{1,12}",
        emotion in proptest::sample::select(vec!["angry", "disgust", "fear", "happy", "neutral", "ps", "sad"]),
    ) {
        let name = format!("{speaker}_{word}_{emotion}");
        let read = tess::ClipName::parse(&name).expect("a name");
        prop_assert_eq!(read.to_string(), name);
        prop_assert!(tess::LABELS.contains(&read.label()));
    }

    #[test]
    fn every_name_of_savee_is_read_and_written_back(
        speaker in proptest::sample::select(vec!["DC", "JE", "JK", "KL"]),
        (emotion, last) in proptest::sample::select(vec![("a", 15), ("d", 15), ("f", 15), ("h", 15), ("n", 30), ("sa", 15), ("su", 15)]),
        sentence in 1_u8..=30,
    ) {
        let sentence = (sentence - 1) % last + 1;
        let name = format!("{speaker}_{emotion}{sentence:02}");
        let read = savee::ClipName::parse(&name, None).expect("a name");
        prop_assert_eq!(read.to_string(), name);
        prop_assert_eq!(savee::ClipName::parse(&format!("{emotion}{sentence:02}"), Some(speaker)), Ok(read));
        prop_assert!(savee::LABELS.contains(&read.label()));
    }
}
