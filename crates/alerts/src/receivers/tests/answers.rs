//! What receivers make of what services answer: each kind against a server on loopback.

use serde_json::json;

use super::mailbox::Mailbox;
use super::service::{Got, Reply, Service};
use super::settings::{read, receiver};
use super::*;
use crate::deliver::Outbox;
use crate::deliver::tests::ram::Ram;
use crate::receivers::attempt::Memory;

/// A receiver with its memory.
struct Scene {
    receiver: Arc<Receiver>,
    outbox: Arc<dyn Outbox>,
    in_doubt: bool,
    now_ms: i64,
}

impl Scene {
    fn new(text: &str) -> Self {
        Self {
            receiver: receiver(text),
            outbox: Arc::new(Ram::default()),
            in_doubt: false,
            now_ms: 1_795_453_200_000,
        }
    }

    /// One attempt, as a line: `sent: …`, `later in 2s, in doubt: …`, `underway: …`, `refused: …`.
    async fn send(&self, name: &str) -> String {
        let message = neat(&message(name));
        let memory = Memory::new(self.outbox.clone(), &self.receiver.name, &message.incident);
        let attempt = Attempt {
            message: &message,
            in_doubt: self.in_doubt,
            is_overtaken: false,
            created_ms: self.now_ms,
            now_ms: self.now_ms,
            memory,
        };
        match self.receiver.send(&attempt).await {
            Ok(sent) => format!("sent: {}", sent.note).trim_end_matches(": ").to_owned(),
            Err(Failure::Later { why, after, in_doubt }) => {
                let after = after.map(|after| format!(" in {after:?}")).unwrap_or_default();
                format!("later{after}{}: {why}", if in_doubt { ", in doubt" } else { "" })
            }
            Err(Failure::Underway { what, .. }) => format!("underway: {what}"),
            Err(Failure::Refused { why }) => format!("refused: {why}"),
        }
    }
}

fn webhook_to(service: &Service) -> Scene {
    Scene::new(&format!(
        "[alerts.receivers.webhook]\nurl = \"{}/HUSH-HUSH?a=b\"\nsecret = \"key\"",
        service.url
    ))
}

#[tokio::test]
async fn answers_are_judged() {
    let later = "retry-after: 7\r\n";
    let cases = [
        (Reply::ok(""), "sent"),
        (Reply::Say(204, "", String::new()), "sent"),
        (Reply::Say(429, later, String::new()), "later in 7s: 429 Too Many Requests"),
        (
            Reply::Say(503, "retry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "busy".into()),
            "later in 0ns: 503 Service Unavailable: busy",
        ),
        (
            Reply::Say(500, "", "<b>oops</b>\n\u{1b}[31m".into()),
            "later, in doubt: 500 Internal Server Error: <b>oops</b> [31m",
        ),
        (
            Reply::Say(429, "retry-after: 99999999\r\n", String::new()),
            "later in 3600s: 429 Too Many Requests",
        ),
        (Reply::Say(408, "", String::new()), "later, in doubt: 408 Request Timeout"),
        (Reply::Say(400, "", "invalid_payload".into()), "refused: 400 Bad Request: invalid_payload"),
        (Reply::Say(410, "", String::new()), "refused: 410 Gone"),
        (Reply::Say(404, "", "no HUSH-HUSH?a=b here".into()), "refused: 404 Not Found: no … here"),
        (
            Reply::Say(302, "location: /x\r\n", String::new()),
            "refused: 302 Found: it sends us to another address; write that one into the settings",
        ),
    ];
    for (reply, expected) in cases {
        let answer = reply.clone();
        let service = Service::start(move |_, _| answer.clone()).await;
        assert_eq!(webhook_to(&service).send("firing").await, expected, "{reply:?}");
    }
    let service = Service::start(|_, _| Reply::Lose).await;
    let lost = webhook_to(&service).send("firing").await;
    assert!(lost.starts_with("later, in doubt: the connection broke"), "{lost}");
}

#[tokio::test]
async fn nobody_there_is_no_doubt() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let scene = Scene::new(&format!("[alerts.receivers.webhook]\nurl = \"http://{gone}/HUSH\""));
    let told = scene.send("firing").await;
    assert_eq!(told, "later: cannot connect: nobody listens there (connection refused)");
}

