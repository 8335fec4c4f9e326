use std::collections::BTreeMap;

use model::{Health, Identity, Network, Port, Process, State, Timestamp};

use super::*;

/// A container of the project `shop` in its network, whose address ends in `last`.
pub(crate) fn workload(
    service: &str,
    last: u8,
    image: &str,
    command: &str,
    environment: &[(&str, &str)],
) -> Workload {
    let identity = Identity {
        service: service.to_owned(),
        project: "shop".to_owned(),
        environment: "production".to_owned(),
        host: "vm".to_owned(),
        container: format!("shop-{service}-1"),
    };
    let network = Network {
        name: "shop_default".to_owned(),
        address: Some([172, 20, 0, last].into()),
        aliases: vec![service.to_owned(), format!("shop-{service}-1")],
    };
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Workload {
        id: format!("{last:064x}"),
        identity,
        state: State::Running,
        health: Health::None,
        exit_code: None,
        oom_killed: false,
        stopping: false,
        restarts: 0,
        image: image.to_owned(),
        image_id: String::new(),
        tty: false,
        log_driver: "json-file".to_owned(),
        created_at: Timestamp::default(),
        started_at: None,
        finished_at: None,
        labels: BTreeMap::new(),
        networks: vec![network],
        ports: Vec::<Port>::new(),
        process: Process {
            command: command.split(' ').map(str::to_owned).collect(),
            environment: environment.collect(),
        },
    }
}

fn check(workloads: &[Workload], expected: &[&str]) {
    let found: Vec<String> = users(workloads)
        .into_iter()
        .map(|user| {
            let service = &user.workload.identity.service;
            let broker = match user.broker {
                Broker::At(address) => {
                    let password = address.password.as_ref().map_or("", |_| " with a password");
                    format!("{address}{password}")
                }
                Broker::Unreadable(shown, why) => format!("{shown} {}", why.split(',').next().unwrap()),
            };
            format!("{service} {} {} {broker}", user.kind.name(), user.command.is_worker)
        })
        .collect();
    assert_eq!(found, expected);
}

const WORKER: &str = "celery -A shop worker";

#[test]
fn variables_in_the_order_of_how_surely_they_mean_a_broker() {
    let one = |environment: &[(&str, &str)], expected: &str| {
        check(
            &[workload("worker", 2, "shop", WORKER, environment)],
            &[&format!("worker celery true {expected}")],
        );
    };
    one(
        &[("CELERY_BROKER_URL", "redis://:pw@a/1"), ("REDIS_URL", "redis://b"), ("BROKER_URL", "redis://c")],
        "redis://a:6379/1 with a password",
    );
    one(&[("SHOP_BROKER_URL", "redis://a"), ("REDIS_URL", "redis://b")], "redis://a:6379/0");
    one(&[("CELERY_RESULT_BACKEND", "redis://x/9"), ("REDIS_URL", "redis://b/2")], "redis://b:6379/2");
    one(&[("REDIS_CACHE_URL", "redis://x/9"), ("REDIS_TASKS", "redis://b/3")], "redis://b:6379/3");
    one(
        &[("REDIS_HOST", "r"), ("REDIS_PORT", "6380"), ("REDIS_DB", "4"), ("REDIS_PASSWORD", "pw")],
        "redis://r:6380/4 with a password",
    );
    one(&[("CELERY_BROKER_URL", "amqp://guest:guest@rabbit:5672//")], "amqp://rabbit:5672 is RabbitMQ");
}

#[test]
fn secrets_with_any_sign_are_not_shown() {
    for (url, expected) in [
        ("amqp://user:pa/ss@rabbit:5672//", "amqp://rabbit:5672"),
        ("amqp://user:pa@ss?w;d@rabbit//vhost?heartbeat=3", "amqp://rabbit"),
        ("sqs://AKIA:abc/def@", "sqs://"),
        ("hush", "its broker"),
    ] {
        assert_eq!(shown(url), expected, "{url}");
    }
}

#[test]
fn the_one_redis_beside_a_worker() {
    let worker = workload("worker", 2, "shop", WORKER, &[]);
    let redis = workload("cache", 3, "docker.io/library/redis:7-alpine", "redis-server", &[]);
    let valkey = workload("valkey", 4, "valkey/valkey:8", "valkey-server", &[]);
    check(&[worker.clone(), redis.clone()], &["worker celery true redis://cache:6379/0"]);
    check(&[worker.clone(), redis, valkey], &[]);
    check(&[worker], &[]);
}

#[test]
fn who_uses_a_broker() {
    let url = ("CELERY_BROKER_URL", "redis://redis/0");
    let mut once = workload("shell", 9, "shop", "celery -A shop shell", &[url]);
    once.labels.insert("com.docker.compose.oneoff".to_owned(), "True".to_owned());
    check(
        &[
            workload("web", 1, "shop", "gunicorn shop.wsgi", &[url]),
            workload("beat", 2, "shop", "celery -A shop beat", &[url]),
            workload("mail", 3, "shop", "rq worker", &[("REDIS_URL", "redis://redis/1")]),
            workload("api", 4, "shop", "uvicorn api", &[("REDIS_URL", "redis://redis/1")]),
            workload("db", 5, "postgres:16", "postgres", &[]),
            once,
        ],
        &[
            "web celery false redis://redis:6379/0",
            "beat celery false redis://redis:6379/0",
            "mail rq true redis://redis:6379/1",
        ],
    );
}
