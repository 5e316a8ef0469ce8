//! polars frames as tables.

use askama::Template;
use polars::prelude::{AnyValue, Column, DataFrame};

use super::html::wrapped;
use super::{Bundle, Show};

/// Rows shown at either end of a longer frame.
const ENDS: usize = 10;
/// Columns shown at either end of a wider one.
const SIDES: usize = 8;
/// Longer texts are cut.
const LETTERS: usize = 60;

/// A column's head.
struct Head {
    name: String,
    kind: String,
    number: bool,
}

/// A row; `None` stands for those left out.
struct Row(Option<Vec<Cell>>);

struct Cell {
    text: String,
    number: bool,
}

#[derive(Template)]
#[template(path = "display/frame.html")]
struct Page {
    shape: String,
    heads: Vec<Head>,
    rows: Vec<Row>,
}

impl Show for DataFrame {
    fn bundle(&self) -> Bundle {
        let text = self.to_string();
        match page(self).render() {
            Ok(body) => Bundle::text(text).with_html(wrapped(&body)),
            Err(_) => Bundle::text(text),
        }
    }
}

fn page(frame: &DataFrame) -> Page {
    let columns: Vec<Option<&Column>> =
        ends(frame.width(), SIDES).into_iter().map(|place| place.and_then(|at| frame.columns().get(at))).collect();
    let heads = columns.iter().map(|column| column.map_or_else(gap, head)).collect();
    let rows = ends(frame.height(), ENDS)
        .into_iter()
        .map(|row| Row(row.map(|row| columns.iter().map(|column| cell(*column, row)).collect())))
        .collect();
    Page { shape: format!("{} rows × {} columns", frame.height(), frame.width()), heads, rows }
}

/// All places of `length`, or so many at either end with a gap between.
fn ends(length: usize, most: usize) -> Vec<Option<usize>> {
    if length <= 2 * most {
        return (0..length).map(Some).collect();
    }
    (0..most).map(Some).chain([None]).chain((length - most..length).map(Some)).collect()
}

fn gap() -> Head {
    Head { name: "…".to_owned(), kind: String::new(), number: false }
}

fn head(column: &Column) -> Head {
    Head { name: column.name().to_string(), kind: column.dtype().to_string(), number: column.dtype().is_primitive_numeric() }
}

fn cell(column: Option<&Column>, row: usize) -> Cell {
    let Some(column) = column else { return Cell { text: "…".to_owned(), number: false } };
    let text = match column.get(row) {
        Ok(AnyValue::Float64(value)) => float(value),
        Ok(AnyValue::Float32(value)) => float(f64::from(value)),
        Ok(AnyValue::String(text)) => crate::report::format::shorten(text, LETTERS),
        Ok(AnyValue::Null) | Err(_) => "—".to_owned(),
        Ok(value) => crate::report::format::shorten(&value.to_string(), LETTERS),
    };
    Cell { text, number: column.dtype().is_primitive_numeric() }
}

/// Four significant digits at least, and no needless ones.
fn float(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !size.is_finite() => value.to_string(),
        size if !(0.001..1e6).contains(&size) => format!("{value:.3e}"),
        size if size >= 1000.0 => format!("{value:.1}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{ends, float};

    #[test]
    fn long_frames_show_both_ends() {
        assert_eq!(ends(3, 2), [Some(0), Some(1), Some(2)]);
        assert_eq!(ends(9, 2), [Some(0), Some(1), None, Some(7), Some(8)]);
        assert!(ends(0, 2).is_empty());
    }

    #[test]
    fn numbers_read_well() {
        let written = [0.0, 0.25, -12.5, 22_050.0, 1e-9, f64::NAN].map(float);
        assert_eq!(written, ["0", "0.2500", "-12.5000", "22050.0", "1.000e-9", "NaN"]);
    }
}
