//! Label filters: `| status >= 500 and (method = "GET" or took > 1s)`.

use std::cmp::Ordering;

use super::convert;
use super::labels::LineLabels;
use crate::ast::{Compared, Comparison, LabelFilter};

/// The error of a value that is no number.
const LABEL_FILTER_ERROR: &str = "LabelFilterErr";

/// Whether a line passes. A value that cannot be read passes and is told of in the error labels, unless a stage
/// before had an error that may say more.
pub(crate) fn passes(filter: &LabelFilter, labels: &mut LineLabels<'_>) -> bool {
    match filter {
        LabelFilter::Matcher(matcher) => {
            matcher.matches_value(labels.seen(matcher.name()).unwrap_or_default())
        }
        LabelFilter::Number(with) => compare(with, convert::number, labels),
        LabelFilter::Duration(with) => compare(with, convert::duration, labels),
        LabelFilter::Bytes(with) => compare(with, convert::bytes, labels),
        LabelFilter::Ip { .. } if labels.error().is_some() => true,
        LabelFilter::Ip { name, negated, addresses } => {
            let value = labels.get(name);
            value.is_some_and(|value| addresses.find_in(value).next().is_some() != *negated)
        }
        // Each part is asked: what one of them cannot read is told even where another one fails.
        LabelFilter::And(filters) => filters.iter().filter(|filter| !passes(filter, labels)).count() == 0,
        LabelFilter::Or(filters) => filters.iter().any(|filter| passes(filter, labels)),
    }
}

fn compare<T: PartialOrd>(
    with: &Compared<T>,
    read: fn(&str) -> Result<T, String>,
    labels: &mut LineLabels<'_>,
) -> bool {
    let Some(value) = labels.get(&with.name) else { return false };
    match read(value) {
        Ok(value) => holds(with.op, value.partial_cmp(&with.value)),
        Err(why) => {
            if labels.error().is_none() {
                labels.set_error(LABEL_FILTER_ERROR, &why);
            }
            true
        }
    }
}

/// What is not a number is unequal to everything.
fn holds(op: Comparison, found: Option<Ordering>) -> bool {
    match op {
        Comparison::Equal => found == Some(Ordering::Equal),
        Comparison::NotEqual => found != Some(Ordering::Equal),
        Comparison::Greater => found == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => matches!(found, Some(Ordering::Greater | Ordering::Equal)),
        Comparison::Less => found == Some(Ordering::Less),
        Comparison::LessOrEqual => matches!(found, Some(Ordering::Less | Ordering::Equal)),
    }
}
