//! Run folders made up for tests: written through the same types and columns as real ones, with errors that people make too.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use intone::audio::{Clip, encode_flac};
use intone::experiment::heard::{MOST_ERRORS, MOST_OF_A_PAIR};
use intone::experiment::record::{
    CodeRecord, CorpusRecord, FORMAT_VERSION, FoldRecord, Heard, HeardClip, InputRecord, LeftOut, MachineRecord, Manifest, ModelRecord,
    ProtocolRecord, StageTiming, State,
};
use intone::metrics::{Predictions, sure_errors};
use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, Series};
use rand::Rng;

const CONFIG: &str = r#"name = "ravdess-speech-dev"
seed = 42

[corpus]
kind = "ravdess"

[report]
note = "The line to beat before the song recordings come in."
"#;

/// What the made-up run is like.
#[derive(Debug, Clone)]
pub struct Recipe {
    pub labels: Vec<String>,
    pub speakers: usize,
    pub clips: usize,
    pub folds: usize,
    pub seeds: usize,
    pub epochs: u32,
    pub validation: bool,
    pub scores: bool,
}

/// A clip as tested under one seed.
struct Guess {
    clip: String,
    label: usize,
    speaker: usize,
    seed: u64,
    predicted: usize,
}

impl Recipe {
    /// Small: three labels, six speakers, two folds and seeds.
    pub fn small() -> Self {
        let labels = ["calm", "happy", "angry"].map(str::to_owned).to_vec();
        Self { labels, speakers: 6, clips: 2, folds: 2, seeds: 2, epochs: 3, validation: true, scores: true }
    }

    /// As large as a run on RAVDESS speech.
    pub fn large() -> Self {
        let labels = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"].map(str::to_owned).to_vec();
        Self { labels, speakers: 20, clips: 8, folds: 5, seeds: 3, epochs: 40, validation: true, scores: true }
    }

    /// A clip a tuple: id, label, speaker. The first label has half as many clips, as RAVDESS' neutral.
    fn corpus(&self) -> Vec<(String, usize, usize)> {
        let mut clips = Vec::new();
        for speaker in 0..self.speakers {
            for label in 0..self.labels.len() {
                let n = if label == 0 { self.clips.div_ceil(2) } else { self.clips };
                clips.extend((0..n).map(|take| (format!("03-01-{:02}-{take:02}-{:02}", label + 1, speaker + 1), label, speaker)));
            }
        }
        clips
    }

    fn seed_numbers(&self) -> Vec<u64> {
        (0..self.seeds as u64).map(|i| 42 + i).collect()
    }

    fn fold_of(&self, speaker: usize) -> usize {
        speaker % self.folds
    }

