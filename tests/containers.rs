//! Containers: what is stored of them is what the kernel and Docker say.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::harness::http::Client;
use crate::harness::promql::{rows, value};
use crate::harness::shared::rig;
use crate::harness::{Appliance, Engine, Home, until};

tests! {
    [Docker]:
        numbers_are_those_of_the_kernel,
        the_engine_is_asked_where_the_kernel_cannot_be,
        ends_for_want_of_memory_are_counted_and_series_end;
}

const LIMIT: Duration = Duration::from_secs(60);

/// Holds 20 MiB of a file in memory, and works for ever.
const BURNER: &str = "dd if=/dev/zero of=/tmp/file bs=1M count=20; while :; do :; done";

fn appliance(engine: &Engine, more: &str) -> Appliance {
    Home::new().docker(engine).with("[metrics]\nscrape_interval = \"1s\"\n").with(more).start()
}

/// What the kernel says of the container that this process is in: seconds on processors, bytes of memory.
fn kernel(process: u64) -> (f64, f64) {
    let groups = fs::read_to_string(format!("/proc/{process}/cgroup")).unwrap();
    let path = |controller: &str| {
        let line = groups.lines().find(|line| line.split(':').nth(1) == Some(controller)).unwrap();
        line.splitn(3, ':').nth(2).unwrap().trim_start_matches('/').to_owned()
    };
    let root = Path::new("/sys/fs/cgroup");
    let read = |file: &str, group: &str, controller: &str| {
        fs::read_to_string(root.join(controller).join(group).join(file)).unwrap()
    };
    if root.join("cgroup.controllers").exists() {
        let stat = read("cpu.stat", &path(""), "");
        let micros: f64 =
            stat.lines().find_map(|line| line.strip_prefix("usage_usec ")).unwrap().parse().unwrap();
        return (micros / 1e6, read("memory.current", &path(""), "").trim().parse().unwrap());
    }
    let nanos: f64 = read("cpuacct.usage", &path("cpuacct"), "cpuacct").trim().parse().unwrap();
    let bytes = read("memory.usage_in_bytes", &path("memory"), "memory");
    (nanos / 1e9, bytes.trim().parse().unwrap())
}

/// The value of a sample of the series that was taken after now.
fn fresh(client: &Client, series: &str) -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    until(&format!("a new sample of {series}"), LIMIT, || {
        value(client, &format!("timestamp({series}) > {now}")).and_then(|_| value(client, series))
    })
}

fn numbers_are_those_of_the_kernel() {
    let rig = rig();
    let options = ["--memory", "64m", "--cpus", "0.1", "--label", "com.docker.compose.service=burning"];
    rig.engine.run("measured", &options, BURNER);
    let appliance = appliance(&rig.engine, "");
    let client = appliance.client();
    let process = rig.engine.inspect("measured")["State"]["Pid"].as_u64().unwrap();
    let of = |name: &str| format!("{name}{{job=\"containers\", container=\"measured\"}}");
    // Counted between two looks of our own.
    let before = kernel(process).0;
    let counted = fresh(client, &of("container_cpu_usage_seconds_total"));
    let after = kernel(process).0;
    assert!(before <= counted && counted <= after, "{before} {counted} {after}");
    let (user, system) = (
        fresh(client, &of("container_cpu_user_seconds_total")),
        fresh(client, &of("container_cpu_system_seconds_total")),
    );
    let (all, tick) = (kernel(process).0, 0.05);
    assert!(user > 0.0 && user + system <= all + tick, "{user} + {system} of {all}");
    // The file that it wrote stays in memory, and nobody touches it.
    until("the file is written", LIMIT, || (kernel(process).1 > f64::from(20 << 20)).then_some(()));
    let (usage, told) = (fresh(client, &of("container_memory_usage_bytes")), kernel(process).1);
    assert!((usage - told).abs() < f64::from(2 << 20), "{usage} {told}");
    let cache = value(client, &of("container_memory_cache")).unwrap();
    assert!(cache >= f64::from(20 << 20) && cache <= usage, "{cache} of {usage}");
    for (name, expected) in [
        ("container_spec_memory_limit_bytes", 67_108_864.0),
        ("container_spec_cpu_quota", 10_000.0),
        ("container_spec_cpu_period", 100_000.0),
        ("container_processes", 1.0),
        ("container_threads", 1.0),
        ("container_oom_events_total", 0.0),
        ("container_health_state", -1.0),
        ("porthole_container_restarts_total", 0.0),
    ] {
        assert_eq!(value(client, &of(name)), Some(expected), "{name}");
    }
    let held_back = of("container_cpu_cfs_throttled_periods_total");
    let throttled =
        until("it is held back", LIMIT, || value(client, &held_back).filter(|periods| *periods > 0.0));
    assert!(throttled <= fresh(client, &of("container_cpu_cfs_periods_total")));
    let (labels, _) = rows(client, &of("container_last_seen")).remove(0);
    for (label, expected) in [
        ("service", "burning"),
        ("container_label_com_docker_compose_service", "burning"),
        ("name", "measured"),
        ("host", "testhost"),
        ("instance", "testhost"),
        ("environment", "production"),
    ] {
        assert_eq!(labels.get(label).map(String::as_str), Some(expected), "{label}");
    }
    assert!(labels["image"].starts_with("porthole-test/busybox"), "{labels:?}");
    rig.engine.remove(&["measured"]);
}

