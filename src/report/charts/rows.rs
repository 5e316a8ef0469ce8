//! Values as dots on a row each: what the values of a key come to, or how much the parts of an experiment matter.

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use crate::report::error::ReportError;
use crate::report::format::{points, shorten, signed_points};

const WIDTH: f64 = 600.0;
const LEFT: f64 = 196.0;
const RIGHT: f64 = WIDTH - 70.0;
const TOP: f64 = 14.0;
const ROW: f64 = 26.0;

/// A row of the chart; values are fractions.
pub(crate) struct DotRow {
    /// What stands at its left.
    pub name: String,
    /// A small dot each.
    pub dots: Vec<f64>,
    /// A large dot, and its number at the right: a mean, or the one value.
    pub value: Option<f64>,
    /// A line through the large dot.
    pub interval: Option<(f64, f64)>,
}

/// The whole chart.
pub(crate) struct DotRows<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// A few words.
    pub title: &'a str,
    /// What the numbers are.
    pub unit: &'a str,
    /// The values are differences: they have signs, and a line marks zero.
    pub differences: bool,
    /// The rows, from above.
    pub rows: &'a [DotRow],
}

/// Draws the rows on one axis that reaches from the lowest to the highest value.
pub(crate) fn dot_rows(chart: &DotRows<'_>) -> Result<String, ReportError> {
    let bottom = TOP + chart.rows.len() as f64 * ROW;
    let axis = Axis::new(range(chart), (LEFT, RIGHT));
    let number = if chart.differences { signed_points } else { points };
    let parts: Vec<String> =
        chart.rows.iter().map(|row| format!("{} {}", row.name, row.value.map_or_else(|| "none".to_owned(), number))).collect();
    let description = format!("{}: {}.", chart.unit, parts.join(", "));
    draw((WIDTH, bottom + 44.0), &Caption { id: chart.id, title: chart.title, description: &description }, |pen| {
        for tick in axis.ticks(6) {
            let x = axis.at(tick);
            pen.line(&[(x, TOP), (x, bottom)], Ink::Rule, 1.0, 1.0)?;
            pen.text(&number(tick), (x, bottom + 14.0), Type::new(Ink::Muted, 12.0, Anchor::Middle))?;
        }
        pen.text(chart.unit, (f64::midpoint(LEFT, RIGHT), bottom + 33.0), Type::new(Ink::Muted, 12.5, Anchor::Middle))?;
        if chart.differences {
            pen.line(&[(axis.at(0.0), TOP), (axis.at(0.0), bottom)], Ink::Muted, 1.4, 1.0)?;
        }
        for (index, row) in chart.rows.iter().enumerate() {
            draw_row(pen, &axis, TOP + (index as f64 + 0.5) * ROW, row, number)?;
        }
        Ok(())
    })
}

fn draw_row(pen: &mut Pen<'_>, axis: &Axis, y: f64, row: &DotRow, number: fn(f64) -> String) -> Result<(), ReportError> {
    pen.text(&shorten(&row.name, 25), (LEFT - 12.0, y), Type::new(Ink::Text, 13.0, Anchor::End))?;
    if let Some((low, high)) = row.interval {
        pen.line(&[(axis.at(low), y), (axis.at(high), y)], Ink::Accent, 2.4, 0.5)?;
    }
    for &value in &row.dots {
        pen.dot((axis.at(value), y), 3.0, Ink::Series(4))?;
    }
    match row.value {
        Some(value) => {
            pen.dot((axis.at(value), y), 5.0, Ink::Accent)?;
            pen.text(&number(value), (WIDTH - 6.0, y), Type::new(Ink::Text, 13.0, Anchor::End))
        }
        None => pen.text("–", (WIDTH - 6.0, y), Type::new(Ink::Muted, 13.0, Anchor::End)),
    }
}

/// From the lowest to the highest of all values, with a little room.
fn range(chart: &DotRows<'_>) -> (f64, f64) {
    let ends = |row: &DotRow| row.interval.map(|(low, high)| [low, high]).into_iter().flatten().chain(row.value).collect::<Vec<_>>();
    let values = chart.rows.iter().flat_map(|row| row.dots.iter().copied().chain(ends(row))).chain(chart.differences.then_some(0.0));
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let room = (0.06 * (high - low)).max(0.005);
    (low - room, high + room)
}
