//! `Accept-Encoding`: weights, `*` and `identity`.

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use super::Coding;

/// The coding for an answer, by the client's weights and then by our order; `None` means as it is.
///
/// `*` stands for `default`, or the first that is offered, and goes before those of equal weight; `identity` goes after
/// them. Without the header it is `default`: such a client takes anything, but old ones may not mean it.
pub(crate) fn choose(headers: &HeaderMap, offered: &[Coding], default: Option<Coding>) -> Option<Coding> {
    if !headers.contains_key(ACCEPT_ENCODING) {
        return default;
    }
    let mut best: Option<(Weight, usize, Option<Coding>)> = None;
    for (token, weight) in weighed(headers) {
        let Some((rank, coding)) = candidate(token, offered, default) else { continue };
        let better = best.is_none_or(|(other, other_rank, _)| (weight, other_rank) > (other, rank));
        if weight > 0 && better {
            best = Some((weight, rank, coding));
        }
    }
    best.and_then(|(_, _, coding)| coding)
}

/// Whether the client takes this coding at all.
pub(crate) fn accepted(headers: &HeaderMap, coding: Coding) -> bool {
    let mut wildcard = false;
    for (token, weight) in weighed(headers) {
        if token.eq_ignore_ascii_case(coding.token()) {
            return weight > 0;
        }
        wildcard |= token == "*" && weight > 0;
    }
    wildcard
}

/// In thousandths, as RFC 9110 bounds it.
type Weight = u32;

fn candidate(token: &str, offered: &[Coding], default: Option<Coding>) -> Option<(usize, Option<Coding>)> {
    if token == "*" {
        return Some((0, default.or_else(|| offered.first().copied())));
    }
    if token.eq_ignore_ascii_case("identity") {
        return Some((offered.len() + 1, None));
    }
    let at = offered.iter().position(|coding| token.eq_ignore_ascii_case(coding.token()))?;
    Some((at + 1, Some(offered[at])))
}

fn weighed(headers: &HeaderMap) -> impl Iterator<Item = (&str, Weight)> {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|item| {
            let mut parts = item.split(';');
            let token = parts.next().unwrap_or("").trim();
            (token, parts.find_map(weight_of).unwrap_or(1000))
        })
}

/// `q=0.5` is 500; what is no number forbids the coding.
fn weight_of(parameter: &str) -> Option<Weight> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let weight = value.trim().parse::<f32>().unwrap_or(0.0);
    Some((weight.clamp(0.0, 1.0) * 1000.0).round() as Weight)
}
