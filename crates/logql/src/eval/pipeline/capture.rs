//! `| pattern` and `| regexp`: parts of the line under names. A line that does not match stays as it is.

use super::labels::LineLabels;
use super::wanted::Wanted;
use crate::ast::{CapturePattern, Regexp};

pub(super) fn pattern(pattern: &CapturePattern, line: &str, wanted: &Wanted, labels: &mut LineLabels<'_>) {
    pattern.captures(line, |name, part| {
        if wanted.label(name) {
            labels.extract(name, part, wanted);
        }
    });
}

/// A group that took no part in the match is an empty label.
pub(super) fn regexp(regexp: &Regexp, line: &str, wanted: &Wanted, labels: &mut LineLabels<'_>) {
    regexp.captures(line, |name, part| {
        if wanted.label(name) {
            labels.extract(name, part, wanted);
        }
    });
}
