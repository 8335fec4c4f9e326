//! The choice of the theme.

use crate::dom::{El, button, el};
use crate::state::{Shared, Theme, shared};

/// Three buttons, one of them pressed.
pub(crate) fn theme_picker() -> El {
    let Shared { preferences, .. } = shared();
    let one = |(theme, words): (Theme, &'static str)| {
        button("segment", words)
            .pressed_of(move || preferences.theme.get() == theme)
            .click(move || preferences.set_theme(theme))
    };
    el("div", "segments")
        .attr("role", "group")
        .attr("aria-label", "Theme")
        .each(Theme::ALL.into_iter().map(one))
}