/// As in a container that sees neither the host's `/proc` nor its control groups.
fn the_engine_is_asked_where_the_kernel_cannot_be() {
    let rig = rig();
    rig.engine.run("asked-about", &["--memory", "64m", "--pids-limit", "50"], BURNER);
    rig.engine.run("unlimited", &[], "while :; do sleep 1; done");
    let nothing = tempfile::tempdir().unwrap();
    fs::copy("/proc/meminfo", nothing.path().join("meminfo")).unwrap();
    let host = format!("[metrics.host]\nproc = \"{0}\"\nsys = \"{0}\"\n", nothing.path().display());
    let appliance = appliance(&rig.engine, &host);
    let client = appliance.client();
    let process = rig.engine.inspect("asked-about")["State"]["Pid"].as_u64().unwrap();
    let of = |name: &str| format!("{name}{{container=\"asked-about\"}}");
    let before = kernel(process).0;
    let counted = fresh(client, &of("container_cpu_usage_seconds_total"));
    assert!(before <= counted && counted <= kernel(process).0, "{before} {counted}");
    assert_eq!(value(client, &of("container_spec_memory_limit_bytes")), Some(67_108_864.0));
    assert_eq!(value(client, &of("container_threads_max")), Some(50.0));
    let (usage, told) = (fresh(client, &of("container_memory_usage_bytes")), kernel(process).1);
    assert!((usage - told).abs() < f64::from(21 << 20), "{usage} {told}");
    let unlimited = "container_spec_memory_limit_bytes{container=\"unlimited\"}";
    assert_eq!(value(client, unlimited), Some(0.0), "all of the machine's memory is no limit");
    rig.engine.remove(&["asked-about", "unlimited"]);
}

fn ends_for_want_of_memory_are_counted_and_series_end() {
    let rig = rig();
    let appliance = appliance(&rig.engine, "");
    let client = appliance.client();
    // Takes all the memory there is, three times.
    rig.engine.run("greedy", &["--memory", "16m", "--restart", "on-failure:2"], "sleep 3; tail /dev/zero");
    let of = |name: &str, more: &str| format!("{name}{{container=\"greedy\"{more}}}");
    let is = |query: &str, expected: f64| {
        until(&format!("{query} is {expected}"), LIMIT, || {
            (value(client, query) == Some(expected)).then_some(())
        });
    };
    is(&of("container_oom_events_total", ""), 0.0);
    is(&of("porthole_container_state", ", state=\"exited\""), 1.0);
    is(&of("porthole_container_state", ", state=\"running\""), 0.0);
    is(&of("porthole_container_restarts_total", ""), 2.0);
    is(&of("porthole_container_exit_code", ""), 137.0);
    let ends = value(client, &of("container_oom_events_total", "")).unwrap();
    assert!(ends >= 2.0, "{ends} of three were seen");
    // What it used is no longer told; how it is is, until it is removed.
    assert_eq!(value(client, &of("container_memory_rss", "")), None);
    rig.engine.remove(&["greedy"]);
    let all = "{job=\"containers\", container=\"greedy\"}";
    until("all series end", LIMIT, || rows(client, all).is_empty().then_some(()));
}
