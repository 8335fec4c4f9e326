//! What a CA's refusals mean, and how they are told.

use instant_acme::{Error, Problem};

/// The word of RFC 8555 for what is wrong, as `rateLimited`.
pub(super) fn kind(error: &Error) -> Option<&str> {
    match error {
        Error::Api(problem) => problem_kind(problem),
        _ => None,
    }
}

fn problem_kind(problem: &Problem) -> Option<&str> {
    problem.r#type.as_deref()?.rsplit(':').next()
}

/// The refusal in a sentence.
pub(super) fn told(error: &Error) -> String {
    match error {
        Error::Api(problem) => problem_told(problem),
        Error::Timeout(_) => "it did not come to an end in time".to_owned(),
        Error::Json(error) => format!("its answer is not in the words of ACME: {error}"),
        error => error.to_string(),
    }
}

/// A refusal of a challenge or of a whole order in a sentence.
pub(super) fn problem_told(problem: &Problem) -> String {
    let detail = problem.detail.as_deref().unwrap_or("no reason given").trim();
    let parts = problem.subproblems.iter().filter_map(|part| part.detail.as_deref());
    let mut text = std::iter::once(detail).chain(parts).collect::<Vec<_>>().join("; ");
    if let Some(kind) = problem_kind(problem) {
        text = format!("{text} ({kind})");
    }
    text
}

/// Of `names`, those that the refusal is about: it names them, or the domain that they are below.
pub(super) fn concerned(error: &Error, names: &[String]) -> Vec<String> {
    let Error::Api(problem) = error else { return Vec::new() };
    let named = |name: &String| {
        problem.subproblems.iter().any(|part| match &part.identifier {
            Some(instant_acme::Identifier::Dns(dns)) => dns.eq_ignore_ascii_case(name),
            _ => false,
        })
    };
    let by_identifier: Vec<String> = names.iter().filter(|name| named(name)).cloned().collect();
    if !by_identifier.is_empty() {
        return by_identifier;
    }
    let detail = problem.detail.as_deref().unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = detail
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || "-._".contains(letter)))
        .map(|word| word.trim_matches('.'))
        .filter(|word| word.contains('.'))
        .collect();
    let about = |name: &&String| {
        words
            .iter()
            .any(|word| name.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    };
    names.iter().filter(about).cloned().collect()
}
