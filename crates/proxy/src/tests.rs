//! The whole proxy over real sockets: scripted servers behind it, clients that write what they like before it.

mod draining;
mod floods;
mod headers;
mod limits;
mod refusals;
mod retries;
mod scene;
mod services;
mod streams;

pub(crate) use scene::container;
