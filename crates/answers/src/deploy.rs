//! One deploy: how it was before, how it is after, and whether that is worse.

use api::{DeployNumber, DeployPage, DeployPattern, EvidenceIssue, Severity, Step};

use crate::words::{millis, percent, plural};

/// Numbers of a service over a time. `None`: not measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// Requests a second.
    pub per_second: Option<f64>,
    /// The share of 5xx, 0 to 1.
    pub error_share: Option<f64>,
    /// The time of 95 of 100 requests, in seconds.
    pub p95_s: Option<f64>,
    /// Lines of errors a minute.
    pub error_lines: Option<f64>,
}

/// A share that is worse by less is chance.
const SHARE_WORSE: f64 = 0.01;
const TIMES_WORSE: f64 = 2.0;
/// Slower by less is felt by nobody.
const P95_WORSE_S: f64 = 0.1;
const LINES_WORSE: f64 = 5.0;

/// Compares. `page` tells whose and when; its numbers, verdict and advice are filled.
pub fn deploy(
    page: DeployPage,
    before: &Measured,
    after: &Measured,
    issues: Vec<EvidenceIssue>,
    patterns: Vec<DeployPattern>,
) -> DeployPage {
    let numbers = numbers(before, after);
    let worse: Vec<String> = numbers.iter().filter(|number| number.worse).map(said).collect();
    let mut told = worse.clone();
    if !issues.is_empty() {
        told.push(format!("{} came with it", plural(issues.len() as u64, "new issue")));
    }
    if !patterns.is_empty() {
        told.push(format!("{} of errors came with it", plural(patterns.len() as u64, "new kind")));
    }
    let severity = match (worse.is_empty(), told.is_empty()) {
        (false, _) => Some(Severity::High),
        (true, false) => Some(Severity::Medium),
        (true, true) => None,
    };
    let is_known = numbers.iter().any(|number| number.before.is_some() && number.after.is_some());
    let verdict = match (told.is_empty(), is_known) {
        (false, _) => format!("Worse since this deploy: {}.", told.join("; ")),
        (true, true) => "Nothing is worse since this deploy.".to_owned(),
        (true, false) => {
            "Nothing was measured on both sides of this deploy, and no new error came.".to_owned()
        }
    };
    let do_now = if severity.is_some() { back(&page) } else { Vec::new() };
    DeployPage { numbers, verdict, severity, issues, patterns, do_now, ..page }
}

fn numbers(before: &Measured, after: &Measured) -> Vec<DeployNumber> {
    let number = |name: &str,
                  unit: &str,
                  before: Option<f64>,
                  after: Option<f64>,
                  worse: &dyn Fn(f64, f64) -> bool| {
        let worse = before.zip(after).is_some_and(|(before, after)| worse(before, after));
        DeployNumber { name: name.to_owned(), unit: unit.to_owned(), before, after, worse }
    };
    let shares = |before: f64, after: f64| after >= before + SHARE_WORSE && after >= before * TIMES_WORSE;
    let times = |before: f64, after: f64| after >= before + P95_WORSE_S && after >= before * TIMES_WORSE;
    let lines = |before: f64, after: f64| after >= before + LINES_WORSE && after >= before * TIMES_WORSE;
    vec![
        number("Error rate", "ratio", before.error_share, after.error_share, &shares),
        number("p95", "seconds", before.p95_s, after.p95_s, &times),
        number("Requests", "1/s", before.per_second, after.per_second, &|_, _| false),
        number("Error lines a minute", "", before.error_lines, after.error_lines, &lines),
    ]
}

fn said(number: &DeployNumber) -> String {
    let write = |value: f64| match number.unit.as_str() {
        "ratio" => percent(value),
        "seconds" => millis(value * 1e3),
        _ => format!("{value:.1}"),
    };
    let (before, after) = (number.before.unwrap_or_default(), number.after.unwrap_or_default());
    let name = if number.name == "p95" {
        "95 of 100 requests take up to".to_owned()
    } else {
        format!("{}:", number.name)
    };
    format!("{name} {} instead of {}", write(after), write(before))
}

fn back(page: &DeployPage) -> Vec<Step> {
    let compose = if page.project.is_empty() { String::new() } else { format!(" -p {}", page.project) };
    let (text, build) = if page.before.is_empty() || page.before == page.image {
        ("Roll back: check out the revision before, build again, and start it".to_owned(), " --build")
    } else {
        (
            format!(
                "Roll back: write `image: {}` to {} in the compose file, then",
                page.before, page.service
            ),
            "",
        )
    };
    vec![Step {
        text,
        command: format!("docker compose{compose} up -d{build} {}", page.service),
        href: String::new(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_clearly_worse_is_told() {
        let measured = |share: f64, p95: f64| Measured {
            per_second: Some(10.0),
            error_share: Some(share),
            p95_s: Some(p95),
            error_lines: Some(1.0),
        };
        let page = || DeployPage {
            service: "web".into(),
            project: "shop".into(),
            image: "b".into(),
            before: "a".into(),
            ..DeployPage::default()
        };
        let check =
            |before: Measured, after: Measured, issues: usize, verdict: &str, severity: Option<Severity>| {
                let found =
                    deploy(page(), &before, &after, vec![EvidenceIssue::default(); issues], Vec::new());
                assert_eq!((found.verdict.as_str(), found.severity), (verdict, severity));
                assert_eq!(found.do_now.is_empty(), severity.is_none());
            };
        let good = measured(0.001, 0.1);
        check(good, measured(0.008, 0.15), 0, "Nothing is worse since this deploy.", None);
        check(
            good,
            measured(0.04, 0.1),
            0,
            "Worse since this deploy: Error rate: 4.0 % instead of 0.1 %.",
            Some(Severity::High),
        );
        check(
            good,
            measured(0.001, 1.2),
            2,
            "Worse since this deploy: 95 of 100 requests take up to 1.2 s instead of 100 ms; 2 new issues came with it.",
            Some(Severity::High),
        );
        check(good, good, 1, "Worse since this deploy: 1 new issue came with it.", Some(Severity::Medium));
        let nothing = Measured::default();
        let unknown = "Nothing was measured on both sides of this deploy, and no new error came.";
        check(nothing, good, 0, unknown, None);
    }
}
