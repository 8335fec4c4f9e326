//! Finds secrets and personal data in texts and masks them.
//!
//! ```text
//! POST /login password=hunter2 200      →  POST /login password=[masked:password] 200
//! {"card":4111111111111111}             →  {"card":"[masked:card]"}
//! redis://app:s3cret@cache:6379/0       →  redis://app:[masked:url]@cache:6379/0
//! ```
//!
//! What is masked becomes `[masked:<rule>]`; all around it stays: the key, the scheme, the user's name. A
//! masked text masked again stays as it is, and JSON stays JSON. [`Masker::new`] takes the [`Config`];
//! [`Masker::of`] gives the [`Scope`] of a service, whose [`Scope::mask`] goes through a text and
//! [`Scope::mask_value`] looks at a value whose key is known.
//!
//! Nearly all texts hold no secret, so the way of those is short: one search for a few dozen literals that
//! every secret has near it, and a look at every thirteenth byte for the digits of a card.

#![forbid(unsafe_code)]

mod anchor;
mod config;
mod edit;
mod find;
mod masker;
mod pattern;
mod rule;
mod text;

pub use config::{Config, Exception};
pub use masker::{Hits, Masked, Masker, Scope};
pub use pattern::{Pattern, PatternError};
pub use rule::{Rule, RuleId, Rules};

#[cfg(test)]
mod tests;
