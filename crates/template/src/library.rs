//! The functions of Loki's templates: Go's own string functions by their old names, a part of the Sprig library, and
//! Loki's own.

mod decimal;
mod encode;
mod moments;
mod numbers;
mod strings;
mod units;

#[cfg(test)]
pub(crate) use encode::converted;

use crate::functions::Functions;

pub(crate) fn add_to(functions: &mut Functions) {
    strings::add_to(functions);
    numbers::add_to(functions);
    encode::add_to(functions);
    units::add_to(functions);
    moments::add_to(functions);
}
