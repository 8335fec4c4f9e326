//! Steps of a pipeline that begin with `|`.

use super::selector::matcher_op;
use super::{Parsed, Parser};
use crate::ast::{
    CapturePattern, JsonExtraction, JsonPath, LabelChoice, LabelFormat, Logfmt, LogfmtExtraction, Regexp,
    Stage,
};
use crate::fault::Fault;
use crate::lexer::{Flag, Symbol, Token};

/// The label that only stages themselves set.
const ERROR: &str = "__error__";

/// Words that begin a stage, so that no label filter can begin with them.
const KEYWORDS: [&str; 13] = [
    "json",
    "logfmt",
    "regexp",
    "pattern",
    "unpack",
    "unwrap",
    "line_format",
    "label_format",
    "decolorize",
    "drop",
    "keep",
    "distinct",
    "context",
];

/// More lines around each line are a download, not a look.
const CONTEXT_LINES_MAX: usize = 100;

pub(super) fn is_stage_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

impl Parser<'_> {
    /// The stage whose `|` is next.
    pub(super) fn piped_stage(&mut self) -> Parsed<Stage> {
        self.cursor.expect_symbol(Symbol::Pipe)?;
        let Some(word) = self.cursor.word(0).filter(|word| is_stage_keyword(word)) else {
            return self.label_filter_stage();
        };
        self.cursor.skip();
        match word.to_ascii_lowercase().as_str() {
            "json" => self.extractions(Self::json_extraction).map(Stage::Json),
            "logfmt" => self.logfmt().map(Stage::Logfmt),
            "regexp" => self.cursor.operand("a quoted expression", parser_regexp).map(Stage::Regexp),
            "pattern" => self.cursor.operand("a quoted pattern", CapturePattern::new).map(Stage::Pattern),
            "unpack" => Ok(Stage::Unpack),
            "line_format" => Ok(Stage::LineFormat(self.cursor.text("a quoted template")?.node)),
            "label_format" => self.label_format().map(Stage::LabelFormat),
            "decolorize" => Ok(Stage::Decolorize),
            "drop" => self.label_choices().map(Stage::Drop),
            "keep" => self.label_choices().map(Stage::Keep),
            "distinct" => self.distinct().map(Stage::Distinct),
            "context" => self.context().map(Stage::Context),
            _ => Err(self.cursor.unexpected("a stage of the pipeline")),
        }
    }

    fn label_filter_stage(&mut self) -> Parsed<Stage> {
        if self.cursor.word(0).is_none() && self.cursor.symbol(0) != Some(Symbol::OpenParen) {
            return Err(self
                .cursor
                .unexpected("a parser such as json, a format such as line_format, or a label filter"));
        }
        self.label_filter().map(Stage::Label)
    }

    /// Labels to take out of the line; none of them means all.
    fn extractions<T>(&mut self, one: fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut extractions = Vec::new();
        if self.cursor.word(0).is_none() {
            return Ok(extractions);
        }
        extractions.push(one(self)?);
        while self.cursor.eat_symbol(Symbol::Comma) {
            extractions.push(one(self)?);
        }
        Ok(extractions)
    }

    fn json_extraction(&mut self) -> Parsed<JsonExtraction> {
        let span = self.cursor.span();
        let label = self.cursor.name()?;
        let path = match self.cursor.eat_symbol(Symbol::Assign) {
            true => self.cursor.operand("a quoted path", JsonPath::new)?,
            false => JsonPath::new(&label).map_err(|message| Fault::meaning(span, message))?,
        };
        Ok(JsonExtraction { label, path })
    }

    fn logfmt(&mut self) -> Parsed<Logfmt> {
        let mut logfmt = Logfmt::default();
        while let Some(flag) = self.cursor.eat_flag() {
            match flag {
                Flag::Strict => logfmt.strict = true,
                Flag::KeepEmpty => logfmt.keep_empty = true,
            }
        }
        logfmt.extractions = self.extractions(Self::logfmt_extraction)?;
        Ok(logfmt)
    }

    fn logfmt_extraction(&mut self) -> Parsed<LogfmtExtraction> {
        let label = self.cursor.name()?;
        let key = match self.cursor.eat_symbol(Symbol::Assign) {
            true => self.cursor.operand("a quoted key", logfmt_key)?,
            false => label.clone(),
        };
        Ok(LogfmtExtraction { label, key })
    }

    fn label_format(&mut self) -> Parsed<Vec<LabelFormat>> {
        let mut seen: Vec<String> = Vec::new();
        let mut formats = Vec::new();
        loop {
            let span = self.cursor.span();
            let name = self.cursor.name()?;
            if name == ERROR {
                return Err(Fault::meaning(span, format!("{ERROR} cannot be formatted")));
            }
            if seen.contains(&name) {
                let message =
                    format!("multiple label name '{name}' not allowed in a single format operation");
                return Err(Fault::meaning(span, message));
            }
            seen.push(name.clone());
            self.cursor.expect_symbol(Symbol::Assign)?;
            formats.push(match self.cursor.word(0) {
                Some(_) => LabelFormat::Rename { to: name, from: self.cursor.name()? },
                None => LabelFormat::Template {
                    name,
                    template: self.cursor.text("a label name or a quoted template")?.node,
                },
            });
            if !self.cursor.eat_symbol(Symbol::Comma) {
                return Ok(formats);
            }
        }
    }

    fn distinct(&mut self) -> Parsed<Vec<String>> {
        let mut labels = vec![self.cursor.name()?];
        while self.cursor.eat_symbol(Symbol::Comma) {
            labels.push(self.cursor.name()?);
        }
        Ok(labels)
    }

    fn context(&mut self) -> Parsed<usize> {
        let span = self.cursor.span();
        let Token::Number(lines) = *self.cursor.peek() else {
            return Err(self.cursor.unexpected("a number of lines, such as 3"));
        };
        self.cursor.skip();
        if lines.fract() != 0.0 || !(1.0..=CONTEXT_LINES_MAX as f64).contains(&lines) {
            let message = format!("context takes a whole number of lines from 1 to {CONTEXT_LINES_MAX}");
            return Err(Fault::meaning(span, message));
        }
        Ok(lines as usize)
    }

    fn label_choices(&mut self) -> Parsed<Vec<LabelChoice>> {
        let mut choices = Vec::new();
        loop {
            let name = self.cursor.name()?;
            // `drop a != "x"` is a choice, as in Loki; a line filter cannot follow without a `|=` or `|~`.
            choices.push(match matcher_op(self.cursor.symbol(0)) {
                Some(op) => LabelChoice::Matcher(self.matcher_value(&name, op)?),
                None => LabelChoice::Name(name),
            });
            if !self.cursor.eat_symbol(Symbol::Comma) {
                return Ok(choices);
            }
        }
    }
}

fn parser_regexp(text: &str) -> Result<Regexp, String> {
    let regexp = Regexp::new(text)?;
    let mut names: Vec<&str> = regexp.named_groups().collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    match names.len() {
        0 => Err("at least one named capture must be supplied, such as (?P<name>…)".to_owned()),
        distinct if distinct < count => Err("a capture name may be given only once".to_owned()),
        _ => Ok(regexp),
    }
}

/// A bare or a quoted key. Loki reads no points in bare ones.
fn logfmt_key(text: &str) -> Result<String, String> {
    let text = text.trim();
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let is_bare = text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    match quoted {
        Some(_) => Ok(text.to_owned()),
        None if is_bare => Ok(text.to_owned()),
        None => Err(format!(
            "cannot parse expression [{text}]; write a key such as status, without points or spaces"
        )),
    }
}
