//! The page's files: name, content type, content.

/// Every file that the server gives out.
pub(super) const ASSETS: &[(&str, &str, &[u8])] = &[("index.html", "text/html; charset=utf-8", include_bytes!("page/index.html"))];
