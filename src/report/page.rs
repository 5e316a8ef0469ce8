//! From view model to file.

use std::io::Write;
use std::path::Path;

use askama::Template;

use super::charts;
use super::error::ReportError;
use super::palette;
use super::pictures::Pictures;
use super::view::View;
use crate::experiment::RunFolder;

/// The page: the view model and its pictures, for `templates/report.html`.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    view: &'a View,
    heat_light: String,
    heat_dark: String,
    confusion: String,
    speakers: Option<String>,
    curves: Vec<Figure<'a>>,
    pictures: Pictures<'a>,
}

/// A learning curve and its legend.
struct Figure<'a> {
    panel: &'a super::view::Panel,
    svg: String,
}

/// The report of a run, as one HTML page that refers to nothing outside it.
///
/// # Errors
/// A frame of the run lacks a column, or the predictions name a label that the manifest does not.
pub fn render(run: &RunFolder) -> Result<String, ReportError> {
    let view = View::new(run)?;
    let (heat_light, heat_dark) = palette::declarations();
    let panels = view.curves.iter().flat_map(|curves| &curves.panels);
    let mut page = Page {
        heat_light,
        heat_dark,
        confusion: charts::confusion(&view.confusion, "confusion-chart")?,
        speakers: view.speakers.as_ref().map(charts::speakers).transpose()?,
        curves: panels.map(|panel| Ok(Figure { panel, svg: charts::curves(panel)? })).collect::<Result<_, ReportError>>()?,
        pictures: Pictures::new(&view)?,
        view: &view,
    };
    let whole = page.render()?;
    if page.pictures.fit(whole.len()) { Ok(page.render()?) } else { Ok(whole) }
}

/// Writes the report of a run to `out`, under a temporary name first, so that no reader ever sees half of it.
///
/// # Errors
/// As [`render`], and a folder or file that cannot be written.
pub fn write(run: &RunFolder, out: &Path) -> Result<(), ReportError> {
    write_page(&render(run)?, out)
}

/// Writes a page whole, or not at all.
pub(super) fn write_page(page: &str, out: &Path) -> Result<(), ReportError> {
    let failed = |cause| ReportError::Write { path: out.to_path_buf(), cause };
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::Builder::new().prefix(".report-").suffix(".html.tmp").tempfile_in(folder).map_err(failed)?;
    file.write_all(page.as_bytes()).map_err(failed)?;
    readable_by_all(file.as_file()).map_err(failed)?;
    file.persist(out).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Temporary files are their owner's only; a report is to be shared.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
