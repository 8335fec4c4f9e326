//! Brokers that containers' commands and environment tell of.

use super::parts::{Redis, await_value};
use crate::harness::shared::rig;

tests! {
    [Docker, Celery]:
        a_worker_in_a_container_leads_to_its_broker;
}

fn a_worker_in_a_container_leads_to_its_broker() {
    let redis = Redis::start(Some("hush"));
    redis.cli(0, &["SADD", "_kombu.binding.celery", "mail\u{6}\u{16}\u{6}\u{16}mail"]);
    redis.cli(0, &["LPUSH", "mail", "1", "2", "3"]);
    let rig = rig();
    let variable = format!("CELERY_BROKER_URL={}", redis.url(0));
    let script = ": celery -A shop worker -Q mail; exec sleep 600";
    rig.engine.run("celery-worker", &["--env", &variable], script);
    let label = redis.label(0);
    let query = format!("celery_queue_length{{instance=\"{label}\", queue_name=\"mail\"}}");
    await_value(rig.appliance.client(), &query, 3.0);
    let page = rig.appliance.admin().get("/app/v1/queues").expect(200).text();
    assert!(page.contains(&label) && page.contains("celery-worker"), "{page}");
    assert!(!page.contains("hush") && !rig.appliance.log().contains("hush"), "{page}");
    rig.engine.docker(&["rm", "--force", "celery-worker"]);
}