#[tokio::test]
async fn a_webhooks_body_is_signed_and_named() {
    let service = Service::start(|_, _| Reply::ok("")).await;
    let scene = webhook_to(&service);
    scene.send("firing").await;
    scene.send("firing").await;
    let got = service.got();
    let headers: ::http::HeaderMap =
        (&got[0].headers.clone().into_iter().collect::<std::collections::HashMap<_, _>>())
            .try_into()
            .unwrap();
    assert!(webhook::is_signed("key", &headers, &got[0].body));
    assert!(!webhook::is_signed("yek", &headers, &got[0].body));
    assert_eq!(got[0].headers["idempotency-key"], "0193a4f2-7c1e-4b7a-9d3e-5f60-1-webhook");
    assert_eq!(got[0].headers["idempotency-key"], got[1].headers["idempotency-key"]);
    assert_eq!(got[0].path, "/HUSH-HUSH?a=b");
}

fn slack_api(got: &Got, _: usize) -> Reply {
    let body = got.json();
    match got.path.as_str() {
        "/api/chat.postMessage" => {
            Reply::ok(json!({ "ok": true, "channel": "C1", "ts": "1.2", "was": body["channel"] }))
        }
        "/api/chat.update" if body["ts"] == "1.2" => Reply::ok(json!({ "ok": true })),
        other => Reply::Say(404, "", other.to_owned()),
    }
}

fn slack_bot(service: &Service) -> Scene {
    Scene::new(&format!(
        "[alerts.receivers.slack]\nbot_token = \"xoxb-HUSH\"\nchannel = \"#alerts\"\napi_url = \"{}/api\"",
        service.url
    ))
}

#[tokio::test]
async fn slacks_first_message_is_kept_true_and_the_rest_is_its_thread() {
    let service = Service::start(slack_api).await;
    let scene = slack_bot(&service);
    for name in ["firing", "reminder", "acknowledged", "resolved"] {
        assert_eq!(scene.send(name).await, "sent", "{name}");
    }
    let got = service.got();
    let told: Vec<String> = got
        .iter()
        .map(|got| {
            let body = got.json();
            let method = got.path.trim_start_matches("/api/chat.");
            format!("{method} {} {} {}", body["channel"], body["thread_ts"], body["reply_broadcast"])
        })
        .collect();
    let expected = [
        "postMessage \"#alerts\" null null",
        "update \"C1\" null null",
        "postMessage \"C1\" \"1.2\" true",
        "update \"C1\" null null",
        "postMessage \"C1\" \"1.2\" false",
        "update \"C1\" null null",
        "postMessage \"C1\" \"1.2\" false",
    ];
    assert_eq!(told, expected);
    assert!(got.iter().all(|got| got.headers["authorization"] == "Bearer xoxb-HUSH"));
}

#[tokio::test]
async fn slack_refuses_with_200() {
    let cases = [
        (
            json!({ "ok": false, "error": "channel_not_found" }),
            "refused: Slack's chat.postMessage: channel_not_found",
        ),
        (
            json!({ "ok": false, "error": "ratelimited" }),
            "later in 1s, in doubt: Slack's chat.postMessage: ratelimited",
        ),
        (json!("hello"), "refused: Slack's chat.postMessage: an answer that is not understood"),
    ];
    for (answer, expected) in cases {
        let service = Service::start(move |_, _| Reply::ok(&answer)).await;
        assert_eq!(slack_bot(&service).send("firing").await, expected);
    }
}

#[tokio::test]
async fn a_message_that_was_deleted_is_written_anew() {
    let service = Service::start(|got, _| match got.path.as_str() {
        "/api/chat.update" => Reply::ok(json!({ "ok": false, "error": "message_not_found" })),
        _ => slack_api(got, 0),
    })
    .await;
    let scene = slack_bot(&service);
    assert_eq!(
        (scene.send("firing").await, scene.send("reminder").await),
        ("sent".to_owned(), "sent".to_owned())
    );
    let paths: Vec<String> = service.got().into_iter().map(|got| got.path).collect();
    assert_eq!(paths, ["/api/chat.postMessage", "/api/chat.update", "/api/chat.postMessage"]);
}

