//! The errors that a report lets its reader hear: the surest wrong answers, and the sound of them.
//!
//! The sound is kept in the run folder, as the model read it (mono, resampled, trimmed, cropped), when the run ends: a report can then be made
//! anywhere, also where the corpus is not.

use super::config::{Config, ReportAudio};
use super::error::RunError;
use super::material::Material;
use super::record::{Heard, HeardClip};
use super::store::RunWriter;
use crate::audio::{encode_flac, prepare};
use crate::corpus::ClipRow;
use crate::metrics::{PredictionRow, Predictions, sure_errors};

/// Most errors of a run.
pub const MOST_ERRORS: usize = 12;
/// Most errors of one pair of true and predicted emotion.
pub const MOST_OF_A_PAIR: usize = 2;
/// Longer clips are not kept, seconds.
const LONGEST_S: f64 = 20.0;

/// The folder of their sound within a run's.
const FOLDER: &str = "errors";

/// Keeps the surest errors of a run, with their sound where the setting lets it be kept.
///
/// # Errors
/// The run's folder cannot be written. Sound that cannot be read is no error: the clip then says why it is silent.
pub(super) fn keep(config: &Config, material: &Material, predictions: &Predictions, folder: &RunWriter) -> Result<(), RunError> {
    let silence = silence(config, material);
    let mut clips = Vec::new();
    for (index, error) in sure_errors(&predictions.rows()?, MOST_OF_A_PAIR, MOST_ERRORS).into_iter().enumerate() {
        let sound = match &silence {
            Some(why) => Err(why.clone()),
            None => sound(config, material, &error),
        };
        let (file, silent) = match sound {
            Ok(flac) => {
                let file = format!("{FOLDER}/{:02}.flac", index + 1);
                folder.write_bytes(&file, &flac)?;
                (Some(file), None)
            }
            Err(why) => (None, Some(why)),
        };
        clips.push(HeardClip { clip: error.clip, fold: error.fold, file, silent });
    }
    let attribution = if silence.is_none() { material.corpus.citation.clone() } else { None };
    folder.write_json(&format!("{FOLDER}/errors.json"), &Heard { clips, attribution })?;
    Ok(())
}

/// Why no clip is to be heard, if so.
fn silence(config: &Config, material: &Material) -> Option<String> {
    match config.report.audio {
        ReportAudio::Always => None,
        ReportAudio::Free if material.corpus.synthetic => None,
        ReportAudio::Free => Some(
            "sound is kept of clips that may be handed on without conditions, and these are not known to be: `report.audio = \"always\"` \
             keeps it"
                .to_owned(),
        ),
        ReportAudio::Never => Some("the experiment keeps no sound (`report.audio`)".to_owned()),
    }
}

fn sound(config: &Config, material: &Material, error: &PredictionRow) -> Result<Vec<u8>, String> {
    let row: &ClipRow = material.corpus.clips.iter().find(|clip| clip.id == error.clip).ok_or("the corpus no longer has the clip")?;
    let clip = row.source.clip().map_err(|cause| format!("its sound cannot be read: {cause}"))?;
    let heard = prepare(clip, &config.audio).map_err(|cause| format!("its sound cannot be prepared: {cause}"))?;
    if heard.duration_s() > LONGEST_S {
        return Err(format!("it is longer than {LONGEST_S} s"));
    }
    encode_flac(&heard).map_err(|cause| cause.to_string())
}
