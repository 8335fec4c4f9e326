//! Middlewares: what is done to a request on its way to a service, and to the answer on its way back.
//!
//! ```ignore
//! let kept = Kept::new();                              // once
//! let chain = kept.chain("web@docker", &router.middlewares, &plan);   // with each plan
//! let answer = match chain.before(&mut request, &mut exchange, &tools).await {
//!     ControlFlow::Continue(()) => forward(request, &mut exchange).await,
//!     ControlFlow::Break(answer) => answer,
//! };
//! let answer = chain.after(answer, &mut exchange, &tools).await;     // in both cases
//! ```
//!
//! A [`Chain`] is made of steps in their order; what `chain` middlewares name is flattened when it is built. What a step
//! of the way in leaves for the way back lies on a stack in the exchange, so that each step finds its own and those that
//! a request never reached are left out on the way back.
//!
//! A step that cannot be built closes its chain: every request is answered with 503. A guard that is not understood must
//! not stand open.

mod answer;
mod basic_auth;
mod breaker;
mod buckets;
mod buffering;
mod build;
mod chain;
mod compress;
mod cross_origin;
mod encoded;
mod forward_auth;
mod headers;
mod kept;
mod limits;
mod pages;
mod password;
mod paths;
mod peeked;
mod redirect;
mod retry;
mod secure;
mod source;
mod spool;
mod step;
mod target;
#[cfg(test)]
mod tests;
mod verdicts;

pub use chain::{Chain, Fault, Passed};
pub use kept::Kept;
