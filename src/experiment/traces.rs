//! What a network did with each test clip, as a frame: where it looked, and the vector that it decided on.

use polars::prelude::{Column, DataFrame, Float32Type, IntoColumn, ListBuilderTrait, ListPrimitiveChunkedBuilder, NamedFrom, Series};
use polars::prelude::{DataType, IntoSeries, PolarsError, PolarsResult};

use super::record::TraceRow;
use crate::model::Explanation;

/// The frame of `traces.parquet` for clips tested in `fold` with `seed`: `clip` and `fold` str, `seed` u64, `attention` and `embedding`
/// lists of f32. A network without attention leaves no such column, and a baseline no frame.
///
/// # Errors
/// None that can occur; polars checks the lengths of the columns.
pub(super) fn traces_frame(clips: &[&str], fold: &str, seed: u64, explained: &[Explanation]) -> PolarsResult<Option<DataFrame>> {
    if explained.iter().all(|explained| explained.embedding.is_none()) {
        return Ok(None);
    }
    let mut columns = vec![
        Series::new("clip".into(), clips).into_column(),
        Series::new("fold".into(), vec![fold; clips.len()]).into_column(),
        Series::new("seed".into(), vec![seed; clips.len()]).into_column(),
    ];
    if explained.iter().any(|explained| explained.attention.is_some()) {
        columns.push(lists("attention", explained.iter().map(|explained| explained.attention.as_deref())));
    }
    columns.push(lists("embedding", explained.iter().map(|explained| explained.embedding.as_deref())));
    DataFrame::new(clips.len(), columns).map(Some)
}

fn lists<'a>(name: &str, rows: impl ExactSizeIterator<Item = Option<&'a [f32]>>) -> Column {
    let mut builder = ListPrimitiveChunkedBuilder::<Float32Type>::new(name.into(), rows.len(), 0, DataType::Float32);
    rows.for_each(|row| builder.append_opt_slice(row));
    builder.finish().into_series().into_column()
}

/// The rows of `traces.parquet`.
///
/// # Errors
/// A column that is missing or of another type.
pub fn trace_rows(frame: &DataFrame) -> PolarsResult<Vec<TraceRow>> {
    let text = |name: &str| -> PolarsResult<Vec<String>> {
        Ok(frame.column(name)?.str()?.iter().map(|value| value.unwrap_or_default().to_owned()).collect())
    };
    let seeds: Vec<u64> = frame.column("seed")?.u64()?.iter().map(Option::unwrap_or_default).collect();
    let attention = match frame.column("attention") {
        Ok(column) => numbers(column)?,
        Err(PolarsError::ColumnNotFound(_)) => vec![None; frame.height()],
        Err(error) => return Err(error),
    };
    let places = text("clip")?.into_iter().zip(text("fold")?).zip(seeds);
    let vectors = attention.into_iter().zip(numbers(frame.column("embedding")?)?);
    Ok(places
        .zip(vectors)
        .map(|(((clip, fold), seed), (attention, embedding))| TraceRow {
            clip,
            fold,
            seed,
            attention,
            embedding: embedding.unwrap_or_default(),
        })
        .collect())
}

fn numbers(column: &Column) -> PolarsResult<Vec<Option<Vec<f32>>>> {
    let list = |row: usize| -> PolarsResult<Option<Vec<f32>>> {
        let Some(values) = column.list()?.get_as_series(row) else { return Ok(None) };
        Ok(Some(values.f32()?.iter().map(|value| value.unwrap_or(f32::NAN)).collect()))
    };
    (0..column.len()).map(list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(attention: Option<Vec<f32>>, embedding: Option<Vec<f32>>) -> Explanation {
        Explanation { probabilities: vec![1.0], attention, embedding }
    }

    #[test]
    fn traces_are_read_as_they_were_written() {
        let rows = [explained(Some(vec![0.25, 0.75]), Some(vec![1.0, -2.0])), explained(Some(vec![1.0]), Some(vec![0.5, 0.0]))];
        let frame = traces_frame(&["a", "b"], "1", 42, &rows).unwrap().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("traces.parquet");
        crate::experiment::store::write_frame(&path, &frame).unwrap();
        let read = trace_rows(&crate::experiment::read::read_frame(&path).unwrap().unwrap()).unwrap();
        for ((read, row), clip) in read.iter().zip(&rows).zip(["a", "b"]) {
            assert_eq!((read.clip.as_str(), read.fold.as_str(), read.seed), (clip, "1", 42));
            assert_eq!((&read.attention, Some(&read.embedding)), (&row.attention, row.embedding.as_ref()));
        }
    }

    #[test]
    fn without_attention_there_is_no_column_and_without_a_network_no_frame() {
        let frame = traces_frame(&["a"], "1", 42, &[explained(None, Some(vec![1.0]))]).unwrap().unwrap();
        assert_eq!(trace_rows(&frame).unwrap()[0].attention, None);
        assert!(frame.column("attention").is_err());
        assert!(traces_frame(&["a"], "1", 42, &[explained(None, None)]).unwrap().is_none());
    }
}
