//! Where the parts of a query stand: its selectors, and the pipeline behind each.

use super::words;
use crate::syntax::{Kind, Token, logql_tokens};

/// A selector with its pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// The selector's tokens between the braces.
    pub(super) matchers: Vec<Token<'a>>,
    /// Where the closing brace stands.
    pub(super) close: usize,
    /// The pipeline's stages.
    pub(super) stages: Vec<Stage<'a>>,
    /// Behind the last token of the pipeline.
    pub(super) end: usize,
}

/// A stage of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stage<'a> {
    /// The sign it begins with: `|`, `|=`, …
    pub(super) sign: Token<'a>,
    /// What follows.
    pub(super) words: Vec<Token<'a>>,
}

impl Stage<'_> {
    /// Behind its last token.
    pub(super) fn end(&self) -> usize {
        self.words.last().unwrap_or(&self.sign).end()
    }

    /// The word behind `|`, if this is no line filter.
    pub(super) fn name(&self) -> Option<&str> {
        let first = self.words.first().filter(|word| self.sign.is("|") && word.kind == Kind::Word);
        first.map(|word| word.text)
    }
}

/// The selectors of a query with their pipelines; one whose brace is not closed is left out.
pub(super) fn parts(query: &str) -> Vec<Part<'_>> {
    let tokens = logql_tokens(query);
    let mut parts = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        at += 1;
        if !token.is("{") {
            continue;
        }
        let Some(length) = tokens[at..].iter().position(|token| token.is("}")) else { break };
        let matchers = tokens[at..at + length].to_vec();
        let close = tokens[at + length].start;
        at += length + 1;
        let (stages, taken) = stages(&tokens[at..]);
        at += taken;
        let end = stages.last().map_or(close + 1, Stage::end);
        parts.push(Part { matchers, close, stages, end });
    }
    parts
}

/// The stages at the beginning of `tokens`, and how many tokens they take.
fn stages<'a>(tokens: &[Token<'a>]) -> (Vec<Stage<'a>>, usize) {
    let mut stages: Vec<Stage<'a>> = Vec::new();
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let is_filter = token.kind == Kind::Sign && words::LINE_FILTERS.contains(&token.text);
        match (token.text, stages.last_mut()) {
            ("[", _) if !token.is_text() => return (stages, at),
            (")", _) if depth == 0 && !token.is_text() => return (stages, at),
            ("|", _) if token.kind == Kind::Sign && depth == 0 => {
                stages.push(Stage { sign: *token, words: Vec::new() });
            }
            // `!=` is a line filter where a stage is complete, and a comparison behind a field's name.
            (sign, stage)
                if is_filter
                    && depth == 0
                    && (!matches!(sign, "!=" | "!~") || stage.as_deref().is_none_or(is_complete)) =>
            {
                stages.push(Stage { sign: *token, words: Vec::new() });
            }
            (text, Some(stage)) => {
                match text {
                    "(" => depth += 1,
                    ")" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                stage.words.push(*token);
            }
            // Behind the selector stands something else: the query ends here.
            (_, None) => return (stages, at),
        }
    }
    (stages, tokens.len())
}

/// Whether a line filter may follow: a name alone waits for its comparison.
fn is_complete(stage: &Stage<'_>) -> bool {
    let known = |word: &str| words::STAGES.iter().any(|(name, _)| *name == word);
    match stage.words.last() {
        None => false,
        Some(last) if last.kind == Kind::Word => stage.words.len() == 1 && known(last.text),
        Some(_) => true,
    }
}
