//! The planned pass: everything that is asked of a clip, from one spectrogram.

use std::sync::{Arc, OnceLock};

use ndarray::{Array2, ArrayViewMut2, s};

use super::balance::{Balance, BalanceScratch};
use super::chroma::{CHROMA, ChromaBank};
use super::contrast::ContrastBands;
use super::dct::Dct;
use super::decibel::{Scale, power_to_db_lanes};
use super::delta;
use super::energy::{Crossings, rms};
use super::error::FeatureError;
use super::frames::check_samples;
use super::gabor::{GaborBank, GaborScratch};
use super::lanes::LaneMatrix;
use super::loudness::Loudness;
use super::matrix::FeatureMatrix;
use super::mel::MelBank;
use super::pitch::{PitchPlan, PitchScratch};
use super::settings::{FeatureSet, FeatureSettings, Tuning};
use super::shape::{ShapeMatrices, SpectralShape};
use super::simd::Level;
use super::stft::{Stft, StftScratch};
use super::tonnetz::{TONNETZ, Tonnetz};
use super::tuning::{PeakTracker, Peaks, STEPS, step_to_tuning};
use super::voice::{VoicePlan, VoiceScratch};
use crate::settings::InvalidSetting;

/// Takes the features of [`FeatureSettings`] from clips of one sample rate.
///
/// Plans, windows, filter banks and the cosine matrix are made once; threads share an extractor, each with a [`Scratch`] of its own,
/// and nothing is allocated for a frame. The values equal librosa 0.11's for the same samples (frame length of RMS and zero-crossing
/// rate: `n_fft`).
///
/// ```
/// use intone::features::{Extractor, FeatureSet, FeatureSettings};
///
/// let settings = FeatureSettings {
///     sets: vec![FeatureSet::Mfcc, FeatureSet::Rms],
///     n_fft: 512, win_length: 400, hop_length: 160, n_mels: 40, n_mfcc: 13,
///     ..FeatureSettings::librosa()
/// };
/// let extractor = Extractor::new(&settings, 16_000)?;
/// let second: Vec<f32> = (0..16_000).map(|n| (n as f32 * 0.05).sin()).collect();
/// let features = extractor.frames(&second)?;
/// assert_eq!(features.values.dim(), (101, 14));
/// assert_eq!(&features.columns[13], "rms");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Extractor {
    settings: FeatureSettings,
    columns: Arc<[String]>,
    sample_rate: u32,
    level: Level,
    stft: Stft,
    mel: Option<MelBank>,
    gabor: Option<GaborBank>,
    dct: Option<Dct>,
    contrast: Option<ContrastBands>,
    chroma: Option<ChromaPlan>,
    tonnetz: Option<Tonnetz>,
    shape: Option<SpectralShape>,
    loudness: Option<Loudness>,
    balance: Option<Balance>,
    pitch: Option<PitchPlan>,
    voice: Option<VoicePlan>,
    parts: Vec<Part>,
}

/// Columns that lie side by side.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// The set that they are, or are the deltas of.
    set: FeatureSet,
    width: usize,
    derivative: Derivative,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Derivative {
    Plain,
    First,
    Second,
}

/// How chroma is tuned.
#[derive(Debug)]
enum ChromaPlan {
    Fixed(ChromaBank),
    /// A bank for each possible estimate, made when it is first met.
    Estimated {
        tracker: PeakTracker,
        banks: Vec<OnceLock<ChromaBank>>,
    },
}

/// Working memory for one clip at a time; made empty, it grows to what the longest clip needs.
#[derive(Default)]
pub struct Scratch {
    stft: StftScratch,
    crossings: Crossings,
    peaks: Peaks,
    column: Vec<f32>,
    means: Vec<f64>,
    power: LaneMatrix,
    mel: LaneMatrix,
    log_mel: LaneMatrix,
    gabor: GaborScratch,
    mfcc: LaneMatrix,
    chroma: LaneMatrix,
    contrast: LaneMatrix,
    valleys: LaneMatrix,
    rms: LaneMatrix,
    zcr: LaneMatrix,
    tonnetz: LaneMatrix,
    shape: ShapeMatrices,
    loudness: LaneMatrix,
    balance: BalanceScratch,
    pitch: PitchScratch,
    voice: VoiceScratch,
}

