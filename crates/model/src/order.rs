//! Sorting where it is not what takes the time: the standard library's way is made anew for every type that is sorted, five
//! kilobytes each; here only the comparison is.
//!
//! ```
//! use model::Ordered as _;
//!
//! let mut services = ["worker", "web", "db"];
//! services.order_by_key(|name| name.len());
//! assert_eq!(services, ["db", "web", "worker"]);
//! ```

use std::cmp::Ordering;

/// What can be put in order. Equal ones stay in the order that they have.
pub trait Ordered<T> {
    /// By the type's own order.
    fn order(&mut self)
    where
        T: Ord;

    /// By what is told of each two.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// By something of each.
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

impl<T> Ordered<T> for [T] {
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }

    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let places = places(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        put(places, &mut |a, b| self.swap(a, b));
    }

    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }
}

/// Which one belongs to each place.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// Puts each where it belongs: along each ring of those that take each other's places.
fn put(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut places[at], at);
            if from == start {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(mut items in prop::collection::vec((0_u8..9, any::<u8>()), 0..60)) {
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            items.order_by_key(|item| item.0);
            prop_assert_eq!(&items, &expected);
            expected.sort();
            items.order();
            prop_assert_eq!(items, expected);
        }
    }
}
