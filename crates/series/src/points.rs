//! A number, or nothing, for each instant.

/// A number, or nothing, for each instant of a grid.
#[derive(Clone)]
pub struct Points(Vec<f64>);

/// Stands for "nothing": a NaN that no arithmetic makes. Half the size of an `Option<f64>`.
const NONE: f64 = f64::from_bits(0x7ff8_0000_0000_0a0b);

fn is_none(number: f64) -> bool {
    number.to_bits() == NONE.to_bits()
}

impl Points {
    /// Nothing at any of `len` instants.
    pub fn none(len: usize) -> Self {
        Self(vec![NONE; len])
    }

    /// The same number at every instant.
    pub fn constant(number: f64, len: usize) -> Self {
        Self(vec![number; len])
    }

    /// What `at` gives for each instant.
    pub fn from_fn(len: usize, at: impl FnMut(usize) -> Option<f64>) -> Self {
        Self((0..len).map(at).map(|number| number.unwrap_or(NONE)).collect())
    }

    /// How many instants there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no number at all.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|number| is_none(*number))
    }

    /// The number at an instant.
    pub fn get(&self, index: usize) -> Option<f64> {
        Some(self.0[index]).filter(|number| !is_none(*number))
    }

    /// Whether there is a number at an instant.
    pub fn has(&self, index: usize) -> bool {
        !is_none(self.0[index])
    }

    /// Puts a number, or nothing, at an instant.
    pub fn set(&mut self, index: usize, number: Option<f64>) {
        self.0[index] = number.unwrap_or(NONE);
    }

    /// The number, or nothing, at each instant.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<f64>> {
        self.0.iter().map(|number| Some(*number).filter(|number| !is_none(*number)))
    }

    /// Puts another number, or nothing, in place of each number.
    #[must_use]
    pub fn map(mut self, mut change: impl FnMut(usize, f64) -> Option<f64>) -> Self {
        for (index, slot) in self.0.iter_mut().enumerate() {
            if !is_none(*slot) {
                *slot = change(index, *slot).unwrap_or(NONE);
            }
        }
        self
    }

    /// Keeps the numbers at the instants that pass.
    #[must_use]
    pub fn keep(self, mut pass: impl FnMut(usize) -> bool) -> Self {
        self.map(|index, number| pass(index).then_some(number))
    }

    /// Takes over the numbers of `other` where there is none yet. False if both have one somewhere.
    pub(crate) fn fill(&mut self, other: &Self) -> bool {
        let mut disjoint = true;
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            if is_none(*own) {
                *own = *other;
            } else if !is_none(*other) {
                disjoint = false;
            }
        }
        disjoint
    }
}

/// NaN equals NaN here: these are recorded numbers.
impl PartialEq for Points {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan() && is_none(*a) == is_none(*b));
        self.len() == other.len() && self.0.iter().zip(&other.0).all(same)
    }
}

impl std::fmt::Debug for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|n| n.map_or("_".to_owned(), |n| n.to_string()))).finish()
    }
}
