//! The forms that our own displays come in.

use super::Bundle;

impl Bundle {
    /// Plain text alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new().with("text/plain", text.into())
    }

    /// The same with a form as HTML.
    #[must_use]
    pub fn with_html(self, html: impl Into<String>) -> Self {
        self.with("text/html", html.into())
    }

    /// The form of that MIME type, where it is text.
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.data().get(mime)?.as_str()
    }
}