#[tokio::test]
async fn discords_message_is_changed_in_place() {
    let service = Service::start(|got, _| match (got.method.as_str(), got.path.as_str()) {
        ("POST", "/hook/HUSH?wait=true") => Reply::ok(json!({ "id": "77" })),
        ("PATCH", "/hook/HUSH/messages/77") => Reply::ok(json!({})),
        (_, other) => Reply::Say(404, "", other.to_owned()),
    })
    .await;
    let scene =
        Scene::new(&format!("[alerts.receivers.discord]\nwebhook_url = \"{}/hook/HUSH\"", service.url));
    for name in ["firing", "acknowledged", "resolved"] {
        assert_eq!(scene.send(name).await, "sent", "{name}");
    }
    let methods: Vec<String> = service.got().into_iter().map(|got| got.method).collect();
    assert_eq!(methods, ["POST", "PATCH", "PATCH", "POST"]);
    let service = Service::start(|_, _| Reply::Say(429, "", json!({ "retry_after": 1.5 }).to_string())).await;
    let scene =
        Scene::new(&format!("[alerts.receivers.discord]\nwebhook_url = \"{}/hook/HUSH\"", service.url));
    let told = scene.send("firing").await;
    assert!(told.starts_with("later in 1.5s: 429"), "{told}");
}

#[tokio::test]
async fn telegrams_buttons_are_heard() {
    let service = Service::start(|got, before| {
        let body = got.json();
        match got.path.as_str() {
            "/bot1:HUSH/sendMessage" if body["chat_id"] == "-100" => Reply::ok(json!({ "ok": true, "result": { "message_id": 5 } })),
            "/bot1:HUSH/editMessageText" if body["message_id"] == 5 => Reply::Say(400, "", json!({ "ok": false, "description": "Bad Request: message is not modified" }).to_string()),
            "/bot1:HUSH/answerCallbackQuery" => Reply::ok(json!({ "ok": true })),
            "/bot1:HUSH/getUpdates" if before == 0 => Reply::Say(500, "", String::new()),
            "/bot1:HUSH/getUpdates" if body["offset"] == 0 => Reply::ok(json!({ "ok": true, "result": [
                { "update_id": 8, "callback_query": { "id": "q0", "from": { "first_name": "Eve" }, "message": { "chat": { "id": -666 } }, "data": "acknowledge:x" } },
                { "update_id": 9, "callback_query": { "id": "q1", "from": { "first_name": "Ada", "last_name": "L" }, "message": { "chat": { "id": -100 } }, "data": "acknowledge:0193a4f2" } },
            ] })),
            "/bot1:HUSH/getUpdates" => Reply::Hang,
            other => Reply::Say(404, "", other.to_owned()),
        }
    })
    .await;
    let text = format!(
        "[alerts.receivers.telegram]\nbot_token = \"1:HUSH\"\nchat_id = \"-100\"\napi_url = \"{}\"",
        service.url
    );
    let scene = Scene::new(&text);
    let (told, mut heard) = mpsc::channel(4);
    let shutdown = CancellationToken::new();
    let (own, token) = (scene.receiver.clone(), shutdown.clone());
    let listening = tokio::spawn(async move { own.listen(told, &token).await });
    let heard = heard.recv().await.unwrap();
    let by = "Ada L (Telegram)".to_owned();
    assert_eq!(heard, Heard::Acknowledge { incident: "0193a4f2".to_owned(), by });
    service.wait(4).await;
    shutdown.cancel();
    listening.await.unwrap();
    let offsets: Vec<Value> = service
        .got()
        .iter()
        .filter(|got| got.path.ends_with("getUpdates"))
        .map(|got| got.json()["offset"].clone())
        .collect();
    assert_eq!(offsets, [0, 0, 10]);
    assert_eq!(
        (scene.send("firing").await, scene.send("acknowledged").await),
        ("sent".to_owned(), "sent".to_owned())
    );
    let keyboard = |at: usize| service.got()[at].json()["reply_markup"]["inline_keyboard"][0][0].clone();
    let first = service.got().iter().position(|got| got.path.ends_with("sendMessage")).unwrap();
    assert_eq!(keyboard(first)["callback_data"], "acknowledge:0193a4f2-7c1e-4b7a-9d3e-5f60");
    assert_eq!(keyboard(first + 1)["text"], "Runbook");
}

