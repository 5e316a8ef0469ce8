//! The difference of two confusion matrices, in percentage points of a row.

use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use super::confusion::{Layout, diagonal, headings};
use crate::report::error::ReportError;
use crate::report::format::signed_points;
use crate::report::palette::{STEPS, diverging_step};
use crate::report::view::Confusion;

/// Points at the ends of the scale; larger differences have the same colour.
const REACH: f64 = 0.4;

/// What the other matrix has more (blue) or less (orange) of than the first, cell by cell, as shares of the row.
pub(crate) fn difference(first: &Confusion, other: &Confusion, id: &str) -> Result<String, ReportError> {
    let n = first.labels.len();
    let layout = Layout::new(&first.labels);
    let size = (layout.right(n) + 66.0, layout.corner(n, 0).1 + 52.0);
    let gains: Vec<String> = (0..n)
        .map(|class| format!("{} {}", first.labels[class], signed_points(other.share(class, class) - first.share(class, class))))
        .collect();
    let description = format!(
        "Rows are the true label, columns the predicted one; each cell is the difference of its share of the row, in percentage points. \
         Recognised more or less often: {}.",
        gains.join(", ")
    );
    draw(size, &Caption { id, title: "Difference of the confusion matrices", description: &description }, |pen| {
        headings(pen, &layout, first)?;
        for row in 0..n {
            for column in 0..n {
                cell(pen, &layout, other.share(row, column) - first.share(row, column), (row, column))?;
            }
        }
        diagonal(pen, &layout, n)?;
        legend(pen, &layout, n)
    })
}

fn cell(pen: &mut Pen<'_>, layout: &Layout, change: f64, (row, column): (usize, usize)) -> Result<(), ReportError> {
    let ((x0, y0), (x1, y1)) = (layout.corner(row, column), layout.corner(row + 1, column + 1));
    let step = diverging_step(change / REACH);
    pen.block((x0 + 1.0, y0 + 1.0), (x1 - 1.0, y1 - 1.0), Ink::Diverge(step), 1.0)?;
    let centre = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
    // Less than half a point rounds to nothing.
    if change.abs() < 0.005 {
        return pen.text("0", centre, Type::new(Ink::OnDiverge(step), 11.0, Anchor::Middle));
    }
    let size = if layout.crowded { 12.0 } else { 15.0 };
    pen.text(
        &format!("{:+.0}", 100.0 * change).replace('-', "\u{2212}"),
        centre,
        Type::new(Ink::OnDiverge(step), size, Anchor::Middle).bold_if(row == column),
    )
}

fn legend(pen: &mut Pen<'_>, layout: &Layout, n: usize) -> Result<(), ReportError> {
    let y = layout.corner(n, 0).1 + 22.0;
    let width = 7.0;
    let text = Type::new(Ink::Muted, 12.0, Anchor::Start);
    pen.text("less", (layout.left, y + 5.0), text)?;
    let start = layout.left + 32.0;
    for step in 0..STEPS {
        let x = start + step as f64 * width;
        pen.block((x, y), (x + width + 0.5, y + 10.0), Ink::Diverge(step as u8), 1.0)?;
    }
    pen.text(&format!("more, to {:.0} points", 100.0 * REACH), (start + STEPS as f64 * width + 8.0, y + 5.0), text)
}
