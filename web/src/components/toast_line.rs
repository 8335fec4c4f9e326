//! The short message at the edge of the page.

use crate::dom::{El, el};
use crate::state::{Shared, shared};

/// The message; it is read out politely.
pub(crate) fn toast_line() -> El {
    let Shared { toast, .. } = shared();
    let message = toast.message;
    el("div", "toast")
        .attr("role", "status")
        .class_of("toast-shown", move || message.with(|message| !message.is_empty()))
        .text_of(move || message.get())
}
