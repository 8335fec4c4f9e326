//! The functions of the language: what each takes and gives. What they compute is in `eval`.

use crate::ast::Kind;

/// A function's signature.
#[derive(Debug)]
pub struct Function {
    /// As it is written.
    pub name: &'static str,
    /// The kinds of its arguments.
    pub takes: &'static [Kind],
    /// How many of them may be left out, from the last one on; `None`: the last one may be repeated or left out.
    pub optional: Option<usize>,
    /// What it gives.
    pub returns: Kind,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Function {
    /// The function of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.name == name)
    }

    /// How many arguments it may have.
    pub fn arity(&self) -> std::ops::RangeInclusive<usize> {
        match self.optional {
            Some(optional) => self.takes.len() - optional..=self.takes.len(),
            None => self.takes.len() - 1..=usize::MAX,
        }
    }

    /// The kind of its argument at `index`.
    pub fn kind_of(&self, index: usize) -> Kind {
        self.takes[index.min(self.takes.len() - 1)]
    }
}

const fn plain(name: &'static str, takes: &'static [Kind]) -> Function {
    Function { name, takes, optional: Some(0), returns: Kind::Vector }
}

const fn optional(name: &'static str, takes: &'static [Kind]) -> Function {
    Function { name, takes, optional: Some(1), returns: Kind::Vector }
}

const fn scalar(name: &'static str, takes: &'static [Kind]) -> Function {
    Function { name, takes, optional: Some(0), returns: Kind::Scalar }
}

use Kind::{Matrix as M, Scalar as S, Text as T, Vector as V};

/// The stable functions of Prometheus 3.
pub static FUNCTIONS: &[Function] = &[
    plain("abs", &[V]),
    plain("absent", &[V]),
    plain("absent_over_time", &[M]),
    plain("acos", &[V]),
    plain("acosh", &[V]),
    plain("asin", &[V]),
    plain("asinh", &[V]),
    plain("atan", &[V]),
    plain("atanh", &[V]),
    plain("avg_over_time", &[M]),
    plain("ceil", &[V]),
    plain("changes", &[M]),
    plain("clamp", &[V, S, S]),
    plain("clamp_max", &[V, S]),
    plain("clamp_min", &[V, S]),
    plain("cos", &[V]),
    plain("cosh", &[V]),
    plain("count_over_time", &[M]),
    optional("day_of_month", &[V]),
    optional("day_of_week", &[V]),
    optional("day_of_year", &[V]),
    optional("days_in_month", &[V]),
    plain("deg", &[V]),
    plain("delta", &[M]),
    plain("deriv", &[M]),
    plain("exp", &[V]),
    plain("first_over_time", &[M]),
    plain("floor", &[V]),
    plain("histogram_avg", &[V]),
    plain("histogram_count", &[V]),
    plain("histogram_fraction", &[S, S, V]),
    plain("histogram_quantile", &[S, V]),
    plain("histogram_stddev", &[V]),
    plain("histogram_stdvar", &[V]),
    plain("histogram_sum", &[V]),
    optional("hour", &[V]),
    plain("idelta", &[M]),
    plain("increase", &[M]),
    plain("irate", &[M]),
    Function { name: "label_join", takes: &[V, T, T, T], optional: None, returns: V },
    plain("label_replace", &[V, T, T, T, T]),
    plain("last_over_time", &[M]),
    plain("ln", &[V]),
    plain("log10", &[V]),
    plain("log2", &[V]),
    plain("max_over_time", &[M]),
    plain("min_over_time", &[M]),
    optional("minute", &[V]),
    optional("month", &[V]),
    scalar("pi", &[]),
    plain("predict_linear", &[M, S]),
    plain("present_over_time", &[M]),
    plain("quantile_over_time", &[S, M]),
    plain("rad", &[V]),
    plain("rate", &[M]),
    plain("resets", &[M]),
    optional("round", &[V, S]),
    scalar("scalar", &[V]),
    plain("sgn", &[V]),
    plain("sin", &[V]),
    plain("sinh", &[V]),
    plain("sort", &[V]),
    plain("sort_desc", &[V]),
    plain("sqrt", &[V]),
    plain("stddev_over_time", &[M]),
    plain("stdvar_over_time", &[M]),
    plain("sum_over_time", &[M]),
    plain("tan", &[V]),
    plain("tanh", &[V]),
    scalar("time", &[]),
    plain("timestamp", &[V]),
    plain("vector", &[S]),
    optional("year", &[V]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_whole() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(FUNCTIONS.len(), 73);
    }
}