#[tokio::test]
async fn the_simple_ones_post_once_where_they_should() {
    let cases = [
        (
            "pagerduty",
            "routing_key = \"HUSH\"\nendpoint = \"URL/v2/enqueue\"",
            "/v2/enqueue",
            "\"routing_key\":\"HUSH\"",
        ),
        ("teams", "webhook_url = \"URL/flow/HUSH\"", "/flow/HUSH", "AdaptiveCard"),
        ("ntfy", "topic = \"HUSH\"\ntoken = \"tk\"\napi_url = \"URL\"", "/", "\"topic\":\"HUSH\""),
        ("slack", "webhook_url = \"URL/services/HUSH\"", "/services/HUSH", "\"blocks\""),
    ];
    for (kind, keys, path, part) in cases {
        let service = Service::start(|_, _| Reply::Say(202, "", "ok".to_owned())).await;
        let scene = Scene::new(&format!("[alerts.receivers.{kind}]\n{}", keys.replace("URL", &service.url)));
        assert_eq!(scene.send("firing").await, "sent", "{kind}");
        let got = service.got();
        assert_eq!((got.len(), got[0].path.as_str()), (1, path), "{kind}");
        assert!(got[0].body.contains(part), "{kind}: {}", got[0].body);
        assert!(got[0].headers["content-type"].starts_with("application/json"));
    }
}

/// Twilio as it answers calls; the states are those of one call after another.
async fn twilio(states: &'static [&'static str]) -> Service {
    Service::start(move |got, before| twilio_api(got, before, states)).await
}

fn twilio_api(got: &Got, _: usize, states: &[&str]) -> Reply {
    let path = got.path.trim_start_matches("/2010-04-01/Accounts/AC1/");
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    match (got.method.as_str(), path) {
        ("POST", "Calls.json") => {
            let number = NUMBER.with(|number| number.replace(number.get() + 1));
            Reply::Say(201, "", json!({ "sid": format!("CA{number}"), "status": "queued" }).to_string())
        }
        ("GET", "Calls.json") => Reply::ok(json!({ "calls": [] })),
        ("GET", call) => {
            let number: usize =
                call.trim_start_matches("Calls/CA").trim_end_matches(".json").parse().unwrap();
            let state = states.get(number).copied().unwrap_or("completed");
            let (state, by) = state.split_once(' ').unwrap_or((state, "human"));
            Reply::ok(json!({ "status": state, "answered_by": by }))
        }
        (_, other) => Reply::Say(404, "", other.to_owned()),
    }
}

