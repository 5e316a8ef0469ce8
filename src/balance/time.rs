//! Matrices of frames of different length, made comparable.

use std::borrow::Cow;

use ndarray::Array2;

/// `frames` stretched evenly in time to `length` frames: first and last frame stay, those between lie on straight lines between
/// neighbours. Frames of that length already are given back as they are.
pub(super) fn stretched(frames: &Array2<f32>, length: usize) -> Cow<'_, Array2<f32>> {
    let last = frames.nrows().saturating_sub(1);
    if frames.nrows() == length || frames.is_empty() {
        return Cow::Borrowed(frames);
    }
    let step = if length > 1 { last as f64 / (length - 1) as f64 } else { 0.0 };
    Cow::Owned(Array2::from_shape_fn((length, frames.ncols()), |(frame, column)| {
        let place = frame as f64 * step;
        let before = (place as usize).min(last);
        let [a, b] = [before, (before + 1).min(last)].map(|frame| f64::from(frames[[frame, column]]));
        (a + (place - before as f64) * (b - a)) as f32
    }))
}

/// The median of lengths, of two in the middle the smaller; 0 of none.
pub(super) fn median(mut lengths: Vec<usize>) -> usize {
    lengths.sort_unstable();
    lengths.get(lengths.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::{median, stretched};

    /// `numpy.interp(numpy.linspace(0, 3, length), numpy.arange(4), [1, 4, 2, 8])`.
    #[test]
    fn stretching_equals_numpy_interp() {
        let frames: Array2<f32> = array![[1.0], [4.0], [2.0], [8.0]];
        assert_eq!(stretched(&frames, 7).into_owned(), array![[1.0], [2.5], [4.0], [3.0], [2.0], [5.0], [8.0]]);
        assert_eq!(stretched(&frames, 3).into_owned(), array![[1.0], [3.0], [8.0]]);
        assert_eq!(stretched(&frames, 1).into_owned(), array![[1.0]]);
        assert_eq!(stretched(&frames, 4).into_owned(), frames);
    }

    #[test]
    fn of_two_lengths_in_the_middle_the_smaller_is_the_median() {
        assert_eq!([vec![], vec![5], vec![9, 3], vec![9, 3, 4]].map(median), [0, 5, 3, 4]);
    }
}
