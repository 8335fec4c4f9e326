//! The numbers that count, day by day: the last seven days against the seven before. A day that is over is computed once;
//! one of them with each look, so that no look is long.

use std::collections::BTreeMap;
use std::time::Duration;

use api::WeekNumber;
use model::Timestamp;

use super::gather::Sources;
use crate::app::evaluator::Evaluator;
use crate::queries::Allowance;

const DAY: Duration = Duration::from_secs(86_400);
const DAYS: i64 = 14;
/// Today is computed anew so often.
const TODAY_EVERY: Duration = Duration::from_secs(600);

/// What is measured of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Day {
    requests: Option<f64>,
    failed: Option<f64>,
    p95_s: Option<f64>,
    uptime: Option<f64>,
    backlog: Option<f64>,
    failed_jobs: Option<f64>,
}

#[derive(Default)]
pub(super) struct Week {
    /// By days since the epoch.
    days: BTreeMap<i64, Day>,
    today: Option<Timestamp>,
}

impl Week {
    pub(super) fn look(
        &mut self,
        sources: &Sources,
        allowance: &Allowance,
        at: Timestamp,
    ) -> Vec<WeekNumber> {
        let today = i64::from(at.day().days());
        self.days.retain(|day, _| *day > today - DAYS && *day <= today);
        let evaluator = Evaluator { metrics: &sources.metrics, allowance };
        if self.today.is_none_or(|asked| at.since(asked) >= TODAY_EVERY || asked.day() != at.day()) {
            self.today = Some(at);
            // Yesterday's last minutes too, which the last look at it has not seen.
            self.days.remove(&(today - 1));
            self.days.insert(today, day(&evaluator, at, at.since(at.day().start())));
        } else if let Some(missing) = (today - DAYS + 1..today).rev().find(|day| !self.days.contains_key(day))
        {
            let end = at.day().start().minus(DAY * u32::try_from(today - missing - 1).unwrap_or(0));
            self.days.insert(missing, day(&evaluator, end, DAY));
        }
        numbers(&self.days, today)
    }
}

fn day(evaluator: &Evaluator<'_>, end: Timestamp, span: Duration) -> Day {
    let window = span.as_secs().max(60);
    let ask = |query: String| {
        let found = evaluator.at(end, &query).unwrap_or_default();
        found.first().map(|(_, number)| *number).filter(|number| number.is_finite())
    };
    let increase = |what: &str| ask(format!("sum(increase({what}[{window}s]))"));
    let requests = increase("porthole_proxy_router_requests_total");
    // A small window tells as much of the time as a whole day, and reads a hundredth.
    let p95_s = requests.and_then(|_| {
        let rate = "sum by (le) (rate(porthole_proxy_router_request_duration_seconds_bucket[5m]))";
        let step = (window / 24).max(300);
        ask(format!("avg_over_time((histogram_quantile(0.95, {rate}) < +Inf)[{window}s:{step}s])"))
    });
    Day {
        requests,
        failed: requests
            .map(|_| increase("porthole_proxy_router_requests_total{class=\"5xx\"}").unwrap_or(0.0)),
        p95_s,
        uptime: ask(format!("avg(avg_over_time(probe_success[{window}s]))")),
        backlog: ask(format!("sum(avg_over_time(celery_queue_length[{window}s]))")),
        failed_jobs: increase("celery_task_failed_total"),
    }
}

/// How a week's number comes from its days.
fn numbers(days: &BTreeMap<i64, Day>, today: i64) -> Vec<WeekNumber> {
    let shares = |days: &[Day]| {
        let requests: f64 = days.iter().filter_map(|day| day.requests).sum();
        let failed: f64 = days.iter().filter_map(|day| day.failed).sum();
        (requests > 0.0).then(|| failed / requests)
    };
    let mean = |of: fn(&Day) -> Option<f64>| {
        move |days: &[Day]| {
            let numbers: Vec<f64> = days.iter().filter_map(of).collect();
            (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
        }
    };
    let sum = |of: fn(&Day) -> Option<f64>| {
        move |days: &[Day]| {
            let numbers: Vec<f64> = days.iter().filter_map(of).collect();
            (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>())
        }
    };
    let of = |first: i64, last: i64| -> Vec<Day> {
        (first..=last).map(|day| days.get(&day).copied().unwrap_or_default()).collect()
    };
    let (now, before) = (of(today - 6, today), of(today - 13, today - 7));
    let number =
        |name: &str, unit: &str, href: &str, less: bool, week: &dyn Fn(&[Day]) -> Option<f64>| WeekNumber {
            name: name.to_owned(),
            unit: unit.to_owned(),
            now: week(&now),
            before: week(&before),
            less_is_better: less,
            days: now.iter().map(|day| week(std::slice::from_ref(day))).collect(),
            href: href.to_owned(),
        };
    vec![
        number("Error rate", "ratio", "/routes", true, &shares),
        number("Response time, p95", "seconds", "/routes", true, &mean(|day| day.p95_s)),
        number("Uptime", "ratio", "/uptime", false, &mean(|day| day.uptime)),
        number("Queue backlog", "", "/queues", true, &mean(|day| day.backlog)),
        number("Failed jobs", "", "/queues", true, &sum(|day| day.failed_jobs)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_put_together_from_its_days() {
        let day = |requests: f64, failed: f64| Day {
            requests: Some(requests),
            failed: Some(failed),
            p95_s: Some(failed / 10.0),
            failed_jobs: Some(failed),
            ..Day::default()
        };
        let days = BTreeMap::from([(100, day(900.0, 9.0)), (99, day(100.0, 1.0)), (93, day(100.0, 50.0))]);
        let found = numbers(&days, 100);
        let told: Vec<_> = found.iter().map(|one| (one.now, one.before)).collect();
        assert_eq!(
            told,
            [
                (Some(0.01), Some(0.5)),
                (Some(0.5), Some(5.0)),
                (None, None),
                (None, None),
                (Some(10.0), Some(50.0))
            ]
        );
        assert_eq!(found[0].days.len(), 7);
        assert_eq!(found[0].days[6], Some(0.01));
    }
}
