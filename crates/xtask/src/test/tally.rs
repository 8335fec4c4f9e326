//! How many tests there were, counted from what the test programs print.

use std::collections::BTreeMap;
use std::fmt;

/// Tests of all programs together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    ignored: u64,
    /// How many were ignored for what reason.
    reasons: BTreeMap<String, u64>,
}

impl Tally {
    /// Takes in a line of a test program. What counts is its closing line,
    /// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`, and why a
    /// test was ignored, `test name ... ignored (reason)` or `test name ... ignored, reason`.
    pub(super) fn read_line(&mut self, line: &str) {
        if let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) {
            counts.split("; ").for_each(|count| self.read_count(count));
        } else if let Some((_, reason)) =
            line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ignored"))
        {
            let bracketed = reason.strip_prefix(" (").and_then(|reason| reason.strip_suffix(')'));
            let reason = bracketed.or_else(|| reason.strip_prefix(", ")).unwrap_or("no reason given");
            *self.reasons.entry(reason.to_owned()).or_default() += 1;
        }
    }

    fn read_count(&mut self, count: &str) {
        let Some((number, what)) = count.split_once(' ') else { return };
        let number: u64 = number.parse().unwrap_or(0);
        match what {
            "passed" => self.passed += number,
            "failed" => self.failed += number,
            "ignored" => self.ignored += number,
            _ => {}
        }
    }

    /// All that did not run.
    pub(super) fn skipped(&self) -> u64 {
        self.ignored
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reasons.iter().try_for_each(|(reason, tests)| writeln!(f, "skipped {tests}: {reason}"))?;
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.ignored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_and_reasons_count() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test tests::reads_the_test_result ... ok",
            "test page::opens     ... ignored, this machine lacks chromium: apt-get install chromium",
            "test page::closes    ... ignored (this machine lacks chromium: apt-get install chromium)",
            "test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.01s",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
            "  test result: ok. 99 passed; printed by a test",
        ] {
            tally.read_line(line);
        }
        let text = "skipped 2: this machine lacks chromium: apt-get install chromium\n13 passed, 2 failed, 2 skipped";
        assert_eq!(tally.to_string(), text);
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(Tally::default().to_string(), "0 passed, 0 failed, 0 skipped");
    }
}
