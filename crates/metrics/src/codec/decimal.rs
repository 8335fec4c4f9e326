//! Numbers as whole numbers of 10^-digits, where not a bit is lost by it.

/// By how much numbers of so many digits are multiplied. More digits than these a float cannot tell apart.
const UNITS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Up to here every whole number is a float.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Of so many numbers one may be no decimal.
const ONE_IN: usize = 8;

/// Whole numbers and how many decimal digits stand behind their point.
#[derive(Debug, PartialEq)]
pub(super) struct Decimals {
    pub(super) digits: u8,
    pub(super) whole: Vec<i64>,
}

impl Decimals {
    /// The decimals, and where numbers stand that would come back with other bits, such as the marker of a series' end;
    /// nothing if those are too many.
    pub(super) fn of(values: &[f64]) -> Option<(Self, Vec<usize>)> {
        let (mut digits, mut others) = (0, Vec::new());
        for (index, value) in values.iter().enumerate() {
            match digits_of(*value, digits) {
                Some(enough) => digits = enough,
                None => others.push(index),
            }
            if others.len() * ONE_IN > values.len() {
                return None;
            }
        }
        let mut whole_ones = Vec::with_capacity(values.len() - others.len());
        let mut next_other = others.iter().copied().peekable();
        for (index, value) in values.iter().enumerate() {
            if next_other.next_if_eq(&index).is_none() {
                // With more digits than it needs, a large one may be too large.
                whole_ones.push(whole(*value, digits)?);
            }
        }
        Some((Self { digits: digits as u8, whole: whole_ones }, others))
    }

    /// The numbers; nothing for digits that nobody writes.
    pub(super) fn values(self) -> Option<Vec<f64>> {
        let unit = *UNITS.get(usize::from(self.digits))?;
        // Each takes the place of its whole number: no other memory is asked for.
        Some(match self.digits {
            0 => self.whole.into_iter().map(|whole| whole as f64).collect(),
            _ => self.whole.into_iter().map(|whole| whole as f64 / unit).collect(),
        })
    }
}

/// With how many digits, at least `from`, the number is a decimal.
fn digits_of(value: f64, from: usize) -> Option<usize> {
    if !value.is_finite() {
        return None;
    }
    (from..UNITS.len()).find(|digits| whole(value, *digits).is_some())
}

fn whole(value: f64, digits: usize) -> Option<i64> {
    let unit = UNITS[digits];
    let scaled = if digits == 0 { value } else { (value * unit).round() };
    let whole = scaled as i64;
    // Compared by its bits, since zero with a sign would lose it.
    (scaled.abs() <= WHOLE_MAX && (whole as f64 / unit).to_bits() == value.to_bits()).then_some(whole)
}
