//! A message as HTML that mail readers show: tables and inline style, no script, no picture to be fetched.

use crate::message::Message;
use crate::receivers::text::{Unit, fit, html};
use crate::receivers::words;

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONO: &str = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";
/// Readers cut a mail at about 102 KB, and with it what would end it.
const ROWS_MAX: usize = 80_000;
/// How high the bars of a trend are, in pixels.
const BARS_HIGH: usize = 40;

/// The whole page.
pub(in crate::receivers) fn body(message: &Message) -> String {
    let colour = words::css_colour(message);
    let what = escaped(&message.what);
    let (kind, status) = (escaped(&words::kind(message)), escaped(&words::status(message)));
    let joined = |lines: &[String]| lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
    let first = [
        drill(message),
        titled("How bad is it", &lines(&message.how_bad)),
        number(message),
        titled("What to do now", &lines(&message.do_now)),
        buttons(message, &colour),
        evidence(message),
        titled("Alerts", &joined(&words::alerts(message))),
    ];
    let notes = message.notes.iter().map(|note| titled(&escaped(&note.title), &joined(&note.lines)));
    let rows = within(first.into_iter().chain(notes));
    let about = escaped(&words::about(message));
    let foot = if about.is_empty() { "Porthole".to_owned() } else { format!("{about} &middot; Porthole") };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{kind}: {what}</title></head>\n\
         <body style=\"margin:0;padding:0;background-color:#eef1f4\">\n\
         <div style=\"display:none;max-height:0;overflow:hidden\">{status}</div>\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" bgcolor=\"#eef1f4\">\
         <tr><td align=\"center\" style=\"padding:16px 8px\">\n\
         <table role=\"presentation\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" bgcolor=\"#ffffff\" \
         style=\"width:100%;max-width:600px;{FONT};color:#1b2733;font-size:15px;line-height:22px\">\n\
         <tr><td bgcolor=\"{colour}\" style=\"padding:16px 24px;color:#ffffff\">\
         <div style=\"font-size:12px;line-height:18px;font-weight:bold;letter-spacing:1px\">{kind}</div>\
         <div style=\"font-size:20px;line-height:27px;font-weight:bold;word-break:break-word\">{what}</div></td></tr>\n\
         <tr><td style=\"padding:14px 24px 0;color:#4a5866\">{status}</td></tr>\n\
         {rows}\
         <tr><td style=\"padding:20px 24px;font-size:12px;line-height:18px;color:#5c6a77;word-break:break-word\">{foot}</td></tr>\n\
         </table></td></tr></table></body></html>\n"
    )
}

/// What fits, a row as a whole or not at all.
fn within(rows: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    for row in rows {
        if out.len() + row.len() <= ROWS_MAX {
            out.push_str(&row);
        }
    }
    out
}

fn drill(message: &Message) -> String {
    if !message.is_drill {
        return String::new();
    }
    "<tr><td bgcolor=\"#fff4ce\" style=\"padding:10px 24px;font-weight:bold\">TEST: a fire drill, nothing is wrong.</td></tr>\n"
        .to_owned()
}

/// A row of the page: a heading and what is below it; both are HTML.
fn titled(title: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!(
        "<tr><td style=\"padding:16px 24px 0;word-break:break-word\">\
         <div style=\"font-size:12px;line-height:18px;font-weight:bold;color:#5c6a77\">{title}</div>{text}</td></tr>\n"
    )
}

fn number(message: &Message) -> String {
    let Some(number) = &message.number else { return String::new() };
    let mut beside = Vec::new();
    beside.extend(number.usual.as_ref().map(|usual| format!("usually {}", escaped(usual))));
    beside.extend(number.limit.as_ref().map(|limit| format!("alerts at {}", escaped(limit))));
    let trend = trend(message);
    format!(
        "<tr><td style=\"padding:10px 24px 0\">\
         <table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
         <td valign=\"bottom\" style=\"padding-right:20px;{FONT}\">\
         <div style=\"font-size:26px;line-height:32px;font-weight:bold;color:#1b2733\">{}</div>\
         <div style=\"font-size:13px;line-height:18px;color:#4a5866\">{}</div></td>{trend}</tr></table></td></tr>\n",
        escaped(&number.text),
        beside.join("; ")
    )
}

