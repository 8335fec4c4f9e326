//! Parts of a date, in UTC.

/// Which part.
#[derive(Clone, Copy, Debug)]
pub(super) enum CalendarPart {
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    DaysInMonth,
    Hour,
    Minute,
    Month,
    Year,
}

/// The part that a function of this name gives.
pub(super) fn part(name: &str) -> Option<CalendarPart> {
    Some(match name {
        "day_of_month" => CalendarPart::DayOfMonth,
        "day_of_week" => CalendarPart::DayOfWeek,
        "day_of_year" => CalendarPart::DayOfYear,
        "days_in_month" => CalendarPart::DaysInMonth,
        "hour" => CalendarPart::Hour,
        "minute" => CalendarPart::Minute,
        "month" => CalendarPart::Month,
        "year" => CalendarPart::Year,
        _ => return None,
    })
}

/// The part of the date so many seconds after the epoch; NaN for what is no instant.
pub(super) fn at(part: CalendarPart, seconds: f64) -> f64 {
    // A year of nine digits is further than anybody looks.
    if seconds.is_nan() || seconds.abs() >= 1e16 {
        return f64::NAN;
    }
    let seconds = seconds.floor() as i64;
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let number = match part {
        CalendarPart::DayOfMonth => day,
        CalendarPart::DayOfWeek => (days + 4).rem_euclid(7),
        CalendarPart::DayOfYear => days - days_of(year, 1, 1) + 1,
        CalendarPart::DaysInMonth => {
            let next = if month == 12 { days_of(year + 1, 1, 1) } else { days_of(year, month + 1, 1) };
            next - days_of(year, month, 1)
        }
        CalendarPart::Hour => second / 3600,
        CalendarPart::Minute => second / 60 % 60,
        CalendarPart::Month => month,
        CalendarPart::Year => year,
    };
    number as f64
}

/// Year, month and day of a day counted from 1970-01-01. Years begin in March here, so that the leap day comes last.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The reverse of [`civil`].
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_of_an_instant() {
        // 2024-02-29T23:59:58Z, a Thursday.
        let seconds = 1_709_251_198.0;
        let check = |name, expected: f64| assert_eq!(at(part(name).unwrap(), seconds), expected, "{name}");
        check("year", 2024.0);
        check("month", 2.0);
        check("day_of_month", 29.0);
        check("day_of_week", 4.0);
        check("day_of_year", 60.0);
        check("days_in_month", 29.0);
        check("hour", 23.0);
        check("minute", 59.0);
        assert!(at(CalendarPart::Year, f64::NAN).is_nan());
    }

    proptest! {
        #[test]
        fn every_day_has_one_date(days in -1_000_000_i64..1_000_000) {
            let (year, month, day) = civil(days);
            prop_assert!((1..=12).contains(&month) && (1..=31).contains(&day));
            prop_assert_eq!(days_of(year, month, day), days);
        }
    }
}
