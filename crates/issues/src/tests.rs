//! The store as a whole.

mod backup;
mod counts;
mod crash;
mod doors;
mod expire;
mod formats;
mod ground;
mod kill;
mod life;
mod merge;
mod news;
mod projects;