impl Scratch {
    /// Empty working memory.
    pub fn new() -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

impl Extractor {
    /// Plans the features of clips of `sample_rate` samples a second.
    ///
    /// # Errors
    /// The first setting that cannot be used ([`FeatureSettings::check`]).
    pub fn new(settings: &FeatureSettings, sample_rate: u32) -> Result<Self, InvalidSetting> {
        settings.check(sample_rate)?;
        let has = |set| settings.uses(set);
        let chroma = settings.uses_chroma().then(|| match settings.tuning {
            Tuning::Fixed(tuning) => ChromaPlan::Fixed(ChromaBank::new(sample_rate, settings.n_fft, f64::from(tuning))),
            Tuning::Estimated(_) => ChromaPlan::Estimated {
                tracker: PeakTracker::new(sample_rate, settings.n_fft),
                banks: (0..STEPS).map(|_| OnceLock::new()).collect(),
            },
        });
        let stft = Stft::from_settings(settings)?;
        Ok(Self {
            columns: settings.column_names().into(),
            sample_rate,
            level: Level::detect(),
            mel: settings.uses_mel().then(|| MelBank::from_settings(settings, sample_rate)).transpose()?,
            gabor: has(FeatureSet::Gabor).then(|| GaborBank::new(settings.n_mels, f64::from(sample_rate) / settings.hop_length as f64)),
            dct: settings.uses_mfcc().then(|| Dct::new(settings.n_mfcc, settings.n_mels, f64::from(settings.mfcc_lifter))),
            contrast: has(FeatureSet::Contrast).then(|| ContrastBands::from_settings(settings, sample_rate)).transpose()?,
            chroma,
            tonnetz: has(FeatureSet::Tonnetz).then(Tonnetz::new),
            shape: SpectralShape::from_settings(settings, sample_rate),
            loudness: has(FeatureSet::Loudness).then(|| Loudness::new(sample_rate, settings.n_fft, stft.window_power())),
            balance: has(FeatureSet::SpectralBalance).then(|| Balance::new(sample_rate, settings.n_fft, stft.window_power())),
            pitch: PitchPlan::from_settings(settings, sample_rate),
            voice: VoicePlan::from_settings(settings, sample_rate),
            parts: parts(settings),
            stft,
            settings: settings.clone(),
        })
    }

    /// A name a column, in the order of [`FeatureSettings::sets`].
    pub fn columns(&self) -> &Arc<[String]> {
        &self.columns
    }

    /// For each column, whether 0 means that a frame has no value: what only voiced frames have, in the sets of voice quality. Means
    /// and functionals leave such frames out. (`pyin_f0` is librosa's, and 0 is a value of it.)
    pub fn gaps(&self) -> Vec<bool> {
        let of_part = |part: &Part| std::iter::repeat_n(part.derivative == Derivative::Plain && part.set.has_gaps(), part.width);
        self.parts.iter().flat_map(of_part).collect()
    }

    /// For each column, the set that it is of, and how many times the derivative over time was taken of it: 1 and 2 are deltas.
    pub fn sets(&self) -> Vec<(FeatureSet, usize)> {
        let order = |derivative| match derivative {
            Derivative::Plain => 0,
            Derivative::First => 1,
            Derivative::Second => 2,
        };
        self.parts.iter().flat_map(|part| std::iter::repeat_n((part.set, order(part.derivative)), part.width)).collect()
    }

    /// What is measured, and how.
    pub fn settings(&self) -> &FeatureSettings {
        &self.settings
    }

    /// Samples a second, Hz.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Frames of a clip of `samples` samples.
    pub fn frame_count(&self, samples: usize) -> usize {
        self.stft.frames(samples)
    }

    /// Mel bands too narrow to hold a frequency bin; their columns are constant.
    pub fn empty_mel_bands(&self) -> usize {
        self.mel.as_ref().map_or(0, MelBank::empty_bands)
    }

    /// Features of every frame, `(frames, columns)`.
    ///
    /// # Errors
    /// Samples that are missing, not finite or too large; fewer than nine frames where deltas are asked for.
    pub fn frames(&self, samples: &[f32]) -> Result<FeatureMatrix, FeatureError> {
        self.frames_with(samples, &mut Scratch::new())
    }

