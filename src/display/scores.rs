//! Confusion matrices and scores.

use askama::Template;

use super::html::{id, pictures, wrapped};
use super::{Bundle, Show};
use crate::metrics::{ConfusionMatrix, Scores};
use crate::report::charts;
use crate::report::format::{count, decimal, percent};
use crate::report::view::Confusion;

/// A value over classes with the names of the classes.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a, T> {
    value: &'a T,
    labels: &'a [String],
}

/// Gives `value` the names of its classes, for display; a class without a name shows its index.
///
/// ```
/// use intone::display::{Show as _, named};
/// use intone::metrics::ConfusionMatrix;
///
/// let labels = ["calm", "angry"].map(str::to_owned);
/// let matrix = ConfusionMatrix::from_pairs(&[0, 1], &[0, 1], 2)?;
/// named(&matrix, &labels).show();
/// # Ok::<(), intone::metrics::MetricsError>(())
/// ```
pub fn named<'a, T>(value: &'a T, labels: &'a [String]) -> Named<'a, T> {
    Named { value, labels }
}

impl Show for ConfusionMatrix {
    fn bundle(&self) -> Bundle {
        named(self, &[]).bundle()
    }
}

impl Show for Named<'_, ConfusionMatrix> {
    fn bundle(&self) -> Bundle {
        let classes = self.value.classes();
        let labels: Vec<String> = (0..classes).map(|class| name(self.labels, class)).collect();
        let counts: Vec<Vec<u64>> = (0..classes).map(|class| self.value.row(class).to_vec()).collect();
        let text = table(&labels, &counts);
        let matrix = Confusion { labels, counts, seeds: 1 };
        pictures(text.clone(), charts::confusion(&matrix, &id("confusion", text)))
    }
}

fn name(labels: &[String], class: usize) -> String {
    labels.get(class).cloned().unwrap_or_else(|| class.to_string())
}

/// The counts as plain text; rows are the truth.
fn table(labels: &[String], counts: &[Vec<u64>]) -> String {
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(5);
    let line = |head: &str, cells: Vec<String>| {
        let cells: Vec<String> = cells.into_iter().map(|cell| format!("{cell:>width$}")).collect();
        format!("{head:>width$} {}", cells.join(" ")).trim_end().to_owned()
    };
    let mut lines = vec![line("", labels.to_vec())];
    lines.extend(labels.iter().zip(counts).map(|(label, row)| line(label, row.iter().map(u64::to_string).collect())));
    lines.join("\n")
}

/// A class's line.
struct Line {
    label: String,
    values: [String; 5],
}

#[derive(Template)]
#[template(path = "display/scores.html")]
struct Page {
    heads: Vec<(&'static str, String)>,
    classes: Vec<Line>,
}

impl Show for Scores {
    fn bundle(&self) -> Bundle {
        named(self, &[]).bundle()
    }
}

impl Show for Named<'_, Scores> {
    fn bundle(&self) -> Bundle {
        let Scores { rows, uar, accuracy, macro_f1, weighted_f1, log_loss, auc, .. } = *self.value;
        let heads = vec![
            ("UAR", percent(uar)),
            ("accuracy", percent(accuracy)),
            ("macro F1", percent(macro_f1)),
            ("weighted F1", percent(weighted_f1)),
            ("log-loss", decimal(log_loss)),
            ("AUC", decimal(auc)),
            ("clips", count(rows)),
        ];
        let classes = self.value.classes.iter().enumerate().map(|(class, scores)| Line {
            label: name(self.labels, class),
            values: [
                percent(scores.precision),
                percent(scores.recall),
                percent(scores.f1),
                count(scores.support),
                percent(scores.ovr_accuracy),
            ],
        });
        let text = heads.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
        match (Page { heads, classes: classes.collect() }).render() {
            Ok(body) => Bundle::text(text).with_html(wrapped(&body)),
            Err(_) => Bundle::text(text),
        }
    }
}
