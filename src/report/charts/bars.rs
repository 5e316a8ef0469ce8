//! Counts as bars, a group a category.

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Type, draw};
use super::frame::{self, LEFT, number, rules};
use crate::report::error::ReportError;
use crate::report::format::shorten;

const RIGHT: f64 = 640.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = TOP + 170.0;

/// Bars of one colour, one a category.
pub(crate) struct BarSeries<'a> {
    /// For the legend.
    pub name: &'a str,
    /// A value a category.
    pub values: &'a [f64],
}

/// Groups of upright bars from zero; values under zero are drawn as zero.
pub(crate) fn bars(id: &str, title: &str, categories: &[String], series: &[BarSeries<'_>]) -> Result<String, ReportError> {
    let highest = series.iter().flat_map(|series| series.values).copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    let y = Axis::new((0.0, if highest > 0.0 { highest } else { 1.0 }), (BOTTOM, TOP));
    let group = (RIGHT - LEFT) / categories.len().max(1) as f64;
    let bar = (0.78 * group / series.len().max(1) as f64).min(46.0);
    let description = describe(categories, series);
    draw((RIGHT + 10.0, BOTTOM + 30.0), &Caption { id, title, description: &description }, |pen| {
        frame::title(pen, title)?;
        rules(pen, &y, RIGHT)?;
        for (index, name) in categories.iter().enumerate() {
            let centre = LEFT + (index as f64 + 0.5) * group;
            pen.text(&shorten(name, 14), (centre, BOTTOM + 15.0), Type::new(Ink::Text, 12.5, Anchor::Middle))?;
            let first = centre - bar * series.len() as f64 / 2.0;
            for (place, of) in series.iter().enumerate() {
                let value = of.values.get(index).copied().filter(|value| value.is_finite()).unwrap_or(0.0);
                let left = first + place as f64 * bar;
                pen.block((left + 0.7, y.at(value)), (left + bar - 0.7, BOTTOM), Ink::Series((place % 6) as u8), 1.0)?;
                if bar >= 20.0 {
                    pen.text(&number(value), (left + bar / 2.0, y.at(value) - 8.0), Type::new(Ink::Muted, 11.0, Anchor::Middle))?;
                }
            }
        }
        for (place, of) in series.iter().enumerate().filter(|_| series.len() > 1) {
            let at = LEFT + 110.0 * place as f64;
            pen.block((at, 23.0), (at + 10.0, 33.0), Ink::Series((place % 6) as u8), 1.0)?;
            pen.text(of.name, (at + 15.0, 28.0), Type::new(Ink::Muted, 12.0, Anchor::Start))?;
        }
        Ok(())
    })
}

fn describe(categories: &[String], series: &[BarSeries<'_>]) -> String {
    let of = |series: &BarSeries<'_>| {
        let parts: Vec<String> = categories.iter().zip(series.values).map(|(name, &value)| format!("{name} {}", number(value))).collect();
        format!("{}: {}.", series.name, parts.join(", "))
    };
    series.iter().map(of).collect::<Vec<_>>().join(" ")
}