thread_local! {
    /// How many calls were placed; each test has its own thread.
    static NUMBER: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

fn caller(service: &Service, more: &str) -> Scene {
    Scene::new(&format!(
        "[alerts.receivers.twilio]\naccount_sid = \"AC1\"\nauth_token = \"HUSH\"\nfrom = \"+15005550006\"\n\
         to = [\"+4915100000001\", \"+4915100000002\"]\napi_url = \"{}\"\n{more}",
        service.url
    ))
}

fn called(service: &Service) -> Vec<String> {
    service.got().iter().filter(|got| got.method == "POST").filter_map(|got| got.form("To")).collect()
}

#[tokio::test]
async fn who_does_not_answer_is_called_again_and_then_the_next_person_is() {
    let service = twilio(&["busy", "no-answer", "completed machine_start", "ringing"]).await;
    let scene = caller(&service, "");
    assert_eq!(scene.send("firing").await, "underway: calling …0001");
    assert_eq!(scene.send("firing").await, "underway: calling …0001");
    assert_eq!(scene.send("firing").await, "underway: calling …0001");
    assert_eq!(scene.send("firing").await, "underway: calling …0002", "after three calls in vain");
    // The fourth still rings.
    assert_eq!(scene.send("firing").await, "underway: calling …0002");
    assert_eq!(called(&service), ["+4915100000001", "+4915100000001", "+4915100000001", "+4915100000002"]);
    let first = &service.got()[0];
    assert_eq!(first.headers["authorization"], "Basic QUMxOkhVU0g=");
    assert_eq!(first.form("Timeout").as_deref(), Some("25"));
    let said = first.form("Twiml").unwrap();
    assert!(
        said.contains("numDigits=\"1\"") && said.contains("action=\"https://ops.example.com/hooks/twilio/"),
        "{said}"
    );
}

#[tokio::test]
async fn nobody_is_reached_in_the_end() {
    let service = twilio(&["busy"; 6]).await;
    let scene = caller(&service, "");
    let mut told = Vec::new();
    while told.last().is_none_or(|last: &String| last.starts_with("underway")) {
        told.push(scene.send("firing").await);
    }
    assert_eq!(called(&service).len(), 6);
    assert!(told.last().unwrap().starts_with("refused: nobody answered: …0001 was busy"), "{told:?}");
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_found_and_not_made_again() {
    let service = Service::start(|got, before| match (before, got.method.as_str()) {
        (0, _) => Reply::Lose,
        (_, "GET") if got.path.contains("Calls.json") => {
            let made = "Mon, 23 Nov 2026 17:00:01 +0000";
            Reply::ok(json!({ "calls": [{ "sid": "CA9", "date_created": made }] }))
        }
        (_, "GET") => Reply::ok(json!({ "status": "completed", "answered_by": "human" })),
        _ => Reply::Say(500, "", "a second call".to_owned()),
    })
    .await;
    let mut scene = caller(&service, "");
    let lost = scene.send("firing").await;
    assert!(lost.starts_with("later, in doubt"), "{lost}");
    scene.in_doubt = true;
    assert_eq!(scene.send("firing").await, "sent: …0001 answered");
    assert_eq!(called(&service).len(), 1);
}

#[tokio::test]
async fn a_day_has_so_many_calls_and_no_more() {
    let service = twilio(&["ringing", "busy", "busy"]).await;
    let scene = caller(&service, "limit_per_day = 2");
    assert_eq!(scene.send("firing").await, "underway: calling …0001");
    assert_eq!(
        scene.send("reminder").await,
        "underway: calling …0002",
        "the fifth message is the next person's"
    );
    let told = scene.send("reminder").await;
    assert_eq!(told, "refused: 2 a day are the limit (limit_per_day), and today had so many");
    assert_eq!(called(&service).len(), 2);
}

#[tokio::test]
async fn nobody_is_called_to_hear_that_it_is_over() {
    let service = twilio(&[]).await;
    let scene = caller(&service, "");
    assert_eq!(scene.send("resolved").await, "sent: nobody is called for this");
    assert_eq!(service.got().len(), 0);
}

#[tokio::test]
async fn short_messages_are_not_sent_twice() {
    let service = Service::start(|got, before| match (before, got.method.as_str()) {
        (0, _) => Reply::Say(201, "", json!({ "sid": "SM1" }).to_string()),
        (1, _) => Reply::Lose,
        (_, "GET") => {
            let text = twilio::sms(&neat(&message("firing")));
            let made = "Mon, 23 Nov 2026 17:00:01 +0000";
            Reply::ok(json!({ "messages": [{ "body": text, "date_created": made }] }))
        }
        _ => Reply::Say(500, "", "a double".to_owned()),
    })
    .await;
    let mut scene = caller(&service, "mode = \"sms\"");
    let lost = scene.send("firing").await;
    assert!(lost.starts_with("later, in doubt"), "{lost}");
    scene.in_doubt = true;
    assert_eq!(scene.send("firing").await, "sent");
    assert_eq!(called(&service), ["+4915100000001", "+4915100000002"]);
}

fn mailer(mailbox: &Mailbox, to: &str) -> Scene {
    Scene::new(&format!(
        "[alerts.receivers.email]\nsmtp = \"{}\"\nsecurity = \"none\"\nfrom = \"Porthole <porthole@ops.example>\"\nto = {to}\nusername = \"me\"\npassword = \"HUSH\"",
        mailbox.address
    ))
}

fn with_auth(line: &str) -> Option<String> {
    match line.split(' ').next()? {
        "EHLO" => Some("250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME".to_owned()),
        "AUTH" => Some("235 in".to_owned()),
        _ => None,
    }
}

#[tokio::test]
async fn mails_of_an_incident_are_one_thread() {
    let mailbox = Mailbox::start(|line, _| with_auth(line)).await;
    let scene = mailer(&mailbox, "[\"a@x.example\", \"b@x.example\"]");
    for name in ["firing", "reminder", "resolved"] {
        assert_eq!(scene.send(name).await, "sent", "{name}");
    }
    let mails = mailbox.mails();
    assert_eq!(mails[0].to, ["a@x.example", "b@x.example"]);
    let header = |at: usize, name: &str| mails[at].header(name).unwrap_or_default();
    let first = "<0193a4f2-7c1e-4b7a-9d3e-5f60.1.email@ops.example>";
    assert_eq!(header(0, "Message-ID"), first);
    assert_eq!(header(0, "Subject"), "[CRITICAL] web answers with errors");
    assert_eq!(
        (header(0, "In-Reply-To"), header(0, "Auto-Submitted")),
        (String::new(), "auto-generated".to_owned())
    );
    for at in [1, 2] {
        assert_eq!(header(at, "Subject"), "Re: [CRITICAL] web answers with errors");
        assert_eq!(
            (header(at, "In-Reply-To"), header(at, "References")),
            (first.to_owned(), first.to_owned())
        );
        assert_ne!(header(at, "Message-ID"), first);
    }
    assert!(header(0, "Content-Type").starts_with("multipart/alternative"));
    let (text, html) = (mails[0].text.find("text/plain"), mails[0].text.find("text/html"));
    assert!(text.is_some() && text < html, "readers show the last that they can");
}

#[tokio::test]
async fn one_recipient_costs_the_others_nothing() {
    let mailbox = Mailbox::start(|line, before| match line {
        "RCPT TO:<b@x.example>" => Some("550 nobody of that name".to_owned()),
        "RCPT TO:<c@x.example>" if before < 10 => Some("450 later".to_owned()),
        _ => with_auth(line),
    })
    .await;
    let scene = mailer(&mailbox, "[\"a@x.example\", \"b@x.example\", \"c@x.example\"]");
    let told = scene.send("firing").await;
    assert!(told.starts_with("later: c@x.example: ") && told.contains("later"), "{told}");
    let told = scene.send("firing").await;
    assert!(
        told.starts_with("sent: 1 of 3 refused: b@x.example: ") && told.contains("nobody of that name"),
        "{told}"
    );
    let to: Vec<Vec<String>> = mailbox.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, [["a@x.example"], ["c@x.example"]]);
    let ids: Vec<_> = mailbox.mails().iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids[0], ids[1], "a double is seen as one");
}