    /// The manifest of a clean, complete, speaker-independent run.
    pub fn manifest(&self) -> Manifest {
        let clips = self.corpus();
        let names: Vec<String> = (1..=self.speakers).map(|i| format!("{i:02}")).collect();
        let clips_by_label: Vec<usize> = (0..self.labels.len()).map(|label| clips.iter().filter(|clip| clip.1 == label).count()).collect();
        Manifest {
            format_version: FORMAT_VERSION,
            id: "3f9c1e07b2a4".to_owned(),
            name: "ravdess-speech-dev".to_owned(),
            seed: 42,
            state: State::Complete,
            started: "2026-11-22T10:41:07Z".to_owned(),
            finished: Some("2026-11-22T11:08:43Z".to_owned()),
            command: "intone run experiments/ravdess-speech-dev.toml".to_owned(),
            code: CodeRecord {
                version: "0.1.0".to_owned(),
                git_commit: Some("8d1f0c6a5be2f7d4419a3c20e87b6d5f1e0a9c34".to_owned()),
                git_diff: None,
                lock_hash: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8".to_owned(),
            },
            corpus: CorpusRecord {
                name: "RAVDESS".to_owned(),
                kind: "ravdess".to_owned(),
                path: "data/ravdess".to_owned(),
                fingerprint: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
                synthetic: false,
                citation: Some(
                    "Livingstone & Russo (2018), PLoS ONE 13(5): e0196391, https://zenodo.org/records/1188976, CC BY-NC-SA 4.0".to_owned(),
                ),
                labels: self.labels.clone(),
                clips: clips.len(),
                clips_by_label,
                duration_s: 3.7 * clips.len() as f64,
                duplicates: vec![vec!["03-01-02-00-03".to_owned(), "03-01-02-01-03".to_owned()]],
                missing_speakers: Vec::new(),
                left_out: Vec::new(),
                parts: Vec::new(),
                speakers: names.clone(),
            },
            protocol: ProtocolRecord {
                kind: "speaker-folds".to_owned(),
                preset: None,
                description: format!("{} folds over {} speakers; no speaker is in two parts of a fold", self.folds, self.speakers),
                speaker_independent: true,
                seeds: self.seed_numbers(),
                folds: (0..self.folds).map(|fold| self.fold(fold, &names, &clips)).collect(),
            },
            input: InputRecord {
                sets: ["log-mel", "mfcc", "chroma", "rms", "zcr"].map(str::to_owned).to_vec(),
                columns: 118,
                aggregate: "frames".to_owned(),
                frame_step_s: 0.016,
                normalisation: "mean and deviation of each column over all frames of the training rows".to_owned(),
                balancing: "SMOTE, 5 neighbours within the class; no class weights".to_owned(),
                augmentation: "speed 0.9 and 1.1; 2 time masks of up to 15 % of the frames".to_owned(),
            },
            model: ModelRecord {
                kind: "cnn-bilstm".to_owned(),
                description: "convolutions 64, 128 over 5 frames; BiLSTM 128; attention; dense 64".to_owned(),
                parameters: Some(412_360),
                training: "focal loss, gamma 2; AdamW, one cycle to 0.003; batches of 32; at most 40 epochs, early stopping after 10"
                    .to_owned(),
            },
            members: Vec::new(),
            machine: MachineRecord {
                system: "linux x86_64".to_owned(),
                processor: "Intel Xeon Platinum 8481C".to_owned(),
                cpu_features: ["avx2", "fma", "avx512f"].map(str::to_owned).to_vec(),
                threads: 2,
            },
            timings: [("corpus", 0.84), ("features", 9.31), ("training", 1577.0), ("scores", 3.2)]
                .map(|(stage, seconds)| StageTiming { stage: stage.to_owned(), seconds })
                .to_vec(),
            peak_memory_mib: Some(1184),
            warnings: Vec::new(),
        }
    }

    fn fold(&self, fold: usize, names: &[String], clips: &[(String, usize, usize)]) -> FoldRecord {
        let part = |speaker: usize| match () {
            () if self.fold_of(speaker) == fold => 2,
            () if self.validation && self.fold_of(speaker + 1) == fold && speaker % 4 < 2 => 1,
            () => 0,
        };
        let count = |wanted| clips.iter().filter(|clip| part(clip.2) == wanted).count();
        let speakers = |wanted| names.iter().enumerate().filter(|(i, _)| part(*i) == wanted).map(|(_, name)| name.clone()).collect();
        let of_first = clips.iter().filter(|clip| part(clip.2) == 0 && clip.1 == 0).count() as i64;
        let balanced_rows = (0..self.labels.len()).map(|label| if label == 0 { of_first } else { 0 }).collect();
        FoldRecord {
            name: (fold + 1).to_string(),
            train_clips: count(0),
            validation_clips: count(1),
            test_clips: count(2),
            balanced_rows,
            train_speakers: speakers(0),
            validation_speakers: speakers(1),
            test_speakers: speakers(2),
            shared_audio: Vec::new(),
        }
    }