/// The trend as bars that need no picture.
fn trend(message: &Message) -> String {
    let evidence = &message.evidence;
    if evidence.trend.len() < 2 {
        return String::new();
    }
    // A mail is 600 wide: fewer, wider bars than were measured are as good to see.
    let step = evidence.trend.len().div_ceil(60);
    let highest = |some: &[Option<f64>]| some.iter().flatten().copied().reduce(f64::max);
    let trend: Vec<Option<f64>> = evidence.trend.chunks(step).map(highest).collect();
    let colour = words::css_colour(message);
    let bar = |height: Option<usize>| {
        let height = height.map_or(0, |height| height.max(1));
        format!(
            "<td valign=\"bottom\" style=\"padding:0 1px 0 0\">\
             <div style=\"width:4px;height:{height}px;background-color:{colour};font-size:0;line-height:0\">&nbsp;</div></td>"
        )
    };
    let bars: String = words::heights(&trend, BARS_HIGH).into_iter().map(bar).collect();
    format!(
        "<td valign=\"bottom\"><table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         height=\"{BARS_HIGH}\"><tr>{bars}</tr></table>\
         <div style=\"font-size:12px;line-height:18px;color:#5c6a77;{FONT}\">{}</div></td>",
        escaped(&evidence.trend_span)
    )
}

fn buttons(message: &Message, colour: &str) -> String {
    let acknowledge = message.acknowledge.iter().filter(|_| !message.is_resolved());
    let acknowledge = acknowledge.map(|found| ("I am on it", &found.page_url, true));
    let runbook = message.runbook.iter().map(|url| ("Runbook", url, false));
    let links = message.links.iter().map(|link| (link.text.as_str(), &link.url, false));
    let button = |(text, url, is_first): (&str, &String, bool)| {
        let (back, front) = if is_first { (colour, "#ffffff") } else { ("#ffffff", "#1b4f8a") };
        // Each is a table of its own, floating, so that many of them break into lines.
        format!(
            "<table role=\"presentation\" align=\"left\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
             style=\"margin:8px 8px 0 0\"><tr><td bgcolor=\"{back}\" style=\"border:1px solid {};border-radius:4px\">\
             <a href=\"{}\" style=\"display:inline-block;padding:8px 14px;color:{front};font-size:14px;line-height:20px;\
             font-weight:bold;text-decoration:none;{FONT}\">{}</a></td></tr></table>",
            if is_first { colour } else { "#b8c4d0" },
            escaped(url),
            escaped(text)
        )
    };
    let all: String = acknowledge.chain(runbook).chain(links).map(button).collect();
    if all.is_empty() {
        return String::new();
    }
    format!("<tr><td style=\"padding:10px 24px 0\">{all}</td></tr>\n")
}

fn evidence(message: &Message) -> String {
    let evidence = &message.evidence;
    let linked = |text: Option<String>, url: Option<&String>| {
        let text = escaped(&text.unwrap_or_default());
        match url {
            Some(url) if !text.is_empty() => {
                format!("<a href=\"{}\" style=\"color:#1b4f8a\">{text}</a>", escaped(url))
            }
            _ => text,
        }
    };
    let deploy =
        linked(words::deploy(message), evidence.deploy.as_ref().and_then(|deploy| deploy.url.as_ref()));
    let issue = linked(words::issue(message), evidence.issue.as_ref().and_then(|issue| issue.url.as_ref()));
    let shown = words::lines(message).iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
    let shown = match shown.is_empty() {
        true => shown,
        false => format!(
            "<div style=\"{MONO};font-size:12px;line-height:18px;background-color:#f4f6f8;padding:8px 10px;\
             word-break:break-all\">{shown}</div>"
        ),
    };
    format!(
        "{}{}{}",
        titled("Deploy before", &deploy),
        titled("Newest issue", &issue),
        titled("Last lines", &shown)
    )
}

fn escaped(text: &str) -> String {
    fit(text, usize::MAX, Unit::Bytes, html)
}

fn lines(text: &str) -> String {
    escaped(text).replace('\n', "<br>")
}
