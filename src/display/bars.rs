//! Bars of counts.

use super::html::{id, pictures};
use super::{Bundle, Show};
use crate::report::charts::{self, BarSeries};

/// A bar chart; see [`bars`].
#[derive(Debug, Clone)]
pub struct Bars {
    title: String,
    categories: Vec<String>,
    series: Vec<(String, Vec<f64>)>,
}

/// Bars from zero, a group a category and a colour a series; a series is its name and a value a category.
///
/// ```
/// use intone::display::{Show as _, bars};
///
/// let labels = ["neutral", "angry"].map(str::to_owned);
/// bars("clips before and after SMOTE", &labels, &[("before", &[48.0, 96.0]), ("after", &[96.0, 96.0])]).show();
/// ```
pub fn bars(title: &str, categories: &[String], series: &[(&str, &[f64])]) -> Bars {
    let series = series.iter().map(|(name, values)| ((*name).to_owned(), values.to_vec())).collect();
    Bars { title: title.to_owned(), categories: categories.to_vec(), series }
}

impl Show for Bars {
    fn bundle(&self) -> Bundle {
        let line = |(name, values): &(String, Vec<f64>)| {
            let cells: Vec<String> = self.categories.iter().zip(values).map(|(category, value)| format!("{category} {value}")).collect();
            format!("{name}: {}", cells.join(", "))
        };
        let lines: Vec<String> = self.series.iter().map(line).collect();
        let text = format!("{}\n{}", self.title, lines.join("\n"));
        let series: Vec<BarSeries<'_>> = self.series.iter().map(|(name, values)| BarSeries { name, values }).collect();
        pictures(text.clone(), charts::bars(&id("bars", text), &self.title, &self.categories, &series))
    }
}