    /// As [`frames`](Self::frames), with working memory from the caller.
    ///
    /// # Errors
    /// As [`frames`](Self::frames).
    pub fn frames_with(&self, samples: &[f32], scratch: &mut Scratch) -> Result<FeatureMatrix, FeatureError> {
        self.analyse(samples, scratch)?;
        self.cepstra(scratch);
        let frames = self.frame_count(samples.len());
        let mut values = Array2::zeros((frames, self.columns.len()));
        let mut first = 0;
        for part in &self.parts {
            let own = values.slice_mut(s![.., first..first + part.width]);
            part.derivative.write(scratch.matrix(part.set), own);
            first += part.width;
        }
        Ok(self.matrix(values))
    }

    /// The mean of every column over the frames of the clip, `(1, columns)`: `numpy.mean(..., axis=1)` of each librosa feature. Columns of
    /// the sets of voice quality have it over the frames that have a value: voiced ones.
    ///
    /// # Errors
    /// As [`frames`](Self::frames).
    pub fn mean(&self, samples: &[f32]) -> Result<FeatureMatrix, FeatureError> {
        self.mean_with(samples, &mut Scratch::new())
    }

    /// As [`mean`](Self::mean), with working memory from the caller.
    ///
    /// # Errors
    /// As [`frames`](Self::frames).
    pub fn mean_with(&self, samples: &[f32], scratch: &mut Scratch) -> Result<FeatureMatrix, FeatureError> {
        self.analyse(samples, scratch)?;
        let mut means = std::mem::take(&mut scratch.means);
        means.clear();
        means.resize(self.columns.len(), 0.0);
        if self.parts.iter().any(|part| part.set == FeatureSet::Mfcc && part.derivative != Derivative::Plain) {
            self.cepstra(scratch);
        }
        let mut rest = means.as_mut_slice();
        for part in &self.parts {
            let (own, after) = rest.split_at_mut(part.width);
            rest = after;
            match (part.derivative, part.set, &self.dct) {
                (Derivative::Plain, FeatureSet::Mfcc, Some(dct)) => self.mean_cepstra(dct, scratch, own),
                (Derivative::Plain, set, _) if set.has_gaps() => scratch.matrix(set).row_means_of_values(own),
                (Derivative::Plain, set, _) => scratch.matrix(set).row_means(own),
                (derivative, set, _) => mean_deltas(derivative, scratch.matrix(set), own),
            }
        }
        let values = Array2::from_shape_fn((1, means.len()), |(_, column)| means[column] as f32);
        scratch.means = means;
        Ok(self.matrix(values))
    }

    fn matrix(&self, values: Array2<f32>) -> FeatureMatrix {
        let frame_step_s = self.settings.hop_length as f64 / f64::from(self.sample_rate);
        FeatureMatrix { values, columns: Arc::clone(&self.columns), frame_step_s }
    }

    /// Fills all matrices but that of the cepstral coefficients.
    fn analyse(&self, samples: &[f32], scratch: &mut Scratch) -> Result<(), FeatureError> {
        check_samples(samples)?;
        let frames = self.frame_count(samples.len());
        let has = |set| self.settings.uses(set);
        if self.settings.uses_deltas() && frames < delta::WIDTH {
            let hop_length = self.settings.hop_length;
            return Err(FeatureError::TooFewFrames { frames, hop_length, needed: delta::WIDTH, what: "a delta" });
        }
        self.spectral(samples, frames, scratch);
        if has(FeatureSet::Rms) {
            rms(self.level, samples, self.stft.framing(), &mut scratch.rms);
        }
        if has(FeatureSet::Zcr) {
            scratch.crossings.rate(self.level, samples, self.stft.framing(), &mut scratch.zcr);
        }
        if let Some(pitch) = &self.pitch {
            pitch.track(samples, frames, &mut scratch.pitch);
        }
        if let Some(voice) = &self.voice {
            voice.measure(samples, frames, &mut scratch.voice);
        }
        Ok(())
    }

