//! The page's logic without a browser, tested on the host.
//!
//! | module | what it knows |
//! |---|---|
//! | [`view`], [`choice`], [`query_string`], [`route`] | the address: what is looked at, and how it is written |
//! | [`explore`], [`dashboard`] | what the page of metrics is asked; dashboards as JSON |
//! | [`logql`], [`recent`] | from what was chosen and typed to the query that is asked, its completion, its history |
//! | [`promql`], [`syntax`] | what fits where somebody types a query of metrics; what it has in common with that of logs |
//! | [`list`], [`tail`] | which of many thousand lines are kept and drawn; lines that come live |
//! | [`line`], [`level`], [`columns`] | how a line is shown |
//! | [`chart`], [`flags`], [`plot`], [`ticks`], [`spark`] | the geometry of charts |
//! | [`told`], [`week`] | incidents in words; numbers of a week against the one before |
//! | [`verdict`] | what is wrong with the sources of Now |
//! | [`wire`] | the API's types from JSON |
//! | [`families`] | which chart shows a metric of a service's own |
//! | [`rows`], [`schedule`] | tables of services, probes, transactions, releases …: what is down stands on top |
//! | [`trace`] | a transaction as a waterfall, and what took its time |
//! | [`issues`] | queries of issues, traces, an event as Markdown |
//! | [`time`], [`number`], [`decimal`], [`unit`] | how times and numbers are read and written |
//! | [`letters`] | words without their case |
//! | [`fuzzy`], [`keys`] | the palette and the keyboard |
//!
//! Nothing here touches the DOM or reads a clock.

#![forbid(unsafe_code)]

pub mod chart;
pub mod choice;
pub mod columns;
pub mod dashboard;
pub mod decimal;
pub mod explore;
pub mod families;
pub mod flags;
pub mod fuzzy;
pub mod issues;
pub mod keys;
pub mod letters;
pub mod level;
pub mod line;
pub mod list;
pub mod logql;
pub mod number;
pub mod plot;
pub mod promql;
pub mod query_string;
pub mod recent;
pub mod route;
pub mod rows;
pub mod schedule;
pub mod spark;
pub mod syntax;
pub mod tail;
pub mod ticks;
pub mod time;
pub mod told;
pub mod trace;
pub mod unit;
pub mod verdict;
pub mod view;
pub mod week;
pub mod wire;
