//! Questions that are being answered: whoever asks the very same meanwhile gets the same answer, so that a
//! dashboard that is open ten times is computed once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use http::response::Parts;
use http_body_util::BodyExt;

/// An answer that several can have.
#[derive(Clone)]
struct Told {
    head: Parts,
    bytes: Bytes,
}

type Answer = Shared<BoxFuture<'static, Told>>;

/// The questions.
#[derive(Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashMap<String, WeakShared<BoxFuture<'static, Told>>>>>);

impl UnderWay {
    /// Answers `question` with what `answer` gives, or with what another one who asks it is waiting for. The work
    /// ends when the last of them leaves.
    pub(crate) async fn share(
        &self,
        question: String,
        answer: impl Future<Output = Response> + Send + 'static,
    ) -> Response {
        let answer = self.join(question, answer);
        let Told { head, bytes } = answer.await;
        Response::from_parts(head, Body::from(bytes))
    }

    fn join(&self, question: String, answer: impl Future<Output = Response> + Send + 'static) -> Answer {
        let mut questions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = questions.get(&question).and_then(WeakShared::upgrade) {
            return answer;
        }
        // Whoever left without an answer has not taken its question away.
        questions.retain(|_, answer| answer.upgrade().is_some());
        let (all, key) = (self.clone(), question.clone());
        let answer = async move {
            let (head, body) = answer.await.into_parts();
            let bytes = body.collect().await.map(http_body_util::Collected::to_bytes);
            all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
            match bytes {
                Ok(bytes) => Told { head, bytes },
                Err(_) => Told { head: broken(), bytes: Bytes::new() },
            }
        };
        let answer = answer.boxed().shared();
        questions.extend(answer.downgrade().map(|weak| (question, weak)));
        answer
    }
}

/// For an answer whose body broke off.
fn broken() -> Parts {
    http::StatusCode::INTERNAL_SERVER_ERROR.into_response().into_parts().0
}

#[cfg(test)]
mod tests;
