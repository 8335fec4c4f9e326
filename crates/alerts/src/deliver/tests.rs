//! From the outbox to servers on loopback that refuse, lose, hang and ask to wait.

pub(crate) mod ram;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::retry::wait;
use super::*;
use crate::Config;
use crate::receivers::tests::message;
use crate::receivers::tests::service::{Reply, Service};
use ram::Ram;

/// Completes nothing.
struct AsItIs;

impl Complete for AsItIs {
    fn complete<'a>(&'a self, message: &'a Message, _: &'a str) -> Asked<'a, Message> {
        Box::pin(std::future::ready(message.clone()))
    }
}

struct Scene {
    ram: Arc<Ram>,
    delivery: Delivery,
    shutdown: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl Scene {
    /// Webhooks of these names, each told of every tier.
    fn start(services: &[(&str, &Service)]) -> Self {
        Self::with(Arc::default(), services, Clock::system())
    }

    fn with(ram: Arc<Ram>, services: &[(&str, &Service)], clock: Clock) -> Self {
        let mut text = String::new();
        for (name, service) in services {
            text.push_str(&format!(
                "[alerts.receivers.{name}]\nkind = \"webhook\"\nurl = \"{}/HUSH\"\n",
                service.url
            ));
        }
        let names: Vec<String> = services.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let names = names.join(", ");
        text.push_str(&format!(
            "[alerts.tiers]\nmedium = [{names}]\nhigh = [{names}]\ncritical = [{names}]\n"
        ));
        let tree = settings::Tree::parse("porthole.toml", &text, []);
        let config = Config::read(&tree.root());
        assert_eq!(tree.finish().len(), 0, "{:?}", tree.finish());
        let (heard, _) = mpsc::channel(1);
        let (delivery, running) = new(Parts {
            outbox: ram.clone(),
            complete: Arc::new(AsItIs),
            receivers: config.receivers,
            tiers: config.tiers,
            heard,
            clock,
        });
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(running.run(shutdown.clone()));
        Self { ram, delivery, shutdown, running }
    }

    /// Puts a message in for one receiver.
    fn tell(&self, receiver: &str, name: &str, sequence: u64) {
        let message = Message { sequence, ..message(name) };
        self.ram.tell(&message, &[receiver.to_owned()], self.delivery.now_ms()).unwrap();
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.running.await.unwrap();
    }
}

fn sequences(service: &Service) -> Vec<String> {
    let got = service.got();
    got.iter().map(|got| got.headers["idempotency-key"].rsplit('-').nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_fails_for_a_while_arrives_in_order() {
    let service = Service::start(|_, before| match before {
        0 => Reply::Say(500, "", String::new()),
        1 => Reply::Lose,
        2 => Reply::Say(429, "retry-after: 1\r\n", String::new()),
        _ => Reply::ok(""),
    })
    .await;
    let scene = Scene::start(&[("a", &service)]);
    let mut finished = scene.delivery.finished.subscribe();
    scene.tell("a", "firing", 1);
    scene.tell("a", "resolved", 2);
    // How a receiver does is known when an attempt has ended, a little after the outbox knows.
    for _ in 0..5 {
        finished.recv().await.unwrap();
    }
    assert_eq!(sequences(&service), ["1", "1", "1", "1", "2"]);
    let got = service.got();
    assert!(got[3].at - got[2].at >= Duration::from_millis(950), "it asked to wait a second");
    let health = scene.delivery.health().of("a").unwrap();
    assert_eq!((health.sent, health.failed, health.failures_in_a_row), (2, 3, 0));
    scene.stop().await;
}

#[tokio::test]
async fn who_refuses_is_not_asked_again_and_the_others_are_told() {
    let bad = Service::start(|_, _| Reply::Say(403, "", "invalid_token HUSH".to_owned())).await;
    let good = Service::start(|_, _| Reply::ok("")).await;
    let scene = Scene::start(&[("bad", &bad), ("good", &good)]);
    scene.tell("bad", "firing", 1);
    let ended = scene.ram.wait_ended(3).await;
    assert_eq!(
        (ended[0].0.as_str(), ended[0].2, ended[0].3.as_str()),
        ("bad", "dead", "403 Forbidden: invalid_token …")
    );
    assert_eq!(bad.got().len(), 1);
    let got = good.got();
    assert_eq!(got.len(), 2, "the critical message itself, and that the receiver fails");
    let bodies = got.iter().map(|got| got.body.clone()).collect::<String>();
    assert!(
        bodies.contains("web answers with errors") && bodies.contains("do not reach the receiver bad"),
        "{bodies}"
    );
    assert!(!bodies.contains("HUSH"), "{bodies}");
    scene.stop().await;
}

#[tokio::test]
async fn a_receiver_that_keeps_failing_is_told_of_once_and_when_it_works_again() {
    let bad = Service::start(
        |_, before| if before < 5 { Reply::Say(500, "", String::new()) } else { Reply::ok("") },
    )
    .await;
    let good = Service::start(|_, _| Reply::ok("")).await;
    let scene = Scene::start(&[("bad", &bad), ("good", &good)]);
    scene.tell("bad", "reminder", 1);
    let got = good.wait(2).await;
    scene.ram.wait_ended(3).await;
    assert_eq!(got.len(), 2);
    assert!(
        got[0].body.contains("do not reach the receiver bad") && got[0].body.contains("500 Internal"),
        "{}",
        got[0].body
    );
    assert!(
        got[1].body.contains("reach the receiver bad again") && got[1].body.contains("\"resolved\""),
        "{}",
        got[1].body
    );
    scene.stop().await;
}

#[tokio::test]
async fn a_critical_message_goes_to_the_others_after_a_minute() {
    let bad = Service::start(|_, _| Reply::Say(429, "retry-after: 3000\r\n", String::new())).await;
    let good = Service::start(|_, _| Reply::ok("")).await;
    let since = Instant::now();
    // Time goes by sixty times as fast.
    let clock = Clock::new(move || {
        model::Timestamp::from_millis(1_795_453_200_000 + since.elapsed().as_millis() as i64 * 60)
    });
    let scene = Scene::with(Arc::default(), &[("bad", &bad), ("good", &good)], clock);
    scene.tell("bad", "firing", 1);
    scene.tell("bad", "reminder", 2);
    let mut critical = message("firing");
    critical.incident = "behind".to_owned();
    scene.ram.tell(&critical, &["bad".to_owned()], scene.delivery.now_ms()).unwrap();
    let got = good.wait(2).await;
    let mut keys: Vec<&str> = got.iter().map(|got| got.headers["idempotency-key"].as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["0193a4f2-7c1e-4b7a-9d3e-5f60-1-good", "behind-1-good"], "not what is only high");
    assert_eq!(bad.got().len(), 1, "who asks to wait is left alone");
    scene.stop().await;
}

#[tokio::test]
async fn a_full_disk_makes_no_storm() {
    let service = Service::start(|_, _| Reply::ok("")).await;
    let scene = Scene::start(&[("a", &service)]);
    scene.tell("a", "firing", 1);
    // The message is under way, or was sent, when the disk is full; that it was cannot be kept.
    scene.ram.is_full.store(true, Ordering::Relaxed);
    service.wait(1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.ram.is_full.store(false, Ordering::Relaxed);
    scene.ram.due_at_once();
    scene.ram.wait_ended(1).await;
    assert_eq!((service.got().len(), scene.ram.waiting()), (1, 0));
    scene.stop().await;
}

#[tokio::test]
async fn what_was_under_way_when_the_process_ended_is_sent_again_under_the_same_name() {
    let slow = Service::start(|_, before| if before == 0 { Reply::Hang } else { Reply::ok("") }).await;
    let scene = Scene::start(&[("a", &slow)]);
    scene.tell("a", "firing", 1);
    slow.wait(1).await;
    let ram = scene.ram.clone();
    scene.running.abort();
    ram.due_at_once();
    let scene = Scene::with(ram, &[("a", &slow)], Clock::system());
    scene.ram.wait_ended(1).await;
    let keys: Vec<String> = slow.got().iter().map(|got| got.headers["idempotency-key"].clone()).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
    scene.stop().await;
}

#[tokio::test]
async fn a_day_is_enough_and_a_receiver_that_is_gone_gets_nothing() {
    let bad = Service::start(|_, _| Reply::Say(500, "", String::new())).await;
    let scene = Scene::start(&[("a", &bad)]);
    let old = Message { tier: crate::Tier::High, ..message("firing") };
    scene.ram.tell(&old, &["a".to_owned()], scene.delivery.now_ms() - retry::GIVE_UP_MS).unwrap();
    scene.tell("gone", "firing", 1);
    let mut ended = scene.ram.wait_ended(2).await;
    ended.sort();
    assert_eq!(ended[0].3, "given up after a day: 500 Internal Server Error");
    assert_eq!(ended[1].3, "there is no receiver gone any more");
    scene.stop().await;
}

#[tokio::test]
async fn a_drill_says_what_came_of_it() {
    let good = Service::start(|_, _| Reply::ok("")).await;
    let bad = Service::start(|_, _| Reply::Say(500, "", "oops HUSH".to_owned())).await;
    let scene = Scene::start(&[("good", &good), ("bad", &bad)]);
    assert_eq!(scene.delivery.test("good").await, Ok("delivered".to_owned()));
    let told = scene.delivery.test("bad").await.unwrap_err();
    assert_eq!(told, "500 Internal Server Error: oops …; it is tried again");
    assert_eq!(scene.delivery.test("none").await, Err("there is no receiver none".to_owned()));
    assert!(good.got()[0].body.contains("A test of this receiver"));
    scene.stop().await;
}

#[tokio::test]
async fn new_settings_hold_at_once() {
    let (before, after) =
        (Service::start(|_, _| Reply::ok("")).await, Service::start(|_, _| Reply::ok("")).await);
    let scene = Scene::start(&[("a", &before)]);
    scene.tell("a", "firing", 1);
    scene.ram.wait_ended(1).await;
    let text = format!("[alerts.receivers.a]\nkind = \"webhook\"\nurl = \"{}\"\n", after.url);
    let tree = settings::Tree::parse("porthole.toml", &text, []);
    let config = Config::read(&tree.root());
    scene.delivery.replace(config.receivers, config.tiers);
    scene.tell("a", "resolved", 2);
    scene.ram.wait_ended(2).await;
    assert_eq!((before.got().len(), after.got().len()), (1, 1));
    scene.stop().await;
}

proptest! {
    #[test]
    fn tries_grow_rarer_and_never_come_sooner_than_asked(tries in 0_u32..100, after in proptest::option::of(0_u64..4000), chance in 0.0..=1.0) {
        let after = after.map(Duration::from_secs);
        let wait = wait(tries, after, chance);
        prop_assert!(wait >= after.unwrap_or_default());
        prop_assert!(wait >= Duration::from_millis(200));
        prop_assert!(wait <= after.unwrap_or_default() + Duration::from_secs(300));
        let most = Duration::from_secs(1) * 2_u32.pow(tries.clamp(1, 12) - 1);
        prop_assert!(wait <= after.unwrap_or_default() + most.max(Duration::from_secs(1)));
    }
}
