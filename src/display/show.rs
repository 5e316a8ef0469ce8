//! What can be shown.

use super::{Bundle, emit};

/// A value with a rich display.
///
/// ```
/// use intone::display::Show as _;
/// use intone::metrics::ConfusionMatrix;
///
/// let matrix = ConfusionMatrix::from_pairs(&[0, 0, 1], &[0, 1, 1], 2)?;
/// assert!(matrix.bundle().get("text/html").is_some_and(|html| html.contains("<svg")));
/// # Ok::<(), intone::metrics::MetricsError>(())
/// ```
pub trait Show {
    /// Its forms, plain text among them. What cannot be drawn is shown as text that says why.
    fn bundle(&self) -> Bundle;

    /// Shows it now: for displays in the middle of a cell.
    fn show(&self) {
        emit(&self.bundle(), None, false);
    }

    /// What evcxr calls on the value that a cell ends in.
    fn evcxr_display(&self) {
        self.show();
    }
}