    fn predictions(&self) -> Vec<Guess> {
        let n = self.labels.len();
        let mut rows = Vec::new();
        for seed in self.seed_numbers() {
            let mut random = intone::seed::stream(seed, &["report", "fixture"]);
            for (clip, label, speaker) in self.corpus() {
                let skill = 0.42 + 0.38 * ((speaker * 7 % self.speakers) as f64 / self.speakers as f64) + 0.1 * (label % 3) as f64;
                let predicted = match random.r#gen::<f64>() {
                    x if x < skill => label,
                    x if x < skill + 0.7 * (1.0 - skill) => label ^ 1,
                    _ => random.gen_range(0..n),
                };
                rows.push(Guess { clip, label, speaker, seed, predicted: predicted.min(n - 1) });
            }
        }
        rows
    }

    /// Writes the folder, with what `change` makes of the manifest.
    pub fn write(&self, dir: &Path, change: impl FnOnce(&mut Manifest)) -> PathBuf {
        let run = dir.join("3f9c1e07b2a4");
        fs::create_dir_all(&run).unwrap();
        let mut manifest = self.manifest();
        change(&mut manifest);
        fs::write(run.join("manifest.json"), serde_json::to_string_pretty(&manifest).unwrap()).unwrap();
        fs::write(run.join("config.toml"), CONFIG).unwrap();
        let predictions = self.predictions();
        write_frame(&run.join("predictions.parquet"), self.prediction_frame(&predictions, &manifest));
        if self.scores {
            write_frame(&run.join("scores.parquet"), self.score_frame(&predictions, &manifest));
        }
        if self.epochs > 0 {
            write_frame(&run.join("epochs.parquet"), self.epoch_frame());
        }
        run
    }

    /// Adds what newer runs leave: validation predictions, traces, importance, groups, and the errors with `seconds` of noise each.
    pub fn tell_more(&self, run: &Path, seconds: f32) {
        let manifest = self.manifest();
        let rows = self.predictions();
        let predictions = self.prediction_frame(&rows, &manifest);
        write_frame(&run.join("validation.parquet"), predictions.clone());
        let folds = predictions.column("fold").unwrap().clone();
        let lists = |name: &str, of: &dyn Fn(&Guess) -> Vec<f32>| {
            let values: Vec<Series> = rows.iter().map(|row| Series::new("".into(), of(row))).collect();
            Column::new(name.into(), values)
        };
        let spread = |row: &Guess, axis: usize| (row.label * 3 + axis) as f32 + 0.3 * ((row.speaker * 7 + axis * 5) % 11) as f32;
        let traces = vec![
            Column::new("clip".into(), rows.iter().map(|row| row.clip.clone()).collect::<Vec<_>>()),
            folds,
            Column::new("seed".into(), rows.iter().map(|row| row.seed).collect::<Vec<_>>()),
            lists("attention", &|row| vec![0.1, 0.2 + 0.01 * row.speaker as f32, 0.5, 0.2 - 0.01 * row.speaker as f32]),
            lists("embedding", &|row| (0..6).map(|axis| spread(row, axis * row.label)).collect()),
        ];
        write_frame(&run.join("traces.parquet"), DataFrame::new(rows.len(), traces).unwrap());
        let importance = polars::df!(
            "fold" => ["1", "1", "1", "1"], "seed" => [42u64, 42, 42, 42], "group" => ["mfcc", "mfcc", "rms", "rms"],
            "columns" => [20u32, 20, 1, 1], "repeat" => [0u32, 1, 0, 1], "uar" => [0.5, 0.5, 0.5, 0.5], "permuted_uar" => [0.2, 0.3, 0.5, 0.52]
        );
        write_frame(&run.join("importance.parquet"), importance.unwrap());
        let mut scores = intone::experiment::read_frame(&run.join("scores.parquet")).unwrap().unwrap();
        let groups = polars::df!(
            "scope" => ["group"; 4], "key" => ["sex=female", "sex=female", "sex=male", "sex=male"],
            "metric" => ["uar", "accuracy", "uar", "accuracy"], "value" => [0.61, 0.62, 0.48, 0.5], "low" => [0.5, 0.5, 0.4, 0.4],
            "high" => [0.7, 0.7, 0.6, 0.6], "n" => [15u64, 15, 15, 15]
        );
        scores.vstack_mut(&groups.unwrap()).unwrap();
        write_frame(&run.join("scores.parquet"), scores);
        self.hear_errors(run, predictions, &manifest, seconds);
    }

    fn hear_errors(&self, run: &Path, predictions: DataFrame, manifest: &Manifest, seconds: f32) {
        let table = Predictions::from_frame(predictions).unwrap();
        let errors = sure_errors(&table.rows().unwrap(), MOST_OF_A_PAIR, MOST_ERRORS);
        fs::create_dir_all(run.join("errors")).unwrap();
        let mut random = intone::seed::stream(1, &["noise"]);
        let samples = (0..(16_000.0 * seconds) as usize).map(|_| random.gen_range(-0.9..0.9)).collect();
        let flac = encode_flac(&Clip { samples, sample_rate: 16_000 }).unwrap();
        let mut clips = Vec::new();
        for (index, error) in errors.into_iter().enumerate() {
            let file = format!("errors/{:02}.flac", index + 1);
            fs::write(run.join(&file), &flac).unwrap();
            clips.push(HeardClip { clip: error.clip, fold: error.fold, file: Some(file), silent: None });
        }
        let heard = Heard { clips, attribution: manifest.corpus.citation.clone() };
        fs::write(run.join("errors/errors.json"), serde_json::to_string(&heard).unwrap()).unwrap();
    }

    fn prediction_frame(&self, rows: &[Guess], manifest: &Manifest) -> DataFrame {
        let labels = &manifest.corpus.labels;
        let text = |name: &str, value: &dyn Fn(&Guess) -> String| Column::new(name.into(), rows.iter().map(value).collect::<Vec<String>>());
        let mut columns = vec![
            text("clip", &|r| r.clip.clone()),
            text("speaker", &|r| manifest.corpus.speakers[r.speaker].clone()),
            text("fold", &|r| manifest.protocol.folds[self.fold_of(r.speaker)].name.clone()),
            Column::new("seed".into(), rows.iter().map(|r| r.seed).collect::<Vec<u64>>()),
            text("truth", &|r| labels[r.label].clone()),
            text("predicted", &|r| labels[r.predicted].clone()),
        ];
        for (i, label) in labels.iter().enumerate() {
            let p: Vec<f64> = rows.iter().map(|r| if r.predicted == i { 0.6 } else { 0.4 / (labels.len() - 1) as f64 }).collect();
            columns.push(Column::new(format!("p_{label}").into(), p));
        }
        DataFrame::new(rows.len(), columns).unwrap()
    }

    fn score_frame(&self, rows: &[Guess], manifest: &Manifest) -> DataFrame {
        let n = self.labels.len();
        let mut table = Table::default();
        let all = Counts::new(n, rows.iter().map(|r| (r.label, r.predicted)));
        let clips = (rows.len() / self.seeds) as u64;
        let spread = 0.045;
        for (metric, value) in all.metrics() {
            table.push("overall", "", metric, (value, value - spread, value + spread), clips);
            if self.seeds > 1 {
                table.push("deviation", "", metric, (0.0117, f64::NAN, f64::NAN), clips);
            }
        }
        let mut scoped = |scope: &str, key: String, of: &dyn Fn(&Guess) -> bool| {
            let part = Counts::new(n, rows.iter().filter(|r| of(r)).map(|r| (r.label, r.predicted)));
            for (metric, value) in part.metrics() {
                table.push(scope, &key, metric, (value, f64::NAN, f64::NAN), part.total() as u64);
            }
        };
        for seed in self.seed_numbers() {
            scoped("seed", seed.to_string(), &|r| r.seed == seed);
        }
        for (i, fold) in manifest.protocol.folds.iter().enumerate() {
            scoped("fold", fold.name.clone(), &|r| self.fold_of(r.speaker) == i);
        }
        for (i, speaker) in manifest.corpus.speakers.iter().enumerate() {
            scoped("speaker", speaker.clone(), &|r| r.speaker == i);
        }
        for (i, label) in manifest.corpus.labels.iter().enumerate() {
            let (precision, recall, f1) = all.class(i);
            let support = all.row(i) / self.seeds as f64;
            let wrong = all.row(i) + all.column(i) - 2.0 * all.at(i, i);
            let values = [
                ("precision", precision),
                ("recall", recall),
                ("f1", f1),
                ("support", support),
                ("ovr_accuracy", 1.0 - wrong / all.total()),
            ];
            for (metric, value) in values {
                let spread = if metric == "support" { f64::NAN } else { 0.06 };
                table.push("class", label, metric, (value, value - spread, value + spread), support as u64);
            }
        }
        table.frame()
    }

    fn epoch_frame(&self) -> DataFrame {
        let mut columns: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        let (mut folds, mut seeds, mut epochs, mut kept) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for fold in 0..self.folds {
            for seed in self.seed_numbers() {
                let mut random = intone::seed::stream(seed, &["epochs", &fold.to_string()]);
                let last = self.epochs - if self.epochs > 10 { random.gen_range(0..self.epochs / 3) } else { 0 };
                for epoch in 1..=last {
                    let t = f64::from(epoch) / f64::from(self.epochs);
                    let mut noise = || random.gen_range(-1.0..1.0);
                    let train = 0.12 + 1.75 * (-3.6 * t).exp() + 0.02 * noise();
                    let validation = 0.98 + 0.95 * (-5.0 * t).exp() + 0.28 * t * t + 0.04 * noise();
                    let uar = 0.125 + 0.52 * (1.0 - (-4.6 * t).exp()) + 0.025 * noise();
                    let seen = |value| if self.validation { value } else { f64::NAN };
                    for (name, value) in [
                        ("train_loss", train),
                        ("validation_loss", seen(validation)),
                        ("validation_uar", seen(uar)),
                        ("learning_rate", 0.003 * (1.0 - t)),
                        ("seconds", 1.9),
                    ] {
                        columns.entry(name).or_default().push(value);
                    }
                    folds.push((fold + 1).to_string());
                    seeds.push(seed);
                    epochs.push(epoch);
                    kept.push(epoch == if self.validation { last.saturating_sub(last / 4).max(1) } else { last });
                }
            }
        }
        let height = folds.len();
        let mut frame = vec![Column::new("fold".into(), folds), Column::new("seed".into(), seeds), Column::new("epoch".into(), epochs)];
        frame.extend(columns.into_iter().map(|(name, values)| Column::new(name.into(), values)));
        frame.push(Column::new("kept".into(), kept));
        DataFrame::new(height, frame).unwrap()
    }
}

