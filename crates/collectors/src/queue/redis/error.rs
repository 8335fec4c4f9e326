//! Why a Redis did not answer.

use std::time::Duration;

/// Why a Redis did not answer, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RedisError {
    /// Nobody knows the name.
    #[error(
        "no address is known of {0}; is its container running, and in a network that Porthole can reach?"
    )]
    Unknown(String),
    /// Nobody listens, or it cannot be reached.
    #[error("cannot connect to {0}: {1}; is it running, and in a network that Porthole can reach?")]
    Connect(String, String),
    /// No trust.
    #[error("cannot speak TLS with {0}: {1}")]
    Tls(String, String),
    /// It took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// The connection ended.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// What came is no answer of a Redis.
    #[error("what answers is no Redis: {0}")]
    Protocol(&'static str),
    /// An answer is too long.
    #[error("an answer is longer than {0} bytes")]
    TooLong(usize),
    /// It answers, and says no.
    #[error("{0}")]
    Refused(String),
}

impl RedisError {
    /// What Redis says, with what to do where that is known.
    pub(super) fn refused(said: &str) -> Self {
        let word = said.split(' ').next().unwrap_or_default();
        let advice = match word {
            "NOAUTH" => "; write the password into the url, redis://:password@host:6379/0",
            "WRONGPASS" => "; mend the user or the password in the url",
            "NOPERM" => "; allow this user +@read and +psubscribe on the keys and channels of the queue",
            "MOVED" | "ASK" | "CROSSSLOT" => "; write the address of a Redis that is no cluster",
            _ => "",
        };
        Self::Refused(format!("Redis says: {said}{advice}"))
    }
}
