//! One vector a clip: functionals of every column, and what is only told of a whole clip.

use std::sync::Arc;

use ndarray::{Array2, Axis, concatenate};

use super::extractor::Extractor;
use super::functionals::{FUNCTIONALS, functional_columns, functionals};
use super::matrix::FeatureMatrix;
use super::rhythm;
use super::settings::FeatureSet;

/// Makes one row of the frames of an [`Extractor`]: the fifteen [`functionals()`] of each column, and then, where the set `f0` or
/// `loudness` is asked for, proxies for speaking rate: `voiced_segments_per_s`, `voiced_segment_mean`, `voiced_segment_deviation`,
/// `unvoiced_segment_mean`, `unvoiced_segment_deviation` (seconds), `loudness_peaks_per_s`.
///
/// Of the sets of voice quality, only voiced frames count ([`Extractor::gaps`]), as in eGeMAPS.
#[derive(Debug, Clone)]
pub struct ClipFunctionals {
    gaps: Vec<bool>,
    f0: Option<usize>,
    loudness: Option<usize>,
    sets: Vec<(FeatureSet, usize)>,
    columns: Arc<[String]>,
}

impl ClipFunctionals {
    /// For the columns of an extractor.
    pub fn new(extractor: &Extractor) -> Self {
        let place = |name: &str| extractor.columns().iter().position(|column| column == name);
        let (f0, loudness) = (place("f0"), place("loudness"));
        let mut columns = functional_columns(extractor.columns());
        columns.extend(f0.iter().flat_map(|_| rhythm::VOICING).map(str::to_owned));
        columns.extend(loudness.iter().flat_map(|_| rhythm::LOUDNESS).map(str::to_owned));
        let mut sets: Vec<_> = extractor.sets().into_iter().flat_map(|set| std::iter::repeat_n(set, FUNCTIONALS.len())).collect();
        sets.extend(f0.iter().flat_map(|_| rhythm::VOICING).map(|_| (FeatureSet::F0, 0)));
        sets.extend(loudness.iter().flat_map(|_| rhythm::LOUDNESS).map(|_| (FeatureSet::Loudness, 0)));
        Self { gaps: extractor.gaps(), f0, loudness, sets, columns: columns.into() }
    }

    /// Names of the columns: `mfcc_0_mean`, `mfcc_0_deviation`, ...
    pub fn columns(&self) -> &Arc<[String]> {
        &self.columns
    }

    /// For each column, the set that it is of, and how many times the derivative was taken, as [`Extractor::sets`].
    pub fn sets(&self) -> &[(FeatureSet, usize)] {
        &self.sets
    }

    /// The row of a clip, `(1, columns)`, from its frames.
    pub fn of(&self, mut frames: FeatureMatrix) -> FeatureMatrix {
        let step = frames.frame_step_s;
        let mut rest = Vec::new();
        if let Some(f0) = self.f0 {
            let voiced: Vec<bool> = frames.values.column(f0).iter().map(|&f0| f0 > 0.0).collect();
            rest.extend(rhythm::of_voicing(&voiced, step));
        }
        if let Some(loudness) = self.loudness {
            rest.extend(rhythm::of_loudness(&frames.values.column(loudness).to_vec(), step));
        }
        for (mut column, _) in frames.values.columns_mut().into_iter().zip(&self.gaps).filter(|(_, gaps)| **gaps) {
            column.mapv_inplace(|value| if value == 0.0 { f32::NAN } else { value });
        }
        let rest = Array2::from_shape_fn((1, rest.len()), |(_, column)| rest[column]);
        let values = functionals(frames.values.view(), step);
        let values = concatenate(Axis(1), &[values.view(), rest.view()]).expect("both have one row");
        FeatureMatrix { values, columns: Arc::clone(&self.columns), frame_step_s: step }
    }
}
