//! Pictures: plotters draws them as SVG, in colours that the page's style sheet decides.

mod axis;
mod bars;
mod canvas;
mod confusion;
mod coverage;
mod curves;
mod difference;
mod drops;
mod frame;
mod heard;
mod heat;
mod reliability;
mod rows;
mod scatter;
mod speakers;
mod traces;

pub(crate) use axis::round_step;
pub(crate) use bars::{BarSeries, bars};
pub(crate) use confusion::confusion;
pub(crate) use coverage::coverage;
pub(crate) use curves::curves;
pub(crate) use difference::difference;
pub(crate) use drops::drops;
pub(crate) use heard::heard;
pub(crate) use heat::{HeatMap, heat};
pub(crate) use reliability::reliability;
pub(crate) use rows::{DotRow, DotRows, dot_rows};
pub(crate) use scatter::{mark, scatter};
pub(crate) use speakers::speakers;
pub(crate) use traces::{Trace, traces, waveform};
