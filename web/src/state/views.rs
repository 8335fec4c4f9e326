//! Saved views: states of pages under a name, common to all users.

use crate::prelude::*;
use api::View as SavedView;

use super::Toast;
use crate::client::Client;

/// The saved views of all pages.
#[derive(Clone, Copy)]
pub(crate) struct Views {
    all: RwSignal<Vec<SavedView>>,
    client: Client,
    toast: Toast,
}

impl Views {
    pub(super) fn new(client: Client, toast: Toast) -> Self {
        Self { all: RwSignal::new(Vec::new()), client, toast }
    }

    /// Those of a page, by name.
    pub(crate) fn of(self, page: &str) -> Vec<SavedView> {
        self.all.with(|all| all.iter().filter(|view| view.page == page).cloned().collect())
    }

    /// Asks the server for them; what is known stays until it has answered.
    pub(crate) fn load(self) {
        let views = self.client.views();
        spawn_local(async move {
            if let Ok(views) = views.await {
                self.all.maybe_update(|all| {
                    let changed = *all != views;
                    *all = views;
                    changed
                });
            }
        });
    }

    /// Removes one.
    pub(crate) fn remove(self, id: i64) {
        let removed = self.client.remove_view(id);
        spawn_local(async move {
            match removed.await {
                Ok(()) => self.load(),
                Err(failure) => self.toast.show(failure.to_string()),
            }
        });
    }
}
