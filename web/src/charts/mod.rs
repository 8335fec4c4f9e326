//! Charts of numbers over time: lines with a cursor that all charts of a page share, what happened to containers as
//! flags on top, and a legend that chooses.
//!
//! [`charted`] is a chart that asks for its numbers by itself; [`line_chart`] and [`legend_table`] draw what a page
//! has asked for.

mod canvas;
mod charted;
mod clock;
mod company;
mod legend;
mod line_chart;
mod lines;
mod seen;

pub(crate) use canvas::{AXIS, draw_flags, draw_times, prepare};
pub(crate) use charted::{Charted, Extent, Numbered, chart_title, charted};
pub(crate) use clock::follow_clock;
pub(crate) use company::Company;
pub(crate) use legend::{legend_list, legend_table};
pub(crate) use line_chart::line_chart;
pub(crate) use lines::Lines;
pub(crate) use seen::when_seen;
