//! Features of a signal that is still arriving: chunk by chunk, the frames that the offline extractor would give.

use std::sync::Arc;

use ndarray::{Array2, s};

use super::delta;
use super::error::FeatureError;
use super::extractor::{Extractor, Scratch};
use super::frames::check_samples;
use super::matrix::FeatureMatrix;
use super::settings::{FeatureSet, FeatureSettings, Reference, Tuning};

/// A set whose frames cannot be known before the whole clip is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{:?} cannot be streamed: {why}", set.name())]
pub struct NotCausal {
    /// The set.
    pub set: FeatureSet,
    /// What of the rest of the clip its frames depend on.
    pub why: &'static str,
}

/// Takes features from a signal that arrives in chunks of any sizes.
///
/// All frames together, those of [`push`](Self::push) and of [`finish`](Self::finish), are equal **to the bit** to
/// [`Extractor::frames`] of all samples together. A frame comes as soon as the samples it covers are there: half an FFT (for `yin`, half
/// of `features.f0_frame_length`) after its centre, with deltas four frames later.
///
/// What a clip's other frames shape cannot be streamed and is refused: pYIN (its path is the best over the clip) and the sets of voice
/// quality, chroma and tonnetz under an estimated tuning (fix it: `features.tuning = 0.0`), spectral contrast (floored under the loudest
/// value of the clip), and so are log-mel and MFCC unless `features.log_mel_top_db` is 0 and `features.log_mel_reference` a number.
///
/// ```
/// use std::sync::Arc;
/// use intone::features::{Extractor, FeatureSet, FeatureSettings, Stream};
///
/// let settings = FeatureSettings { sets: vec![FeatureSet::Mel, FeatureSet::Rms], ..FeatureSettings::librosa() };
/// let extractor = Arc::new(Extractor::new(&settings, 16_000)?);
/// let mut stream = Stream::new(Arc::clone(&extractor))?;
/// let second: Vec<f32> = (0..16_000).map(|n| (n as f32 * 0.05).sin()).collect();
/// let mut frames = 0;
/// for chunk in second.chunks(4_000) {
///     frames += stream.push(chunk)?.values.nrows();
/// }
/// frames += stream.finish()?.values.nrows();
/// assert_eq!(frames, extractor.frame_count(second.len()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Stream {
    extractor: Arc<Extractor>,
    reach: Reach,
    scratch: Scratch,
    /// The last samples, from sample `dropped` of the signal on.
    samples: Vec<f32>,
    /// A multiple of the hop length, so that frames of what is kept are frames of the signal.
    dropped: usize,
    /// The next frame to give.
    next: usize,
}

/// How far from its centre a frame depends on the signal.
#[derive(Debug, Clone, Copy)]
struct Reach {
    hop_length: usize,
    /// Samples before the centre.
    before: usize,
    /// Samples from the centre on.
    after: usize,
    /// Frames before it.
    frames_before: usize,
    /// Frames after it.
    frames_after: usize,
}

impl Stream {
    /// Begins a signal at its first sample.
    ///
    /// # Errors
    /// The first set that cannot be streamed.
    pub fn new(extractor: Arc<Extractor>) -> Result<Self, NotCausal> {
        check_causal(extractor.settings())?;
        let reach = Reach::of(extractor.settings());
        Ok(Self { extractor, reach, scratch: Scratch::new(), samples: Vec::new(), dropped: 0, next: 0 })
    }

    /// The extractor whose frames these are.
    pub fn extractor(&self) -> &Arc<Extractor> {
        &self.extractor
    }

    /// Samples from a frame's centre to the last one that it waits for.
    pub fn latency(&self) -> usize {
        self.reach.after + self.reach.frames_after * self.reach.hop_length
    }

    /// Frames given so far.
    pub fn frames(&self) -> usize {
        self.next
    }

    /// Takes the next samples and gives the frames that are then known, `(frames, columns)`; often none.
    ///
    /// # Errors
    /// A sample that is not finite or too large, by its position in the signal; nothing of the chunk is taken then.
    pub fn push(&mut self, chunk: &[f32]) -> Result<FeatureMatrix, FeatureError> {
        if chunk.is_empty() {
            return Ok(self.matrix(None));
        }
        let received = self.dropped + self.samples.len();
        check_samples(chunk).map_err(|error| error.further_on(received))?;
        self.samples.extend_from_slice(chunk);
        let known = self.reach.known(received + chunk.len());
        if known <= self.next {
            return Ok(self.matrix(None));
        }
        let values = self.extract(known)?;
        self.forget();
        Ok(self.matrix(Some(values)))
    }

    /// Ends the signal: gives the frames that reach over its end, and is then ready for the first sample of another.
    ///
    /// # Errors
    /// As [`Extractor::frames`] of the whole signal: not one sample; fewer than nine frames where deltas are asked for.
    pub fn finish(&mut self) -> Result<FeatureMatrix, FeatureError> {
        let frames = self.extractor.frame_count(self.dropped + self.samples.len());
        let values = if frames > self.next || frames == 0 { self.extract(frames).map(Some) } else { Ok(None) };
        self.samples.clear();
        (self.dropped, self.next) = (0, 0);
        Ok(self.matrix(values?))
    }

