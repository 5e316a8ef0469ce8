//! Whatever plotters draws.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::{IntoDrawingArea as _, SVGBackend};

use super::html::wrapped;
use super::{Bundle, Show};

/// A drawing as SVG; see [`plot`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// The `<svg>` element.
    pub svg: String,
}

/// What plotters says when it cannot draw.
pub type PlotError = Box<dyn std::error::Error>;

/// Draws on a white sheet of `size` pixels with plotters, all of whose series and charts can be used.
///
/// ```
/// use intone::display::{PlotError, Show as _, plot};
/// use plotters::prelude::*;
///
/// let sine = plot((480, 240), |area| {
///     let mut chart = ChartBuilder::on(area).margin(12).build_cartesian_2d(0.0..6.3, -1.0..1.0)?;
///     chart.draw_series(LineSeries::new((0..64).map(|n| (f64::from(n) / 10.0, (f64::from(n) / 10.0).sin())), &BLUE))?;
///     Ok(())
/// })?;
/// sine.show();
/// # Ok::<(), PlotError>(())
/// ```
///
/// # Errors
/// Whatever `draw` fails with.
pub fn plot(size: (u32, u32), draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), PlotError>) -> Result<Plot, PlotError> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&plotters::style::WHITE).map_err(|error| error.to_string())?;
        draw(&area)?;
        area.present().map_err(|error| error.to_string())?;
    }
    Ok(Plot { svg })
}

impl Show for Plot {
    fn bundle(&self) -> Bundle {
        Bundle::text("Plot").with_html(wrapped(&self.svg))
    }
}
