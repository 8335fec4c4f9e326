//! Documents of events that are still on their way into the database: made where the event is at hand, so that the index
//! need not read and unpack it again. Only so many bytes of them wait; whatever is missing here is read.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use event::EventId;
use tantivy::TantivyDocument;

/// Those that wait take no more memory than this.
const BYTES_MAX: usize = 12 << 20;

/// An event of a project.
type Key = (i64, EventId);

/// See the module.
#[derive(Default)]
pub(super) struct Beforehand(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    documents: HashMap<Key, (TantivyDocument, usize)>,
    /// The oldest first; those that were taken are still named.
    order: VecDeque<Key>,
    bytes: usize,
}

impl Beforehand {
    /// Keeps a document of so many bytes, if need be in the place of the oldest ones.
    pub(super) fn put(&self, key: Key, document: TantivyDocument, bytes: usize) {
        let mut waiting = self.waiting();
        waiting.order.push_back(key);
        waiting.bytes += bytes;
        if let Some((_, former)) = waiting.documents.insert(key, (document, bytes)) {
            waiting.bytes -= former;
        }
        while waiting.bytes > BYTES_MAX
            && let Some(oldest) = waiting.order.pop_front()
        {
            waiting.remove(oldest);
        }
        // Most are taken in the order in which they came.
        while let Some(oldest) = waiting.order.front()
            && !waiting.documents.contains_key(oldest)
        {
            waiting.order.pop_front();
        }
    }

    pub(super) fn take(&self, key: Key) -> Option<TantivyDocument> {
        self.waiting().remove(key)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn remove(&mut self, key: Key) -> Option<TantivyDocument> {
        let (document, bytes) = self.documents.remove(&key)?;
        self.bytes -= bytes;
        if self.documents.is_empty() {
            self.order.clear();
        }
        Some(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_goes_oldest_first() {
        let waiting = Beforehand::default();
        let key = |number: u8| (1, EventId([number; 16]));
        let put = |number: u8, bytes: usize| waiting.put(key(number), TantivyDocument::default(), bytes);
        put(1, BYTES_MAX / 2);
        put(2, BYTES_MAX / 2);
        assert!(waiting.take(key(1)).is_some() && waiting.take(key(1)).is_none());
        put(3, BYTES_MAX / 2);
        put(4, 1);
        assert!(waiting.take(key(2)).is_none() && waiting.take(key(3)).is_some());
        put(4, 2);
        assert_eq!(waiting.waiting().bytes, 2);
        (10..200).for_each(|number| {
            put(number, 1);
            waiting.take(key(number));
        });
        assert!(waiting.take(key(4)).is_some());
        put(5, 1);
        assert!(waiting.waiting().order.len() < 3 && waiting.take(key(5)).is_some());
        assert_eq!(waiting.waiting().bytes, 0);
    }
}
