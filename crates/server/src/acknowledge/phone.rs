//! A key that was pressed during a call, as Twilio tells it.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri, header};
use model::Ordered as _;

use super::Acknowledge;
use crate::body;

/// Twilio's forms are short.
const BODY_BYTES_MAX: usize = 64 << 10;
const SIGNATURE: &str = "x-twilio-signature";
/// The key that says: I have it.
const YES: &str = "1";

/// A form that Twilio has signed.
struct Signed(Vec<(String, String)>);

impl Signed {
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl Acknowledge {
    /// Reads a form and checks its signature, which is over the address as Twilio was told it and all fields.
    async fn signed(&self, uri: &Uri, request: Request) -> Result<Signed, Response> {
        let (head, body) = request.into_parts();
        let bytes =
            body::read(&head.headers, body, BODY_BYTES_MAX).await.map_err(IntoResponse::into_response)?;
        let mut fields: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
        fields.order();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", self.base_url);
        if self.alerts.signed_by_twilio(&url, &fields, signature(&head.headers)) {
            return Ok(Signed(fields));
        }
        Err((StatusCode::FORBIDDEN, "this was not signed by Twilio for this address").into_response())
    }
}

fn signature(headers: &HeaderMap) -> &str {
    headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// `POST /hooks/twilio/{token}`: a key was pressed.
pub(super) async fn pressed(
    State(here): State<Acknowledge>,
    Path(token): Path<String>,
    uri: Uri,
    request: Request,
) -> Response {
    let form = match here.signed(&uri, request).await {
        Ok(form) => form,
        Err(refused) => return refused,
    };
    if form.get("Digits") != YES {
        return say("Nothing was acknowledged. Goodbye.");
    }
    let Ok(linked) = here.linked(token).await else {
        return say("This call is about something that is over. Goodbye.");
    };
    let (alerts, until_ms) = (here.alerts.clone(), here.until_ms());
    let by = format!("phone {}", form.get("To"));
    let done = here.queries.run(move |_| alerts.acknowledge(&linked.incident, &by, Some(until_ms))).await;
    match done {
        Ok(Ok(_)) => say("Acknowledged. It is yours for four hours. Goodbye."),
        Ok(Err(_)) => say("It is over already. Goodbye."),
        Err(_) => say("Porthole could not note this. Please use the link in the message. Goodbye."),
    }
}

/// Words that are spoken, before it hangs up.
fn say(words: &str) -> Response {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say>{words}</Say></Response>");
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response()
}
