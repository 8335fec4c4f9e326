//! Receivers that refuse, lose, hang and ask to wait, and real ones: a mail server, Slack's API, a telephone company.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use super::catcher::{Answer, Catcher, Caught};
use super::parts::{rule, set};
use crate::harness::home::free_port;
use crate::harness::process::Process;
use crate::harness::python::environment;
use crate::harness::{Appliance, Home, checkout, eventually, until};

tests! {
    []:
        whatever_a_receiver_does_it_is_told_in_the_end_and_not_often,
        slacks_message_is_kept_true;
    [MailServer]: mail_is_one_thread_for_each_who_may_have_it;
}

const LIMIT: Duration = Duration::from_secs(60);

/// Python with a mail server, once for a run.
pub(crate) fn python() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| environment("test-alerts", &["aiosmtpd"])).as_deref()
}

/// An appliance with these receivers, all of them told of what is high.
fn appliance(receivers: &[(&str, String)], rules: &str) -> Appliance {
    let mut text = "[alerts]\nbuiltin_rules = false\n".to_owned();
    for (name, keys) in receivers {
        text.push_str(&format!("[alerts.receivers.{name}]\n{keys}\n"));
    }
    let names: Vec<String> = receivers.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    text.push_str(&format!("[alerts.tiers]\nhigh = [{}]\n{rules}", names.join(", ")));
    Home::new().with(&text).start()
}

fn about<'c>(caught: &'c [Caught], word: &str) -> Vec<&'c Caught> {
    caught.iter().filter(|caught| caught.body.contains(word)).collect()
}

fn whatever_a_receiver_does_it_is_told_in_the_end_and_not_often() {
    let ways = [
        ("busy", Answer::Status(429, "retry-after: 2\r\n")),
        ("broken", Answer::Status(500, "")),
        ("lossy", Answer::LoseReply),
        ("silent", Answer::Hang),
    ];
    let catchers = ways.map(|(name, answer)| {
        let catcher = Catcher::start();
        catcher.answer(answer);
        (name, catcher)
    });
    let receivers: Vec<(&str, String)> = catchers
        .iter()
        .map(|(name, catcher)| {
            (*name, format!("kind = \"webhook\"\nurl = \"{}\"", catcher.url("TopSecretHook6")))
        })
        .collect();
    let appliance = appliance(&receivers, &rule("storm", ""));
    set(&appliance, "storm", 12.0);
    // Each was tried, the one that asks to wait and the one that says nothing twice: as long as a storm would take.
    for (name, catcher) in &catchers {
        let times = if matches!(*name, "busy" | "silent") { 2 } else { 3 };
        until(&format!("{name} is tried"), LIMIT, || {
            (about(&catcher.all(), "storm broke").len() >= times).then_some(())
        });
    }
    let busy = catchers[0].1.all();
    let tries = about(&busy, "storm broke");
    for pair in tries.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(1900), "it asked to wait for two seconds");
    }
    for (_, catcher) in &catchers {
        catcher.answer(Answer::Ok("ok"));
    }
    for (name, catcher) in &catchers {
        let taken = |caught: &Caught| caught.was_taken && caught.body.contains("storm broke");
        catcher.first(&format!("{name} has it"), taken);
        let all = catcher.all();
        let tries = about(&all, "storm broke");
        assert!(tries.len() <= 12, "{name}: {} times", tries.len());
        assert_eq!(tries.iter().filter(|caught| caught.was_taken).count(), 1, "{name}");
        let keys: Vec<_> = tries.iter().map(|caught| caught.header("idempotency-key")).collect();
        assert!(keys.iter().all(|key| key.is_some() && *key == keys[0]), "{name}: {keys:?}");
    }
    assert!(!appliance.log().contains("TopSecretHook6"), "{}", appliance.log());
}

