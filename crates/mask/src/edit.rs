//! The places to be masked, and the text with markers in them.

use crate::rule::RuleId;

/// What every marker begins with.
pub(crate) const MARKER: &str = "[masked:";

/// A place to be masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edit<'t> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) rule: RuleId,
    /// The quotation mark, as the text writes it, that the marker needs around it; mostly none.
    pub(crate) quote: &'t str,
}

impl Edit<'_> {
    pub(crate) fn new(start: usize, end: usize, rule: impl Into<RuleId>) -> Self {
        Self { start, end, rule: rule.into(), quote: "" }
    }
}

/// Puts the edits in order and drops those that lie within others, or within markers that are there already.
pub(crate) fn settle(text: &str, edits: &mut Vec<Edit<'_>>) {
    edits.retain(|edit| edit.start < edit.end && !is_inside_marker(text, edit));
    edits.sort_by_key(|edit| (edit.start, std::cmp::Reverse(edit.end)));
    let mut end = 0;
    edits.retain_mut(|edit| {
        let kept = edit.end > end;
        edit.start = edit.start.max(end);
        end = end.max(edit.end);
        kept
    });
}

/// The text with a marker in each place.
pub(crate) fn apply<'n>(text: &str, edits: &[Edit<'_>], name: impl Fn(RuleId) -> &'n str) -> String {
    let mut masked = String::with_capacity(text.len() + edits.len() * 16);
    let mut from = 0;
    for edit in edits {
        masked.push_str(&text[from..edit.start]);
        masked.push_str(edit.quote);
        masked.push_str(MARKER);
        masked.push_str(name(edit.rule));
        masked.push(']');
        masked.push_str(edit.quote);
        from = edit.end;
    }
    masked.push_str(&text[from..]);
    masked
}

/// The length of the marker that `text` begins with.
pub(crate) fn marker_length(text: &[u8]) -> Option<usize> {
    let name = text.strip_prefix(MARKER.as_bytes())?;
    let fits = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    let length = name.iter().take_while(|byte| fits(byte)).count();
    (length > 0 && name.get(length) == Some(&b']')).then_some(MARKER.len() + length + 1)
}

fn is_inside_marker(text: &str, edit: &Edit<'_>) -> bool {
    // A marker is short, so only its beginning close by can hold the place.
    let from = edit.start.saturating_sub(MARKER.len() + 48);
    let before = &text.as_bytes()[from..(edit.start + MARKER.len()).min(text.len())];
    let Some(at) = memchr::memmem::rfind(before, MARKER.as_bytes()) else { return false };
    marker_length(&text.as_bytes()[from + at..]).is_some_and(|length| from + at + length >= edit.end)
}
