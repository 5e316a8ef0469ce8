//! How a run's models fare in noise: asks each fold's model about the clips that it was tested on, with pink noise under them.
//!
//! ```console
//! $ intone run experiments/ravdess-live.toml --set model.save_folds=true
//! $ cargo run --release --example noise -- runs/ID data/ravdess
//! ```
//!
//! The ratio of signal to noise is that of the whole recording, pauses included, as in `[augment.noise]`; the intervals are 95 % over speakers.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use intone::audio;
use intone::augment::{NoiseColour, add_noise};
use intone::metrics::{BootstrapSettings, PredictionRow, Predictions, ScoreTable};
use intone::model::Bundle;
use intone::seed;
use rayon::prelude::*;

/// Ratios, dB; none is the recording as it is.
const RATIOS: [Option<f32>; 5] = [None, Some(40.0), Some(30.0), Some(20.0), Some(10.0)];

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let arguments: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let [run, corpus] = arguments.as_slice() else { return Err("usage: noise RUN CORPUS".into()) };
    let rows = Predictions::read_parquet(&run.join("predictions.parquet"))?.rows()?;
    let mut recordings = HashMap::new();
    find(corpus, &mut recordings)?;
    let parts: BTreeSet<(u64, &str)> = rows.iter().map(|row| (row.seed, row.fold.as_str())).collect();
    let load =
        |(seed, fold)| Bundle::load(&run.join("model").join(format!("seed-{seed}_fold-{fold:0>3}"))).map(|model| ((seed, fold), model));
    let models: HashMap<_, _> = parts.into_iter().map(load).collect::<Result<_, _>>()?;
    let labels = models.values().next().ok_or("the run tested no clip")?.labels().to_vec();
    println!("SNR, dB       UAR, %");
    for ratio in RATIOS {
        let ask = |row: &PredictionRow| {
            let file = recordings.get(&row.clip).ok_or_else(|| format!("{} is not in {}", row.clip, corpus.display()))?;
            let mut clip = audio::read(file)?.clip;
            if let Some(ratio) = ratio {
                let mut random = seed::stream(row.seed, &["noise", &row.clip]);
                clip = add_noise(&clip, NoiseColour::Pink, ratio, &mut random)?;
            }
            let probabilities = models[&(row.seed, row.fold.as_str())].predict(clip)?;
            Ok::<_, Failed>(PredictionRow { probabilities, ..row.clone() })
        };
        let answers = rows.par_iter().map(ask).collect::<Result<Vec<_>, _>>()?;
        let scores = ScoreTable::from_predictions(&Predictions::from_rows(&labels, &answers)?, BootstrapSettings::default())?;
        let uar = scores.overall("uar").ok_or("no score")?;
        let name = ratio.map_or_else(|| "none added".to_owned(), |ratio| ratio.to_string());
        println!("{name:10} {:7.1} ({:.1} to {:.1})", 100.0 * uar.value, 100.0 * uar.low, 100.0 * uar.high);
    }
    Ok(())
}

/// All files under a folder, by their names without ending.
fn find(folder: &Path, files: &mut HashMap<String, PathBuf>) -> Result<(), Failed> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if let Some(stem) = path.file_stem() {
            files.insert(stem.to_string_lossy().into_owned(), path);
        }
    }
    Ok(())
}
