//! The confusion matrix: counts and shares of a row in one picture.

use super::canvas::{Anchor, Caption, Ink, Pen, Type, draw};
use crate::report::error::ReportError;
use crate::report::format::{count, shorten, whole_percent};
use crate::report::palette::{STEPS, step};
use crate::report::view::Confusion;

/// Rough width of a letter, as a part of its size.
const LETTER: f64 = 0.56;
/// Longest label shown whole.
const MOST_LETTERS: usize = 18;
/// From so many classes on, column labels run upwards.
const CROWDED: usize = 11;

/// Where things stand, CSS pixels.
pub(super) struct Layout {
    pub cell: (f64, f64),
    pub left: f64,
    pub top: f64,
    pub crowded: bool,
}

impl Layout {
    pub(super) fn new(labels: &[String]) -> Self {
        let longest = labels.iter().map(|l| l.chars().count().min(MOST_LETTERS)).max().unwrap_or(0) as f64 * 13.0 * LETTER;
        let crowded = labels.len() >= CROWDED;
        let cell = if crowded { (44.0, 36.0) } else { ((longest + 8.0).clamp(58.0, 120.0), 50.0) };
        let top = if crowded { 34.0 + longest + 8.0 } else { 56.0 };
        Self { cell, left: 30.0 + longest + 10.0, top, crowded }
    }

    pub(super) fn corner(&self, row: usize, column: usize) -> (f64, f64) {
        (self.left + column as f64 * self.cell.0, self.top + row as f64 * self.cell.1)
    }

    pub(super) fn right(&self, n: usize) -> f64 {
        self.corner(0, n).0
    }
}

/// Rows are the truth, columns the prediction; a cell's colour and large number are its share of the row, its small number the count.
pub(crate) fn confusion(matrix: &Confusion, id: &str) -> Result<String, ReportError> {
    let n = matrix.labels.len();
    let layout = Layout::new(&matrix.labels);
    let size = (layout.right(n) + 66.0, layout.corner(n, 0).1 + 52.0);
    let description = format!(
        "{} predictions. Rows are the true label, columns the predicted one; each cell holds its share of the row and the count. {}",
        count(matrix.total()),
        matrix.recalls_in_words()
    );
    let caption = Caption { id, title: "Confusion matrix", description: &description };
    draw(size, &caption, |pen| {
        headings(pen, &layout, matrix)?;
        for row in 0..n {
            for column in 0..n {
                cell(pen, &layout, matrix, (row, column))?;
            }
        }
        diagonal(pen, &layout, n)?;
        legend(pen, &layout, n)
    })
}

pub(super) fn headings(pen: &mut Pen<'_>, layout: &Layout, matrix: &Confusion) -> Result<(), ReportError> {
    let n = matrix.labels.len();
    let label = Type::new(Ink::Text, 13.0, Anchor::End);
    let axis = Type::new(Ink::Muted, 12.5, Anchor::Middle).bold_if(true);
    let middle = |from: f64, to: f64| (from + to) / 2.0;
    pen.text("predicted", (middle(layout.left, layout.right(n)), 14.0), axis)?;
    pen.text("truth", (12.0, middle(layout.top, layout.corner(n, 0).1)), axis.upwards())?;
    for (i, name) in matrix.labels.iter().enumerate() {
        let name = shorten(name, MOST_LETTERS);
        let (x, y) = layout.corner(i, i);
        pen.text(&name, (layout.left - 10.0, y + layout.cell.1 / 2.0), label)?;
        let centre = x + layout.cell.0 / 2.0;
        if layout.crowded {
            pen.text(&name, (centre, layout.top - 8.0), Type::new(Ink::Text, 13.0, Anchor::Start).upwards())?;
        } else {
            pen.text(&name, (centre, layout.top - 14.0), Type::new(Ink::Text, 13.0, Anchor::Middle))?;
        }
        let total = count(matrix.row_total(i));
        pen.text(&total, (layout.right(n) + 58.0, y + layout.cell.1 / 2.0), Type::new(Ink::Muted, 13.0, Anchor::End))?;
    }
    pen.text("total", (layout.right(n) + 58.0, layout.top - 14.0), Type::new(Ink::Muted, 12.5, Anchor::End))
}

fn cell(pen: &mut Pen<'_>, layout: &Layout, matrix: &Confusion, (row, column): (usize, usize)) -> Result<(), ReportError> {
    let (x, y) = layout.corner(row, column);
    let (w, h) = layout.cell;
    let n = matrix.counts[row][column];
    let share = matrix.share(row, column);
    let step = step(share);
    pen.block((x + 1.0, y + 1.0), (x + w - 1.0, y + h - 1.0), Ink::Heat(step), 1.0)?;
    let centre = x + w / 2.0;
    if n == 0 {
        return pen.text("0", (centre, y + h / 2.0), Type::new(Ink::Muted, 11.0, Anchor::Middle));
    }
    let (big, small, lift) = if layout.crowded { (12.0, 9.5, 6.5) } else { (15.0, 11.5, 9.0) };
    let on = Ink::OnHeat(step);
    pen.text(&whole_percent(share), (centre, y + h / 2.0 - lift), Type::new(on, big, Anchor::Middle).bold_if(row == column))?;
    pen.text(&count(n), (centre, y + h / 2.0 + lift + 1.0), Type::new(on, small, Anchor::Middle))
}

/// A frame around what was recognised, so that it is found without colour.
pub(super) fn diagonal(pen: &mut Pen<'_>, layout: &Layout, n: usize) -> Result<(), ReportError> {
    for i in 0..n {
        let ((x0, y0), (x1, y1)) = (layout.corner(i, i), layout.corner(i + 1, i + 1));
        let (x0, y0, x1, y1) = (x0 + 1.0, y0 + 1.0, x1 - 1.0, y1 - 1.0);
        pen.line(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], Ink::Text, 1.2, 0.75)?;
    }
    Ok(())
}

fn legend(pen: &mut Pen<'_>, layout: &Layout, n: usize) -> Result<(), ReportError> {
    let y = layout.corner(n, 0).1 + 22.0;
    let width = 7.0;
    let text = Type::new(Ink::Muted, 12.0, Anchor::Start);
    pen.text("0%", (layout.left, y + 5.0), text)?;
    let start = layout.left + 26.0;
    for i in 0..STEPS {
        let x = start + i as f64 * width;
        // A little overlap hides the seams.
        pen.block((x, y), (x + width + 0.5, y + 10.0), Ink::Heat(i as u8), 1.0)?;
    }
    pen.text("100% of the row", (start + STEPS as f64 * width + 8.0, y + 5.0), text)
}
