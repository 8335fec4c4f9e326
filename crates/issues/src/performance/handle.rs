//! What the store answers about performance.

use super::{Example, ExampleRow, Name, Names, Selection, Sort, Window};
use crate::{Issues, ReadError};

impl Issues {
    /// Transactions by name and operation, of all methods and environments that are selected. With `contains`, only
    /// names that contain it, whatever the case.
    pub fn transactions(
        &self,
        selection: &Selection<'_>,
        contains: &str,
        window: &Window,
        sort: Sort,
    ) -> Result<Names, ReadError> {
        self.read(|reader| super::names(reader, selection, contains, window, sort))
    }

    /// One name over time; `None` if there was none of it.
    pub fn transaction(&self, selection: &Selection<'_>, window: &Window) -> Result<Option<Name>, ReadError> {
        self.read(|reader| super::name(reader, selection, window))
    }

    /// All environments that transactions came from.
    pub fn transaction_environments(&self) -> Result<Vec<String>, ReadError> {
        self.read(super::environments)
    }

    /// The transactions that are kept whole, newest first.
    pub fn examples(&self, selection: &Selection<'_>, window: &Window) -> Result<Vec<ExampleRow>, ReadError> {
        self.read(|reader| super::examples(reader, selection, window))
    }

    /// Those of a trace (32 hexadecimal digits) that began within a time, oldest first, at most so many.
    pub fn examples_of_trace(
        &self,
        trace: &str,
        from_ms: i64,
        until_ms: i64,
        limit: usize,
    ) -> Result<Vec<ExampleRow>, ReadError> {
        let Ok(trace) = trace.parse() else { return Ok(Vec::new()) };
        self.read(|reader| super::examples_of_trace(reader, trace, (from_ms, until_ms), limit))
    }

    /// One of them; `None` if it is not kept any more.
    pub fn example(&self, id: i64) -> Result<Option<Example>, ReadError> {
        self.read(|reader| super::example(reader, id))
    }
}
