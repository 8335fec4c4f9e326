use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;

fn check(change: Value, expected: &Expect) {
    let mut whole = json!({
        "Id": "0a".repeat(32), "Name": "/shop-web-1", "Created": "2026-11-22T10:00:00.5Z", "Image": "sha256:77",
        "RestartCount": 2,
        "State": {"Status": "running", "OOMKilled": false, "ExitCode": 0,
                  "StartedAt": "2026-11-22T10:00:01Z", "FinishedAt": "0001-01-01T00:00:00Z"},
        "Config": {"Tty": false, "Image": "shop/web:1", "ExposedPorts": {"8000/tcp": {}}, "Labels": {}},
        "HostConfig": {"LogConfig": {"Type": "json-file", "Config": {}}},
        "NetworkSettings": {"Networks": {}, "Ports": {}}
    });
    merge(&mut whole, change);
    let inspect: Inspect = serde_json::from_value(whole).unwrap();
    let here = Surroundings { environment: "production".to_owned(), host: "h".to_owned() };
    let w = workload(inspect, &here);
    let networks: Vec<_> =
        w.networks.iter().map(|n| format!("{} {:?} {:?}", n.name, n.address, n.aliases)).collect();
    let ports: Vec<_> = w.ports.iter().map(|p| format!("{} {:?} {}", p.private, p.public, p.tcp)).collect();
    let text = format!(
        "{} {:?} {:?} exit={:?} oom={} restarts={} tty={} {}\nstarted={:?} finished={:?}\n{networks:?}\n{ports:?}\n",
        w.identity.container,
        w.state,
        w.health,
        w.exit_code,
        w.oom_killed,
        w.restarts,
        w.tty,
        w.log_driver,
        w.started_at.map(|at| at.to_string()),
        w.finished_at.map(|at| at.to_string()),
    );
    expected.assert_eq(&text);
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

#[test]
fn a_running_container() {
    let networks = json!({"shop_default": {"IPAddress": "172.18.0.3", "Aliases": ["web", "shop-web-1"],
                                           "DNSNames": ["shop-web-1", "0a0a0a0a0a0a"]},
                          "v6": {"IPAddress": "", "GlobalIPv6Address": "fd00::3"}, "none": null});
    let ports = json!({"8000/tcp": [{"HostIp": "0.0.0.0", "HostPort": "80"}, {"HostIp": "::", "HostPort": "80"}],
                       "53/udp": null, "strange": []});
    check(
        json!({"NetworkSettings": {"Networks": networks, "Ports": ports},
               "State": {"Health": {"Status": "unhealthy", "FailingStreak": 3}}}),
        &expect![[r#"
            shop-web-1 Running Unhealthy exit=None oom=false restarts=2 tty=false json-file
            started=Some("2026-11-22T10:00:01.000000000Z") finished=None
            ["none None []", "shop_default Some(172.18.0.3) [\"0a0a0a0a0a0a\", \"shop-web-1\", \"web\"]", "v6 Some(fd00::3) []"]
            ["53 None false", "8000 Some(80) true"]
        "#]],
    );
}

#[test]
fn one_that_ended() {
    check(
        json!({"State": {"Status": "exited", "ExitCode": 137, "OOMKilled": true, "FinishedAt": "2026-11-22T11:00:00Z"},
               "Config": {"Tty": true}, "HostConfig": {"LogConfig": {"Type": "none"}}}),
        &expect![[r#"
            shop-web-1 Exited None exit=Some(137) oom=true restarts=2 tty=true none
            started=Some("2026-11-22T10:00:01.000000000Z") finished=Some("2026-11-22T11:00:00.000000000Z")
            []
            ["8000 None true"]
        "#]],
    );
}

#[test]
fn one_that_never_started_and_says_null_everywhere() {
    check(
        json!({"State": {"Status": "created", "StartedAt": "0001-01-01T00:00:00Z", "Health": null, "ExitCode": 127},
               "RestartCount": null, "Created": null, "Config": {"Labels": null, "ExposedPorts": null},
               "NetworkSettings": {"Networks": null, "Ports": null}}),
        &expect![[r#"
            shop-web-1 Created None exit=None oom=false restarts=0 tty=false json-file
            started=None finished=None
            []
            []
        "#]],
    );
}

#[test]
fn of_the_environment_only_what_tells_of_brokers_and_nothing_is_shown() {
    let whole = json!({
        "Id": "0a", "Path": "celery", "Args": ["-A", "shop", "worker"],
        "Config": {"Env": ["CELERY_BROKER_URL=redis://:hush@redis/0", "SECRET_KEY=hush", "PATH=/bin", "ODD"]},
    });
    let inspect: Inspect = serde_json::from_value(whole).unwrap();
    let here = Surroundings { environment: "production".to_owned(), host: "h".to_owned() };
    let workload = workload(inspect, &here);
    assert_eq!(workload.process.command, ["celery", "-A", "shop", "worker"]);
    let variables: Vec<&String> = workload.process.environment.keys().collect();
    assert_eq!(variables, ["CELERY_BROKER_URL"]);
    assert!(!format!("{workload:?}").contains("hush"));
}
