//! The store as a whole.

mod backup;
mod crash;
mod damage;
mod doors;
mod expire;
mod ground;
mod kill;
mod merge;
mod model;
mod refusal;
