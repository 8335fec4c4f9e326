//! What nearly every part of the page uses: signals, the document and the browser's clocks.

pub(crate) use leptos::prelude::{Owner, on_cleanup, untrack};
pub(crate) use leptos::task::spawn_local;

pub(crate) use crate::browser::{
    document, listen, request_animation_frame, set_interval, set_timeout, window,
};
pub(crate) use crate::signals::{RwSignal, StoredValue};
