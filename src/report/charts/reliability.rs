//! The reliability diagram: how often the model is right, by how sure it is.

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use crate::report::error::ReportError;
use crate::report::view::{Bin, Confidence};

const SIZE: (f64, f64) = (470.0, 360.0);
const LEFT: f64 = 52.0;
const RIGHT: f64 = SIZE.0 - 24.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 262.0;
/// Shares of the bins are drawn under the diagram.
const SHARES: (f64, f64) = (280.0, 312.0);

/// Accuracy against confidence, on the diagonal where the two agree; dots are as large as their bin.
pub(crate) fn reliability(view: &Confidence) -> Result<String, ReportError> {
    let x = Axis::new((0.0, 1.0), (LEFT, RIGHT));
    let y = Axis::new((0.0, 1.0), (BOTTOM, TOP));
    let caption = Caption { id: "reliability-chart", title: "Accuracy by confidence", description: &view.description };
    draw(SIZE, &caption, |pen| {
        let label = |anchor| Type::new(Ink::Muted, 13.0, anchor);
        for tick in y.ticks(5) {
            pen.line(&[(LEFT, y.at(tick)), (RIGHT, y.at(tick))], Ink::Rule, 1.0, 1.0)?;
            pen.text(&format!("{:.0}%", 100.0 * tick), (LEFT - 8.0, y.at(tick)), label(Anchor::End))?;
            pen.text(&format!("{:.0}%", 100.0 * tick), (x.at(tick), SHARES.1 + 14.0), label(Anchor::Middle))?;
        }
        pen.line(&[(LEFT, BOTTOM), (RIGHT, TOP)], Ink::Muted, 1.2, 0.9)?;
        shares(pen, &x, &view.bins)?;
        curve(pen, (&x, &y), &view.bins, Ink::Series(0))?;
        curve(pen, (&x, &y), &view.cooled, Ink::Series(1))?;
        pen.text("confidence", (f64::midpoint(LEFT, RIGHT), SHARES.1 + 36.0), label(Anchor::Middle))
    })
}

fn curve(pen: &mut Pen<'_>, (x, y): (&Axis, &Axis), bins: &[Bin], ink: Ink) -> Result<(), ReportError> {
    let points: Vec<(f64, f64)> = bins.iter().map(|bin| (x.at(bin.confidence), y.at(bin.accuracy))).collect();
    if points.len() > 1 {
        pen.line(&points, ink, 1.6, 0.8)?;
    }
    for (point, bin) in points.into_iter().zip(bins) {
        pen.dot(point, 2.5 + 9.0 * bin.share.sqrt(), ink)?;
    }
    Ok(())
}

/// How many predictions each bin holds, as bars.
fn shares(pen: &mut Pen<'_>, x: &Axis, bins: &[Bin]) -> Result<(), ReportError> {
    let most = bins.iter().map(|bin| bin.share).fold(0.0, f64::max);
    let height = Axis::new((0.0, most), (SHARES.1, SHARES.0));
    for bin in bins {
        let at = x.at(bin.confidence);
        pen.block((at - 7.0, height.at(bin.share)), (at + 7.0, SHARES.1), Ink::Series(0), 0.45)?;
    }
    pen.line(&[(LEFT, SHARES.1), (RIGHT, SHARES.1)], Ink::Rule, 1.0, 1.0)?;
    pen.text("share", (LEFT - 8.0, f64::midpoint(SHARES.0, SHARES.1)), Type::new(Ink::Muted, 13.0, Anchor::End))
}
