//! Pictures: plotters draws them as SVG, in colours that the page's style sheet decides.

mod axis;
mod bars;
mod canvas;
mod confusion;
mod coverage;
mod curves;
mod drops;
mod frame;
mod heard;
mod heat;
mod reliability;
mod scatter;
mod speakers;
mod traces;

pub(crate) use bars::{BarSeries, bars};
pub(crate) use confusion::confusion;
pub(crate) use coverage::coverage;
pub(crate) use curves::curves;
pub(crate) use drops::drops;
pub(crate) use heard::heard;
pub(crate) use heat::{HeatMap, heat};
pub(crate) use reliability::reliability;
pub(crate) use scatter::{mark, scatter};
pub(crate) use speakers::speakers;
pub(crate) use traces::{Trace, traces, waveform};
