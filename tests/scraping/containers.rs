//! Containers that ask for it by their labels.

use super::parts::{await_value, dropped, target, value};
use crate::harness::home::free_port;
use crate::harness::images::BUSYBOX;
use crate::harness::{Engine, Home, eventually, shared};

tests! {
    [Docker]:
        a_container_is_scraped_by_its_labels_and_goes_on_after_a_release,
        the_machine_is_seen_from_inside_a_container;
}

/// Serves one file of metrics on the machine's own loopback.
fn serve(engine: &Engine, name: &str, port: u16, number: u32) {
    let port = port.to_string();
    let label = format!("porthole.metrics.port={port}");
    let options = [
        "--network",
        "host",
        "--label",
        &label,
        "--label",
        "porthole.metrics.path=/m.txt",
        "--label",
        "porthole.service=shop",
    ];
    let script = format!(
        "mkdir /www; echo '# TYPE orders_total counter' > /www/m.txt; echo 'orders_total {number}' >> /www/m.txt; \
         exec httpd -f -p 127.0.0.1:{port} -h /www"
    );
    let arguments = [&["run", "--detach", "--name", name][..], &options, &[BUSYBOX, "sh", "-c", &script]];
    engine.docker(&arguments.concat());
}

fn a_container_is_scraped_by_its_labels_and_goes_on_after_a_release() {
    let rig = shared::rig();
    let engine = &rig.engine;
    let appliance = Home::new().docker(engine).with("[metrics]\nscrape_interval = \"1s\"\n").start();
    let client = appliance.client();
    let port = free_port();
    serve(engine, "shop-metrics-1", port, 1);
    engine.run("no-metrics-1", &[], "exec sleep 1000");
    let query = format!(
        "orders_total{{job=\"shop\", instance=\"shop-metrics-1:{port}\", service=\"shop\", container=\"shop-metrics-1\", host=\"testhost\"}}"
    );
    await_value(client, &query, 1.0);
    assert_eq!(value(client, "up{job=\"shop\"}"), Some(1.0));
    let shown = target(client, "shop").expect("it is shown");
    assert_eq!(shown["health"], "up");
    assert_eq!(shown["discoveredLabels"]["__meta_docker_container_label_porthole_service"], "shop");
    eventually("the other is said to be none", || {
        let dropped = dropped(client);
        (dropped.contains("no-metrics-1")).then_some(())
    });
    // Gone: the series end at once, not after the five minutes of a look back.
    engine.remove(&["shop-metrics-1", "no-metrics-1"]);
    eventually("its series have ended", || value(client, &query).is_none().then_some(()));
    assert!(target(client, "shop").is_none());
    // The next release is the same series.
    serve(engine, "shop-metrics-1", port, 2);
    await_value(client, &query, 2.0);
    assert_eq!(value(client, "count(count by (instance) (last_over_time(orders_total[5m])))"), Some(1.0));
    engine.remove(&["shop-metrics-1"]);
}

/// In a container without a network of its own, and with no rights, as compose.example.yml runs it.
fn the_machine_is_seen_from_inside_a_container() {
    let rig = shared::rig();
    let engine = &rig.engine;
    let binary = format!("{}:/porthole:ro", env!("CARGO_BIN_EXE_porthole"));
    let mut arguments = vec!["run", "--detach", "--name=porthole-inside", "--network=none", "--cap-drop=ALL"];
    arguments.extend(["--security-opt=no-new-privileges", "--user=65532", "--tmpfs=/data:mode=1777"]);
    arguments.extend(["--volume", &binary]);
    // What the binary of a test needs and that of the image does not.
    for folder in ["/lib:/lib:ro", "/lib64:/lib64:ro", "/usr/lib:/usr/lib:ro"] {
        arguments.extend(["--volume", folder]);
    }
    arguments.extend([
        "--volume=/proc:/host/proc:ro",
        "--volume=/sys:/host/sys:ro",
        "--volume=/:/host/root:ro",
    ]);
    for setting in [
        "PORTHOLE_METRICS__HOST__PROC=/host/proc",
        "PORTHOLE_METRICS__HOST__SYS=/host/sys",
        "PORTHOLE_METRICS__HOST__ROOT=/host/root",
        "PORTHOLE_METRICS__SCRAPE_INTERVAL=1s",
        "PORTHOLE_SERVER__LISTEN=127.0.0.1:4100",
        "PORTHOLE_AUTH__MODE=none",
        "PORTHOLE_DOCKER__ENABLED=false",
    ] {
        arguments.extend(["--env", setting]);
    }
    arguments.extend([BUSYBOX, "/porthole", "serve", "--data", "/data"]);
    engine.docker(&arguments);
    let ask = |query: &str| {
        let url = format!("http://127.0.0.1:4100/api/v1/query?query={query}");
        let output = engine.try_docker(&["exec", "porthole-inside", "wget", "-q", "-O", "-", &url]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let has = |query: &str, part: &str| {
        eventually(&format!("{query}: {part}"), || ask(query).contains(part).then_some(()));
    };
    let files = |path: &str| std::fs::read_to_string(path).unwrap();
    let memory = files("/proc/meminfo");
    let kilobytes: u64 = memory.split_ascii_whitespace().nth(1).unwrap().parse().unwrap();
    has("node_memory_MemTotal_bytes", &format!("\"{}\"", kilobytes * 1024));
    has("node_uname_info", &format!("\"nodename\":\"{}\"", files("/etc/hostname").trim()));
    has("node_filesystem_size_bytes", "\"mountpoint\":\"/\"");
    // The container has no other device than `lo`.
    let devices = files("/proc/1/net/dev");
    let device = devices.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim());
    let device = device.into_iter().find(|name| *name != "lo" && !name.starts_with("veth"));
    if let Some(device) = device {
        has("node_network_receive_bytes_total", &format!("\"device\":\"{device}\""));
    }
    engine.remove(&["porthole-inside"]);
}
