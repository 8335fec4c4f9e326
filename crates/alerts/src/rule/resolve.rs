//! When an alert is over, where that is another question than when it begins.

/// A condition of its own for the end: between the two an alert neither begins nor ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolve {
    /// The rule's expression ends with a comparison: it goes on while the comparison with this number holds.
    Threshold(f64),
    /// It is over once this expression gives its labels.
    Expr(String),
}