    /// Everything that is taken from the power spectrum, block by block while it is in the cache.
    fn spectral(&self, samples: &[f32], frames: usize, scratch: &mut Scratch) {
        let shape = self.shape.is_some() || self.loudness.is_some() || self.balance.is_some();
        if self.mel.is_none() && self.contrast.is_none() && self.chroma.is_none() && !shape {
            return;
        }
        self.reshape(frames, scratch);
        let keep = matches!(self.chroma, Some(ChromaPlan::Estimated { .. }));
        for block in 0..frames.div_ceil(super::simd::LANES) {
            let power = scratch.power.block_mut(if keep { block } else { 0 });
            self.stft.power_block(samples, block, &mut scratch.stft, power);
            if let Some(mel) = &self.mel {
                mel.apply_block(power, scratch.mel.block_mut(block));
            }
            if let Some(contrast) = &self.contrast {
                let (peaks, valleys) = (scratch.contrast.block_mut(block), scratch.valleys.block_mut(block));
                contrast.apply_block(power, &mut scratch.column, peaks, valleys);
            }
            if let Some(shape) = &self.shape {
                shape.apply_block(power, block, &mut scratch.shape);
            }
            if let Some(loudness) = &self.loudness {
                scratch.loudness.block_mut(block)[0] = loudness.of_block(power);
            }
            if let Some(balance) = &self.balance {
                balance.apply_block(power, block, &mut scratch.balance);
            }
            match &self.chroma {
                Some(ChromaPlan::Fixed(bank)) => bank.apply_block(power, scratch.chroma.block_mut(block)),
                Some(ChromaPlan::Estimated { tracker, .. }) => tracker.collect(power, &mut scratch.peaks),
                None => {}
            }
        }
        if let Some(ChromaPlan::Estimated { banks, .. }) = &self.chroma {
            let bank = self.tuned_bank(banks, &mut scratch.peaks);
            for block in 0..scratch.power.blocks() {
                bank.apply_block(scratch.power.block(block), scratch.chroma.block_mut(block));
            }
        }
        if let Some(tonnetz) = &self.tonnetz {
            for block in 0..scratch.chroma.blocks() {
                tonnetz.apply_block(scratch.chroma.block(block), scratch.tonnetz.block_mut(block));
            }
        }
        self.decibels(scratch);
    }

    fn reshape(&self, frames: usize, scratch: &mut Scratch) {
        // Only a tuning estimate needs the whole clip before chroma; a fixed one makes do with one block, however long the clip.
        let kept = if matches!(self.chroma, Some(ChromaPlan::Estimated { .. })) { frames } else { 1 };
        scratch.power.reshape(self.stft.bins(), kept);
        scratch.peaks.clear();
        scratch.mel.reshape(self.mel.as_ref().map_or(0, MelBank::bands), frames);
        scratch.chroma.reshape(CHROMA, frames);
        scratch.tonnetz.reshape(TONNETZ, frames);
        scratch.shape.reshape(frames);
        scratch.loudness.reshape(1, frames);
        scratch.balance.reshape(frames);
        let rows = self.contrast.as_ref().map_or(0, ContrastBands::rows);
        scratch.contrast.reshape(rows, frames);
        scratch.valleys.reshape(rows, frames);
    }

    fn tuned_bank<'a>(&self, banks: &'a [OnceLock<ChromaBank>], peaks: &mut Peaks) -> &'a ChromaBank {
        let step = peaks.tuning_step().unwrap_or(STEPS / 2);
        banks[step].get_or_init(|| ChromaBank::new(self.sample_rate, self.settings.n_fft, step_to_tuning(step)))
    }

    /// What needs the maximum of the whole clip.
    fn decibels(&self, scratch: &mut Scratch) {
        if self.settings.uses_log_mel() {
            scratch.log_mel.reshape(scratch.mel.rows(), scratch.mel.frames());
            scratch.log_mel.as_lanes_mut().copy_from_slice(scratch.mel.as_lanes());
            power_to_db_lanes(self.level, scratch.log_mel.as_lanes_mut(), Scale::from_settings(&self.settings));
        }
        if let Some(gabor) = &self.gabor {
            gabor.apply(self.level, &scratch.log_mel, &mut scratch.gabor);
        }
        if self.contrast.is_some() {
            power_to_db_lanes(self.level, scratch.contrast.as_lanes_mut(), Scale::LIBROSA);
            power_to_db_lanes(self.level, scratch.valleys.as_lanes_mut(), Scale::LIBROSA);
            for (peak, valley) in scratch.contrast.as_lanes_mut().iter_mut().zip(scratch.valleys.as_lanes()) {
                for (peak, valley) in peak.0.iter_mut().zip(valley.0) {
                    *peak -= valley;
                }
            }
        }
    }

    /// Cepstral coefficients of every frame.
    fn cepstra(&self, scratch: &mut Scratch) {
        let Some(dct) = &self.dct else { return };
        scratch.mfcc.reshape(dct.coefficients(), scratch.log_mel.frames());
        for block in 0..scratch.log_mel.blocks() {
            dct.apply_block(self.level, scratch.log_mel.block(block), scratch.mfcc.block_mut(block));
        }
    }

    /// Their means: the transform is linear, so that of the mean spectrum is their mean.
    fn mean_cepstra(&self, dct: &Dct, scratch: &Scratch, means: &mut [f64]) {
        let mut spectrum = vec![0.0; scratch.log_mel.rows()];
        scratch.log_mel.row_means(&mut spectrum);
        dct.apply(&spectrum, means);
    }
}

