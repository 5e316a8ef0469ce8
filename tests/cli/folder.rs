//! A fresh folder to run the binary in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use intone::audio::write_wav;
use intone::corpus::{ClipSource, Corpus, CorpusKind};
use intone::experiment::{load, read_frame};
use polars::prelude::DataFrame;

/// A temporary folder with a feature cache of its own.
pub struct Folder {
    dir: tempfile::TempDir,
}

/// What a command left: exit code and what it printed.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// An experiment small enough for the dev profile: two folds over four synthetic speakers, two epochs.
pub const TINY: &str = r#"
name = "tiny"
[corpus]
kind = "demo"
speakers = 4
clips_per_emotion = 1
[audio]
sample_rate = 8000
pad = "none"
[features]
sets = ["log-mel"]
n_fft = 256
win_length = 256
hop_length = 160
n_mels = 12
fmax = 4000.0
[split]
folds = 2
validation = 0.3
[model.cnn-bilstm]
channels = [8]
pool = [4]
lstm = [6]
attention = 4
dense = [8]
[training]
epochs = 2
[report]
bootstrap = 50
"#;

/// [`TINY`] over the clips that [`Folder::manifest_corpus`] writes.
pub fn tiny_over_manifest() -> String {
    TINY.replace("kind = \"demo\"\nspeakers = 4\nclips_per_emotion = 1", "kind = \"manifest\"\npath = \"clips.csv\"")
}

impl Folder {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_intone"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env("INTONE_CACHE_DIR", self.path("cache"))
            .env_remove("INTONE_RAVDESS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn intone(&self, arguments: &[&str]) -> Ended {
        ended(&self.command(arguments).output().expect("the binary starts"))
    }

    /// Synthetic clips as WAV files with a manifest `clips.csv`, two emotions of `speakers` speakers.
    pub fn manifest_corpus(&self, speakers: usize, clips_per_emotion: usize) -> usize {
        let mut settings = load::defaults(&[]).expect("defaults").corpus;
        settings.kind = CorpusKind::Demo;
        settings.speakers = speakers;
        settings.clips_per_emotion = clips_per_emotion;
        let corpus = Corpus::load(&settings).expect("the demo corpus");
        let mut table = String::from("file,label,speaker,take\n");
        let mut clips = 0;
        for clip in corpus.clips.iter().filter(|clip| clip.label >= corpus.labels.len() - 2) {
            let ClipSource::Demo(utterance) = &clip.source else { panic!("{} is no demo clip", clip.id) };
            let file = format!("audio/{}.wav", clip.id);
            let path = self.path(&file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            write_wav(&path, &utterance.synthesise()).expect("a WAV file");
            table.push_str(&format!("{file},{},{},1\n", corpus.labels[clip.label], clip.speaker));
            clips += 1;
        }
        self.write("clips.csv", &table);
        clips
    }
}

pub fn ended(output: &Output) -> Ended {
    Ended {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ended {
    /// The exit code is as expected; else everything that was printed is shown.
    #[track_caller]
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "standard output:\n{}\nstandard error:\n{}", self.out, self.err);
        self
    }

    /// Standard error has each of the words, and the program did not panic.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "{word:?} is missing from:\n{}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}

/// A polars frame that must be there.
pub fn frame(path: &Path) -> DataFrame {
    read_frame(path).expect("a readable frame").unwrap_or_else(|| panic!("{} is missing", path.display()))
}

/// The one folder in `runs/`.
pub fn only_run(runs: &Path) -> PathBuf {
    let folders: Vec<PathBuf> = fs::read_dir(runs).expect("runs").map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders[0].clone()
}
