//! Dates of the Gregorian calendar, which is taken to hold for all time.

const SECONDS_PER_DAY: i64 = 86_400;

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// 1 to 12
    pub(super) month: u32,
    /// 1 to 31
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
}

impl Civil {
    /// From seconds since 1970-01-01 00:00:00.
    pub(super) fn from_seconds(seconds: i64) -> Self {
        let (year, month, day) = date_of(seconds.div_euclid(SECONDS_PER_DAY));
        let second = seconds.rem_euclid(SECONDS_PER_DAY) as u32;
        Self { year, month, day, hour: second / 3600, minute: second / 60 % 60, second: second % 60 }
    }

    /// Seconds since 1970-01-01 00:00:00.
    pub(super) fn seconds(self) -> i64 {
        let time = i64::from(self.hour * 3600 + self.minute * 60 + self.second);
        self.days() * SECONDS_PER_DAY + time
    }

    /// Days since 1970-01-01.
    fn days(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = self.year - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// 0 for Sunday.
    pub(super) fn week_day(self) -> usize {
        (self.days() + 4).rem_euclid(7) as usize
    }

    /// From 1 on.
    pub(super) fn year_day(self) -> u32 {
        (self.days() - Self { month: 1, day: 1, ..self }.days() + 1) as u32
    }

    /// The date that is the `year_day`th of the year.
    pub(super) fn of_year_day(year: i64, year_day: u32) -> (u32, u32) {
        let first = Self { year, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
        let (_, month, day) = date_of(first.days() + i64::from(year_day) - 1);
        (month, day)
    }
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(super) fn days_in(month: u32, year: i64) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Year, month and day (H. Hinnant, "chrono-compatible low-level date algorithms").
fn date_of(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}
