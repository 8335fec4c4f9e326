//! Queries for lines: a selector and a pipeline.

use super::{Parsed, Parser};
use crate::Spanned;
use crate::ast::{LogExpr, Stage};
use crate::fault::Fault;
use crate::lexer::Symbol;

impl Parser<'_> {
    pub(super) fn log(&mut self) -> Parsed<LogExpr> {
        let mut log = LogExpr { selector: self.selector()?, stages: Vec::new() };
        while self.at_stage() {
            if self.at_unwrap() {
                let message = "`unwrap` takes numbers for a range aggregation; it can only stand inside one, such as \
                               sum_over_time({…} | unwrap x [5m])";
                return Err(Fault::syntax(self.cursor.span(), message));
            }
            log.stages.push(self.stage()?);
            self.check_order(&log.stages)?;
        }
        Ok(log)
    }

    /// What looks at the lines of the answer stands behind everything that makes it.
    fn check_order(&self, stages: &[Spanned<Stage>]) -> Parsed<()> {
        let [.., before, last] = stages else { return Ok(()) };
        let message = match (&before.node, &last.node) {
            (Stage::Context(_), _) => "nothing may follow `context`",
            (Stage::Distinct(_), Stage::Context(_)) => return Ok(()),
            (Stage::Distinct(_), _) => "only `context` may follow `distinct`; write other stages before it",
            _ => return Ok(()),
        };
        Err(Fault::meaning(last.span, message))
    }

    /// Whether a line filter or a `|` comes next.
    pub(super) fn at_stage(&self) -> bool {
        self.line_op().is_some() || self.cursor.symbol(0) == Some(Symbol::Pipe)
    }

    pub(super) fn stage(&mut self) -> Parsed<Spanned<Stage>> {
        let start = self.cursor.span();
        let node = match self.line_op() {
            Some(op) => Stage::Line(self.line_filter(op)?),
            None => self.piped_stage()?,
        };
        Ok(Spanned { node, span: self.cursor.span_from(start) })
    }
}
