//! `porthole demo`: a newcomer's first look.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::harness::browser::Page;
use crate::harness::home::{bare, free_port};
use crate::harness::http::Client;
use crate::harness::process::Process;
use crate::harness::{app, eventually, loki, until};
use crate::queues;

tests! {
    []:
        the_shop_has_a_dozen_services_that_log,
        numbers_come_by_every_door,
        requests_come_through_the_proxy,
        an_incident_is_an_alert,
        the_demo_leaves_nothing_behind;
    [Chromium, Page]:
        it_fits_every_width_and_theme;
}

/// A running `porthole demo` with temporary files of its own.
struct Demo {
    process: Process,
    client: Client,
    place: tempfile::TempDir,
}

impl Demo {
    fn start() -> Self {
        // The shop's front door is wherever nobody is yet: one looks after the other.
        static STARTING: Mutex<()> = Mutex::new(());
        let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        let place = tempfile::Builder::new().prefix("porthole-test-").tempdir().unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let log = fs::File::create(place.path().join("log")).unwrap();
        let mut command = Self::command(&place, &address);
        let process = Process::start(command.stdout(log.try_clone().unwrap()).stderr(log));
        let client = Client::new(format!("http://{address}"));
        let mut demo = Self { process, client, place };
        until("the demo is ready", Duration::from_secs(60), || {
            assert!(demo.process.ended().is_none(), "it ended:\n{}", demo.log());
            let answer = demo.client.try_send(ureq::http::Method::GET, "/ready", &[], Vec::new());
            answer.is_ok_and(|answer| answer.status == 200).then_some(())
        });
        demo
    }

    fn command(place: &tempfile::TempDir, address: &str) -> Command {
        let mut command = bare(&["demo"]);
        command.env("PORTHOLE_SERVER__LISTEN", address).env("TMPDIR", place.path()).stdin(Stdio::null());
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.place.path().join("log")).unwrap_or_default()
    }

    /// What it keeps on disk.
    fn files(&self) -> Vec<PathBuf> {
        let all = fs::read_dir(self.place.path()).unwrap().map(|entry| entry.unwrap().path());
        all.filter(|path| !path.ends_with("log")).collect()
    }
}

fn the_shop_has_a_dozen_services_that_log() {
    let demo = Demo::start();
    let client = &demo.client;
    let services = || -> BTreeSet<String> {
        let now = app::now(client);
        let tiles = now["services"].as_array().expect("tiles");
        tiles.iter().filter_map(|tile| tile["service"].as_str().map(str::to_owned)).collect()
    };
    eventually("a dozen services", || (services().len() >= 10).then_some(()));
    assert_eq!(app::now(client)["docker"]["state"], "connected");
    until("most of them log", Duration::from_secs(90), || {
        let now = app::now(client);
        let logging = now["services"].as_array().unwrap().iter().filter(|tile| {
            tile["lines"]
                .as_array()
                .is_some_and(|minutes| minutes.iter().any(|lines| lines.as_u64() > Some(0)))
        });
        (logging.count() >= 8).then_some(())
    });
    until("a line of an error", Duration::from_secs(300), || {
        let now = app::now(client);
        let failing = now["services"].as_array().unwrap().iter().any(|tile| {
            tile["error_lines"]
                .as_array()
                .is_some_and(|minutes| minutes.iter().any(|lines| lines.as_u64() > Some(0)))
        });
        failing.then_some(())
    });
    until("a deploy", Duration::from_secs(300), || {
        let events = loki::texts(client, r#"{stream="event"} |= "deploy""#);
        (!events.is_empty()).then_some(())
    });
    assert!(app::now(client)["faults"].as_array().unwrap().is_empty(), "{}", app::faults(client));
    assert!(!demo.log().contains("panicked"), "{}", demo.log());
}

fn numbers_come_by_every_door() {
    let demo = Demo::start();
    let client = &demo.client;
    for (what, query) in [
        ("programs are scraped", r#"sum(up{job=~"web|edge|db|redis"}) >= 5"#),
        ("containers are measured", r#"count(container_memory_usage_bytes{project="shop"}) >= 10"#),
        ("probes come through", r#"sum(probe_success{project="shop"}) >= 3"#),
        ("the queue is seen", r#"celery_queue_length{queue_name="celery"} >= 0"#),
        ("both workers are there", r#"sum(celery_worker_up) == 2"#),
        ("tasks are told of", r#"sum(celery_task_succeeded_total{name=~"shop.*"}) > 2"#),
    ] {
        until(what, Duration::from_secs(120), || queues::parts::value(client, query));
    }
    let page = client.get("/app/v1/queues").expect(200).json();
    assert_eq!(page["brokers"][0]["problem"], "", "{page}");
    let targets = client.get("/app/v1/targets").expect(200).text();
    assert!(!targets.contains("\"down\""), "{targets}");
    assert!(app::now(client)["faults"].as_array().unwrap().is_empty(), "{}", app::faults(client));
}

fn requests_come_through_the_proxy() {
    let demo = Demo::start();
    let client = &demo.client;
    let routes = until("the shop's route works", Duration::from_secs(60), || {
        let routes = client.get("/app/v1/routes").expect(200).json();
        let shop = routes["rows"].as_array()?.iter().find(|row| row["name"] == "shop@docker")?;
        (shop["state"] == "working").then(|| routes.clone())
    });
    assert!(
        routes["rows"].to_string().contains("readtimeout"),
        "the linter names what nobody knows: {routes}"
    );
    // Its id is in the lines that it causes.
    until("a request with its lines", Duration::from_secs(90), || {
        let requests = client.get("/app/v1/requests").expect(200).json();
        requests["slowest"].as_array()?.iter().find_map(|row| {
            let page = client.get(&format!("/app/v1/requests/{}", row["id"].as_str()?)).expect(200).json();
            let moments = page["moments"].as_array()?;
            moments.iter().any(|moment| moment["kind"] == "line").then_some(())
        })
    });
}

/// Nobody is told: the demo has no receivers.
fn an_incident_is_an_alert() {
    let demo = Demo::start();
    let client = &demo.client;
    let fired = until("a rule fires about the shop", Duration::from_secs(300), || {
        let alerts = client.get("/app/v1/alerts").expect(200).json();
        let rows = alerts["rows"].as_array()?.clone();
        rows.into_iter().find(|row| row["state"] == "firing" && row["service"] == "web")
    });
    for answer in ["what", "how_bad", "do_now"] {
        assert!(!fired[answer].as_str().unwrap_or_default().is_empty(), "{answer}: {fired}");
    }
    let receivers = client.get("/app/v1/receivers").expect(200).json();
    assert_eq!(receivers["rows"].as_array().map(Vec::len), Some(0), "{receivers}");
}

fn it_fits_every_width_and_theme() {
    let demo = Demo::start();
    eventually("lines of several services", || {
        let names = loki::values(&demo.client, "service");
        (names.len() >= 5).then_some(())
    });
    let mut page = Page::open(demo.client.base());
    page.await_text("lines/min");
    page.screenshots("now");
    page.click("Logs");
    page.await_true("lines are shown", "document.querySelectorAll('.row').length > 10");
    page.screenshots("logs");
    page.expect_no_complaints();
}

fn the_demo_leaves_nothing_behind() {
    let mut demo = Demo::start();
    assert!(!demo.files().is_empty());
    demo.process.signal("TERM");
    let status = until("the demo ends", Duration::from_secs(60), || demo.process.ended());
    assert!(status.success(), "{status}:\n{}", demo.log());
    assert!(demo.files().is_empty(), "{:?}", demo.files());
}
