//! Run folders.

use super::html::{escape, id, pictures};
use super::{Bundle, Show};
use crate::experiment::RunFolder;
use crate::report::charts;
use crate::report::{ReportError, View};

impl Show for RunFolder {
    /// The result in one sentence with its protocol, and the confusion matrix: the head of the run's report. Its id, which changes with the code, is
    /// in the manifest.
    fn bundle(&self) -> Bundle {
        match View::new(self) {
            Ok(view) => {
                let text = format!("{}: {} {}", view.name, view.verdict.sentence, view.verdict.protocol);
                pictures(text.clone(), body(&view, &text))
            }
            Err(error) => Bundle::text(format!("run {}: {error}", self.manifest.id)),
        }
    }
}

fn body(view: &View, text: &str) -> Result<String, ReportError> {
    let matrix = charts::confusion(&view.confusion, &id("confusion", text))?;
    Ok(format!(
        "<p><b>{}</b><br>{}<br><span class=\"muted\">{}</span></p>{matrix}",
        escape(&view.name),
        escape(&view.verdict.sentence),
        escape(&view.verdict.protocol)
    ))
}
