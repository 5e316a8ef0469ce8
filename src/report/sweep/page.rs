//! From record to file.

use std::path::Path;

use askama::Template;

use super::effects::{self, Effect};
use super::view::View;
use crate::experiment::sweep::SweepRecord;
use crate::report::charts::{DotRow, DotRows, dot_rows};
use crate::report::error::ReportError;
use crate::report::page::write_page;
use crate::report::palette;

/// The page, for `templates/sweep.html`.
#[derive(Template)]
#[template(path = "sweep.html")]
struct Page {
    view: View,
    heat_light: String,
    heat_dark: String,
    effects: Vec<Effect>,
    differences: Option<String>,
}

/// The page of a sweep, as one HTML file. Runs are linked to where their reports stand in the folder `beside`.
///
/// # Errors
/// A chart or the page cannot be put together.
pub fn render(record: &SweepRecord, beside: &Path) -> Result<String, ReportError> {
    let (heat_light, heat_dark) = palette::declarations();
    let page = Page {
        view: View::new(record, beside),
        heat_light,
        heat_dark,
        effects: effects::effects(record)?,
        differences: differences(record).transpose()?,
    };
    Ok(page.render()?)
}

/// Writes the page of a sweep to `out`, under a temporary name first.
///
/// # Errors
/// As [`render`], and a folder or file that cannot be written.
pub fn write(record: &SweepRecord, out: &Path) -> Result<(), ReportError> {
    let beside = out.parent().unwrap_or(Path::new(""));
    write_page(&render(record, beside)?, out)
}

/// The differences of an ablation.
fn differences(record: &SweepRecord) -> Option<Result<String, ReportError>> {
    let rows: Vec<DotRow> = record
        .runs
        .iter()
        .filter_map(|run| {
            let difference = run.difference?;
            Some(DotRow { name: run.label.clone(), dots: Vec::new(), value: Some(difference.value), interval: difference.interval })
        })
        .collect();
    (!rows.is_empty()).then(|| {
        dot_rows(&DotRows {
            id: "differences",
            title: "Difference to the whole experiment",
            unit: "test UAR less that of the whole experiment, percentage points",
            differences: true,
            rows: &rows,
        })
    })
}
