//! Links, the phone and Slack, none of them signed in.

use api::TokenScope;
use aws_lc_rs::hmac;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;

use crate::testing::{Answer, Caller, Fixture};

const SETTINGS: &str = r##"
[server]
public_url = "https://ops.example.com"
[alerts.receivers.slack]
bot_token = "xoxb-1"
channel = "#alerts"
signing_secret = "shhh"
[alerts.receivers.twilio]
account_sid = "AC00000000000000000000000000000000"
auth_token = "12345"
from = "+15005550006"
to = ["+15005550009"]
"##;

/// A server with a critical alert, and a link to acknowledge it.
async fn alarmed() -> (Fixture, String) {
    let fixture = Fixture::with(SETTINGS);
    let sent = r#"[{"labels":{"alertname":"SiteDown","severity":"critical"},"annotations":{"summary":"The <b>site</b> is down"}}]"#;
    fixture.send_json(Caller::Token(TokenScope::Ingest), "POST", "/api/v2/alerts", sent).await;
    let incident = fixture.alerts.alerts()[0].incident.clone();
    let token = fixture.alerts.link(&incident, "slack");
    (fixture, token)
}

fn owner(fixture: &Fixture) -> Option<String> {
    fixture.alerts.alerts()[0].acknowledged.clone().map(|(owner, _)| owner)
}

async fn post(fixture: &Fixture, path: &str, form: &str, headers: &[(&'static str, String)]) -> Answer {
    let mut request = fixture
        .request(Caller::Nobody, "POST", path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    fixture.send(request.body(Body::from(form.to_owned())).expect("a request")).await
}

#[tokio::test]
async fn a_link_shows_first_and_acts_on_a_post() {
    let (fixture, token) = alarmed().await;
    let path = format!("/ack/{token}");
    for _ in 0..2 {
        let page = fixture.get(Caller::Nobody, &path).await;
        assert_eq!(page.status.as_u16(), 200);
        let text = page.text();
        assert!(text.contains("The &lt;b&gt;site&lt;/b&gt; is down") && text.contains("<form"), "{text}");
        assert_eq!(owner(&fixture), None, "looking at it changed something");
    }
    let nobody = post(&fixture, &path, "who=+&minutes=60", &[]).await;
    assert_eq!((nobody.status.as_u16(), owner(&fixture)), (400, None));
    let done = post(&fixture, &path, "who=Ann&minutes=60", &[]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, path.as_str()));
    assert_eq!(owner(&fixture).as_deref(), Some("Ann"));
    let page = fixture.get(Caller::Nobody, &path).await.text();
    assert!(page.contains("Ann has it until "), "{page}");
}

#[tokio::test]
async fn a_link_that_is_not_good_says_so() {
    let (fixture, token) = alarmed().await;
    let forged = format!("/ack/{}x", token);
    assert_eq!(fixture.get(Caller::Nobody, &forged).await.status.as_u16(), 404);
    assert_eq!(post(&fixture, &forged, "who=Eve&minutes=60", &[]).await.status.as_u16(), 404);
    fixture.pass(49 * 3600);
    let expired = fixture.get(Caller::Nobody, &format!("/ack/{token}")).await;
    assert_eq!(expired.status.as_u16(), 410);
    assert!(expired.text().contains("This link has expired"), "{}", expired.text());
    assert_eq!(owner(&fixture), None);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_post() {
    let (fixture, token) = alarmed().await;
    let origin = [("origin", "https://evil.example".to_owned())];
    let answer = post(&fixture, &format!("/ack/{token}"), "who=Eve&minutes=60", &origin).await;
    assert_eq!((answer.status.as_u16(), owner(&fixture)), (403, None));
}

/// Twilio signs the address that it was told, and every name and value in the order of the names.
fn by_twilio(path: &str, fields: &[(&str, &str)]) -> String {
    let mut signed = format!("https://ops.example.com{path}");
    fields.iter().for_each(|(name, value)| signed.push_str(&format!("{name}{value}")));
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345");
    STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
}

#[tokio::test]
async fn a_key_of_the_phone_acknowledges_if_twilio_signed_it() {
    let (fixture, token) = alarmed().await;
    let path = format!("/hooks/twilio/{token}");
    let form = "Digits=1&To=%2B15005550009";
    let forged = post(&fixture, &path, form, &[("x-twilio-signature", "AAAA".to_owned())]).await;
    assert_eq!((forged.status.as_u16(), owner(&fixture)), (403, None));
    let other = [("Digits", "2"), ("To", "+15005550009")];
    let signature = [("x-twilio-signature", by_twilio(&path, &other))];
    let answer = post(&fixture, &path, "Digits=2&To=%2B15005550009", &signature).await;
    assert!(answer.text().contains("Nothing was acknowledged"), "{}", answer.text());
    assert_eq!(owner(&fixture), None);
    let fields = [("Digits", "1"), ("To", "+15005550009")];
    let answer = post(&fixture, &path, form, &[("x-twilio-signature", by_twilio(&path, &fields))]).await;
    assert!(answer.text().contains("<Say>Acknowledged."), "{}", answer.text());
    assert_eq!(owner(&fixture).as_deref(), Some("phone +15005550009"));
}

fn by_slack(at: i64, body: &str) -> [(&'static str, String); 2] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"shhh");
    let tag = hmac::sign(&key, format!("v0:{at}:{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    [("x-slack-request-timestamp", at.to_string()), ("x-slack-signature", format!("v0={hex}"))]
}

fn pressed(action: &str, token: &str) -> String {
    let payload = serde_json::json!({
        "type": "block_actions",
        "user": { "id": "U1", "username": "ann" },
        "actions": [{ "action_id": action, "value": token }],
    });
    form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish()
}

#[tokio::test]
async fn buttons_in_slack_act_if_slack_signed_them() {
    let (fixture, token) = alarmed().await;
    let now = fixture.now().seconds();
    let body = pressed("acknowledge", &token);
    for headers in [Vec::new(), by_slack(now - 600, &body).to_vec(), by_slack(now, "other").to_vec()] {
        let refused = post(&fixture, "/hooks/slack", &body, &headers).await;
        assert_eq!((refused.status.as_u16(), owner(&fixture)), (403, None), "{headers:?}");
    }
    let answer = post(&fixture, "/hooks/slack", &body, &by_slack(now, &body)).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    assert_eq!(owner(&fixture).as_deref(), Some("ann in Slack"));

    let body = pressed("silence_1h", &token);
    let answer = post(&fixture, "/hooks/slack", &body, &by_slack(now, &body)).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let silences = fixture.alerts.silences();
    assert_eq!((silences.len(), silences[0].by.as_str()), (1, "ann in Slack"));
    assert_eq!(silences[0].ends_ms - silences[0].starts_ms, 3_600_000);
    assert_eq!(fixture.alerts.alerts()[0].silenced_by, [silences[0].id.clone()]);
}
