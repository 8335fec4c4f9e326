//! Which rows are shown, and in which order.

use std::cmp::Ordering;

use super::{Cell, Column, Row};
use crate::letters::small;

/// By which column, and whether the greatest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its place among the columns.
    pub column: usize,
    /// The greatest first.
    pub descends: bool,
}

impl Order {
    /// As it stands in an address: `memory`, `-memory`. A column that is not known is none.
    pub fn from_text(text: &str, columns: &[Column]) -> Option<Self> {
        let (descends, id) = text.strip_prefix('-').map_or((false, text), |id| (true, id));
        let column = columns.iter().position(|column| column.id == id)?;
        Some(Self { column, descends })
    }

    /// As it stands in an address.
    pub fn to_text(self, columns: &[Column]) -> String {
        let id = columns.get(self.column).map_or("", |column| column.id);
        format!("{}{id}", if self.descends { "-" } else { "" })
    }

    /// What a click on a column's head makes of the present order: first its natural direction, then the other,
    /// then none.
    pub fn clicked(present: Option<Self>, column: usize, columns: &[Column]) -> Option<Self> {
        let natural = columns.get(column).is_some_and(|column| column.is_figure);
        match present.filter(|order| order.column == column) {
            None => Some(Self { column, descends: natural }),
            Some(order) if order.descends == natural => Some(Self { column, descends: !natural }),
            Some(_) => None,
        }
    }
}

/// What is wanted of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish<'a> {
    /// Words that must all be found in a row.
    pub filter: &'a str,
    /// `None`: the worst first, then by name.
    pub order: Option<Order>,
}

/// The rows that are wanted, in the wanted order; rows that are equal in it stand worst first, then by name.
pub fn arranged(rows: Vec<Row>, wish: Wish<'_>) -> Vec<Row> {
    let words: Vec<String> = wish.filter.split_whitespace().map(small).collect();
    let mut sorted: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| is_found(row, &words)) {
        // One by one: the library's sorting would have to be loaded first, and rows are few.
        let at = sorted.partition_point(|other| compare(other, &row, wish.order) != Ordering::Greater);
        sorted.insert(at, row);
    }
    sorted
}

fn is_found(row: &Row, words: &[String]) -> bool {
    let holds = |text: &str, word: &str| small(text).contains(word);
    words.iter().all(|word| {
        holds(&row.also, word)
            || row.cells.iter().any(|cell| holds(&cell.text, word) || holds(&cell.note, word))
    })
}

fn compare(one: &Row, other: &Row, order: Option<Order>) -> Ordering {
    let wanted = order.map_or(Ordering::Equal, |order| {
        match (one.cells.get(order.column), other.cells.get(order.column)) {
            (Some(one), Some(other)) => compare_cells(one, other, order.descends),
            _ => Ordering::Equal,
        }
    });
    let name = |row: &Row| row.cells.get(1).map(|cell| small(&cell.text)).unwrap_or_default();
    wanted
        .then_with(|| one.tone.cmp(&other.tone))
        .then_with(|| name(one).cmp(&name(other)))
        .then_with(|| one.key.cmp(&other.key))
}

/// Numbers before texts; what is not known stands last whichever way it goes.
fn compare_cells(one: &Cell, other: &Cell, descends: bool) -> Ordering {
    let turned = |ordering: Ordering| if descends { ordering.reverse() } else { ordering };
    match (one.size, other.size) {
        (Some(one), Some(other)) => turned(one.total_cmp(&other)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => turned(small(&one.text).cmp(&small(&other.text))),
    }
}
