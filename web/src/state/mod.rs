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
use crate::shortcuts::PageActions;

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

/// All handles. They are made once, by the application, and taken apart where they are needed.
#[derive(Clone, Copy)]
pub(crate) struct Shared {
    /// The address.
    pub(crate) history: History,
    /// The way to the server.
    pub(crate) reach: Reach,
    /// What is asked of it.
    pub(crate) client: Client,
    /// Who is signed in.
    pub(crate) session: Session,
    /// What is looked at.
    pub(crate) view: View,
    /// What this browser remembers.
    pub(crate) preferences: Preferences,
    /// The clock.
    pub(crate) ticker: Ticker,
    /// The short message.
    pub(crate) toast: Toast,
    /// What lies over the page.
    pub(crate) overlay: RwSignal<Overlay>,
    /// The stream of events.
    pub(crate) live: Live,
    /// Keys that the page itself handles.
    pub(crate) actions: PageActions,
}

/// Makes everything and puts it into the context; called once, by the application.
pub(crate) fn provide() {
    let history = History::start();
    let reach = Reach::new();
    let who = RwSignal::new(Who::Unknown);
    let client = Client::new(reach, who);
    let session = Session::new(who, client);
    provide_context(Shared {
        history,
        reach,
        client,
        session,
        view: View::new(history),
        preferences: Preferences::new(),
        ticker: Ticker::new(),
        toast: Toast::new(),
        overlay: RwSignal::new(Overlay::None),
        live: Live::start(session, client),
        actions: PageActions::new(),
    });
}

/// The handles.
pub(crate) fn shared() -> Shared {
    expect_context()
}
