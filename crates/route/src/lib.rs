//! What routers, middlewares and services there are: read from container labels, dynamic files and settings, put
//! together to one plan, with everything that is wrong with them.

#![forbid(unsafe_code)]

pub mod configured;
pub mod declared;
pub mod file;
pub mod finding;
pub mod labels;
pub mod lint;
pub mod name;
pub mod net;
pub mod node;
mod normalize;
pub mod plan;
pub mod rule;
pub mod shown;

pub use plan::plan;
