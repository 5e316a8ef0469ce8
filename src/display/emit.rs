//! Hands a display to the notebook that the program runs in.
//!
//! Under the project's own kernel (the variable `INTONE_KERNEL` is `1`) a display is one line of standard output: the byte 1, `intone:`
//! and a JSON object. The kernel turns it into a `display_data` message at once, in order with the text printed around it. Elsewhere
//! the blocks of the `evcxr_jupyter` kernel are written, which shows one value a MIME type when the cell has ended.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

/// Begins a line that is meant for the kernel, not for the reader.
const FRAME: &str = "\u{1}intone:";

/// One thing to show, in every form at hand: the notebook takes the richest that it can show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bundle {
    data: Map<String, Value>,
    metadata: Map<String, Value>,
}

impl Bundle {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a form of it, by MIME type: `text/html`, `image/svg+xml`, `text/plain`, ...
    #[must_use]
    pub fn with(mut self, mime: &str, value: impl Into<Value>) -> Self {
        self.data.insert(mime.to_owned(), value.into());
        self
    }

    /// Adds what the front end should know of a form of it, such as a picture's width.
    #[must_use]
    pub fn with_metadata(mut self, mime: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(mime.to_owned(), value.into());
        self
    }

    /// The forms, by MIME type.
    pub fn data(&self) -> &Map<String, Value> {
        &self.data
    }
}

/// Takes away what the cell has shown so far; with `wait`, only when the next thing is shown, so that nothing flickers.
///
/// The kernel `evcxr_jupyter` cannot do this: there nothing happens.
pub fn clear(wait: bool) {
    if framed() {
        write(&format!("{FRAME}{}\n", json!({ "clear": wait })));
    }
}

/// Shows a bundle; with an `id` it can later be replaced in place by another with the same one and `update`.
///
/// A notebook that has gone away is no failure: there is nobody left to be told.
pub fn emit(bundle: &Bundle, id: Option<&str>, update: bool) {
    match (framed(), update) {
        (true, _) => write(&frame(bundle, id, update)),
        (false, false) => write(&blocks(bundle)),
        // Blocks know no updates: what was shown first stays.
        (false, true) => {}
    }
}

/// Whether the project's own kernel reads standard output.
fn framed() -> bool {
    std::env::var_os("INTONE_KERNEL").is_some_and(|value| value == "1")
}

/// A line that the kernel reads past, so that what follows stands at the beginning of one.
pub(super) fn end_partial_line(out: &mut impl Write) -> io::Result<()> {
    if framed() { writeln!(out, "{FRAME}{{}}") } else { Ok(()) }
}

/// In one piece, so that other threads' text stays out of it.
fn write(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A line for the project's own kernel; text printed before it without a line feed stands left of it, and the kernel parts the two.
fn frame(bundle: &Bundle, id: Option<&str>, update: bool) -> String {
    let message = json!({ "data": bundle.data, "metadata": bundle.metadata, "id": id, "update": update });
    format!("{FRAME}{message}\n")
}

/// Blocks for the kernel `evcxr_jupyter`.
fn blocks(bundle: &Bundle) -> String {
    let block = |(mime, value): (&String, &Value)| {
        let content = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT\n")
    };
    bundle.data.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle {
        Bundle::new().with("text/plain", "a\nb").with("application/json", json!({ "x": 1 })).with_metadata("text/plain", true)
    }

    #[test]
    fn a_frame_is_one_line_of_json() {
        let line = frame(&bundle(), Some("bar"), true);
        let message: Value = serde_json::from_str(line.strip_prefix(FRAME).unwrap()).unwrap();
        assert_eq!(line.matches('\n').count(), 1);
        assert_eq!(message["data"]["text/plain"], "a\nb");
        assert_eq!(message["metadata"]["text/plain"], true);
        assert_eq!((&message["id"], &message["update"]), (&json!("bar"), &json!(true)));
    }

    #[test]
    fn elsewhere_each_form_is_a_block() {
        let text = blocks(&bundle());
        assert!(text.contains("EVCXR_BEGIN_CONTENT text/plain\na\nb\nEVCXR_END_CONTENT\n"));
        assert!(text.contains("EVCXR_BEGIN_CONTENT application/json\n{\"x\":1}\nEVCXR_END_CONTENT\n"));
    }
}
