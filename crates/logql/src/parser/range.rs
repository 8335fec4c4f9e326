//! Lines in a window: `{…} | json | unwrap x [5m] offset 1h`. The range may stand before the pipeline, behind it
//! or behind parentheses.

use std::time::Duration;

use super::stage::is_stage_keyword;
use super::{Parsed, Parser};
use crate::Spanned;
use crate::ast::{Conversion, LabelFilter, LogExpr, LogRange, Stage, Unwrap};
use crate::fault::Fault;
use crate::lexer::{Symbol, Token};

/// What has been read of it.
struct Draft {
    log: LogExpr,
    unwrap: Option<Unwrap>,
    range: Option<(Duration, i64)>,
}

impl Parser<'_> {
    pub(super) fn log_range(&mut self) -> Parsed<LogRange> {
        let draft = self.draft()?;
        let Some((range, offset)) = draft.range else {
            return Err(self.cursor.unexpected("a range such as [5m]"));
        };
        Ok(LogRange { log: draft.log, unwrap: draft.unwrap, range, offset })
    }

    fn draft(&mut self) -> Parsed<Draft> {
        self.cursor.deeper()?;
        let mut draft = if self.cursor.eat_symbol(Symbol::OpenParen) {
            let draft = self.draft()?;
            self.cursor.expect_symbol(Symbol::CloseParen)?;
            draft
        } else {
            Draft {
                log: LogExpr { selector: self.selector()?, stages: Vec::new() },
                unwrap: None,
                range: None,
            }
        };
        while self.add_to(&mut draft)? {}
        self.cursor.shallower();
        Ok(draft)
    }

    /// Reads the range, a stage or a part of the unwrapping, if one is next.
    fn add_to(&mut self, draft: &mut Draft) -> Parsed<bool> {
        if let Token::Range(range) = *self.cursor.peek()
            && draft.range.is_none()
        {
            self.cursor.skip();
            draft.range = Some((range, self.offset()?));
            return Ok(true);
        }
        if !self.at_stage() {
            return Ok(false);
        }
        match &mut draft.unwrap {
            Some(unwrap) => unwrap.filters.push(self.filter_after_unwrap()?),
            None if self.at_unwrap() => draft.unwrap = Some(self.unwrap()?),
            None => draft.log.stages.push(self.stage_that_counts()?),
        }
        Ok(true)
    }

    /// A stage that makes sense for numbers.
    fn stage_that_counts(&mut self) -> Parsed<Spanned<Stage>> {
        let stage = self.stage()?;
        match stage.node {
            Stage::Distinct(_) | Stage::Context(_) => {
                let message = "`distinct` and `context` work in queries for lines only";
                Err(Fault::meaning(stage.span, message))
            }
            _ => Ok(stage),
        }
    }

    fn offset(&mut self) -> Parsed<i64> {
        if !self.cursor.eat_word("offset") {
            return Ok(0);
        }
        let Token::Duration(offset) = *self.cursor.peek() else {
            return Err(self.cursor.unexpected("a duration such as 1h"));
        };
        self.cursor.skip();
        Ok(offset)
    }

    pub(super) fn at_unwrap(&self) -> bool {
        self.cursor.symbol(0) == Some(Symbol::Pipe) && self.cursor.is_word(1, "unwrap")
    }

    /// `| unwrap bytes(size)`, which is next.
    fn unwrap(&mut self) -> Parsed<Unwrap> {
        self.cursor.skip();
        self.cursor.skip();
        let conversion = self.cursor.word(0).and_then(Conversion::from_text);
        let Some(conversion) = conversion.filter(|_| self.cursor.symbol(1) == Some(Symbol::OpenParen)) else {
            return Ok(Unwrap { label: self.cursor.name()?, conversion: None, filters: Vec::new() });
        };
        self.cursor.skip();
        self.cursor.expect_symbol(Symbol::OpenParen)?;
        let label = self.cursor.name()?;
        self.cursor.expect_symbol(Symbol::CloseParen)?;
        Ok(Unwrap { label, conversion: Some(conversion), filters: Vec::new() })
    }

    fn filter_after_unwrap(&mut self) -> Parsed<LabelFilter> {
        if !self.cursor.eat_symbol(Symbol::Pipe) || self.cursor.word(0).is_some_and(is_stage_keyword) {
            return Err(self.cursor.unexpected("a label filter: nothing else may follow `unwrap`"));
        }
        self.label_filter()
    }
}
