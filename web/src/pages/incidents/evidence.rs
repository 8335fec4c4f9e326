//! What stood around a moment: the last lines, the newest issue, the deploy before, and where there is more.

use api::{Evidence, EvidenceLine};
use web_logic::number::plural;
use web_logic::time;

use crate::dom::{El, el};
use crate::state::{Shared, shared};

/// The blocks; what was not found is not there.
pub(crate) fn evidence(found: &Evidence) -> El {
    let Shared { view, .. } = shared();
    let clock = view.clock();
    let block = |title: &str| el("section", "card").add(el("h2", "").text(title));
    let mut blocks = Vec::new();
    if !found.lines.is_empty() {
        let lines = el("ol", "evidence-lines").each(found.lines.iter().map(line));
        blocks.push(block("The lines of that time").add(lines));
    }
    if let Some(issue) = &found.issue {
        let link = el("a", "").attr("href", &issue.href).text(&issue.title);
        let told = format!(
            "{} · {} in the hour before · {} · first {}",
            issue.short_id,
            plural(issue.events, "event"),
            plural(issue.users, "user"),
            time::day_and_time(issue.first_seen, clock)
        );
        blocks.push(
            block("The newest error")
                .add(el("p", "").add(link))
                .add(el("p", "hint").text(&issue.culprit))
                .add(el("p", "hint").text(&told)),
        );
    }
    if let Some(deploy) = &found.deploy {
        let words = if deploy.before.is_empty() {
            deploy.image.clone()
        } else {
            format!("{} in place of {}", deploy.image, deploy.before)
        };
        let when = format!("{}: ", time::day_and_time(deploy.at, clock));
        let link = el("a", "").attr("href", &deploy.href).text(&words);
        blocks.push(block("The deploy before").add(el("p", "").text(&when).add(link)));
    }
    if !found.links.is_empty() {
        let link = |one: &api::EvidenceLink| el("a", "button").attr("href", &one.path).text(&one.title);
        blocks.push(block("More").add(el("p", "evidence-links").each(found.links.iter().map(link))));
    }
    el("div", "evidence").each(blocks)
}

fn line(line: &EvidenceLine) -> El {
    let Shared { view, .. } = shared();
    let zone = view.clock().zone;
    el("li", "")
        .class_if("evidence-error", line.error)
        .add(
            el("time", "")
                .attr("title", &time::full(line.at, zone))
                .text(&time::time_of_day(line.at, zone, true)),
        )
        .add(el("span", "evidence-place").text(&line.place))
        .add(el("span", "evidence-text").text(&line.text))
}
