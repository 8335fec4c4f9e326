//! Go's `fmt.Sprintf`: the format's own grammar, and what it says where format and arguments do not fit.

use super::spec::Spec;
use crate::value::Value;

/// Widths and precisions beyond this are faults, as in Go.
const MAX_WIDTH: usize = 1_000_000;

/// Formats; fails only where the text would have more than `room` bytes.
pub(crate) fn printf(format: &str, arguments: &[Value<'_>], room: usize) -> Result<String, String> {
    let mut printer =
        Printer { format, at: 0, arguments, next: 0, reordered: false, good: true, out: String::new() };
    while printer.text() {
        if !printer.verb(room)? {
            break;
        }
    }
    printer.extra(room);
    Ok(printer.out)
}

struct Printer<'p, 'a> {
    format: &'p str,
    at: usize,
    arguments: &'p [Value<'a>],
    next: usize,
    /// An argument was asked for by number, so that none counts as left over.
    reordered: bool,
    /// The number that was asked for exists.
    good: bool,
    out: String,
}

impl Printer<'_, '_> {
    /// Copies what stands before the next `%`; `false` at the end.
    fn text(&mut self) -> bool {
        let rest = &self.format[self.at..];
        let length = rest.find('%').unwrap_or(rest.len());
        self.out.push_str(&rest[..length]);
        self.at += length + 1;
        length < rest.len()
    }

    /// One verb, after its `%`. `false` if the format ends before it is whole.
    fn verb(&mut self, room: usize) -> Result<bool, String> {
        self.good = true;
        let mut spec = self.flags();
        let mut numbered = self.argument_number();
        numbered = self.width(&mut spec, numbered);
        numbered = self.precision(&mut spec, numbered);
        if !numbered {
            self.argument_number();
        }
        let Some(verb) = self.format[self.at.min(self.format.len())..].chars().next() else {
            self.out.push_str("%!(NOVERB)");
            return Ok(false);
        };
        self.at += verb.len_utf8();
        let asked = spec.width.unwrap_or(0).max(spec.precision.unwrap_or(0));
        if self.out.len() + asked > room {
            return Err(crate::render::TOO_LARGE.to_owned());
        }
        self.print(spec, verb);
        Ok(true)
    }

    fn print(&mut self, mut spec: Spec, verb: char) {
        if verb == '%' {
            return self.out.push('%');
        }
        if !self.good {
            self.out.push_str("%!");
            self.out.push(verb);
            return self.out.push_str("(BADINDEX)");
        }
        let Some(argument) = self.arguments.get(self.next) else {
            self.out.push_str("%!");
            self.out.push(verb);
            return self.out.push_str("(MISSING)");
        };
        if verb == 'v' {
            spec.go_syntax = std::mem::take(&mut spec.sharp);
            spec.plus = false;
        }
        spec.print(argument, verb, &mut self.out);
        self.next += 1;
    }

    fn peek(&self) -> Option<u8> {
        self.format.as_bytes().get(self.at).copied()
    }

    fn flags(&mut self) -> Spec {
        let mut spec = Spec::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => spec.sharp = true,
                b'0' => spec.zero = true,
                b'+' => spec.plus = true,
                b'-' => spec.minus = true,
                b' ' => spec.space = true,
                _ => break,
            }
            self.at += 1;
        }
        spec
    }

    fn width(&mut self, spec: &mut Spec, numbered: bool) -> bool {
        if self.peek() != Some(b'*') {
            spec.width = self.number();
            self.good &= !(numbered && spec.width.is_some());
            return numbered;
        }
        self.at += 1;
        match self.integer_argument() {
            None => self.out.push_str("%!(BADWIDTH)"),
            Some(width) => {
                spec.width = Some(width.unsigned_abs() as usize);
                if width < 0 {
                    spec.minus = true;
                    spec.zero = false;
                }
            }
        }
        false
    }

    fn precision(&mut self, spec: &mut Spec, numbered: bool) -> bool {
        if self.peek() != Some(b'.') || self.at + 1 >= self.format.len() {
            return numbered;
        }
        self.at += 1;
        self.good &= !numbered;
        let numbered = self.argument_number();
        if self.peek() != Some(b'*') {
            spec.precision = Some(self.number().unwrap_or(0));
            return numbered;
        }
        self.at += 1;
        spec.precision = self.integer_argument().and_then(|precision| usize::try_from(precision).ok());
        if spec.precision.is_none() {
            self.out.push_str("%!(BADPREC)");
        }
        false
    }

    /// `[2]`: the next verb takes the second argument. `true` if there was such a number.
    fn argument_number(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = &self.format[self.at + 1..];
        let Some(length) = rest.find(']').filter(|_| rest.len() >= 2) else {
            self.good = false;
            self.at += 1;
            return false;
        };
        self.at += length + 2;
        let digits = &rest[..length];
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<usize>().ok());
        match number.flatten().filter(|number| *number <= MAX_WIDTH) {
            Some(number) if (1..=self.arguments.len()).contains(&number) => {
                self.next = number - 1;
                true
            }
            found => {
                self.good = false;
                found.is_some()
            }
        }
    }

    /// Decimal digits, if there are any.
    fn number(&mut self) -> Option<usize> {
        let rest = &self.format[self.at.min(self.format.len())..];
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return None;
        }
        let number = rest[..length].parse().ok().filter(|number| *number <= MAX_WIDTH * 10);
        // A number that is no number at all ends the format, as in Go.
        self.at = if number.is_some() { self.at + length } else { self.format.len() };
        number
    }

    fn integer_argument(&mut self) -> Option<i64> {
        let argument = self.arguments.get(self.next)?;
        self.next += 1;
        argument.as_integer().filter(|number| number.unsigned_abs() as usize <= MAX_WIDTH)
    }

    fn extra(&mut self, room: usize) {
        if self.reordered || self.next >= self.arguments.len() {
            return;
        }
        self.out.push_str("%!(EXTRA ");
        for (index, argument) in self.arguments[self.next..].iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            if !matches!(argument, Value::Nil) {
                self.out.push_str(argument.type_name());
                self.out.push('=');
            }
            Spec::default().print(argument, 'v', &mut self.out);
            if self.out.len() > room {
                break;
            }
        }
        self.out.push(')');
    }
}
