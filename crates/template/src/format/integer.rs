//! Integers in the bases of Go's verbs.

use super::spec::Spec;

impl Spec {
    /// Appends the number in a base; `verb` tells `X` from `x` and `O` from `o`.
    pub(super) fn integer(&self, number: i64, base: u32, verb: char, out: &mut String) {
        if self.precision == Some(0) && number == 0 {
            return Self { zero: false, precision: None, ..*self }.pad("", out);
        }
        let signed = number < 0 || self.plus || self.space;
        let zeros = match (self.precision, self.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if self.zero && !self.minus => width - usize::from(signed).min(width),
            _ => 0,
        };
        let magnitude = number.unsigned_abs();
        let digits = match (base, verb) {
            (2, _) => format!("{magnitude:b}"),
            (8, _) => format!("{magnitude:o}"),
            (16, 'X') => format!("{magnitude:X}"),
            (16, _) => format!("{magnitude:x}"),
            _ => magnitude.to_string(),
        };
        let mut text = String::with_capacity(digits.len().max(zeros) + 3);
        text.push_str(if number < 0 {
            "-"
        } else if self.plus {
            "+"
        } else if self.space {
            " "
        } else {
            ""
        });
        let padded = format!("{digits:0>zeros$}");
        if verb == 'O' {
            text.push_str("0o");
        }
        text.push_str(match (base, verb) {
            (2, _) if self.sharp => "0b",
            (8, _) if self.sharp && !padded.starts_with('0') => "0",
            (16, 'X') if self.sharp => "0X",
            (16, _) if self.sharp => "0x",
            _ => "",
        });
        text.push_str(&padded);
        Self { zero: false, ..*self }.pad(&text, out);
    }
}
