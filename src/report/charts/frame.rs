//! The frame that charts over time and categories stand in, so that they line up under each other.

use super::axis::Axis;
use super::canvas::{Anchor, Ink, Pen, Type};
use crate::report::error::ReportError;

/// Left edge of the picture, CSS pixels.
pub(super) const LEFT: f64 = 62.0;
/// Right edge of the picture.
pub(super) const RIGHT: f64 = 620.0;
/// Upper edge, under one line of title.
pub(super) const TOP: f64 = 26.0;

/// The title over the picture.
pub(super) fn title(pen: &mut Pen<'_>, text: &str) -> Result<(), ReportError> {
    pen.text(text, (LEFT, 12.0), Type::new(Ink::Text, 14.0, Anchor::Start).bold_if(true))
}

/// The axis under a picture that ends at `bottom`.
pub(super) fn below(pen: &mut Pen<'_>, axis: &Axis, bottom: f64, name: &str) -> Result<(), ReportError> {
    for tick in axis.ticks(8) {
        let x = axis.at(tick);
        pen.line(&[(x, bottom), (x, bottom + 5.0)], Ink::Muted, 1.0, 1.0)?;
        pen.text(&number(tick), (x, bottom + 15.0), Type::new(Ink::Muted, 12.0, Anchor::Middle))?;
    }
    pen.text(name, (f64::midpoint(LEFT, RIGHT), bottom + 34.0), Type::new(Ink::Muted, 12.5, Anchor::Middle))
}

/// Lines across at round values, each with its number at the left.
pub(super) fn rules(pen: &mut Pen<'_>, axis: &Axis, right: f64) -> Result<(), ReportError> {
    for tick in axis.ticks(4) {
        pen.line(&[(LEFT, axis.at(tick)), (right, axis.at(tick))], Ink::Rule, 1.0, 1.0)?;
        pen.text(&number(tick), (LEFT - 9.0, axis.at(tick)), Type::new(Ink::Muted, 12.0, Anchor::End))?;
    }
    Ok(())
}

/// A number as short as its size allows.
pub(super) fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(0.001..10_000.0).contains(&size) => format!("{value:.1e}"),
        size if size >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 1.0 => trimmed(&format!("{value:.2}")),
        _ => trimmed(&format!("{value:.3}")),
    }
}

fn trimmed(text: &str) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short() {
        let written = [0.0, 0.5, -0.25, 12.0, 1.618_03, 440.4, 22_050.0, 0.000_01].map(number);
        assert_eq!(written, ["0", "0.5", "-0.25", "12", "1.62", "440", "2.2e4", "1.0e-5"]);
    }
}
