//! What is asked: lines of a file, each of which may stand for many.

/// The line that begins what is asked of scraped samples.
const SCRAPED: &str = "== scraped";

/// The questions of the file.
pub(super) struct Questions {
    pub(super) of_history: Vec<String>,
    pub(super) of_scraped: Vec<String>,
}

impl Questions {
    pub(super) fn read() -> Self {
        let text = include_str!("../../../testdata/compare/promql.txt");
        let (history, scraped) = text.split_once(SCRAPED).unwrap_or((text, ""));
        let all = |part: &str| part.lines().filter(|line| is_question(line)).flat_map(expand).collect();
        Self { of_history: all(history), of_scraped: all(scraped) }
    }
}

fn is_question(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#')
}

/// `{{a|b}} x {{c|d}}` stands for all four of them.
fn expand(line: &str) -> Vec<String> {
    let Some((before, rest)) = line.split_once("{{") else { return vec![line.to_owned()] };
    let Some((choices, after)) = rest.split_once("}}") else { return vec![line.to_owned()] };
    let after = expand(after);
    let with =
        |choice: &str| after.iter().map(|after| format!("{before}{choice}{after}")).collect::<Vec<_>>();
    choices.split('|').flat_map(with).collect()
}

/// Whether the difference is meant to be, or of no account.
pub(super) fn is_known(difference: &str) -> bool {
    let question = difference.lines().next().unwrap_or_default();
    let question = question.rsplit_once("  (").map_or(question, |(query, _)| query);
    let known = include_str!("../../../testdata/compare/promql-known.txt");
    known.lines().filter(|line| is_question(line)).flat_map(expand).any(|known| known == question)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_for_many() {
        assert_eq!(expand("{{a|b}}({{c|}})"), ["a(c)", "a()", "b(c)", "b()"]);
        assert_eq!(expand("x{a=\"b\"}"), ["x{a=\"b\"}"]);
        let questions = Questions::read();
        assert!(
            questions.of_history.len() > 300 && questions.of_scraped.len() > 20,
            "{}",
            questions.of_history.len()
        );
    }
}
