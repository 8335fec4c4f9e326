//! Answers that go on: whatever is there now, then whatever comes.

use std::convert::Infallible;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Api;

/// What a [`follow`]ed source did when asked for more.
pub(super) enum Step {
    /// It wrote something, or may do so if asked again.
    More,
    /// It has nothing until the engine changes.
    Wait,
    /// It will never write again.
    End,
}

/// A body of what `write` writes. It is asked again whenever the engine has changed, until it ends, the
/// client goes or the engine shuts down. Nothing is queued: a slow client asks less often.
pub(super) fn follow(api: Api, write: impl FnMut(&Api, &mut BytesMut) -> Step + Send + 'static) -> Body {
    let state =
        Following { changes: api.engine.changes(), shutdown: api.shutdown.clone(), api, write, ended: false };
    Body::from_stream(stream::unfold(state, |mut state| async move {
        let bytes = state.next().await?;
        Some((Ok::<_, Infallible>(bytes), state))
    }))
}

struct Following<W> {
    api: Api,
    changes: watch::Receiver<()>,
    shutdown: CancellationToken,
    write: W,
    ended: bool,
}

impl<W: FnMut(&Api, &mut BytesMut) -> Step> Following<W> {
    async fn next(&mut self) -> Option<Bytes> {
        let mut out = BytesMut::new();
        while !self.ended {
            self.changes.mark_unchanged();
            let step = (self.write)(&self.api, &mut out);
            self.ended = matches!(step, Step::End);
            if !out.is_empty() {
                return Some(out.freeze());
            }
            if matches!(step, Step::Wait) {
                self.wait().await;
            }
        }
        None
    }

    async fn wait(&mut self) {
        tokio::select! {
            changed = self.changes.changed() => self.ended = changed.is_err(),
            () = self.shutdown.cancelled() => self.ended = true,
        }
    }
}
