//! Bars above every page: the server does not answer, or is another build than the page.

use leptos::prelude::*;

use super::notice::{notice, notice_with};
use crate::dom::{El, button, el};
use crate::reactive::effect;
use crate::state::{Reach, Shared, Trouble, shared};

/// Bars above every page.
pub(crate) fn banners() -> El {
    let Shared { reach, session, .. } = shared();
    // While something is wrong the server is asked again and again; its answer takes the bar away.
    effect(move || {
        if reach.trouble.get().is_some() {
            let ask = move || {
                if reach.trouble.get_untracked().is_some() {
                    session.ask();
                }
            };
            if let Ok(handle) = set_interval_with_handle(ask, Reach::RETRY) {
                on_cleanup(move || handle.clear());
            }
        }
    });
    el("div", "host").children_of(move || {
        let mut bars: Vec<El> =
            reach.trouble.get().into_iter().map(|trouble| notice("critical", &words(trouble))).collect();
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
