//! The expression of a circuit breaker: comparisons of figures, joined by `&&`, `||`, `!` and parentheses.
//!
//! `NetworkErrorRatio() > 0.30`, `ResponseCodeRatio(500, 600, 0, 600) > 0.25`, `LatencyAtQuantileMS(50.0) > 100`,
//! `RequestThreshold() >= 20`.

/// The figures of the last seconds.
pub(super) trait Figures {
    /// Requests in them.
    fn requests(&self) -> f64;
    /// The share of those to which no answer came.
    fn network_error_ratio(&self) -> f64;
    /// Answers with a status in `of` as a share of those with one in `among`; each from the first to before the second.
    fn code_ratio(&self, of: (u16, u16), among: (u16, u16)) -> f64;
    /// So many percent of the answers took no longer; in milliseconds.
    fn latency_ms(&self, percent: f64) -> f64;
}

/// A parsed expression.
#[derive(Debug, PartialEq)]
pub(super) enum Expression {
    All(Box<Self>, Box<Self>),
    Any(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare(Figure, Comparison, f64),
}

#[derive(Debug, PartialEq)]
pub(super) enum Figure {
    NetworkErrorRatio,
    CodeRatio((u16, u16), (u16, u16)),
    LatencyMs(f64),
    Requests,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

const FIGURES: [&str; 4] =
    ["NetworkErrorRatio", "ResponseCodeRatio", "LatencyAtQuantileMS", "RequestThreshold"];

/// Parentheses in parentheses.
const DEPTH_MAX: u32 = 32;

impl Expression {
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text, depth: 0 };
        let expression = reader.any()?;
        match reader.rest.trim_start() {
            "" => Ok(expression),
            rest => Err(format!("`{rest}` is not expected there")),
        }
    }

    pub(super) fn holds(&self, figures: &impl Figures) -> bool {
        match self {
            Self::All(left, right) => left.holds(figures) && right.holds(figures),
            Self::Any(left, right) => left.holds(figures) || right.holds(figures),
            Self::Not(inner) => !inner.holds(figures),
            Self::Compare(figure, comparison, value) => comparison.holds(figure.of(figures), *value),
        }
    }
}

impl Figure {
    fn of(&self, figures: &impl Figures) -> f64 {
        match self {
            Self::NetworkErrorRatio => figures.network_error_ratio(),
            Self::CodeRatio(of, among) => figures.code_ratio(*of, *among),
            Self::LatencyMs(percent) => figures.latency_ms(*percent),
            Self::Requests => figures.requests(),
        }
    }
}

impl Comparison {
    /// The longer signs first: the shorter ones begin them.
    const SIGNS: [(&str, Self); 6] = [
        ("<=", Self::LessOrEqual),
        (">=", Self::GreaterOrEqual),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<", Self::Less),
        (">", Self::Greater),
    ];

    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::GreaterOrEqual => left >= right,
            Self::Greater => left > right,
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: u32,
}

