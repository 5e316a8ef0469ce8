//! `intone predict`: which emotion a clip sounds like.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use intone::audio;
use intone::model::{Bundle, BundleError, Prediction};
use rayon::prelude::*;
use serde_json::Value;

use super::exit::{Done, Failure};
use super::{inputs, print};

/// Arguments of `intone predict`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Clips, or folders that are searched for clips
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// The folder of a model bundle, such as runs/ID/model/final; without it the model that comes with intone
    #[arg(long, value_name = "BUNDLE")]
    model: Option<PathBuf>,
    /// How predictions are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// An array with an object a clip
    Json,
    /// A row a clip
    Csv,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let bundle = inputs::bundle(arguments.model.as_deref())?;
    let clips = inputs::expand(&arguments.inputs)?;
    let results: Vec<_> = clips.into_par_iter().map(|clip| (predict(&bundle, &clip), clip)).collect();
    let mut predictions = Vec::new();
    let mut left_out = 0;
    for (result, clip) in results {
        match result {
            Ok(probabilities) => predictions.push(Prediction { clip: clip.display().to_string(), probabilities }),
            Err(cause) => {
                eprintln!("left out: {}: {cause}", clip.display());
                left_out += 1;
            }
        }
    }
    if predictions.is_empty() {
        return Err(Failure::failed("none of the clips can be used"));
    }
    let labels = bundle.labels();
    let text = match arguments.format {
        Format::Table => table(&predictions, labels),
        Format::Json => {
            format!("{:#}\n", Value::Array(predictions.iter().map(|prediction| Value::Object(prediction.object(labels))).collect()))
        }
        Format::Csv => Prediction::csv(&predictions, labels),
    };
    print(&text)?;
    Ok(Done::leaving_out(left_out))
}

fn predict(bundle: &Bundle, clip: &Path) -> Result<Vec<f64>, BundleError> {
    let decoded = audio::read_within(clip, bundle.longest_s()).map_err(intone::dataset::PrepareError::from)?;
    bundle.predict(decoded.clip)
}

fn table(predictions: &[Prediction], labels: &[String]) -> String {
    let width = predictions.iter().map(|prediction| prediction.clip.chars().count()).max().unwrap_or(0).max(4);
    let mut text = format!("{:<width$}  predicted   confidence  next\n", "clip");
    for prediction in predictions {
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by(|&a, &b| prediction.probabilities[b].total_cmp(&prediction.probabilities[a]).then(a.cmp(&b)));
        let percent =
            |rank: usize| order.get(rank).map_or((String::new(), 0.0), |&k| (labels[k].clone(), 100.0 * prediction.probabilities[k]));
        let ((first, confidence), (second, next)) = (percent(0), percent(1));
        text.push_str(&format!("{:<width$}  {first:<10} {confidence:9.1} %  {second} {next:.1} %\n", prediction.clip));
    }
    text
}
