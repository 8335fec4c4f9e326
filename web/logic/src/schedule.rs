//! When a job runs, in words: `*/5 * * * *` is every 5 minutes.

const DAYS: [&str; 8] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A schedule as the server tells it, `0 3 * * * (Europe/Vienna)`, in words. One that is not that simple stays as it is.
pub fn words(schedule: &str) -> String {
    let (cron, zone) = schedule.split_once(" (").unwrap_or((schedule, ""));
    let zone = zone.trim_end_matches(')');
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else { return schedule.to_owned() };
    let Some(told) = told([minute, hour, day, month, weekday]) else { return schedule.to_owned() };
    if zone.is_empty() { told } else { format!("{told}, {zone}") }
}

fn told([minute, hour, day, month, weekday]: [&str; 5]) -> Option<String> {
    let days = days(day, month, weekday)?;
    if let (Some(every), "*") = (every(minute), hour) {
        return Some(joined(&plural(every, "minute"), days));
    }
    let minute = number(minute, 59)?;
    if let Some(every) = every(hour) {
        let hours = plural(every, "hour");
        let at = if minute == 0 { String::new() } else { format!(", {minute} min past") };
        return Some(joined(&format!("{hours}{at}"), days));
    }
    let hours = hour.split(',').map(|hour| number(hour, 23)).collect::<Option<Vec<u32>>>()?;
    let times: Vec<String> = hours.iter().map(|hour| format!("{hour:02}:{minute:02}")).collect();
    let days = if days.is_empty() { "daily" } else { &days };
    Some(format!("{days} at {}", times.join(", ")))
}

fn joined(often: &str, days: String) -> String {
    if days.is_empty() { often.to_owned() } else { format!("{often}, {days}") }
}

/// On which days; empty: on all.
fn days(day: &str, month: &str, weekday: &str) -> Option<String> {
    match (day, month, weekday) {
        ("*", "*", "*") => Some(String::new()),
        ("*", "*", "1-5") => Some("on working days".to_owned()),
        ("*", "*", one) => {
            let named = one.split(',').map(|one| Some(DAYS[number(one, 7)? as usize]));
            Some(format!("on {}", named.collect::<Option<Vec<_>>>()?.join(", ")))
        }
        (day, "*", "*") => Some(format!("on day {} of the month", number(day, 31)?)),
        _ => None,
    }
}

/// `*` is every one, `*/5` every fifth.
fn every(field: &str) -> Option<u32> {
    if field == "*" { Some(1) } else { number(field.strip_prefix("*/")?, 59).filter(|every| *every > 0) }
}

fn number(field: &str, most: u32) -> Option<u32> {
    field.parse().ok().filter(|number| *number <= most)
}

fn plural(number: u32, word: &str) -> String {
    if number == 1 { format!("every {word}") } else { format!("every {number} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn schedules_are_told_in_words() {
        let check = |schedule: &str, told: &str| assert_eq!(words(schedule), told);
        check("*/5 * * * *", "every 5 minutes");
        check("* * * * *", "every minute");
        check("0 * * * *", "every hour");
        check("15 */2 * * *", "every 2 hours, 15 min past");
        check("0 3 * * * (Europe/Vienna)", "daily at 03:00, Europe/Vienna");
        check("30 6,18 * * 1-5", "on working days at 06:30, 18:30");
        check("0 9 * * 1", "on Monday at 09:00");
        check("0 0 1 * *", "on day 1 of the month at 00:00");
        check("*/10 * * * 0,6", "every 10 minutes, on Sunday, Saturday");
    }

    #[test]
    fn what_is_not_simple_stays_as_it_is() {
        for schedule in
            ["", "every 10 minutes", "0 3 1-7 * 1", "61 * * * *", "0 9 * * MON", "@daily", "*/0 * * * *"]
        {
            assert_eq!(words(schedule), schedule);
        }
    }
}
