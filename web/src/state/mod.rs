//! What all parts of the page share. Each is a handle of signals that can be copied; [`provide`] puts them into
//! the context, and the functions here take them out.

mod fetched;
mod preferences;
mod reach;
mod session;
mod ticker;
mod toast;
mod view;

use leptos::prelude::*;

use crate::client::Client;
use crate::history::History;
use crate::live::Live;

pub(crate) use fetched::Fetched;
pub(crate) use preferences::{Preferences, Theme};
pub(crate) use reach::{Reach, Trouble};
pub(crate) use session::{Session, Who};
pub(crate) use ticker::Ticker;
pub(crate) use toast::Toast;
pub(crate) use view::View;

/// What lies over the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The palette.
    Palette,
    /// The keys.
    Help,
}

/// Makes everything and puts it into the context; called once, by the application.
pub(crate) fn provide() {
    let history = History::start();
    let reach = Reach::new();
    let who = RwSignal::new(Who::Unknown);
    let client = Client::new(reach, who);
    let session = Session::new(who, client);
    provide_context(history);
    provide_context(reach);
    provide_context(client);
    provide_context(session);
    provide_context(View::new(history));
    provide_context(Preferences::new());
    provide_context(Ticker::new());
    provide_context(Toast::new());
    provide_context(RwSignal::new(Overlay::None));
    provide_context(Live::start(session, client));
}

/// Takes a handle out of the context.
pub(crate) fn shared<T: Clone + Send + Sync + 'static>() -> T {
    expect_context::<T>()
}
