//! What stands around a moment of a service: the lines that tell of it, the issue that came then, the deploy before, and
//! a number over the time before. Used by the page and by the messages of alerts alike.

use std::time::Duration;

use api::{Evidence, EvidenceDeploy, EvidenceIssue, EvidenceLine, EvidenceLink, Millis};
use model::label::{CONTAINER, ENVIRONMENT, PROJECT, SERVICE};
use model::{Labels, Timestamp};

use crate::links;
use crate::seen::Who;
use crate::signals::{Line, Lines, Span};

const LINES_MAX: usize = 5;
const CHARACTERS: usize = 500;
/// Lines so long before a moment tell of it, and a little after: clocks differ.
const BEFORE: Duration = Duration::from_secs(600);
const AFTER: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
/// Points of the small picture, a minute each.
const POINTS: u32 = 60;
const MINUTE: Duration = Duration::from_secs(60);

/// What is asked of the engines about a moment.
pub trait Around: Lines {
    /// The newest open issue of a service of which events came in this time.
    fn issue(&self, who: &Who, span: Span) -> Option<EvidenceIssue>;

    /// The last time in this time at which the service got another image: when, the image, the one before.
    fn deploy(&self, who: &Who, span: Span) -> Option<(Millis, String, String)>;

    /// A service's failed requests, else its lines of errors, in each step up to an instant; empty: nothing was counted.
    fn failures(&self, who: &Who, end: Timestamp, step: Duration, points: u32) -> Vec<Option<f64>>;
}

/// What stands around `at`. `labels` tell whose it is: `service`, `project`, `environment`, `container`; of the rest
/// nothing is read. What cannot be found is left out.
pub fn evidence<A: Around>(around: &A, labels: &Labels, at: Timestamp) -> Evidence {
    let label = |name| labels.get(name).unwrap_or_default().to_owned();
    let who = Who { environment: label(ENVIRONMENT), project: label(PROJECT), service: label(SERVICE) };
    let mut evidence = Evidence { at: at.millis(), ..Evidence::default() };
    if who.service.is_empty() && label(CONTAINER).is_empty() {
        return evidence;
    }
    let matchers = matchers(labels);
    let span = Span::around(at, BEFORE, at, AFTER);
    evidence.lines = lines(around, &matchers, span);
    if who.service.is_empty() {
        return evidence;
    }
    let hour = Span::around(at, HOUR, at, AFTER);
    evidence.issue =
        around.issue(&who, hour).map(|issue| EvidenceIssue { href: links::issue(issue.id), ..issue });
    let told = around.deploy(&who, Span::around(at, DAY, at, AFTER));
    evidence.deploy =
        told.map(|(at, image, before)| EvidenceDeploy { at, image, before, href: links::deploy(&who, at) });
    evidence.sparkline = around.failures(&who, at, MINUTE, POINTS);
    evidence.links = links_of(&who, &evidence, at.millis());
    evidence
}

/// The selector's matchers of whose it is.
fn matchers(labels: &Labels) -> String {
    let told = [SERVICE, PROJECT, ENVIRONMENT, CONTAINER]
        .into_iter()
        .filter_map(|name| Some((name, labels.get(name)?)));
    let told = told.filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| format!("{name}={}", quoted(value))).collect::<Vec<_>>().join(",")
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The last lines of errors before the moment; where there are none, the last lines.
fn lines<A: Around>(around: &A, matchers: &str, span: Span) -> Vec<EvidenceLine> {
    let errors =
        format!("{{{matchers},stream!~\"access|event\"}} | detected_level=~\"error|critical|fatal\"");
    let all = format!("{{{matchers},stream!~\"access|event\"}}");
    let found =
        [errors, all].into_iter().map(|query| around.lines(&query, span, LINES_MAX).unwrap_or_default());
    let mut found = found.into_iter().find(|lines| !lines.is_empty()).unwrap_or_default();
    found.reverse();
    found.iter().map(line).collect()
}

fn line(line: &Line) -> EvidenceLine {
    let label = |name| line.labels.get(name).unwrap_or_default();
    let container = label(CONTAINER);
    EvidenceLine {
        at: line.at.millis(),
        place: if container.is_empty() { label(SERVICE) } else { container }.to_owned(),
        error: line.is_error,
        text: line.text.chars().take(CHARACTERS).collect(),
    }
}

fn links_of(who: &Who, evidence: &Evidence, at: Millis) -> Vec<EvidenceLink> {
    let link = |title: &str, path: String| EvidenceLink { title: title.to_owned(), path };
    let mut links = vec![link("Lines around it", links::lines(who, at))];
    if let Some(issue) = &evidence.issue {
        links.push(link("The newest issue", issue.href.clone()));
    }
    links.push(link("Requests that failed", links::failed_requests(who, at)));
    if let Some(deploy) = &evidence.deploy {
        links.push(link("Before and after the deploy", deploy.href.clone()));
    }
    links.push(link("The service", links::service(who)));
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake;

    impl Lines for Fake {
        type Error = ();

        fn lines(&self, query: &str, span: Span, limit: usize) -> Result<Vec<Line>, ()> {
            assert!(
                query.starts_with("{service=\"web\",project=\"a\\\"b\",stream!~\"access|event\"}"),
                "{query}"
            );
            if query.contains("detected_level") {
                return Ok(Vec::new());
            }
            let labels = Labels::from_pairs([(SERVICE, "web"), (CONTAINER, "web-1")]);
            let line = |second: u64| Line {
                at: span.end.minus(Duration::from_secs(second)),
                labels: labels.clone(),
                text: "x".repeat(600),
                is_error: false,
            };
            Ok((0..limit as u64).map(line).collect())
        }
    }

    impl Around for Fake {
        fn issue(&self, _: &Who, _: Span) -> Option<EvidenceIssue> {
            Some(EvidenceIssue { id: 7, ..EvidenceIssue::default() })
        }

        fn deploy(&self, _: &Who, span: Span) -> Option<(Millis, String, String)> {
            Some((span.start.millis(), "b".into(), "a".into()))
        }

        fn failures(&self, _: &Who, _: Timestamp, _: Duration, points: u32) -> Vec<Option<f64>> {
            vec![None; points as usize]
        }
    }

    #[test]
    fn everything_around_a_moment_is_bounded_and_in_order() {
        let at = Timestamp::from_seconds(1_000_000);
        let labels = Labels::from_pairs([(SERVICE, "web"), (PROJECT, "a\"b"), ("le", "0.5")]);
        let found = evidence(&Fake, &labels, at);
        assert_eq!(found.lines.len(), LINES_MAX);
        assert!(found.lines.windows(2).all(|pair| pair[0].at < pair[1].at));
        assert!(found.lines.iter().all(|line| line.text.len() == CHARACTERS && line.place == "web-1"));
        assert_eq!(found.issue.map(|issue| issue.href).as_deref(), Some("/issues/7"));
        assert_eq!(found.deploy.map(|deploy| deploy.before).as_deref(), Some("a"));
        assert_eq!((found.sparkline.len(), found.links.len()), (POINTS as usize, 5));
        let nobody = evidence(&Fake, &Labels::from_pairs([("job", "x")]), at);
        assert_eq!(nobody, Evidence { at: at.millis(), ..Evidence::default() });
    }
}