#[tokio::test]
async fn mail_servers_answers_are_judged() {
    let cases: [(&str, &str, &str); 6] = [
        ("MAIL", "421 too many", "later: "),
        ("MAIL", "550 no", "refused: "),
        (".", "451 greylisted", "later: "),
        (".", "554 spam", "refused: "),
        (".", "", "later, in doubt: "),
        ("AUTH", "535 wrong password", "refused: "),
    ];
    for (command, answer, expected) in cases {
        let mailbox = Mailbox::start(move |line, _| {
            let is_it = line.split(' ').next() == Some(command);
            if is_it { Some(answer.to_owned()) } else { with_auth(line) }
        })
        .await;
        let told = mailer(&mailbox, "\"a@x.example\"").send("firing").await;
        assert!(told.starts_with(expected), "{command} {answer}: {told}");
        assert!(!told.contains("HUSH"), "{told}");
        if let Some((_, said)) = answer.split_once(' ') {
            assert!(told.contains(said), "{told}");
        }
    }
}

#[tokio::test]
async fn nothing_goes_in_the_clear_that_should_not() {
    let mailbox = Mailbox::start(|line, _| with_auth(line)).await;
    let text = format!(
        "[alerts.receivers.email]\nsmtp = \"{}\"\nfrom = \"p@x.example\"\nto = \"a@x.example\"\nusername = \"me\"\npassword = \"HUSH\"",
        mailbox.address
    );
    let told = Scene::new(&text).send("firing").await;
    assert!(told.starts_with("refused: the mail server offers no STARTTLS"), "{told}");
    assert_eq!(mailbox.mails().len(), 0);
}

#[test]
fn calls_from_outside_are_who_they_say() {
    let (receivers, _) = read(
        "[alerts.receivers.slack]\nwebhook_url = \"https://x.example/y\"\nsigning_secret = \"8f742231b10e8888abcd99yyyzzz85a5\"\n\
         [alerts.receivers.twilio]\naccount_sid = \"AC1\"\nauth_token = \"12345\"\nfrom = \"+15005550006\"\nto = \"+14158675310\"",
    );
    // The examples of both services' documentation.
    let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    assert!(receivers.signed_by_slack("1531420618", body, signature, 1_531_420_700));
    assert!(!receivers.signed_by_slack("1531420618", body, signature, 1_531_421_000), "too old");
    assert!(!receivers.signed_by_slack("1531420618", b"token=other", signature, 1_531_420_700));
    assert!(!receivers.signed_by_slack("1531420618", body, "v0=zz", 1_531_420_700));
    let pairs = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ];
    let pairs: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let url = "https://example.com/myapp.php?foo=1&bar=2";
    assert!(receivers.signed_by_twilio(url, &pairs, "L/OH5YylLD5NRKLltdqwSvS0BnU="));
    assert!(!receivers.signed_by_twilio("https://example.com/", &pairs, "L/OH5YylLD5NRKLltdqwSvS0BnU="));
}
