//! Pictures: plotters draws them as SVG, in colours that the page's style sheet decides.

mod axis;
mod bars;
mod canvas;
mod confusion;
mod curves;
mod difference;
mod frame;
mod heat;
mod rows;
mod speakers;
mod traces;

pub(crate) use axis::round_step;
pub(crate) use bars::{BarSeries, bars};
pub(crate) use confusion::confusion;
pub(crate) use curves::curves;
pub(crate) use difference::difference;
pub(crate) use heat::{HeatMap, heat};
pub(crate) use rows::{DotRow, DotRows, dot_rows};
pub(crate) use speakers::speakers;
pub(crate) use traces::{Trace, traces, waveform};
