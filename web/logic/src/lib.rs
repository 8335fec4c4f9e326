//! The page's logic without a browser, tested on the host.
//!
//! | module | what it knows |
//! |---|---|
//! | [`view`], [`choice`], [`query_string`], [`route`] | the address: what is looked at, and how it is written |
//! | [`logql`] | from what was chosen and typed to the query that is asked |
//! | [`list`], [`tail`] | which of many thousand lines are kept and drawn; lines that come live |
//! | [`line`], [`level`] | how a line is shown |
//! | [`chart`], [`ticks`], [`spark`] | the geometry of charts |
//! | [`verdict`] | the sentence on top of Now |
//! | [`time`], [`number`] | how times and numbers are read and written |
//! | [`fuzzy`], [`keys`] | the palette and the keyboard |
//!
//! Nothing here touches the DOM or reads a clock.

#![forbid(unsafe_code)]

pub mod chart;
pub mod choice;
pub mod fuzzy;
pub mod keys;
pub mod level;
pub mod line;
pub mod list;
pub mod logql;
pub mod number;
pub mod query_string;
pub mod route;
pub mod spark;
pub mod tail;
pub mod ticks;
pub mod time;
pub mod verdict;
pub mod view;