/// A clip that could not be used.
pub fn left_out(i: usize) -> LeftOut {
    LeftOut { clip: format!("Actor_07/03-01-05-01-01-01-{i:02}.wav"), cause: "the header says 0 channels".to_owned() }
}

/// Counts by truth and prediction, for scores that fit the predictions.
struct Counts(Vec<Vec<f64>>);

impl Counts {
    fn new(n: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut counts = vec![vec![0.0; n]; n];
        pairs.for_each(|(truth, predicted)| counts[truth][predicted] += 1.0);
        Self(counts)
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.0[row][column]
    }

    fn row(&self, i: usize) -> f64 {
        self.0[i].iter().sum()
    }

    fn column(&self, i: usize) -> f64 {
        self.0.iter().map(|row| row[i]).sum()
    }

    fn total(&self) -> f64 {
        self.0.iter().flatten().sum()
    }

    fn class(&self, i: usize) -> (f64, f64, f64) {
        let part = |of: f64| if of > 0.0 { self.at(i, i) / of } else { 0.0 };
        (part(self.column(i)), part(self.row(i)), 2.0 * self.at(i, i) / (self.row(i) + self.column(i)).max(1.0))
    }

    fn metrics(&self) -> Vec<(&'static str, f64)> {
        let n = self.0.len();
        let mean = |value: &dyn Fn(usize) -> f64| (0..n).map(value).sum::<f64>() / n as f64;
        let accuracy = (0..n).map(|i| self.at(i, i)).sum::<f64>() / self.total();
        vec![
            ("uar", mean(&|i| self.class(i).1)),
            ("accuracy", accuracy),
            ("macro_f1", mean(&|i| self.class(i).2)),
            ("weighted_f1", (0..n).map(|i| self.class(i).2 * self.row(i)).sum::<f64>() / self.total()),
            ("auc", 0.5 + 0.48 * accuracy.sqrt()),
            ("log_loss", 1.9 - 1.3 * accuracy),
        ]
    }
}

#[derive(Default)]
struct Table {
    names: [Vec<String>; 3],
    numbers: [Vec<f64>; 3],
    n: Vec<u64>,
}

impl Table {
    fn push(&mut self, scope: &str, key: &str, metric: &str, (value, low, high): (f64, f64, f64), n: u64) {
        self.names.iter_mut().zip([scope, key, metric]).for_each(|(column, text)| column.push(text.to_owned()));
        self.numbers.iter_mut().zip([value, low, high]).for_each(|(column, number)| column.push(number));
        self.n.push(n);
    }

    fn frame(self) -> DataFrame {
        let height = self.n.len();
        let mut columns: Vec<Column> =
            ["scope", "key", "metric"].into_iter().zip(self.names).map(|(name, values)| Column::new(name.into(), values)).collect();
        columns.extend(["value", "low", "high"].into_iter().zip(self.numbers).map(|(name, values)| Column::new(name.into(), values)));
        columns.push(Column::new("n".into(), self.n));
        DataFrame::new(height, columns).unwrap()
    }
}

/// Writes a frame as parquet.
pub fn write_frame(path: &Path, mut frame: DataFrame) {
    ParquetWriter::new(File::create(path).unwrap()).finish(&mut frame).unwrap();
}
