//! Who is signed in.

use crate::prelude::*;
use api::{Role, SessionUser};

use crate::client::{Client, Failure};

/// Who is looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The server was not asked yet.
    Unknown,
    /// Nobody is signed in.
    Nobody {
        /// There is no user at all: the set-up link has not been used.
        setup_needed: bool,
    },
    /// A user.
    User(SessionUser),
    /// The server asks nobody who they are.
    Anybody,
}

/// The session of this tab.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// Who is looking.
    pub(crate) who: RwSignal<Who>,
    /// The server's version and build.
    pub(crate) build: RwSignal<String>,
    client: Client,
}

impl Session {
    pub(super) fn new(who: RwSignal<Who>, client: Client) -> Self {
        let session = Self { who, build: RwSignal::new(String::new()), client };
        session.ask();
        session
    }

    /// Asks the server who is signed in.
    pub(crate) fn ask(self) {
        spawn_local(async move {
            if let Ok(answer) = self.client.session().await {
                self.take(answer);
            }
        });
    }

    /// Takes over what the server said.
    pub(crate) fn take(self, session: api::Session) {
        self.build.set(session.build);
        let who = match session.user {
            Some(user) => Who::User(user),
            None if session.open => Who::Anybody,
            None => Who::Nobody { setup_needed: session.setup_needed },
        };
        if self.who.get_untracked() != who {
            self.who.set(who);
        }
    }

    /// Signs out.
    pub(crate) fn sign_out(self) {
        spawn_local(async move {
            if !matches!(self.client.sign_out().await, Err(Failure::Unreachable)) {
                self.who.set(Who::Nobody { setup_needed: false });
            }
        });
    }

    /// Whether queries will be answered.
    pub(crate) fn may_read(self) -> bool {
        self.who.with(|who| matches!(who, Who::User(_) | Who::Anybody))
    }

    /// Whether users and tokens may be managed.
    pub(crate) fn is_admin(self) -> bool {
        self.is_at_least(Role::Admin)
    }

    /// Whether views may be saved and removed.
    pub(crate) fn may_edit(self) -> bool {
        self.is_at_least(Role::Editor)
    }

    fn is_at_least(self, role: Role) -> bool {
        self.who.with(|who| match who {
            Who::User(user) => user.role >= role,
            Who::Anybody => true,
            Who::Nobody { .. } | Who::Unknown => false,
        })
    }

    /// The user's name.
    pub(crate) fn name(self) -> Option<String> {
        self.who.with(|who| if let Who::User(user) = who { Some(user.name.clone()) } else { None })
    }
}
