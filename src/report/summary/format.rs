//! The formats and the choice between them.

use std::fmt;
use std::str::FromStr;

use super::run::Summary;
use super::{csv, json, latex, markdown};

/// A text format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table of the runs, then a section for each: for issues and READMEs.
    Markdown,
    /// An array with an object a run: protocol, corpus, every score, the confusion matrix.
    Json,
    /// A row a score, every score of every run.
    Csv,
    /// A `booktabs` table with a row a run: for papers.
    Latex,
}

impl Format {
    const ALL: [Self; 4] = [Self::Markdown, Self::Json, Self::Csv, Self::Latex];

    /// As the command line names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Latex => "latex",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| format!("{text:?} is none of md, json, csv, latex"))
    }
}

/// The runs in this format.
pub fn summarise(runs: &[Summary], format: Format) -> String {
    match format {
        Format::Markdown => markdown::write(runs),
        Format::Json => json::write(runs),
        Format::Csv => csv::write(runs),
        Format::Latex => latex::write(runs),
    }
}
