//! Numbers in a query: `10`, `>10`, `<=10`.

use super::query::{Amount, Comparison};

/// Takes the sign off the front; without one, equality is meant.
pub(super) fn comparison(text: &str) -> (Comparison, &str) {
    use Comparison::{Above, AtLeast, AtMost, Below};
    [AtLeast, AtMost, Above, Below]
        .into_iter()
        .find_map(|comparison| Some((comparison, text.strip_prefix(comparison.sign())?)))
        .unwrap_or((Comparison::Equal, text))
}

/// Reads what stands behind the colon; `None` if it is no number.
pub(super) fn read(text: &str) -> Option<Amount> {
    let (comparison, digits) = comparison(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_number)?;
    Some(Amount { comparison, number })
}
