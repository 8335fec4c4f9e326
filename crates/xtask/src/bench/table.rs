//! The table that the README quotes.

use std::fmt;
use std::time::Duration;

/// Figures with their budgets, in Markdown.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<[String; 3]>,
}

impl Table {
    /// Adds a figure; `budget` is what the project allows itself.
    pub(super) fn row(&mut self, what: impl Into<String>, figure: impl Into<String>, budget: &str) {
        self.rows.push([what.into(), figure.into(), budget.to_owned()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | figure | budget |\n|---|---|---|")?;
        self.rows
            .iter()
            .try_for_each(|[what, figure, budget]| writeln!(f, "| {what} | {figure} | {budget} |"))
    }
}

/// `12.3 MB`, of a million bytes each
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// `3.42 µs`
pub(super) fn micros_each(total: Duration, count: u64) -> String {
    format!("{:.2} µs", total.as_secs_f64() * 1e6 / count.max(1) as f64)
}

/// `48 ms`
pub(super) fn millis(duration: Duration) -> String {
    format!("{:.0} ms", duration.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_in_a_sentence() {
        let mut table = Table::default();
        table.row("image", megabytes(12_340_000), "30 MB");
        table.row("CPU per line", micros_each(Duration::from_secs(4), 1_000_000), "4 µs");
        table.row("start", millis(Duration::from_micros(47_600)), "100 ms");
        let text = "| what | figure | budget |\n|---|---|---|\n| image | 12.3 MB | 30 MB |\n\
                    | CPU per line | 4.00 µs | 4 µs |\n| start | 48 ms | 100 ms |\n";
        assert_eq!(table.to_string(), text);
    }
}
