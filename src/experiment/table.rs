//! Features as a table.

use ndarray::Array2;
use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, PolarsResult, Series};

/// A polars frame of clips' matrices `(frames, columns)`: `clip`, then with `frame_step_s` (seconds from frame to frame) `frame` and
/// `time_s`, then a column a feature.
///
/// # Errors
/// Polars' own, where two columns have one name.
pub fn feature_table(clips: &[(&str, &Array2<f32>)], columns: &[String], frame_step_s: Option<f64>) -> PolarsResult<DataFrame> {
    let height: usize = clips.iter().map(|(_, matrix)| matrix.nrows()).sum();
    let names: Vec<&str> = clips.iter().flat_map(|(clip, matrix)| std::iter::repeat_n(*clip, matrix.nrows())).collect();
    let mut table: Vec<Column> = vec![Series::new("clip".into(), names).into_column()];
    if let Some(step) = frame_step_s {
        let frames: Vec<u32> = clips.iter().flat_map(|(_, matrix)| 0..matrix.nrows() as u32).collect();
        let times: Vec<f64> = frames.iter().map(|&frame| f64::from(frame) * step).collect();
        table.push(Series::new("frame".into(), frames).into_column());
        table.push(Series::new("time_s".into(), times).into_column());
    }
    for (index, name) in columns.iter().enumerate() {
        let values: Vec<f32> = clips.iter().flat_map(|(_, matrix)| matrix.column(index).to_vec()).collect();
        table.push(Series::new(name.as_str().into(), values).into_column());
    }
    DataFrame::new(height, table)
}
