//! The series of one subject (a container, a probe): each is looked up once, and ends when a pass no longer names it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::mem;

use model::Labels;

use crate::appender::{Appender, STALE};

/// The series of one subject. A pass is any number of [`Book::put`] and then [`Book::take`].
pub(crate) struct Book<A: Appender> {
    appender: A,
    labels: Labels,
    known: HashMap<Box<str>, Known<A::Series>>,
    /// The key of the series at hand; kept for its memory.
    key: String,
    pass: u64,
    samples: Vec<(A::Series, f64)>,
}

struct Known<S> {
    series: S,
    /// The pass that named it last.
    named: u64,
}

impl<A: Appender> Book<A> {
    /// A subject whose series all have these labels.
    pub(crate) fn new(appender: A, labels: Labels) -> Self {
        Self { appender, labels, known: HashMap::new(), key: String::new(), pass: 1, samples: Vec::new() }
    }

    /// A number of this pass; labels of its own win over those of the subject. Of a series that is named twice the
    /// first number counts.
    pub(crate) fn put(&mut self, name: &str, own: &[(&str, &str)], value: f64) {
        self.key.clear();
        self.key.push_str(name);
        for (label, text) in own {
            // What cannot fail: it is a `String`. The separator is in no label.
            let _ = write!(self.key, "\u{0}{label}\u{0}{text}");
        }
        let known = match self.known.get_mut(self.key.as_str()) {
            Some(known) => known,
            None => {
                let labels = labelled(&self.labels, name, own);
                let known = Known { series: self.appender.series(&labels), named: 0 };
                self.known.entry(self.key.as_str().into()).or_insert(known)
            }
        };
        if mem::replace(&mut known.named, self.pass) != self.pass {
            self.samples.push((known.series.clone(), value));
        }
    }

    /// The numbers of the pass, and markers for the series that it did not name, which are forgotten.
    pub(crate) fn take(&mut self) -> Vec<(A::Series, f64)> {
        let mut samples = mem::take(&mut self.samples);
        let pass = self.pass;
        self.pass += 1;
        self.known.retain(|_, known| {
            let is_named = known.named == pass;
            if !is_named {
                samples.push((known.series.clone(), STALE));
            }
            is_named
        });
        samples
    }

    /// Markers for all series: the subject is gone.
    pub(crate) fn end(mut self) -> Vec<(A::Series, f64)> {
        self.samples.clear();
        self.pass += 1;
        self.take()
    }
}

fn labelled(labels: &Labels, name: &str, own: &[(&str, &str)]) -> Labels {
    Labels::from_pairs(labels.iter().chain(own.iter().copied()).chain([("__name__", name)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Memory;

    /// What a pass gives, as text.
    fn texts(samples: Vec<(Labels, f64)>) -> Vec<String> {
        let mut texts: Vec<String> = samples
            .into_iter()
            .map(|(labels, value)| {
                let value =
                    if value.to_bits() == STALE.to_bits() { "ends".into() } else { value.to_string() };
                format!("{labels} {value}")
            })
            .collect();
        texts.sort();
        texts
    }

    #[test]
    fn a_series_ends_when_a_pass_does_not_name_it() {
        let mut book = Book::new(Memory::default(), Labels::from_pairs([("job", "x"), ("device", "y")]));
        book.put("a", &[], 1.0);
        book.put("b", &[("device", "vda")], 2.0);
        book.put("b", &[("device", "vda")], 3.0);
        let a = r#"{__name__="a", device="y", job="x"}"#;
        let b = r#"{__name__="b", device="vda", job="x"}"#;
        assert_eq!(texts(book.take()), [format!("{a} 1"), format!("{b} 2")]);
        book.put("a", &[], 4.0);
        assert_eq!(texts(book.take()), [format!("{a} 4"), format!("{b} ends")]);
        book.put("a", &[], 5.0);
        book.put("b", &[("device", "vda")], 6.0);
        assert_eq!(texts(book.take()), [format!("{a} 5"), format!("{b} 6")]);
        book.put("a", &[], 7.0);
        assert_eq!(texts(book.end()), [format!("{a} ends"), format!("{b} ends")]);
    }
}