    /// Frames from the next up to `end`, from what is kept of the signal.
    ///
    /// The extractor goes over the kept samples as over a clip. Frames around both ends of it come out wrong where those are not the
    /// signal's own, and enough is kept that they are not among those asked for.
    fn extract(&mut self, end: usize) -> Result<Array2<f32>, FeatureError> {
        let first = self.dropped / self.reach.hop_length;
        let FeatureMatrix { values, .. } = self.extractor.frames_with(&self.samples, &mut self.scratch)?;
        let wanted = self.next - first..end - first;
        self.next = end;
        Ok(if wanted == (0..values.nrows()) { values } else { values.slice(s![wanted, ..]).to_owned() })
    }

    /// Drops samples that no later frame depends on.
    fn forget(&mut self) {
        let Reach { hop_length, before, frames_before, .. } = self.reach;
        let needed = (self.next.saturating_sub(frames_before) * hop_length).saturating_sub(before) / hop_length * hop_length;
        self.samples.drain(..needed - self.dropped);
        self.dropped = needed;
    }

    fn matrix(&self, values: Option<Array2<f32>>) -> FeatureMatrix {
        let columns = Arc::clone(self.extractor.columns());
        let values = values.unwrap_or_else(|| Array2::zeros((0, columns.len())));
        FeatureMatrix { values, columns, frame_step_s: self.reach.hop_length as f64 / f64::from(self.extractor.sample_rate()) }
    }
}

impl Reach {
    fn of(settings: &FeatureSettings) -> Self {
        let longest = if settings.uses_pitch() { settings.n_fft.max(settings.f0_frame_length) } else { settings.n_fft };
        let deltas = if settings.uses_deltas() { delta::WIDTH / 2 } else { 0 };
        // Spectral flux is the change since the frame before.
        let flux = usize::from(settings.uses(FeatureSet::SpectralBalance));
        Self {
            hop_length: settings.hop_length,
            before: longest / 2,
            after: longest.div_ceil(2),
            frames_before: deltas + flux,
            frames_after: deltas,
        }
    }

    /// Frames that are known of a signal of which `received` samples have arrived.
    fn known(self, received: usize) -> usize {
        let covered = received.checked_sub(self.after).map_or(0, |rest| rest / self.hop_length + 1);
        // The first frames' deltas are fitted over all of the first neighbourhood.
        if covered > 2 * self.frames_after { covered - self.frames_after } else { 0 }
    }
}

fn check_causal(settings: &FeatureSettings) -> Result<(), NotCausal> {
    settings.sets.iter().try_for_each(|&set| why_not_causal(settings, set).map_or(Ok(()), |why| Err(NotCausal { set, why })))
}

/// What keeps the frames of a set from being known before the clip's end.
fn why_not_causal(settings: &FeatureSettings, set: FeatureSet) -> Option<&'static str> {
    match set {
        FeatureSet::Mel | FeatureSet::Rms | FeatureSet::Zcr | FeatureSet::Yin => None,
        FeatureSet::Centroid | FeatureSet::Bandwidth | FeatureSet::Rolloff | FeatureSet::Flatness => None,
        FeatureSet::Loudness | FeatureSet::SpectralBalance => None,
        FeatureSet::LogMel | FeatureSet::Mfcc => match settings.log_mel_reference {
            Reference::Fixed(_) if settings.log_mel_top_db == 0.0 => None,
            Reference::Fixed(_) => Some("its decibels are floored under the loudest of the whole clip; set `features.log_mel_top_db` to 0"),
            Reference::Clip(_) => Some("its decibels are relative to the clip's loudest; set `features.log_mel_reference` to a number"),
        },
        FeatureSet::Gabor => Some("its level is taken less the mean of the whole clip"),
        FeatureSet::Contrast => Some("its decibels are floored 80 dB under the loudest of the whole clip, as librosa's are"),
        FeatureSet::Chroma | FeatureSet::Tonnetz => match settings.tuning {
            Tuning::Fixed(_) => None,
            Tuning::Estimated(_) => Some("its tuning is estimated from the whole clip; set `features.tuning` to a number, such as 0.0"),
        },
        FeatureSet::Delta | FeatureSet::Delta2 => settings.delta_of.iter().find_map(|&set| why_not_causal(settings, set)),
        FeatureSet::Pyin => Some("its path is the most likely one over the whole clip; take \"yin\""),
        FeatureSet::F0 | FeatureSet::JitterShimmer | FeatureSet::Hnr | FeatureSet::Formants | FeatureSet::Harmonics => {
            Some("voiced stretches are told from the whole clip")
        }
    }
}
