//! Lines that are remembered, in the order in which they came last: programs write the same lines in the same order at
//! each scrape, so that the next one is nearly always known before it is read.

use std::collections::HashMap;
use std::sync::Arc;

/// Where a line is kept.
pub(super) type Place = usize;

/// No line.
const NOWHERE: Place = usize::MAX;

/// Lines and what is known of each.
pub(super) struct Lines<T> {
    slots: Vec<Option<Slot<T>>>,
    by_text: HashMap<Arc<str>, Place>,
    free: Vec<Place>,
    first: Place,
    last_read: Place,
    expected: Place,
}

struct Slot<T> {
    text: Arc<str>,
    value: T,
    /// The line that came after this one.
    next: Place,
}

impl<T> Lines<T> {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            by_text: HashMap::new(),
            free: Vec::new(),
            first: NOWHERE,
            last_read: NOWHERE,
            expected: NOWHERE,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.by_text.len()
    }

    /// A new body begins.
    pub(super) fn begin(&mut self) {
        self.last_read = NOWHERE;
        self.expected = self.first;
    }

    /// The line that is likely to come now.
    pub(super) fn expected(&self) -> Option<(Place, &str, &T)> {
        let slot = self.slots.get(self.expected)?.as_ref()?;
        Some((self.expected, &slot.text, &slot.value))
    }

    /// This line came.
    pub(super) fn came(&mut self, place: Place) {
        match self.slots.get_mut(self.last_read).and_then(Option::as_mut) {
            Some(before) => before.next = place,
            None => self.first = place,
        }
        self.last_read = place;
        self.expected = self.slots[place].as_ref().map_or(NOWHERE, |slot| slot.next);
    }

    /// Where a line is.
    pub(super) fn find(&self, text: &str) -> Option<Place> {
        self.by_text.get(text).copied()
    }

    /// Remembers a line that is not there yet.
    pub(super) fn insert(&mut self, text: &str, value: T) -> Place {
        let text: Arc<str> = text.into();
        let slot = Some(Slot { text: text.clone(), value, next: NOWHERE });
        let place = match self.free.pop() {
            Some(place) => {
                self.slots[place] = slot;
                place
            }
            None => {
                self.slots.push(slot);
                self.slots.len() - 1
            }
        };
        self.by_text.insert(text, place);
        place
    }

    /// What is known of a line that is there.
    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut T> {
        self.slots.get_mut(place)?.as_mut().map(|slot| &mut slot.value)
    }

    /// Looks at all lines, and forgets those of which `keep` says so.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&mut T) -> bool) {
        for (place, slot) in self.slots.iter_mut().enumerate() {
            let Some(found) = slot else { continue };
            if !keep(&mut found.value) {
                self.by_text.remove(&found.text);
                self.free.push(place);
                *slot = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a body, and tells how many of its lines were expected.
    fn expected(lines: &mut Lines<()>, body: &str) -> usize {
        lines.begin();
        let mut hits = 0;
        for word in body.split(' ') {
            let guess = lines.expected().filter(|(_, text, _)| *text == word).map(|(place, ..)| place);
            hits += usize::from(guess.is_some());
            let place = guess.or_else(|| lines.find(word)).unwrap_or_else(|| lines.insert(word, ()));
            lines.came(place);
        }
        hits
    }

    #[test]
    fn the_order_of_the_last_body_is_expected() {
        let mut lines = Lines::new();
        assert_eq!(expected(&mut lines, "a b c d"), 0);
        assert_eq!(expected(&mut lines, "a b c d"), 4);
        // One more, one less, and both again.
        assert_eq!(expected(&mut lines, "a b x c d"), 3);
        assert_eq!(expected(&mut lines, "a b x c d"), 5);
        assert_eq!(expected(&mut lines, "b x c d"), 3);
        assert_eq!(lines.len(), 5);
    }

    #[test]
    fn what_is_forgotten_is_not_expected() {
        let mut lines = Lines::new();
        for (number, text) in ["a", "b", "c"].into_iter().enumerate() {
            let place = lines.insert(text, number);
            lines.came(place);
        }
        lines.retain(|number| *number != 1);
        lines.begin();
        let (place, text, _) = lines.expected().unwrap();
        assert_eq!((text, lines.find("b"), lines.len()), ("a", None, 2));
        lines.came(place);
        assert!(lines.expected().is_none(), "what came after it is gone");
        // Its place is taken by another line, which may be guessed wrongly, but is what it says.
        let place = lines.insert("d", 3);
        assert_eq!((lines.find("d"), lines.get_mut(place).copied()), (Some(place), Some(3)));
    }
}
