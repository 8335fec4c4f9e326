//! `GET services` and `GET services/{name}`: what runs, what it uses, and all that is known of one service.

mod charts;
mod own;
mod page;
mod rows;
mod usage;

pub(super) use page::page;
pub(super) use rows::list;

#[cfg(test)]
mod tests;
