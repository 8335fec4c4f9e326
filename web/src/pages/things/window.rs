//! The window's name while one thing is looked at.

use crate::prelude::*;

use crate::browser;

/// The window is called after a thing for as long as it is shown; whoever reads by ear hears its name.
pub(crate) fn name_window(thing: &str) {
    let before = document().title();
    let title = format!("{thing} · Porthole");
    document().set_title(&title);
    request_animation_frame(|| browser::focus("h1[tabindex]"));
    on_cleanup(move || {
        // Another page may have named the window already.
        if document().title() == title {
            document().set_title(&before);
        }
    });
}