impl Scratch {
    /// The matrix of a set that is no delta.
    fn matrix(&self, set: FeatureSet) -> &LaneMatrix {
        match set {
            FeatureSet::Mel => &self.mel,
            FeatureSet::LogMel => &self.log_mel,
            FeatureSet::Gabor => &self.gabor.matrix,
            FeatureSet::Mfcc | FeatureSet::Delta | FeatureSet::Delta2 => &self.mfcc,
            FeatureSet::Chroma => &self.chroma,
            FeatureSet::Contrast => &self.contrast,
            FeatureSet::Rms => &self.rms,
            FeatureSet::Zcr => &self.zcr,
            FeatureSet::Tonnetz => &self.tonnetz,
            FeatureSet::Centroid => &self.shape.centroid,
            FeatureSet::Bandwidth => &self.shape.bandwidth,
            FeatureSet::Rolloff => &self.shape.rolloff,
            FeatureSet::Flatness => &self.shape.flatness,
            FeatureSet::Yin => &self.pitch.yin,
            FeatureSet::Pyin => &self.pitch.pyin,
            FeatureSet::F0 => &self.voice.f0,
            FeatureSet::JitterShimmer => &self.voice.perturbation,
            FeatureSet::Hnr => &self.voice.hnr,
            FeatureSet::Formants => &self.voice.formants,
            FeatureSet::Harmonics => &self.voice.harmonics,
            FeatureSet::Loudness => &self.loudness,
            FeatureSet::SpectralBalance => &self.balance.matrix,
        }
    }
}

/// The sets, with the deltas of several sets told apart.
fn parts(settings: &FeatureSettings) -> Vec<Part> {
    let part = |set, derivative| Part { set, width: settings.width(set), derivative };
    let deltas = |derivative| settings.delta_of.iter().map(move |&set| part(set, derivative)).collect();
    let of_set = |&set| match set {
        FeatureSet::Delta => deltas(Derivative::First),
        FeatureSet::Delta2 => deltas(Derivative::Second),
        set => vec![part(set, Derivative::Plain)],
    };
    settings.sets.iter().flat_map(of_set).collect()
}

impl Derivative {
    /// Writes every frame of every row into a `(frames, rows)` array.
    fn write(self, matrix: &LaneMatrix, mut array: ArrayViewMut2<'_, f32>) {
        if self == Self::Plain {
            return matrix.transpose_into(array);
        }
        for ((frame, row), value) in array.indexed_iter_mut() {
            *value = self.of(matrix, row, frame);
        }
    }

    fn of(self, matrix: &LaneMatrix, row: usize, frame: usize) -> f32 {
        let (frames, value) = (matrix.frames(), |frame| matrix.get(row, frame));
        match self {
            Self::Plain => value(frame),
            Self::First => delta::slope(frame, frames, value),
            Self::Second => delta::curvature(frame, frames, value),
        }
    }
}

fn mean_deltas(derivative: Derivative, matrix: &LaneMatrix, means: &mut [f64]) {
    let frames = matrix.frames();
    for (row, mean) in means.iter_mut().enumerate() {
        *mean = (0..frames).map(|frame| f64::from(derivative.of(matrix, row, frame))).sum::<f64>() / frames as f64;
    }
}
