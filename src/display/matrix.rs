//! ndarray matrices and vectors as pictures.

use std::fmt::Debug;

use ndarray::{ArrayBase, Data, Ix1, Ix2};

use super::html::{id, pictures};
use super::{Bundle, Show};
use crate::report::charts::{HeatMap, Trace, heat, traces};

/// The picture of a matrix is so high at most, CSS pixels.
const HIGHEST: f64 = 260.0;
/// A row of a small matrix is so high.
const ROW: f64 = 16.0;

impl<T, S> Show for ArrayBase<S, Ix2>
where
    T: Copy + Debug + Into<f64>,
    S: Data<Elem = T>,
{
    /// A heat map, row 0 at the top as in print.
    fn bundle(&self) -> Bundle {
        let (rows, columns) = self.dim();
        let text = format!("{self:?}");
        if self.is_empty() {
            return Bundle::text(text);
        }
        let values = ndarray::Array2::from_shape_fn((rows, columns), |(row, column)| self[[rows - 1 - row, column]].into() as f32);
        let marks = [(1.0 - 0.5 / rows as f64, "0".to_owned()), (0.5 / rows as f64, (rows - 1).to_string())];
        let title = format!("{rows} × {columns}");
        let map = HeatMap {
            id: &id("matrix", &text),
            title: &title,
            values: &values,
            across: (0.0, (columns - 1) as f64, "column"),
            marks: if rows > 1 { &marks } else { &marks[..1] },
            height: (ROW * rows as f64).min(HIGHEST),
        };
        pictures(text, heat(&map))
    }
}

impl<T, S> Show for ArrayBase<S, Ix1>
where
    T: Copy + Debug + Into<f64>,
    S: Data<Elem = T>,
{
    /// A line over the index.
    fn bundle(&self) -> Bundle {
        let text = format!("{self:?}");
        let values: Vec<f64> = self.iter().map(|&value| value.into()).collect();
        let title = format!("{} values", values.len());
        let across = (0.0, values.len().max(2) as f64 - 1.0, "index");
        let drawn = traces(&id("vector", &text), &title, &[Trace { name: "", values: &values }], across);
        pictures(text, drawn)
    }
}
