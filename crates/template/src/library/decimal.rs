//! Arithmetic in decimal digits, so that `addf 0.1 0.2` is `0.3`. Division keeps sixteen digits behind the point. What
//! does not fit in 38 digits is computed in binary floats.

/// What is done with the first number and each that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Digits behind the point of a quotient.
const QUOTIENT_DIGITS: i32 = 16;

/// `digits × 10^power`
#[derive(Clone, Copy, Debug)]
struct Decimal {
    digits: i128,
    power: i32,
}

/// Applies the operation from left to right. No numbers make zero.
pub(super) fn fold(numbers: &[f64], operation: Operation) -> Result<f64, String> {
    if let Some(number) = numbers.iter().find(|number| !number.is_finite()) {
        let name = if number.is_nan() {
            "NaN"
        } else if *number > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        };
        return Err(format!("Cannot create a Decimal from {name}"));
    }
    let divisors = numbers.iter().skip(1);
    if operation == Operation::Divide && divisors.clone().any(|divisor| *divisor == 0.0) {
        return Err("decimal division by 0".to_owned());
    }
    let Some((first, rest)) = numbers.split_first() else { return Ok(0.0) };
    let exact = exactly(*first, rest, operation);
    Ok(exact.unwrap_or_else(|| rest.iter().fold(*first, |sum, number| binary(operation, sum, *number))))
}

/// `None` if a number on the way has too many digits.
fn exactly(first: f64, rest: &[f64], operation: Operation) -> Option<f64> {
    let mut sum = Decimal::from_float(first)?;
    for number in rest {
        sum = sum.apply(operation, Decimal::from_float(*number)?)?;
    }
    Some(sum.to_float())
}

fn binary(operation: Operation, one: f64, other: f64) -> f64 {
    match operation {
        Operation::Add => one + other,
        Operation::Subtract => one - other,
        Operation::Multiply => one * other,
        Operation::Divide => one / other,
    }
}

impl Decimal {
    /// The shortest decimal that reads as the float.
    fn from_float(number: f64) -> Option<Self> {
        let text = format!("{number:e}");
        let (mantissa, power) = text.split_once('e')?;
        let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let digits = mantissa.replace('.', "").parse().ok()?;
        Some(Self { digits, power: power.parse::<i32>().ok()? - decimals as i32 })
    }

    fn to_float(self) -> f64 {
        format!("{}e{}", self.digits, self.power).parse().unwrap_or(f64::NAN)
    }

    /// `None` if the result has too many digits.
    fn apply(self, operation: Operation, other: Self) -> Option<Self> {
        match operation {
            Operation::Add => self.add(other),
            Operation::Subtract => self.add(Self { digits: -other.digits, ..other }),
            Operation::Multiply => {
                Some(Self { digits: self.digits.checked_mul(other.digits)?, power: self.power + other.power })
            }
            Operation::Divide => self.divide(other),
        }
    }

    fn add(self, other: Self) -> Option<Self> {
        let power = self.power.min(other.power);
        let digits = self.scaled(power)?.checked_add(other.scaled(power)?)?;
        Some(Self { digits, power })
    }

    /// The digits if the power is to be `power`, which must not be larger than it is.
    fn scaled(self, power: i32) -> Option<i128> {
        let factor = 10_i128.checked_pow(u32::try_from(self.power - power).ok()?)?;
        self.digits.checked_mul(factor)
    }

    /// Rounded half away from zero.
    fn divide(self, other: Self) -> Option<Self> {
        let shift = self.power - other.power + QUOTIENT_DIGITS;
        let (mut dividend, mut divisor) = (self.digits, other.digits);
        let factor = 10_i128.checked_pow(shift.unsigned_abs())?;
        if shift >= 0 {
            dividend = dividend.checked_mul(factor)?;
        } else {
            divisor = divisor.checked_mul(factor)?;
        }
        let (quotient, rest) = (dividend / divisor, dividend % divisor);
        let away = i128::from(rest.unsigned_abs() * 2 >= divisor.unsigned_abs());
        let sign = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
        Some(Self { digits: quotient + sign * away, power: -QUOTIENT_DIGITS })
    }
}
