//! The console: a terminal somebody left open, in colours.

use super::Stamp;

/// A line of the last five seconds.
pub(crate) fn line(at: &Stamp, orders: u32, waiting: usize, errors: u32) -> String {
    let colour = if errors > 0 { 31 } else { 32 };
    format!(
        "\u{1b}[90m{}\u{1b}[0m orders \u{1b}[1m{orders}\u{1b}[0m  waiting jobs {waiting}  \u{1b}[{colour}merrors {errors}\u{1b}[0m",
        at.clock()
    )
}
