//! Scores of each speaker as a sorted dot plot.

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use crate::report::error::ReportError;
use crate::report::format::{percent, points, shorten};
use crate::report::view::{SpeakerDot, Speakers};

const WIDTH: f64 = 470.0;
const LEFT: f64 = 92.0;
const RIGHT: f64 = WIDTH - 64.0;
const TOP: f64 = 40.0;
const ROW: f64 = 21.0;

/// A row a speaker, best first; dots are coloured by fold where there are few, and lines mark the overall score and chance.
pub(crate) fn speakers(view: &Speakers) -> Result<String, ReportError> {
    let gap = view.gap_after.map_or(0.0, |_| ROW);
    let bottom = TOP + view.dots.len() as f64 * ROW + gap;
    let axis = Axis::new((0.0, 1.0), (LEFT, RIGHT));
    let caption = Caption { id: "speakers-chart", title: &format!("{} of each speaker", view.metric), description: &view.summary };
    draw((WIDTH, bottom + 30.0), &caption, |pen| {
        grid(pen, &axis, bottom)?;
        reference(pen, &axis, bottom, view)?;
        let mut y = TOP + ROW / 2.0;
        for (i, dot) in view.dots.iter().enumerate() {
            row(pen, &axis, y, dot, view.is_lowest(i))?;
            y += ROW;
            if view.gap_after == Some(i) {
                pen.text("⋯", (LEFT - 10.0, y), Type::new(Ink::Muted, 13.0, Anchor::End))?;
                y += ROW;
            }
        }
        Ok(())
    })
}

fn grid(pen: &mut Pen<'_>, axis: &Axis, bottom: f64) -> Result<(), ReportError> {
    for tick in axis.ticks(5) {
        let x = axis.at(tick);
        pen.line(&[(x, TOP), (x, bottom)], Ink::Rule, 1.0, 1.0)?;
        pen.text(&format!("{:.0}%", 100.0 * tick), (x, bottom + 14.0), Type::new(Ink::Muted, 12.0, Anchor::Middle))?;
    }
    Ok(())
}

/// The two lines that a dot is read against; their names stand on two levels, so that they never run into each other.
fn reference(pen: &mut Pen<'_>, axis: &Axis, bottom: f64, view: &Speakers) -> Result<(), ReportError> {
    let lines = [(view.chance, "chance", Ink::Muted, 10.0), (view.overall, "all", Ink::Accent, 26.0)];
    for (value, name, ink, y) in lines {
        if let Some(value) = value {
            let x = axis.at(value);
            pen.line(&[(x, y + 8.0), (x, bottom)], ink, 1.2, 0.9)?;
            pen.text(&format!("{name} {}", percent(value)), (x, y), Type::new(ink, 12.0, Anchor::Middle))?;
        }
    }
    Ok(())
}

fn row(pen: &mut Pen<'_>, axis: &Axis, y: f64, dot: &SpeakerDot, lowest: bool) -> Result<(), ReportError> {
    let ink = dot.colour.map_or(Ink::Accent, Ink::Series);
    let text = if lowest { Ink::Text } else { Ink::Muted };
    pen.text(&shorten(&dot.name, 12), (LEFT - 10.0, y), Type::new(text, 13.0, Anchor::End).bold_if(lowest))?;
    if let Some((low, high)) = dot.interval {
        pen.line(&[(axis.at(low), y), (axis.at(high), y)], ink, 2.0, 0.45)?;
    }
    pen.dot((axis.at(dot.value), y), 4.5, ink)?;
    pen.text(&points(dot.value), (WIDTH - 10.0, y), Type::new(text, 13.0, Anchor::End).bold_if(lowest))
}
