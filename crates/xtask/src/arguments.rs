//! The words after `cargo xtask`.

use std::collections::VecDeque;
use std::env;
use std::fmt::Display;
use std::str::FromStr;

use anyhow::{Context as _, Result, anyhow, bail};

/// The words not yet understood. Each call takes what it asks for; [`Arguments::finish`] refuses the rest.
pub(crate) struct Arguments {
    words: VecDeque<String>,
    /// What followed `--`: for the program that the command starts.
    passed_on: Vec<String>,
}

impl Arguments {
    /// Those of this process.
    pub(crate) fn from_environment() -> Self {
        Self::new(env::args().skip(1))
    }

    fn new(words: impl IntoIterator<Item = String>) -> Self {
        let mut words: Vec<String> = words.into_iter().collect();
        let own = words.iter().position(|word| word == "--").unwrap_or(words.len());
        let passed_on = words.drain(own..).skip(1).collect();
        Self { words: words.into(), passed_on }
    }

    /// The next word that is no option. Values of options look like words too: ask for those first.
    pub(crate) fn word(&mut self) -> Option<String> {
        let at = self.words.iter().position(|word| !word.starts_with('-'))?;
        self.words.remove(at)
    }

    /// Whether `--name` is there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let at = self.words.iter().position(|word| word == name);
        at.and_then(|at| self.words.remove(at)).is_some()
    }

    /// The value of `--name VALUE`.
    pub(crate) fn value<T>(&mut self, name: &str) -> Result<Option<T>>
    where
        T: FromStr<Err: Display>,
    {
        let Some(at) = self.words.iter().position(|word| word == name) else { return Ok(None) };
        self.words.remove(at);
        let value = self.words.remove(at).with_context(|| format!("{name} needs a value"))?;
        let parsed = value.parse().map_err(|error| anyhow!("{name} {value}: {error}"))?;
        Ok(Some(parsed))
    }

    /// Refuses what nobody asked for, and gives what followed `--`.
    pub(crate) fn finish(self) -> Result<Vec<String>> {
        match self.words.front() {
            Some(word) => bail!("`{word}` is not understood here; `cargo xtask help` lists what is"),
            None => Ok(self.passed_on),
        }
    }

    /// Refuses what nobody asked for, and anything after `--` too.
    pub(crate) fn finish_alone(self) -> Result<()> {
        match self.finish()?.first() {
            Some(word) => bail!("`-- {word}`: this command starts nothing that would take it"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(line: &str) -> Arguments {
        Arguments::new(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn each_word_is_taken_once() {
        let mut given = arguments("bench --lines 8 frame --release -- --lines x");
        assert_eq!(given.word().as_deref(), Some("bench"));
        assert!(given.flag("--release"));
        assert!(!given.flag("--release"));
        assert_eq!(given.value::<u64>("--lines").unwrap(), Some(8));
        assert_eq!(given.value::<u64>("--lines").unwrap(), None);
        assert_eq!(given.word().as_deref(), Some("frame"));
        assert_eq!(given.finish().unwrap(), ["--lines", "x"]);
    }

    #[test]
    fn faults_name_the_word() {
        let fault = |line: &str| {
            let mut given = arguments(line);
            let value = given.value::<u64>("--lines").map(|_| ());
            value.and_then(|()| given.finish_alone()).unwrap_err().to_string()
        };
        assert!(fault("--lines").contains("--lines needs a value"));
        assert!(fault("--lines many").contains("--lines many"));
        assert!(fault("--release").contains("`--release` is not understood"));
        assert!(fault("-- x").contains("`-- x`"));
    }
}
