//! How a run's models fare in noise: asks each fold's model about the clips that it was tested on, with pink noise under them.
//!
//! ```console
//! $ intone run experiments/ravdess-live.toml --set model.save_folds=true
//! $ cargo run --release --example noise -- runs/ID
//! ```
//!
//! The ratio of signal to noise is that of the whole recording, pauses included, as in `[augment.noise]`; the intervals are 95 % over speakers.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::path::PathBuf;

use intone::augment::{NoiseColour, add_noise};
use intone::experiment::store::part_name;
use intone::experiment::{RunFolder, load, material};
use intone::metrics::{BootstrapSettings, PredictionRow, Predictions, ScoreTable};
use intone::model::Bundle;
use intone::seed;
use rayon::prelude::*;

/// Ratios, dB; none is the recording as it is.
const RATIOS: [Option<f32>; 5] = [None, Some(40.0), Some(30.0), Some(20.0), Some(10.0)];

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let dir = PathBuf::from(std::env::args().nth(1).ok_or("usage: noise RUN")?);
    let run = RunFolder::open(&dir)?;
    let rows = Predictions::from_frame(run.predictions)?.rows()?;
    let config = load::parse(&dir.join("config.toml"), &run.config)?;
    let corpus = material::load_corpus(&config)?;
    let clips: HashMap<&str, _> = corpus.clips.iter().map(|clip| (clip.id.as_str(), &clip.source)).collect();

    let folds = &run.manifest.protocol.folds;
    let parts: BTreeSet<(u64, &str)> = rows.iter().map(|row| (row.seed, row.fold.as_str())).collect();
    let model = |(seed, name)| {
        let fold = folds.iter().position(|fold| fold.name == name).ok_or_else(|| format!("the run has no fold {name}"))?;
        Ok::<_, Failed>(((seed, name), Bundle::load(&dir.join("model").join(part_name(fold, seed)))?))
    };
    let models: HashMap<_, _> = parts.into_iter().map(model).collect::<Result<_, _>>()?;

    println!("SNR, dB       UAR, %");
    for ratio in RATIOS {
        let ask = |row: &PredictionRow| {
            let mut clip = clips.get(row.clip.as_str()).ok_or_else(|| format!("the corpus has no clip {}", row.clip))?.clip()?;
            if let Some(ratio) = ratio {
                let mut random = seed::stream(row.seed, &["noise", &row.clip]);
                clip = add_noise(&clip, NoiseColour::Pink, ratio, &mut random)?;
            }
            let probabilities = models[&(row.seed, row.fold.as_str())].predict(clip)?;
            Ok::<_, Failed>(PredictionRow { probabilities, ..row.clone() })
        };
        let answers = rows.par_iter().map(ask).collect::<Result<Vec<_>, _>>()?;
        let scores = ScoreTable::from_predictions(&Predictions::from_rows(&corpus.labels, &answers)?, BootstrapSettings::default())?;
        let uar = scores.overall("uar").ok_or("no score")?;
        let name = ratio.map_or_else(|| "none added".to_owned(), |ratio| ratio.to_string());
        println!("{name:10} {:7.1} ({:.1} to {:.1})", 100.0 * uar.value, 100.0 * uar.low, 100.0 * uar.high);
    }
    Ok(())
}