impl<'t> Reader<'t> {
    fn any(&mut self) -> Result<Expression, String> {
        let mut left = self.all()?;
        while self.takes("||") {
            left = Expression::Any(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut left = self.one()?;
        while self.takes("&&") {
            left = Expression::All(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("it goes too deep".to_owned());
        }
        let one = if self.takes("!") {
            Expression::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let inner = self.any()?;
            self.needs(")")?;
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(one)
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        let figure = self.figure()?;
        let sign = Comparison::SIGNS.iter().find(|(sign, _)| self.takes(sign));
        let (_, comparison) = sign.ok_or("a figure is compared with a number, such as `> 0.3`")?;
        Ok(Expression::Compare(figure, *comparison, self.number()?))
    }

    fn figure(&mut self) -> Result<Figure, String> {
        let name = self.while_(|letter| letter.is_ascii_alphanumeric());
        if !FIGURES.contains(&name) {
            return Err(format!(
                "`{name}` is no figure; write NetworkErrorRatio(), ResponseCodeRatio(from, to, from, to), \
                 LatencyAtQuantileMS(percent) or RequestThreshold()"
            ));
        }
        let values = self.values()?;
        match (name, values.as_slice()) {
            ("NetworkErrorRatio", []) => Ok(Figure::NetworkErrorRatio),
            ("RequestThreshold", []) => Ok(Figure::Requests),
            ("LatencyAtQuantileMS", [percent]) => Ok(Figure::LatencyMs(*percent)),
            ("ResponseCodeRatio", [from, to, among_from, among_to]) => {
                Ok(Figure::CodeRatio((*from as u16, *to as u16), (*among_from as u16, *among_to as u16)))
            }
            _ => Err(format!("{name} has another number of values")),
        }
    }

    /// `(500, 600)`
    fn values(&mut self) -> Result<Vec<f64>, String> {
        self.needs("(")?;
        let mut values = Vec::new();
        if self.takes(")") {
            return Ok(values);
        }
        loop {
            values.push(self.number()?);
            if self.takes(")") {
                return Ok(values);
            }
            self.needs(",")?;
        }
    }

    fn number(&mut self) -> Result<f64, String> {
        let text = self.while_(|letter| letter.is_ascii_digit() || letter == '.');
        text.parse().map_err(|_| format!("a number is expected, not `{text}{}`", self.rest))
    }

    fn while_(&mut self, takes: impl Fn(char) -> bool) -> &'t str {
        let text = self.rest.trim_start();
        let end = text.find(|letter| !takes(letter)).unwrap_or(text.len());
        let (taken, rest) = text.split_at(end);
        self.rest = rest;
        taken
    }

    fn takes(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn needs(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) {
            Ok(())
        } else {
            Err(format!("`{sign}` is expected before `{}`", self.rest.trim_start()))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Fixed;

    impl Figures for Fixed {
        fn requests(&self) -> f64 {
            20.0
        }

        fn network_error_ratio(&self) -> f64 {
            0.3
        }

        fn code_ratio(&self, of: (u16, u16), among: (u16, u16)) -> f64 {
            if (of, among) == ((500, 600), (0, 600)) { 0.25 } else { 0.0 }
        }

        fn latency_ms(&self, percent: f64) -> f64 {
            percent * 2.0
        }
    }

    #[test]
    fn expressions_hold_or_not() {
        for (text, expected) in [
            ("NetworkErrorRatio() > 0.2", true),
            ("NetworkErrorRatio() > 0.30", false),
            ("NetworkErrorRatio()>=0.30", true),
            ("NetworkErrorRatio() < 0.3", false),
            ("NetworkErrorRatio() <= 0.3", true),
            ("NetworkErrorRatio() == 0.3", true),
            ("NetworkErrorRatio() != 0.3", false),
            ("ResponseCodeRatio(500, 600, 0, 600) > 0.2", true),
            ("ResponseCodeRatio(400, 500, 0, 600) > 0.2", false),
            ("LatencyAtQuantileMS(50.0) > 99", true),
            ("LatencyAtQuantileMS(50.0) > 100", false),
            ("RequestThreshold() >= 20", true),
            ("ResponseCodeRatio(500, 600, 0, 600) > 0.2 && RequestThreshold() >= 21", false),
            ("ResponseCodeRatio(500, 600, 0, 600) > 0.2 || RequestThreshold() >= 21", true),
            ("RequestThreshold() > 9 || RequestThreshold() > 99 && RequestThreshold() > 99", true),
            ("(RequestThreshold() > 9 || RequestThreshold() > 99) && RequestThreshold() > 99", false),
            ("!(RequestThreshold() > 99)", true),
            ("!RequestThreshold() > 99", true),
        ] {
            let expression = Expression::parse(text).expect(text);
            assert_eq!(expression.holds(&Fixed), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, expected) in [
            ("", "`` is no figure"),
            ("Errors() > 1", "`Errors` is no figure"),
            ("NetworkErrorRatio > 1", "`(` is expected before `> 1`"),
            ("NetworkErrorRatio()", "compared with a number"),
            ("NetworkErrorRatio() > much", "a number is expected"),
            ("NetworkErrorRatio(1) > 1", "another number of values"),
            ("ResponseCodeRatio(500) > 1", "another number of values"),
            ("NetworkErrorRatio() > 1 NetworkErrorRatio() > 1", "not expected there"),
            ("(NetworkErrorRatio() > 1", "`)` is expected"),
            ("NetworkErrorRatio() > 1 &&", "is no figure"),
        ] {
            let error = Expression::parse(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(Expression::parse(&"(".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-Za-z()!&|<>=0-9., ]{0,60}") {
            let _ = Expression::parse(&text);
        }
    }
}
