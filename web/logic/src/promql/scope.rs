//! Whose containers a query is about.

use crate::syntax::{promql_tokens, quote, unquote};

/// The selector of log streams whose marks belong on a chart of these queries: those of the service that a query
/// names, else all.
pub fn marks_selector<'a>(queries: impl IntoIterator<Item = &'a str>) -> String {
    queries.into_iter().find_map(named).unwrap_or_else(|| "{service_name=~\".+\"}".to_owned())
}

fn named(query: &str) -> Option<String> {
    let tokens = promql_tokens(query);
    tokens.windows(3).find_map(|three| {
        let [name, sign, value] = three else { return None };
        let is_ours = (name.is("service") || name.is("container")) && sign.is("=") && value.is_text();
        is_ours.then(|| format!("{{{}={}}}", name.text, quote(&unquote(value.text))))
    })
}

#[cfg(test)]
mod tests {
    use super::marks_selector;

    #[test]
    fn the_named_service_is_found() {
        let check =
            |queries: &[&str], expected: &str| assert_eq!(marks_selector(queries.iter().copied()), expected);
        check(&["up"], "{service_name=~\".+\"}");
        check(&["up", "rate(x{job=\"a\", service='web'}[5m])"], "{service=\"web\"}");
        check(&["x{service=~\"web\"}"], "{service_name=~\".+\"}");
    }
}
