//! A message as plain text, for readers that show nothing else.

use crate::message::Message;
use crate::receivers::words;

/// The body.
pub(in crate::receivers) fn body(message: &Message) -> String {
    let mut out = format!("{}: {}\n{}\n", words::kind(message), message.what, words::status(message));
    let mut add = |title: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&format!("\n{title}\n{text}\n"));
        }
    };
    add("HOW BAD IS IT", &message.how_bad);
    add("WHAT TO DO NOW", &message.do_now);
    add("NUMBER", &words::number(message).unwrap_or_default());
    add("DEPLOY BEFORE", &words::deploy(message).unwrap_or_default());
    add("NEWEST ISSUE", &words::issue(message).unwrap_or_default());
    add("LAST LINES", &words::lines(message).join("\n"));
    add("ALERTS", &words::alerts(message).join("\n"));
    for note in &message.notes {
        add(&note.title.to_uppercase(), &note.lines.join("\n"));
    }
    add("ABOUT", &words::about(message));
    let acknowledge = message.acknowledge.iter().map(|found| ("I am on it", &found.page_url));
    let runbook = message.runbook.iter().map(|url| ("Runbook", url));
    let links = message.links.iter().map(|link| (link.text.as_str(), &link.url));
    let all = acknowledge.filter(|_| !message.is_resolved()).chain(runbook).chain(links);
    let all: Vec<String> = all.map(|(text, url)| format!("{text}: {url}")).collect();
    add("LINKS", &all.join("\n"));
    out
}
