//! Embeddings as points of a plane.

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use crate::report::error::ReportError;
use crate::report::format::plural;
use crate::report::view::{Embeddings, Point};

const WIDTH: f64 = 470.0;
const MARGIN: f64 = 30.0;
/// Tallest picture.
const MOST_HEIGHT: f64 = 440.0;
/// Colours; from half of them on, marks are squares, so that no two emotions differ by colour alone.
const COLOURS: usize = 8;

/// How the marks of a class look: the colour, and whether they are squares.
pub(crate) fn mark(class: usize) -> (u8, bool) {
    ((class % COLOURS) as u8, class % COLOURS >= COLOURS / 2)
}

/// A mark a clip, both axes on one scale: full where it was recognised, pale where it was not.
pub(crate) fn scatter(view: &Embeddings) -> Result<String, ReportError> {
    let range = |axis: usize| {
        let values = view.points.iter().map(|point| point.at[axis]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (across, up) = (range(0), range(1));
    let span = |(low, high): (f64, f64)| (high - low).max(1e-9);
    let inner = WIDTH - 2.0 * MARGIN;
    let height = (inner * span(up) / span(across)).clamp(120.0, MOST_HEIGHT - 2.0 * MARGIN);
    // One scale for both: the longer side decides.
    let scale = (inner / span(across)).min(height / span(up));
    let middle = (f64::midpoint(across.0, across.1), f64::midpoint(up.0, up.1));
    let place = |at: [f64; 2]| (WIDTH / 2.0 + scale * (at[0] - middle.0), MARGIN + height / 2.0 - scale * (at[1] - middle.1));
    let bottom = MARGIN + height + 12.0;
    let description = format!("{} by the emotion of each.", plural(view.points.len(), "point"));
    let caption = Caption { id: "embeddings-chart", title: "Embeddings of test clips", description: &description };
    draw((WIDTH, bottom + 26.0), &caption, |pen| {
        let frame = Axis::new((0.0, 1.0), (10.0, WIDTH - 10.0));
        pen.line(&[(frame.at(0.0), bottom), (frame.at(1.0), bottom)], Ink::Rule, 1.0, 1.0)?;
        pen.line(&[(frame.at(0.0), 10.0), (frame.at(0.0), bottom)], Ink::Rule, 1.0, 1.0)?;
        view.points.iter().try_for_each(|point| draw_point(pen, place(point.at), point))?;
        let axis = |anchor| Type::new(Ink::Muted, 12.5, anchor);
        pen.text(&view.axes[0], (WIDTH - 12.0, bottom + 14.0), axis(Anchor::End))?;
        pen.text(&view.axes[1], (22.0, 12.0), axis(Anchor::Start))
    })
}

fn draw_point(pen: &mut Pen<'_>, (x, y): (f64, f64), point: &Point) -> Result<(), ReportError> {
    let (colour, square) = mark(point.class);
    let (ink, opacity) = (Ink::Series(colour), if point.right { 0.85 } else { 0.32 });
    match (square, point.right) {
        (true, _) => pen.block((x - 3.4, y - 3.4), (x + 3.4, y + 3.4), ink, opacity),
        (false, _) => pen.disc((x, y), 3.9, ink, opacity),
    }
}
