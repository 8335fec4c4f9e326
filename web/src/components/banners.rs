//! Bars above every page: something critical fires, the server does not answer, or is another build than the page.

use api::CriticalAlert;
use web_logic::route::Page;
use web_logic::time::since;

use crate::prelude::*;

use super::notice::{notice, notice_with};
use crate::dom::{El, button, el};
use crate::reactive::effect;
use crate::state::{Reach, Shared, Trouble, shared};

/// Bars above every page.
pub(crate) fn banners() -> El {
    let Shared { reach, session, live, .. } = shared();
    // While something is wrong the server is asked again and again; its answer takes the bar away.
    effect(move || {
        if reach.trouble.get().is_some() {
            let ask = move || {
                if reach.trouble.get_untracked().is_some() {
                    session.ask();
                }
            };
            set_interval(ask, Reach::RETRY);
        }
    });
    el("div", "host").children_of(move || {
        let mut bars: Vec<El> =
            reach.trouble.get().into_iter().map(|trouble| notice("critical", &words(trouble))).collect();
        bars.extend(live.critical.with(|alerts| critical(alerts)));
        if reach.outdated.get() {
            let load = button("button", "Load the new page").click(|| drop(window().location().reload()));
            bars.push(notice_with("info", "Porthole was updated while this page was open. ", Some(load)));
        }
        bars
    })
}

fn words(trouble: Trouble) -> String {
    match trouble {
        Trouble::Offline => {
            "This computer is offline. What is shown is from before; the page tries again by itself."
                .to_owned()
        }
        Trouble::Away => {
            "Porthole does not answer. What is shown is from before; the page tries again by itself."
                .to_owned()
        }
        Trouble::Failing(status) => {
            format!(
                "Porthole answers with errors (status {status}). Its own log says why; the page tries again by itself."
            )
        }
    }
}

/// What is critical and fires: the first of it, and how many more there are.
fn critical(alerts: &[CriticalAlert]) -> Option<El> {
    let Shared { view, .. } = shared();
    let first = alerts.first()?;
    let more = alerts.len() - 1;
    let whose =
        if first.owner.is_empty() { "nobody has it".to_owned() } else { format!("{} has it", first.owner) };
    let since = untrack(|| since(first.since, view.clock()));
    let rest = if more > 0 { format!(" And {more} more.") } else { String::new() };
    let path = if more > 0 { Page::Alerts.path().to_owned() } else { format!("/alerts/{}", first.id) };
    let link = el("a", "button").attr("href", &path).text("What to do");
    let words = format!("{} ({since}; {whose}).{rest} ", first.what.trim_end_matches('.'));
    Some(notice_with("critical", &words, Some(link)))
}
