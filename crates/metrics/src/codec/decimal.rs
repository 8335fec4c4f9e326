//! Numbers as whole numbers of 10^-digits, where not a bit is lost by it.

/// More digits than a float can tell apart.
const DIGITS_MAX: u8 = 15;

/// Up to here every whole number is a float.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Whole numbers and how many decimal digits stand behind their point.
#[derive(Debug, PartialEq)]
pub(super) struct Decimals {
    pub(super) digits: u8,
    pub(super) whole: Vec<i64>,
}

impl Decimals {
    /// `None` if one of the numbers would come back with other bits.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let mut digits = 0;
        for value in values {
            while whole(*value, digits).is_none() {
                digits += 1;
                if digits > DIGITS_MAX || !value.is_finite() {
                    return None;
                }
            }
        }
        let whole = values.iter().map(|value| whole(*value, digits)).collect::<Option<_>>()?;
        Some(Self { digits, whole })
    }

    /// The numbers; `None` for digits that nobody writes.
    pub(super) fn values(&self) -> Option<Vec<f64>> {
        if self.digits > DIGITS_MAX {
            return None;
        }
        let unit = unit(self.digits);
        Some(self.whole.iter().map(|whole| *whole as f64 / unit).collect())
    }
}

fn unit(digits: u8) -> f64 {
    10_f64.powi(digits.into())
}

fn whole(value: f64, digits: u8) -> Option<i64> {
    let unit = unit(digits);
    let scaled = (value * unit).round();
    let whole = scaled as i64;
    // Compared by its bits, since zero with a sign would lose it.
    (scaled.abs() <= WHOLE_MAX && (whole as f64 / unit).to_bits() == value.to_bits()).then_some(whole)
}
