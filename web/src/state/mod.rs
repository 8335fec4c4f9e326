//! What all parts of the page share. Each is a handle of signals that can be copied; [`provide`] makes them, and
//! [`shared`] gives them to whoever asks, be it while a part is built or when somebody clicks.

mod fetched;
mod preferences;
mod reach;
mod session;
mod ticker;
mod toast;
mod view;
mod views;

use std::cell::Cell;

use crate::prelude::*;

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
pub(crate) use views::Views;

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
    /// Views that were saved.
    pub(crate) views: Views,
    /// What lies over the page.
    pub(crate) overlay: RwSignal<Overlay>,
    /// The stream of events.
    pub(crate) live: Live,
    /// Keys that the page itself handles.
    pub(crate) actions: PageActions,
}

thread_local! {
    static SHARED: Cell<Option<Shared>> = const { Cell::new(None) };
}

/// Makes everything; called once, by the application.
pub(crate) fn provide() {
    let history = History::start();
    let reach = Reach::new();
    let who = RwSignal::new(Who::Unknown);
    let client = Client::new(reach, who);
    let session = Session::new(who, client);
    let toast = Toast::new();
    let shared = Shared {
        history,
        reach,
        client,
        session,
        view: View::new(history),
        preferences: Preferences::new(),
        ticker: Ticker::new(),
        toast,
        views: Views::new(client, toast),
        overlay: RwSignal::new(Overlay::None),
        live: Live::start(session, client),
        actions: PageActions::new(),
    };
    SHARED.set(Some(shared));
}

/// The handles.
pub(crate) fn shared() -> Shared {
    SHARED.get().expect("the application provides them before anything is built")
}
