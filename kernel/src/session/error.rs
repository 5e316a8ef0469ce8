//! How a cell fails.

/// What Jupyter calls an error: a name, a message, and the lines to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    pub ename: String,
    pub evalue: String,
    pub traceback: Vec<String>,
}

impl CellError {
    /// An error that is told in a line.
    pub fn new(ename: &str, evalue: impl Into<String>) -> Self {
        let evalue = evalue.into();
        let traceback = vec![format!("{}: {evalue}", red(ename))];
        Self { ename: ename.to_owned(), evalue, traceback }
    }

    /// Adds lines below.
    #[must_use]
    pub fn with(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.traceback.extend(lines);
        self
    }
}

impl std::fmt::Display for CellError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.ename, self.evalue)
    }
}

/// Bold red, in the escape codes that front ends show as colours.
pub fn red(text: &str) -> String {
    format!("\u{1b}[1;31m{text}\u{1b}[0m")
}

/// Blue, for line numbers and gutters.
pub fn blue(text: &str) -> String {
    format!("\u{1b}[34m{text}\u{1b}[0m")
}

/// A line of source, numbered.
pub fn source_line(lines: &[&str], line: usize) -> Vec<String> {
    let text = line.checked_sub(1).and_then(|index| lines.get(index));
    text.map(|text| format!("{} {text}", gutter(&line.to_string()))).into_iter().collect()
}

/// A mark under a range of columns, counted from 1, the end excluded.
pub fn mark(start: usize, end: usize, label: &str) -> String {
    let marks = "^".repeat(end.saturating_sub(start).max(1));
    let mark = red(format!("{marks} {label}").trim_end());
    format!("{} {}{mark}", gutter(""), " ".repeat(start.saturating_sub(1)))
}

fn gutter(number: &str) -> String {
    blue(&format!("{number:>3} |"))
}
