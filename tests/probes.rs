//! Probes: what the settings and containers ask for, told by the API.

use std::time::Duration;

use crate::harness::http::Client;
use crate::harness::promql::{rows, value};
use crate::harness::shared::rig;
use crate::harness::{Home, home, images, until};

tests! {
    []: what_the_settings_name_is_probed;
    [Docker]: what_containers_ask_for_is_probed;
}

const LIMIT: Duration = Duration::from_secs(60);

fn is(client: &Client, query: &str, expected: f64) {
    until(&format!("{query} is {expected}"), LIMIT, || {
        (value(client, query) == Some(expected)).then_some(())
    });
}

/// Why the page says that a probe fails; empty: it does not.
fn problem(client: &Client, name: &str) -> String {
    let uptime = client.get("/app/v1/uptime").expect(200).json();
    let probes = uptime["probes"].as_array().unwrap();
    let probe = probes.iter().find(|probe| probe["name"] == name).unwrap_or_else(|| panic!("{uptime}"));
    probe["problem"].as_str().unwrap().to_owned()
}

fn what_the_settings_name_is_probed() {
    // The appliance looks at itself, and at a port where nobody is.
    let home = Home::new();
    let (own, nobody) = (home.port(), home::free_port());
    let probe = |name: &str, url: &str, more: &str| {
        format!("[[probe]]\nname = \"{name}\"\nurl = \"{url}\"\ninterval = \"1s\"\n{more}\n")
    };
    let appliance = home
        .with(&probe(
            "ready",
            &format!("http://localhost:{own}/ready"),
            "expect_body = 'ready'\nservice = \"porthole\"",
        ))
        .with(&probe("port", &format!("tcp://127.0.0.1:{own}"), ""))
        .with(&probe(
            "secret",
            &format!("http://127.0.0.1:{own}/api/v1/labels"),
            "expect_status = [200, 204]",
        ))
        .with(&probe("nobody", &format!("http://127.0.0.1:{nobody}/"), ""))
        .start();
    let client = appliance.client();
    is(
        client,
        "probe_success{probe=\"ready\", job=\"probe\", service=\"porthole\", environment=\"production\"}",
        1.0,
    );
    is(client, "probe_http_status_code{probe=\"ready\"}", 200.0);
    is(client, "probe_success{probe=\"port\"}", 1.0);
    is(client, "probe_success{probe=\"secret\"}", 0.0);
    is(client, "probe_http_status_code{probe=\"secret\"}", 401.0);
    is(client, "probe_success{probe=\"nobody\"}", 0.0);
    is(client, "avg_over_time(probe_success{probe=\"ready\"}[1m])", 1.0);
    is(client, "count(probe_http_duration_seconds{probe=\"ready\"})", 5.0);
    let (labels, _) = rows(client, "probe_success{probe=\"nobody\"}").remove(0);
    assert_eq!(labels["instance"], format!("http://127.0.0.1:{nobody}/"));
    let admin = appliance.admin();
    assert_eq!(problem(&admin, "ready"), "");
    assert_eq!(
        problem(&admin, "nobody"),
        format!("nobody listens at 127.0.0.1:{nobody}: connection refused")
    );
    assert_eq!(problem(&admin, "secret"), "it answered 401 Unauthorized instead of 200 or 204");
}

fn what_containers_ask_for_is_probed() {
    let rig = rig();
    let appliance = Home::new().docker(&rig.engine).start();
    let (client, admin) = (appliance.client(), appliance.admin());
    let port = home::free_port().to_string();
    let label = format!("porthole.probe.port={port}");
    let script = format!(
        "mkdir -p /www/health; echo fine > /www/health/index.html; exec httpd -f -p 127.0.0.1:{port} -h /www"
    );
    rig.engine.docker(&[
        "run",
        "--detach",
        "--network",
        "host",
        "--name",
        "probed",
        "--label",
        "porthole.probe=/health/",
        "--label",
        &label,
        "--label",
        "porthole.probe.interval=1s",
        images::BUSYBOX,
        "sh",
        "-c",
        &script,
    ]);
    let success = "probe_success{probe=\"probed\", container=\"probed\", service=\"probed\"}";
    is(client, success, 1.0);
    let (labels, _) = rows(client, success).remove(0);
    assert_eq!(labels["instance"], format!("http://probed:{port}/health/"));
    rig.engine.docker(&["stop", "--time", "0", "probed"]);
    is(client, success, 0.0);
    // The first failure may come before Docker says that the container has ended.
    until("the reason is told", LIMIT, || {
        problem(&admin, "probed").starts_with("the container does not run; it ended with code").then_some(())
    });
    rig.engine.docker(&["start", "probed"]);
    is(client, success, 1.0);
    rig.engine.remove(&["probed"]);
    until("the probe is gone", LIMIT, || {
        rows(client, "{job=\"probe\", probe=\"probed\"}").is_empty().then_some(())
    });
}
