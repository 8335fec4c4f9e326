//! The proleptic Gregorian calendar.

use super::{DAY, HOUR, MINUTE, SECOND};

/// A date and a time of day, of no particular zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Civil {
    /// The year.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999.
    pub milli: u16,
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;
/// Days in 400 years.
const ERA_DAYS: i64 = 146_097;

impl Civil {
    /// Splits milliseconds since 1970-01-01 00:00.
    pub fn from_millis(millis: i64) -> Self {
        let days = millis.div_euclid(DAY);
        let rest = millis.rem_euclid(DAY);
        let (year, month, day) = date_of(days);
        Self {
            year,
            month,
            day,
            hour: (rest / HOUR) as u8,
            minute: (rest % HOUR / MINUTE) as u8,
            second: (rest % MINUTE / SECOND) as u8,
            milli: (rest % SECOND) as u16,
        }
    }

    /// The reverse of [`Civil::from_millis`]. Months above 12 and days beyond their month run on.
    pub fn to_millis(self) -> i64 {
        days_of(self.year, self.month, self.day) * DAY
            + i64::from(self.hour) * HOUR
            + i64::from(self.minute) * MINUTE
            + i64::from(self.second) * SECOND
            + i64::from(self.milli)
    }

    /// Whether there is such a date and time.
    pub fn is_valid(self) -> bool {
        (0..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.milli < 1000
            && Self::from_millis(self.to_millis()) == self
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> u8 {
        (days_of(self.year, self.month, self.day) + 3).rem_euclid(7) as u8
    }
}

// Years are counted from March, so that the leap day is the last of its year.
fn days_of(year: i64, month: u8, day: u8) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * ERA_DAYS + day_of_era - EPOCH_DAYS
}

fn date_of(days: i64) -> (i64, u8, u8) {
    let days = days + EPOCH_DAYS;
    let era = days.div_euclid(ERA_DAYS);
    let day_of_era = days.rem_euclid(ERA_DAYS);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month as u8, day as u8)
}
