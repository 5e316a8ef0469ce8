//! Learning curves: each training a thin line, their mean a thick one, the epoch kept a dot.

use super::axis::{Axis, round_step};
use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use crate::report::error::ReportError;
use crate::report::format::percent;
use crate::report::view::{Panel, Unit};

const SIZE: (f64, f64) = (470.0, 310.0);
const LEFT: f64 = 48.0;
const RIGHT: f64 = SIZE.0 - 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = SIZE.1 - 48.0;

/// One panel, against epochs.
pub(crate) fn curves(panel: &Panel) -> Result<String, ReportError> {
    let highest = panel.highest();
    let step = round_step(highest, 5);
    let top = (highest / step - 1e-9).ceil().max(1.0) * step;
    let x = Axis::new((1.0, f64::from(panel.epochs.max(2))), (LEFT, RIGHT));
    let y = Axis::new((0.0, top), (BOTTOM, TOP));
    let caption = Caption { id: &panel.id, title: panel.title, description: &panel.summary };
    draw(SIZE, &caption, |pen| {
        grid(pen, &x, &y, panel.unit, step)?;
        if let Some(chance) = panel.chance {
            pen.line(&[(LEFT, y.at(chance)), (RIGHT, y.at(chance))], Ink::Muted, 1.2, 0.8)?;
            pen.text(&format!("chance {}", percent(chance)), (RIGHT, y.at(chance) + 12.0), Type::new(Ink::Muted, 14.0, Anchor::End))?;
        }
        for series in &panel.series {
            let ink = Ink::Series(series.colour);
            for line in &series.lines {
                trace(pen, &x, &y, line, ink, 0.9, thinness(series.lines.len()))?;
            }
        }
        for series in &panel.series {
            trace(pen, &x, &y, &series.mean, Ink::Series(series.colour), 2.6, 1.0)?;
        }
        for &(epoch, value) in &panel.kept {
            pen.dot((x.at(f64::from(epoch)), y.at(value)), 3.2, Ink::Text)?;
        }
        Ok(())
    })
}

/// Many lines are drawn fainter than a few.
fn thinness(lines: usize) -> f64 {
    (6.0 / lines.max(1) as f64).clamp(0.14, 0.5)
}

fn trace(pen: &mut Pen<'_>, x: &Axis, y: &Axis, line: &[(u32, f64)], ink: Ink, width: f64, opacity: f64) -> Result<(), ReportError> {
    let points: Vec<(f64, f64)> = line.iter().filter(|(_, v)| v.is_finite()).map(|&(epoch, v)| (x.at(f64::from(epoch)), y.at(v))).collect();
    match points[..] {
        [] => Ok(()),
        // A training of one epoch has no line.
        [(px, py)] => pen.line(&[(px - 2.0, py), (px + 2.0, py)], ink, width, opacity),
        _ => pen.line(&points, ink, width, opacity),
    }
}

fn grid(pen: &mut Pen<'_>, x: &Axis, y: &Axis, unit: Unit, step: f64) -> Result<(), ReportError> {
    let label = |anchor| Type::new(Ink::Muted, 14.0, anchor);
    for tick in y.ticks(6) {
        pen.line(&[(LEFT, y.at(tick)), (RIGHT, y.at(tick))], Ink::Rule, 1.0, 1.0)?;
        let text = match unit {
            Unit::Share => format!("{:.0}%", 100.0 * tick),
            Unit::Plain if step >= 1.0 => format!("{tick:.0}"),
            Unit::Plain if step >= 0.1 => format!("{tick:.1}"),
            Unit::Plain => format!("{tick:.3}"),
        };
        pen.text(&text, (LEFT - 8.0, y.at(tick)), label(Anchor::End))?;
    }
    let whole = |epoch: &f64| epoch.fract().abs() < 1e-9;
    for epoch in x.ticks(8).into_iter().filter(whole) {
        pen.text(&format!("{epoch:.0}"), (x.at(epoch), BOTTOM + 17.0), label(Anchor::Middle))?;
    }
    pen.text("epoch", (f64::midpoint(LEFT, RIGHT), BOTTOM + 38.0), label(Anchor::Middle))
}
