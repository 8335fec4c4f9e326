//! Queries for numbers.

use std::fmt::{Display, Formatter, Result};

use super::joined;
use crate::ast::{
    Aggregation, Binary, Group, Grouping, LabelReplace, LogRange, Matching, Metric, RangeAggregation,
};
use crate::literal::{duration, number, text};

impl Display for Metric {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Number(value) => f.write_str(&number::write(*value)),
            Self::Vector(value) => write!(f, "vector({})", number::write(*value)),
            Self::Range(aggregation) => aggregation.fmt(f),
            Self::Aggregation(aggregation) => aggregation.fmt(f),
            Self::Binary(binary) => binary.fmt(f),
            Self::LabelReplace(replace) => replace.fmt(f),
        }
    }
}

impl Display for RangeAggregation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}(", self.op.text())?;
        if let Some(parameter) = self.parameter {
            write!(f, "{}, ", number::write(parameter))?;
        }
        write!(f, "{})", self.over)?;
        self.grouping.iter().try_for_each(|grouping| write!(f, " {grouping}"))
    }
}

impl Display for LogRange {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.log.fmt(f)?;
        if let Some(unwrap) = &self.unwrap {
            write!(f, " {unwrap}")?;
        }
        let nanos = i64::try_from(self.range.as_nanos()).unwrap_or(i64::MAX);
        write!(f, " [{}]", duration::write(nanos))?;
        if self.offset == 0 { Ok(()) } else { write!(f, " offset {}", duration::write(self.offset)) }
    }
}

impl Display for Grouping {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(if self.without { "without " } else { "by " })?;
        labels(f, &self.labels)
    }
}

fn labels(f: &mut Formatter<'_>, labels: &[String]) -> Result {
    f.write_str("(")?;
    joined(f, labels, ", ")?;
    f.write_str(")")
}

impl Display for Aggregation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.op.text())?;
        if let Some(grouping) = &self.grouping {
            write!(f, " {grouping} ")?;
        }
        f.write_str("(")?;
        if let Some(parameter) = self.parameter {
            write!(f, "{parameter}, ")?;
        }
        write!(f, "{})", self.of.node)
    }
}

impl Display for Binary {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let [left, right] = self.loose_sides();
        operand(f, &self.left.node, left)?;
        write!(f, " {} ", self.operator())?;
        operand(f, &self.right.node, right)
    }
}

impl Binary {
    /// The operator with all that belongs to it.
    pub(super) fn operator(&self) -> String {
        let mut text = self.op.text().to_owned();
        text.push_str(if self.returns_bool { " bool" } else { "" });
        self.matching.iter().for_each(|matching| text.push_str(&format!(" {matching}")));
        text
    }

    /// Whether the left and the right side need parentheses: would otherwise be read as part of something else.
    pub(super) fn loose_sides(&self) -> [bool; 2] {
        // An operator of the same precedence would be drawn to the other side.
        let equal_too = [self.op.is_right_associative(), !self.op.is_right_associative()];
        let is_loose = |side: &Metric, equal_too: bool| match side {
            Metric::Binary(inner) => {
                let (inner, outer) = (inner.op.precedence(), self.op.precedence());
                inner < outer || (equal_too && inner == outer)
            }
            _ => false,
        };
        [is_loose(&self.left.node, equal_too[0]), is_loose(&self.right.node, equal_too[1])]
    }
}

fn operand(f: &mut Formatter<'_>, side: &Metric, is_loose: bool) -> Result {
    if is_loose { write!(f, "({side})") } else { side.fmt(f) }
}

impl Display for Matching {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(if self.on { "on " } else { "ignoring " })?;
        labels(f, &self.labels)?;
        let (word, taken) = match &self.group {
            None => return Ok(()),
            Some(Group::Left(taken)) => (" group_left ", taken),
            Some(Group::Right(taken)) => (" group_right ", taken),
        };
        f.write_str(word)?;
        labels(f, taken)
    }
}

impl Display for LabelReplace {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "label_replace({}", self.of.node)?;
        for argument in [&self.to, &self.replacement, &self.from, self.regexp.text()] {
            write!(f, ", {}", text::write(argument))?;
        }
        f.write_str(")")
    }
}
