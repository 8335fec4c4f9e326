use super::*;
use crate::receivers::tests::service::{Reply, Service};
use settings::Tree;

async fn beat(service: &Service, check: Check) -> Last {
    let text = format!("[alerts.heartbeat]\nurl = \"{}/HUSH-HUSH\"", service.url);
    let tree = Tree::parse("porthole.toml", &text, []);
    let config = Config::read(&tree.root().section("alerts")).expect("a heartbeat");
    let heartbeat = Heartbeat::new(config, check, Clock::system());
    heartbeat.beat().await;
    heartbeat.last()
}

#[tokio::test]
async fn it_beats_only_while_all_is_well() {
    let service = Service::start(|_, _| Reply::ok("")).await;
    let last = beat(&service, Arc::new(|| Ok(()))).await;
    assert!(last.sent_ms.is_some() && last.fault.is_empty(), "{last:?}");
    let last = beat(&service, Arc::new(|| Err("no rule was evaluated for 5 min".to_owned()))).await;
    assert_eq!(last, Last { sent_ms: None, fault: "no rule was evaluated for 5 min".to_owned() });
    assert_eq!(service.got().len(), 1);
    let refusing = Service::start(|_, _| Reply::Say(404, "", "no HUSH-HUSH".to_owned())).await;
    let last = beat(&refusing, Arc::new(|| Ok(()))).await;
    assert!(last.fault.starts_with("404") && !last.fault.contains("HUSH"), "{last:?}");
}
