//! From view to file.

use std::path::Path;

use askama::Template;

use super::view::{CorpusPage, Listed, Measure};
use crate::audio::AudioError;
use crate::corpus::Corpus;
use crate::corpus::measure::ClipMeasures;
use crate::report::charts::{BarSeries, bars};
use crate::report::error::ReportError;
use crate::report::{page, palette};

#[derive(Template)]
#[template(path = "corpus.html")]
struct Page<'a> {
    view: &'a CorpusPage,
    heat_light: String,
    heat_dark: String,
    charts: Vec<(&'a Measure, Option<String>)>,
}

impl Page<'_> {
    /// The lists of odd clips, each with what is said of it.
    fn oddities(&self) -> [(&'static str, &'static str, &Listed); 4] {
        let view = self.view;
        [
            ("Clips with the same audio", "The clips of a line are identical, sample for sample.", &view.duplicates),
            (
                "Clips with samples at full scale",
                "Channels mixed down, magnitude at least 32 767/32 768: the recording may be distorted there.",
                &view.clipped,
            ),
            ("Silent clips", "Nothing but zeros.", &view.silent),
            ("Warnings of the decoder", "Read, but not quite as the file's format has it.", &view.warnings),
        ]
    }
}

/// The page of a corpus whose clips were [measured](crate::corpus::measure::measure), a result a clip.
///
/// # Errors
/// A chart that cannot be drawn.
pub fn render(corpus: &Corpus, measures: &[Result<ClipMeasures, AudioError>]) -> Result<String, ReportError> {
    let view = CorpusPage::new(corpus, measures);
    let (heat_light, heat_dark) = palette::declarations();
    let charts = view.measures.iter().map(|measure| Ok((measure, chart(measure)?))).collect::<Result<_, ReportError>>()?;
    Ok(Page { view: &view, heat_light, heat_dark, charts }.render()?)
}

/// Writes the page to `out`, under a temporary name first.
///
/// # Errors
/// As [`render`], and a folder or file that cannot be written.
pub fn write(corpus: &Corpus, measures: &[Result<ClipMeasures, AudioError>], out: &Path) -> Result<(), ReportError> {
    page::write_page(&render(corpus, measures)?, out)
}

fn chart(measure: &Measure) -> Result<Option<String>, ReportError> {
    let Some(histogram) = &measure.histogram else { return Ok(None) };
    let edge = |value: &f64| format!("{}", (value * 1e6).round() / 1e6);
    let categories: Vec<String> = histogram.edges.iter().map(edge).collect();
    let title = format!("Clips by bins of {} {}, each named by its lower edge", edge(&histogram.step), measure.unit);
    bars(measure.id, &title, &categories, &[BarSeries { name: "clips", values: &histogram.counts }]).map(Some)
}
