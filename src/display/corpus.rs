//! Corpora and folds.

use askama::Template;

use super::html::{escape, id, pictures, wrapped};
use super::{Bundle, Show};
use crate::corpus::Corpus;
use crate::corpus::splits::{Fold, Folds};
use crate::report::charts::{self, BarSeries};
use crate::report::format::{list, plural};

impl Show for Corpus {
    /// What it is called, how many clips and speakers, and its clips by emotion.
    fn bundle(&self) -> Bundle {
        let speakers = self.speakers().len();
        let text = format!(
            "{}: {} by {}, {}: {}",
            self.name,
            plural(self.clips.len(), "clip"),
            plural(speakers, "speaker"),
            plural(self.labels.len(), "emotion"),
            list(&self.labels)
        );
        let counts: Vec<f64> = self.clips_by_label().into_iter().map(|count| count as f64).collect();
        let drawn =
            charts::bars(&id("corpus", &text), "clips of each emotion", &self.labels, &[BarSeries { name: "clips", values: &counts }]);
        pictures(text.clone(), drawn.map(|bars| format!("<p>{}</p>{bars}", escape(&text))))
    }
}

#[derive(Template)]
#[template(path = "display/folds.html")]
struct Page<'a> {
    description: &'a str,
    /// A fold's name, and the clips that train, validate and test.
    rows: Vec<(&'a str, (usize, usize, usize))>,
}

impl Show for Folds {
    /// The protocol in words, and the clips of each part of each fold.
    fn bundle(&self) -> Bundle {
        let text = self.description.clone();
        let row = |fold: &Fold| (fold.train.indices().len(), fold.validation.indices().len(), fold.test.indices().len());
        let page = Page { description: &self.description, rows: self.folds.iter().map(|fold| (fold.name.as_str(), row(fold))).collect() };
        match page.render() {
            Ok(body) => Bundle::text(text).with_html(wrapped(&body)),
            Err(_) => Bundle::text(text),
        }
    }
}
