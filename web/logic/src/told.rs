//! Texts of the server's about what is broken: their clock times are written in the reader's zone.

use api::{Certainty, ChangeKind, Incident, Millis, PartKind, Severity};

use crate::rows::Tone;
use crate::time::{Clock, day_and_time, length};

/// A text with its times: `since {1732370520000}` → `since 14:02`. What stands in braces and is no time stays.
pub fn times(text: &str, clock: Clock<'_>) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        told.push_str(before);
        let at = behind.split_once('}').and_then(|(at, behind)| Some((at.parse::<Millis>().ok()?, behind)));
        rest = match at {
            Some((at, behind)) => {
                told.push_str(&day_and_time(at, clock));
                behind
            }
            None => {
                told.push('{');
                behind
            }
        };
    }
    told.push_str(rest);
    told
}

/// How loud something is.
pub fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical | Severity::High => Tone::Critical,
        Severity::Medium => Tone::Warning,
        Severity::Low => Tone::Waiting,
    }
}

/// How soon somebody must look, in a word.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}

/// What a cause is called, by how sure it is.
pub fn cause(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "Cause",
        Certainty::Likely => "Likely cause",
        Certainty::Possible => "Possible cause",
    }
}

/// `since 14:02, for 12 min`, `14:02, lasted 12 min`.
pub fn lasting(incident: &Incident, clock: Clock<'_>) -> String {
    let began = day_and_time(incident.since, clock);
    match incident.ended {
        Some(ended) => format!("{began}, lasted {}", span(ended - incident.since)),
        None => format!("since {began}, for {}", span(clock.now - incident.since)),
    }
}

/// A length of time without its smallest parts.
fn span(millis: Millis) -> String {
    length(millis.max(1_000) / 1_000 * 1_000)
}

/// What a part of an incident is, in a word.
pub fn part(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Container => "container",
        PartKind::Errors => "failed requests",
        PartKind::Slow => "slow requests",
        PartKind::Issue => "issue",
        PartKind::Pattern => "log lines",
        PartKind::Probe => "probe",
        PartKind::Target => "target",
        PartKind::Queue => "queue",
        PartKind::Monitor => "check-in",
        PartKind::Certificate => "certificate",
        PartKind::Disk => "disk",
        PartKind::Alert => "alert",
        PartKind::Deploy => "deploy",
    }
}

/// What changed, in a word.
pub fn change(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Deploy => "deploy",
        ChangeKind::Issue => "issue",
        ChangeKind::Restart => "restart",
        ChangeKind::Incident => "incident over",
    }
}

/// An incident for a chat or a ticket: Markdown; `origin` stands before links into the page.
pub fn markdown(incident: &Incident, origin: &str, clock: Clock<'_>) -> String {
    let link = |text: &str, href: &str| match href {
        "" => times(text, clock),
        href => format!("[{}]({origin}{href})", times(text, clock)),
    };
    let mut text = format!(
        "**{}** ({}, {})\n{}\n",
        times(&incident.what, clock),
        incident.service,
        severity(incident.severity),
        lasting(incident, clock)
    );
    if !incident.how_bad.text.is_empty() {
        text.push_str(&format!("\nHow bad: {}\n", times(&incident.how_bad.text, clock)));
    }
    if let Some(found) = &incident.cause {
        text.push_str(&format!("\n{}: {}\n", cause(found.certainty), times(&found.text, clock)));
        for proof in &found.evidence {
            text.push_str(&format!("- {}\n", link(&proof.text, &proof.href)));
        }
    }
    if !incident.do_now.is_empty() {
        text.push_str("\nDo now:\n");
    }
    for (at, step) in incident.do_now.iter().enumerate() {
        text.push_str(&format!("{}. {}\n", at + 1, link(&step.text, &step.href)));
        if !step.command.is_empty() {
            text.push_str(&format!("   `{}`\n", step.command));
        }
    }
    text.push_str(&format!("\n{origin}/incidents/{}\n", incident.id));
    text
}

#[cfg(test)]
mod tests {
    use api::{Cause, Harm, Proof, Step};

    use super::*;
    use crate::time::{HOUR, MINUTE, Utc};

    const CLOCK: Clock<'static> = Clock { now: 1_732_371_240_000, zone: &Utc };

    #[test]
    fn times_stand_in_the_zone_of_the_reader() {
        for (text, told) in [
            ("fails since {1732370520000}.", "fails since 14:02."),
            ("{1732370520000}", "14:02"),
            ("from {1732370520000} to {1732371240000}", "from 14:02 to 14:14"),
            ("on {1732284120000}", "on 22 Nov 14:02"),
            ("a {b} c", "a {b} c"),
            ("open {1732370520000", "open {1732370520000"),
            ("{}{{1732370520000}}", "{}{14:02}"),
            ("", ""),
        ] {
            assert_eq!(times(text, CLOCK), told);
        }
    }

    fn incident() -> Incident {
        Incident {
            id: "web-1".to_owned(),
            service: "web".to_owned(),
            severity: Severity::High,
            what: "Checkout fails".to_owned(),
            since: CLOCK.now - 12 * MINUTE,
            how_bad: Harm { text: "3.2 % of requests fail".to_owned(), ..Harm::default() },
            cause: Some(Cause {
                text: "web was deployed at {1732370400000}".to_owned(),
                certainty: Certainty::Likely,
                evidence: vec![Proof {
                    text: "the deploy".to_owned(),
                    href: "/services/web/deploy".to_owned(),
                }],
            }),
            do_now: vec![Step {
                text: "Roll back".to_owned(),
                command: "docker compose up -d web".to_owned(),
                href: String::new(),
            }],
            ..Incident::default()
        }
    }

    #[test]
    fn an_incident_is_told_with_its_length() {
        assert_eq!(lasting(&incident(), CLOCK), "since 14:02, for 12 min");
        let ended = Incident { ended: Some(CLOCK.now - 2 * MINUTE), ..incident() };
        assert_eq!(lasting(&ended, CLOCK), "14:02, lasted 10 min");
        let long = Incident { since: CLOCK.now - 26 * HOUR - 500, ..incident() };
        assert_eq!(lasting(&long, CLOCK), "since 22 Nov 12:13, for 1 d 2 h");
    }

    #[test]
    fn an_incident_can_be_pasted_to_a_chat() {
        assert_eq!(
            markdown(&incident(), "https://ops", CLOCK),
            "**Checkout fails** (web, high)\nsince 14:02, for 12 min\n\nHow bad: 3.2 % of requests fail\n\n\
             Likely cause: web was deployed at 14:00\n- [the deploy](https://ops/services/web/deploy)\n\n\
             Do now:\n1. Roll back\n   `docker compose up -d web`\n\nhttps://ops/incidents/web-1\n"
        );
    }
}
