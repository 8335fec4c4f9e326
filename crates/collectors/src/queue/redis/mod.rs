//! A client for Redis that only asks.
//!
//! [`Connection::ask`] sends a pipeline of [`Command`]s and waits for its answers; [`Connection::subscribe`] turns the
//! connection into a [`Subscription`]. A command has constructors for what is asked and none for what would change
//! anything, but for [`Command::publish`], which reaches those who listen and leaves nothing behind.
//!
//! Every answer has limits of time and length. After an error the connection is of no more use: open another.

mod command;
mod connection;
mod error;
mod protocol;
#[cfg(test)]
mod tests;

pub(super) use command::{Command, literal};
pub(super) use connection::{Connection, Subscription, Tls};
pub(super) use error::RedisError;
pub(super) use protocol::Reply;

#[cfg(fuzzing)]
pub(super) use protocol::Reader;
