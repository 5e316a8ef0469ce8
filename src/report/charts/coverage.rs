//! Scores against coverage.

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Type, draw};
use crate::report::error::ReportError;
use crate::report::view::Coverage;

const SIZE: (f64, f64) = (470.0, 310.0);
const LEFT: f64 = 52.0;
const RIGHT: f64 = SIZE.0 - 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = SIZE.1 - 48.0;

/// UAR and accuracy of the clips that are answered, from all of them to the surest tenth.
pub(crate) fn coverage(view: &Coverage) -> Result<String, ReportError> {
    let x = Axis::new((0.0, 0.9), (LEFT, RIGHT));
    let y = Axis::new((0.0, 1.0), (BOTTOM, TOP));
    let description = view.description();
    let caption = Caption { id: "coverage-chart", title: "Scores by coverage", description: &description };
    draw(SIZE, &caption, |pen| {
        let label = |anchor| Type::new(Ink::Muted, 13.0, anchor);
        for tick in y.ticks(5) {
            pen.line(&[(LEFT, y.at(tick)), (RIGHT, y.at(tick))], Ink::Rule, 1.0, 1.0)?;
            pen.text(&format!("{:.0}%", 100.0 * tick), (LEFT - 8.0, y.at(tick)), label(Anchor::End))?;
        }
        for tenths in [10, 8, 6, 4, 2] {
            let coverage = f64::from(tenths) / 10.0;
            pen.text(&format!("{tenths}0%"), (x.at(1.0 - coverage), BOTTOM + 17.0), label(Anchor::Middle))?;
        }
        let scores: [(Ink, &dyn Fn(&crate::report::view::Kept) -> f64); 2] =
            [(Ink::Series(0), &|kept| kept.uar), (Ink::Series(1), &|kept| kept.accuracy)];
        for (ink, of) in scores {
            let points: Vec<(f64, f64)> = view.kept.iter().map(|kept| (x.at(1.0 - kept.coverage), y.at(of(kept)))).collect();
            if points.len() > 1 {
                pen.line(&points, ink, 2.2, 1.0)?;
            }
            points.into_iter().try_for_each(|point| pen.dot(point, 3.2, ink))?;
        }
        pen.text("clips answered, surest first", (f64::midpoint(LEFT, RIGHT), BOTTOM + 38.0), label(Anchor::Middle))
    })
}
