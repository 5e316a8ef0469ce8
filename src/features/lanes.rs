//! How matrices over frames lie in memory while a clip is worked on.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::simd::{LANES, Lanes};

/// A `(rows, frames)` matrix in blocks of eight frames: within a block, the eight values of a row lie side by side.
///
/// Lanes of the last block that are past the last frame hold values of a silent frame; reductions leave them out.
#[derive(Debug, Clone, Default)]
pub(super) struct LaneMatrix {
    rows: usize,
    frames: usize,
    lanes: Vec<Lanes>,
}

impl LaneMatrix {
    /// Makes room for another shape. What the matrix holds afterwards is arbitrary.
    pub fn reshape(&mut self, rows: usize, frames: usize) {
        self.rows = rows;
        self.frames = frames;
        self.lanes.resize(rows * frames.div_ceil(LANES), Lanes::default());
    }

    /// From a `(rows, frames)` array.
    pub fn from_array(array: ArrayView2<'_, f32>) -> Self {
        let mut matrix = Self::default();
        let (rows, frames) = array.dim();
        matrix.reshape(rows, frames);
        for ((row, frame), &value) in array.indexed_iter() {
            matrix.set(row, frame, value);
        }
        matrix
    }

    /// As a `(rows, frames)` array.
    pub fn to_array(&self) -> Array2<f32> {
        Array2::from_shape_fn((self.rows, self.frames), |(row, frame)| self.get(row, frame))
    }

    /// Writes the matrix into a `(frames, rows)` array.
    pub fn transpose_into(&self, mut array: ArrayViewMut2<'_, f32>) {
        for (frame, mut values) in array.outer_iter_mut().enumerate() {
            for (value, row) in values.iter_mut().zip(self.block(frame / LANES)) {
                *value = row.0[frame % LANES];
            }
        }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Number of blocks of eight frames.
    pub fn blocks(&self) -> usize {
        self.frames.div_ceil(LANES)
    }

    /// The rows of one block.
    pub fn block(&self, block: usize) -> &[Lanes] {
        &self.lanes[block * self.rows..(block + 1) * self.rows]
    }

    /// The rows of one block, to write.
    pub fn block_mut(&mut self, block: usize) -> &mut [Lanes] {
        &mut self.lanes[block * self.rows..(block + 1) * self.rows]
    }

    /// All lanes, block after block.
    pub fn as_lanes(&self) -> &[Lanes] {
        &self.lanes
    }

    /// All lanes, block after block, to write.
    pub fn as_lanes_mut(&mut self) -> &mut [Lanes] {
        &mut self.lanes
    }

    /// One value.
    pub fn get(&self, row: usize, frame: usize) -> f32 {
        self.lanes[frame / LANES * self.rows + row].0[frame % LANES]
    }

    /// Sets one value.
    pub fn set(&mut self, row: usize, frame: usize, value: f32) {
        self.lanes[frame / LANES * self.rows + row].0[frame % LANES] = value;
    }

    /// The mean of each row over the frames, summed in double precision.
    pub fn row_means(&self, means: &mut [f64]) {
        let (full, rest) = (self.frames / LANES, self.frames % LANES);
        for (row, mean) in means.iter_mut().enumerate() {
            let mut sums = [0.0_f64; LANES];
            for block in 0..full {
                for (sum, &value) in sums.iter_mut().zip(&self.block(block)[row].0) {
                    *sum += f64::from(value);
                }
            }
            if rest > 0 {
                for (sum, &value) in sums.iter_mut().zip(&self.block(full)[row].0[..rest]) {
                    *sum += f64::from(value);
                }
            }
            *mean = sums.iter().sum::<f64>() / self.frames as f64;
        }
    }

    /// The mean of each row over the frames where it is not 0; 0 of none.
    pub fn row_means_of_values(&self, means: &mut [f64]) {
        for (row, mean) in means.iter_mut().enumerate() {
            let (mut sum, mut count) = (0.0, 0_usize);
            for frame in 0..self.frames {
                let value = f64::from(self.get(row, frame));
                sum += value;
                count += usize::from(value != 0.0);
            }
            *mean = sum / count.max(1) as f64;
        }
    }
}
