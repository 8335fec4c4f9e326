//! Where two engines meet: each module is one way between them, a few lines that know both.

mod deploys;
mod indoors;
mod lines;
mod measured;
mod news;
mod senses;

pub(crate) use deploys::tell_deploys;
pub(crate) use indoors::{internal, owner};
pub(crate) use lines::{pass_on, pass_requests};
pub(crate) use measured::{Engine, Samples};
pub(crate) use news::tell_alerts;
pub(crate) use senses::Senses;
