//! The control socket: how `porthole user`, `token`, `backup` and `healthcheck` reach the appliance.
//!
//! `<data>/control.sock` (0600) speaks HTTP with the JSON of `api`. Who may open the socket may do all of it.
//! When no appliance runs, [`Client`] opens the directory itself and calls the same routes in-process, so
//! that each command is written once.

mod client;
mod routes;

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;

use anyhow::Context;
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;

pub(crate) use client::Client;
pub(crate) use routes::Stores;

use crate::data_dir::DataDir;

/// The file that tells a backup from any other directory.
pub(crate) const BACKUP_MARK: &str = "porthole-backup";

/// The bound socket.
pub(crate) struct Control {
    listener: UnixListener,
    router: axum::Router,
}

impl Control {
    /// Binds the socket. The directory's lock is held, so a socket that is already there was left behind.
    pub(crate) fn bind(data: &DataDir, stores: Stores) -> anyhow::Result<Self> {
        let path = data.control_socket();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).context(format!("removing the old {}", path.display()));
            }
            _ => {}
        }
        let listener =
            UnixListener::bind(&path).with_context(|| format!("cannot listen on {}", path.display()))?;
        fs::set_permissions(&path, Permissions::from_mode(0o600)).context("protecting the control socket")?;
        Ok(Self { listener, router: routes::router(stores) })
    }

    /// Serves until `shutdown`.
    pub(crate) async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        axum::serve(self.listener, self.router)
            .with_graceful_shutdown(shutdown.cancelled_owned())
            .await
            .context("serving the control socket")
    }
}
