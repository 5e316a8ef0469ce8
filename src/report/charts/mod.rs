//! Pictures: plotters draws them as SVG, in colours that the page's style sheet decides.

mod axis;
mod canvas;
mod confusion;
mod curves;
mod speakers;

pub(super) use confusion::confusion;
pub(super) use curves::curves;
pub(super) use speakers::speakers;
