//! Sums, means and variances that are made number by number.

/// A sum that carries along what rounding took away (Kahan's method with Neumaier's correction).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Compensated {
    /// The sum as plain addition gives it.
    pub sum: f64,
    /// What has to be added to it.
    pub lost: f64,
}

impl Compensated {
    /// Adds a number.
    pub fn add(&mut self, number: f64) {
        let sum = self.sum + number;
        if sum.is_infinite() {
            self.lost = 0.0;
        } else if self.sum.abs() >= number.abs() {
            self.lost += (self.sum - sum) + number;
        } else {
            self.lost += (number - sum) + self.sum;
        }
        self.sum = sum;
    }

    /// The sum.
    pub fn total(self) -> f64 {
        self.sum + self.lost
    }
}

/// A running mean, which cannot overflow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    /// The mean so far.
    pub mean: f64,
    /// Of how many numbers.
    pub count: f64,
}

impl Mean {
    /// Adds a number. No finite number moves an infinite mean; infinities of both signs make it NaN.
    pub fn add(&mut self, number: f64) {
        self.merge(&Self { mean: number, count: 1.0 });
    }

    /// Adds the numbers of another mean.
    pub fn merge(&mut self, other: &Self) {
        let count = self.count + other.count;
        if self.mean.is_infinite() && (other.mean.is_finite() || other.mean == self.mean)
            || other.count == 0.0
        {
            self.count = count;
            return;
        }
        self.mean = match other.mean.is_infinite() {
            true => self.mean + other.mean,
            false => self.mean + (other.mean - self.mean) / (count / other.count),
        };
        self.count = count;
    }
}

/// A running variance (Welford's method; Chan's for two halves).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Variance {
    mean: f64,
    /// The sum of the squared distances to the mean.
    squares: f64,
    /// Of how many numbers.
    pub count: f64,
}

impl Variance {
    /// Adds a number.
    pub fn add(&mut self, number: f64) {
        self.count += 1.0;
        let distance = number - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (number - self.mean);
    }

    /// Adds the numbers of another one.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        if self.count == 0.0 {
            *self = *other;
            return;
        }
        let count = self.count + other.count;
        let distance = other.mean - self.mean;
        self.squares += other.squares + distance * distance * (self.count * other.count / count);
        self.mean += distance * (other.count / count);
        self.count = count;
    }

    /// The variance of the whole population; NaN without numbers.
    pub fn value(self) -> f64 {
        self.squares / self.count
    }
}
