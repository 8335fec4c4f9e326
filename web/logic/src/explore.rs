//! What the page of metrics is asked: several queries, each of which can be switched off, and how the answer is shown.

/// The queries and the view of their answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explore {
    /// `m`, once for each: A, B, C, ….
    pub queries: Vec<Query>,
    /// `unit`: of the numbers; empty: as the queries' names tell.
    pub unit: String,
    /// `only`, once for each: the series that alone are drawn.
    pub only: Vec<String>,
    /// `as=table`: the values of one instant instead of a chart.
    pub is_table: bool,
}

/// A query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// PromQL.
    pub text: String,
    /// It stays, and is not asked.
    pub is_off: bool,
}

/// More cannot be told apart by their letters.
pub const QUERIES_MAX: usize = 10;

impl From<&str> for Query {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), is_off: false }
    }
}

impl Explore {
    /// Takes a pair of the address; whether it was one of these.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> bool {
        match name {
            "m" if self.queries.len() < QUERIES_MAX => {
                // No query begins with this sign.
                let (text, is_off) = value.strip_prefix('!').map_or((value, false), |text| (text, true));
                self.queries.push(Query { text: text.trim().to_owned(), is_off });
            }
            "unit" => self.unit = value.to_owned(),
            "only" if !value.is_empty() => self.only.push(value.to_owned()),
            "as" => self.is_table = value == "table",
            _ => return false,
        }
        true
    }

    /// The text of a query that is asked: neither switched off nor empty.
    pub fn active(&self, index: usize) -> Option<&str> {
        let query = self.queries.get(index).filter(|query| !query.is_off)?;
        let text = query.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Its pairs of the address.
    /// Asks this in the place of the first query.
    pub fn ask_first(&mut self, text: &str) {
        if self.queries.is_empty() {
            self.queries.push(Query::default());
        }
        self.queries[0] = Query::from(text);
        self.only.clear();
    }

    pub(crate) fn put(&self, mut put: impl FnMut(&'static str, String)) {
        // What is empty is not written at all; a query that is still to be typed is a space.
        let last = self.queries.iter().rposition(|query| *query != Query::default());
        let written =
            if self.queries.len() > 1 { self.queries.len() } else { last.map_or(0, |last| last + 1) };
        for query in &self.queries[..written] {
            let text = if query.text.is_empty() { " " } else { &query.text };
            put("m", if query.is_off { format!("!{text}") } else { text.to_owned() });
        }
        put("unit", self.unit.clone());
        self.only.iter().for_each(|name| put("only", name.clone()));
        put("as", if self.is_table { "table".to_owned() } else { String::new() });
    }
}

/// What the query of a place is called: `A`, `B`, ….
pub fn letter(index: usize) -> String {
    char::from(b'A' + u8::try_from(index % 26).unwrap_or(0)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ViewState;

    #[test]
    fn queries_stand_in_the_address() {
        let check = |address: &str, queries: &[(&str, bool)]| {
            let view = ViewState::from_address(address);
            let found: Vec<(&str, bool)> =
                view.explore.queries.iter().map(|query| (query.text.as_str(), query.is_off)).collect();
            assert_eq!(found, queries);
            assert_eq!(view.to_address(), address);
        };
        check("m=up", &[("up", false)]);
        check(
            "m=up&m=!rate%28a%5B5m%5D%29&unit=bytes&only=web&only=db&as=table",
            &[("up", false), ("rate(a[5m])", true)],
        );
        check("m=up&m=+", &[("up", false), ("", false)]);
        check("", &[]);
        assert_eq!((letter(0), letter(2)), ("A".to_owned(), "C".to_owned()));
    }
}