fn slacks_message_is_kept_true() {
    let catcher = Catcher::start();
    catcher.answer(Answer::Ok(r#"{"ok":true,"channel":"C1","ts":"17.5"}"#));
    let keys = format!(
        "bot_token = \"xoxb-TopSecret7\"\nchannel = \"#alerts\"\napi_url = \"{}\"",
        catcher.url("api").trim_end_matches('/')
    );
    let appliance = appliance(&[("slack", keys)], &rule("talk", ""));
    set(&appliance, "talk", 12.0);
    let first = catcher.first("the message", |caught| caught.line == "POST /api/chat.postMessage");
    assert_eq!(first.header("authorization"), Some("Bearer xoxb-TopSecret7"));
    assert_eq!(first.json()["channel"], "#alerts");
    assert!(first.body.contains("talk broke") && first.body.contains("mend talk"), "{}", first.body);
    set(&appliance, "talk", 1.0);
    let changed = catcher.first("its change", |caught| caught.line == "POST /api/chat.update").json();
    assert_eq!((&changed["channel"], &changed["ts"]), (&"C1".into(), &"17.5".into()));
    assert!(changed["text"].as_str().unwrap_or_default().contains("RESOLVED"), "{changed}");
    let reply = catcher.first("the reply in its thread", |caught| caught.body.contains("thread_ts")).json();
    assert_eq!(reply["thread_ts"], "17.5");
    assert!(!appliance.log().contains("TopSecret7"), "{}", appliance.log());
}

/// The mail server, and where it puts what it takes.
struct MailServer {
    _process: Process,
    port: u16,
    folder: tempfile::TempDir,
}

impl MailServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
            .args([
                "-addext",
                "subjectAltName=DNS:localhost",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .stderr(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let port = free_port();
        let mut command = Command::new(python().expect("it is a part").join("python"));
        command.arg(checkout().join("tests/alerts/mailbox.py"));
        command.arg(folder.path()).arg(port.to_string()).arg(&certificate).arg(&key);
        let process =
            Process::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
        until("the mail server listens", LIMIT, || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        Self { _process: process, port, folder }
    }

    fn keys(&self) -> String {
        format!(
            "kind = \"email\"\nsmtp = \"localhost:{}\"\nca_file = \"{}\"\nfrom = \"Porthole <porthole@ops.example>\"\n\
             to = [\"oncall@x.example\", \"slow@x.example\", \"nobody@x.example\"]\nusername = \"porthole\"\n\
             password = \"TopSecretMail5\"",
            self.port,
            self.folder.path().join("cert.pem").display()
        )
    }

    /// What it took so far, in order.
    fn mails(&self) -> Vec<Value> {
        let read = |number: usize| fs::read_to_string(self.folder.path().join(format!("{number}.json"))).ok();
        (1..).map_while(read).map(|text| serde_json::from_str(&text).unwrap()).collect()
    }

    fn wait(&self, count: usize) -> Vec<Value> {
        until(&format!("{count} mails"), LIMIT, || Some(self.mails()).filter(|mails| mails.len() >= count))
    }
}

fn header(mail: &Value, name: &str) -> String {
    let text = mail["text"].as_str().unwrap().replace("\r\n ", " ");
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
    line.unwrap_or_default()
}

fn mail_is_one_thread_for_each_who_may_have_it() {
    let server = MailServer::start();
    let appliance = appliance(&[("mail", server.keys())], &rule("post", ""));
    set(&appliance, "post", 12.0);
    let mails = server.wait(2);
    assert_eq!(
        (&mails[0]["to"], &mails[1]["to"]),
        (&serde_json::json!(["oncall@x.example"]), &serde_json::json!(["slow@x.example"]))
    );
    assert_eq!(header(&mails[0], "Message-ID"), header(&mails[1], "Message-ID"), "one mail, for two");
    assert!(mails.iter().all(|mail| mail["over_tls"] == true && mail["authenticated"] == true));
    assert!(
        header(&mails[0], "Subject").starts_with("[HIGH] post broke"),
        "{}",
        header(&mails[0], "Subject")
    );
    assert_eq!(header(&mails[0], "Auto-Submitted"), "auto-generated");
    set(&appliance, "post", 1.0);
    let mails = server.wait(3);
    let last = &mails[2];
    assert_eq!(last["to"], serde_json::json!(["oncall@x.example", "slow@x.example"]));
    assert_eq!(header(last, "In-Reply-To"), header(&mails[0], "Message-ID"));
    assert_eq!(header(last, "Subject"), format!("Re: {}", header(&mails[0], "Subject")));
    assert!(last["text"].as_str().unwrap().contains("RESOLVED"));
    eventually("who is refused is told of", || {
        let told = appliance.admin().get("/app/v1/receivers").expect(200).text();
        told.contains("nobody of that name").then_some(())
    });
    assert!(!appliance.log().contains("TopSecretMail5"), "{}", appliance.log());
}
