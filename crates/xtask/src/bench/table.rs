//! The table that the README quotes.

use std::fmt;
use std::time::Duration;

/// Figures in Markdown.
pub(super) struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these headings.
    pub(super) fn new(columns: &'static [&'static str]) -> Self {
        Self { columns, rows: vec![] }
    }

    /// Adds a figure; `budget` is what the project allows itself.
    pub(super) fn row(&mut self, what: impl Into<String>, figure: impl Into<String>, budget: &str) {
        self.cells([what.into(), figure.into(), budget.to_owned()]);
    }

    /// Adds a row, a cell for each column; those that are missing at its end are empty.
    pub(super) fn cells(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut row: Vec<String> = cells.into_iter().map(|cell| cell.replace('|', "\\|")).collect();
        row.resize(self.columns.len(), String::new());
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} |", self.columns.join(" | "))?;
        writeln!(f, "|{}", "---|".repeat(self.columns.len()))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "| {} |", row.join(" | ")))
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

/// `48 ms`, and `4.8 ms` below ten
pub(super) fn millis(duration: Duration) -> String {
    let millis = duration.as_secs_f64() * 1e3;
    let digits = if millis < 10.0 { 1 } else { 0 };
    format!("{millis:.digits$} ms")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_in_a_sentence() {
        let mut table = Table::new(&["what", "figure", "budget"]);
        table.row("image", megabytes(12_340_000), "30 MB");
        table.row("CPU per line", micros_each(Duration::from_secs(4), 1_000_000), "4 µs");
        table.row("start", millis(Duration::from_micros(47_600)), "100 ms");
        table.row("`| json`", millis(Duration::from_micros(4_760)), "");
        let text = "| what | figure | budget |\n|---|---|---|\n| image | 12.3 MB | 30 MB |\n\
                    | CPU per line | 4.00 µs | 4 µs |\n| start | 48 ms | 100 ms |\n| `\\| json` | 4.8 ms |  |\n";
        assert_eq!(table.to_string(), text);
    }
}
