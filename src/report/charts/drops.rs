//! Permutation importance as lying bars.

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Type, draw};
use crate::report::error::ReportError;
use crate::report::format::{points, shorten};
use crate::report::view::Importance;

const WIDTH: f64 = 470.0;
const LEFT: f64 = 118.0;
const RIGHT: f64 = WIDTH - 58.0;
const TOP: f64 = 10.0;
const ROW: f64 = 26.0;

/// A bar a group of features, the most important first, with the deviation over permutations; in points of UAR.
pub(crate) fn drops(view: &Importance) -> Result<String, ReportError> {
    let reach = |sign: f64| view.drops.iter().map(|drop| sign * drop.fall + drop.deviation).fold(0.0, f64::max);
    let (high, low) = (reach(1.0).max(0.01), -reach(-1.0));
    let x = Axis::new((low, high), (LEFT, RIGHT));
    let bottom = TOP + view.drops.len() as f64 * ROW;
    let description = view.description();
    let caption = Caption { id: "importance-chart", title: "Fall in UAR by group of features", description: &description };
    draw((WIDTH, bottom + 44.0), &caption, |pen| {
        for tick in x.ticks(6) {
            pen.line(&[(x.at(tick), TOP), (x.at(tick), bottom)], Ink::Rule, 1.0, 1.0)?;
            pen.text(&format!("{:.0}", 100.0 * tick), (x.at(tick), bottom + 13.0), Type::new(Ink::Muted, 12.0, Anchor::Middle))?;
        }
        for (row, drop) in view.drops.iter().enumerate() {
            let y = TOP + (row as f64 + 0.5) * ROW;
            pen.text(&shorten(&drop.group, 16), (LEFT - 10.0, y), Type::new(Ink::Text, 13.0, Anchor::End))?;
            let (from, to) = (x.at(drop.fall.min(0.0)), x.at(drop.fall.max(0.0)));
            pen.block((from, y - 7.0), (to, y + 7.0), Ink::Series(0), 0.85)?;
            if drop.deviation > 0.0 {
                let ends = (x.at(drop.fall - drop.deviation), x.at(drop.fall + drop.deviation));
                pen.line(&[(ends.0, y), (ends.1, y)], Ink::Text, 1.6, 0.9)?;
            }
            pen.text(&points(drop.fall), (WIDTH - 8.0, y), Type::new(Ink::Text, 13.0, Anchor::End))?;
        }
        pen.line(&[(x.at(0.0), TOP), (x.at(0.0), bottom)], Ink::Muted, 1.2, 1.0)?;
        pen.text("fall in UAR, points", (f64::midpoint(LEFT, RIGHT), bottom + 33.0), Type::new(Ink::Muted, 12.5, Anchor::Middle))
    })
}
