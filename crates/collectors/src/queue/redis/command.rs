//! What may be asked.

/// A command with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command(Vec<Vec<u8>>);

macro_rules! ask {
    ($($part:expr),+) => { Command(vec![$($part.into()),+]) };
}

impl Command {
    /// Whether anybody is there.
    pub(crate) fn ping() -> Self {
        ask!("PING")
    }

    /// Who asks.
    pub(super) fn auth(user: Option<&str>, password: &str) -> Self {
        match user {
            Some(user) => ask!("AUTH", user, password),
            None => ask!("AUTH", password),
        }
    }

    /// Which database the others are about.
    pub(super) fn select(db: u32) -> Self {
        ask!("SELECT", db.to_string())
    }

    /// The length of a list; 0 where there is none.
    pub(crate) fn llen(key: &str) -> Self {
        ask!("LLEN", key)
    }

    /// How many fields a hash has.
    pub(crate) fn hlen(key: &str) -> Self {
        ask!("HLEN", key)
    }

    /// Some fields of a hash.
    pub(crate) fn hmget(key: &str, fields: &[&str]) -> Self {
        let mut command = ask!("HMGET", key);
        command.0.extend(fields.iter().map(|field| field.as_bytes().to_vec()));
        command
    }

    /// The members of a set.
    pub(crate) fn smembers(key: &str) -> Self {
        ask!("SMEMBERS", key)
    }

    /// How many members a sorted set has.
    pub(crate) fn zcard(key: &str) -> Self {
        ask!("ZCARD", key)
    }

    /// The member of a sorted set with the lowest score, and the score.
    pub(crate) fn first_with_score(key: &str) -> Self {
        ask!("ZRANGE", key, "0", "0", "WITHSCORES")
    }

    /// The next part of a walk over the keys that match.
    pub(crate) fn scan(cursor: &str, pattern: &str, count: u32) -> Self {
        ask!("SCAN", cursor, "MATCH", pattern, "COUNT", count.to_string())
    }

    /// Hear what is published on the channels that match.
    pub(super) fn psubscribe(pattern: &str) -> Self {
        ask!("PSUBSCRIBE", pattern)
    }

    /// Tells everybody who listens on a channel. Nothing of it is kept.
    pub(crate) fn publish(channel: &str, message: &str) -> Self {
        ask!("PUBLISH", channel, message)
    }

    /// Writes the command as Redis reads it.
    pub(super) fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(format!("*{}\r\n", self.0.len()).as_bytes());
        for part in &self.0 {
            into.extend_from_slice(format!("${}\r\n", part.len()).as_bytes());
            into.extend_from_slice(part);
            into.extend_from_slice(b"\r\n");
        }
    }
}

/// A text as a pattern that matches nothing else.
pub(crate) fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
