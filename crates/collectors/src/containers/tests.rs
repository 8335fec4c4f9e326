use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::usage::{Cpu, CpuQuota, Disk, Interface, Memory, Throttling, Traffic, Usage};
use model::{Health, Identity, Network, State, Timestamp, Workload};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::finder::{Finder, Wanted};
use super::worker::Worker;
use super::{Config, Stats, run};
use crate::host::Host;
use crate::testing::Memory as Stored;

const V1: &str = include_str!("../../testdata/containers/v1.tree");
const V2: &str = include_str!("../../testdata/containers/v2.tree");

fn id() -> String {
    "7506b5b3a58dd06b4332bc1f1e2475ba6ebf591f251d2322cacf95069f52ab0b".to_owned()
}

/// A machine with the files of a tree: after each line `== path` the text of that file, with `ID` for the container's id.
fn machine(tree: &str) -> (TempDir, Host) {
    let directory = TempDir::new().unwrap();
    for file in tree.replace("ID", &id()).split("== ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap();
        write(&directory.path().join(path), text);
    }
    let host = Host {
        proc: directory.path().join("proc"),
        sys: directory.path().join("sys"),
        root: directory.path().into(),
    };
    (directory, host)
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn workload(name: &str) -> Workload {
    Workload {
        id: id(),
        identity: Identity {
            service: "web".to_owned(),
            project: "shop".to_owned(),
            environment: "production".to_owned(),
            host: "m".to_owned(),
            container: name.to_owned(),
        },
        state: State::Running,
        health: Health::None,
        exit_code: None,
        oom_killed: false,
        stopping: false,
        restarts: 2,
        image: "shop/web:1".to_owned(),
        image_id: String::new(),
        tty: false,
        log_driver: String::new(),
        created_at: at(900),
        started_at: Some(Timestamp::from_millis(900_500)),
        finished_at: None,
        labels: [("com.docker.compose.service".to_owned(), "web".to_owned())].into(),
        networks: vec![Network { name: "shop".to_owned(), address: None, aliases: Vec::new() }],
        ports: Vec::new(),
        process: model::Process::default(),
    }
}

fn wanted(started_at: i64) -> Wanted {
    Wanted { id: id(), started_at: Some(at(started_at)), has_network: true }
}

#[test]
fn version_one_is_read() {
    let (_directory, host) = machine(V1);
    let eth0 = Interface {
        name: "eth0".to_owned(),
        received: Traffic { bytes: 1226, packets: 15, errors: 0, dropped: 0 },
        sent: Traffic { bytes: 378, packets: 5, errors: 0, dropped: 0 },
    };
    let disk = |device: &str, read_bytes, written_bytes, reads, writes| Disk {
        device: device.to_owned(),
        read_bytes,
        written_bytes,
        reads,
        writes,
    };
    let expected = Usage {
        cpu: Some(Cpu { total_seconds: 2.621872909, user_seconds: 2.6, system_seconds: 0.01 }),
        throttling: Some(Throttling { periods: 56, throttled_periods: 50, throttled_seconds: 1.188034288 }),
        cpu_quota: Some(CpuQuota { quota_micros: 50_000, period_micros: 100_000 }),
        memory: Some(Memory {
            usage: 688_128,
            working_set: 688_128,
            rss: 61_440,
            cache: 0,
            mapped_file: 0,
            swap: Some(0),
            usage_max: Some(3_825_664),
            limit_hits: Some(0),
        }),
        memory_limit_bytes: Some(64 << 20),
        oom_kills: Some(0),
        processes: Some(1),
        threads: Some(1),
        threads_max: Some(100),
        disks: vec![
            disk("/dev/vda", 20_971_520, 41_943_040, 20, 40),
            // A disk whose name the machine does not tell.
            disk("7:0", 4096, 0, 1, 0),
        ],
        interfaces: vec![eth0],
    };
    assert_eq!(Finder::new(host).usages(&[wanted(1)]), [Some(expected)]);
}

#[test]
fn version_two_is_read() {
    let (_directory, host) = machine(V2);
    let interface = |name: &str, received: [u64; 4], sent: [u64; 4]| {
        let traffic =
            |[bytes, packets, errors, dropped]: [u64; 4]| Traffic { bytes, packets, errors, dropped };
        Interface { name: name.to_owned(), received: traffic(received), sent: traffic(sent) }
    };
    let disk = |device: &str, read_bytes, written_bytes, reads, writes| Disk {
        device: device.to_owned(),
        read_bytes,
        written_bytes,
        reads,
        writes,
    };
    let expected = Usage {
        cpu: Some(Cpu { total_seconds: 12.345678, user_seconds: 10.0, system_seconds: 2.345678 }),
        throttling: Some(Throttling { periods: 1200, throttled_periods: 300, throttled_seconds: 4.5 }),
        cpu_quota: Some(CpuQuota { quota_micros: 150_000, period_micros: 100_000 }),
        memory: Some(Memory {
            usage: 104_857_600,
            working_set: 73_400_320,
            rss: 41_943_040,
            cache: 52_428_800,
            mapped_file: 10_485_760,
            swap: Some(8192),
            usage_max: Some(157_286_400),
            limit_hits: Some(17),
        }),
        memory_limit_bytes: Some(256 << 20),
        oom_kills: Some(1),
        processes: Some(3),
        threads: Some(7),
        threads_max: Some(0),
        disks: vec![disk("/dev/vda", 1_048_576, 2_097_152, 16, 32), disk("259:1", 512, 0, 1, 0)],
        interfaces: vec![
            interface("eth0", [1_000_000, 2000, 1, 2], [3_000_000, 4000, 3, 4]),
            interface("eth1", [500, 5, 0, 0], [600, 6, 0, 0]),
        ],
    };
    let mut finder = Finder::new(host);
    assert_eq!(finder.usages(&[wanted(1)]), [Some(expected)]);
    // One in the machine's network has no interfaces of its own.
    let usage = finder.usages(&[Wanted { has_network: false, ..wanted(1) }]).remove(0);
    assert_eq!(usage.unwrap().interfaces, []);
}

/// Limits that are none, and files that older kernels lack.
#[test]
fn what_is_missing_costs_itself_only() {
    let (directory, host) = machine(V2);
    let group = directory.path().join(format!("sys/fs/cgroup/system.slice/docker-{}.scope", id()));
    write(&group.join("cpu.max"), "max 100000\n");
    write(&group.join("memory.max"), "max\n");
    write(&group.join("pids.max"), "512\n");
    for file in ["memory.peak", "memory.swap.current", "io.stat", "memory.events"] {
        fs::remove_file(group.join(file)).unwrap();
    }
    let usage = Finder::new(host).usages(&[wanted(1)]).remove(0).unwrap();
    assert_eq!((usage.cpu_quota, usage.memory_limit_bytes, usage.threads_max), (None, Some(0), Some(512)));
    let memory = usage.memory.unwrap();
    assert_eq!((memory.usage_max, memory.swap, memory.limit_hits), (None, None, None));
    assert_eq!((usage.oom_kills, usage.disks), (None, Vec::new()));
    let (directory, host) = machine(V1);
    let group = |file: &str| {
        let controller = file.split('.').next().unwrap();
        directory.path().join(format!("sys/fs/cgroup/{controller}/docker/{}/{file}", id()))
    };
    write(&group("memory.limit_in_bytes"), "9223372036854771712\n");
    write(&group("cpu.cfs_quota_us"), "-1\n");
    let usage = Finder::new(host).usages(&[wanted(1)]).remove(0).unwrap();
    assert_eq!((usage.cpu_quota, usage.memory_limit_bytes), (None, Some(0)));
}

/// Seen from a namespace of its own, paths of groups begin at the own one; and other machines put groups elsewhere.
#[test]
fn a_container_is_found_wherever_its_group_is() {
    let check = |told: &str, group: &str| {
        let (directory, host) = machine(V2);
        let tree = directory.path().join("sys/fs/cgroup");
        let (told, group) = (told.replace("ID", &id()), tree.join(group.replace("ID", &id())));
        let first = tree.join(format!("system.slice/docker-{}.scope", id()));
        if first != group {
            fs::create_dir_all(group.parent().unwrap()).unwrap();
            fs::rename(first, &group).unwrap();
        }
        write(&directory.path().join("proc/4711/cgroup"), &format!("0::{told}\n"));
        let found = Finder::new(host).usages(&[wanted(1)]);
        assert!(found[0].is_some(), "{told}");
    };
    check("/system.slice/docker-ID.scope", "system.slice/docker-ID.scope");
    check("/../docker-ID.scope", "system.slice/docker-ID.scope");
    check("/../ID", "docker/ID");
    check("/web.slice/docker-ID.scope", "web.slice/docker-ID.scope");
    check("/system.slice/docker-ID.scope/init.scope", "system.slice/docker-ID.scope");
}

#[test]
fn a_container_that_starts_anew_is_looked_for_anew() {
    let (directory, host) = machine(V2);
    let proc = host.proc.clone();
    let mut finder = Finder::new(host);
    assert!(finder.usages(&[wanted(1)])[0].is_some());
    // It ends: its process is gone.
    fs::rename(proc.join("4711"), directory.path().join("gone")).unwrap();
    assert!(finder.usages(&[wanted(1)])[0].is_none());
    assert!(finder.usages(&[wanted(1)])[0].is_none());
    // It starts, and is another process.
    fs::rename(directory.path().join("gone"), proc.join("5000")).unwrap();
    assert!(finder.usages(&[wanted(2)])[0].is_some());
}

#[test]
fn one_that_was_not_found_is_looked_for_again_after_some_passes() {
    let (directory, host) = machine(V2);
    let proc = host.proc.clone();
    fs::rename(proc.join("4711"), directory.path().join("away")).unwrap();
    let mut finder = Finder::new(host);
    assert!(finder.usages(&[wanted(1)])[0].is_none());
    fs::rename(directory.path().join("away"), proc.join("4711")).unwrap();
    let found = (0..30).position(|_| finder.usages(&[wanted(1)])[0].is_some());
    assert!(found.is_some_and(|passes| passes > 10), "{found:?}");
}

/// An engine that tells the same of every container, or fails.
#[derive(Clone, Default)]
struct Engine {
    answer: Option<Usage>,
    asked: Arc<Mutex<Vec<String>>>,
    at_once: Arc<AtomicUsize>,
    at_once_max: Arc<AtomicUsize>,
}

impl Stats for Engine {
    async fn stats(&self, id: &str) -> Result<Usage, String> {
        self.asked.lock().unwrap().push(id.to_owned());
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.at_once_max.fetch_max(at_once, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(10)).await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        self.answer.clone().ok_or_else(|| "the engine is away".to_owned())
    }
}

type Told = watch::Receiver<Vec<(String, String)>>;

fn worker(host: Host, engine: Engine) -> (Worker<Stored, Engine>, Stored, Told) {
    let (stored, (faults, told)) = (Stored::default(), watch::channel(Vec::new()));
    let config = Config { interval: Duration::from_secs(15), host };
    (Worker::new(config, engine, stored.clone(), faults), stored, told)
}

#[tokio::test]
async fn a_container_is_told_by_the_names_of_cadvisor() {
    let (_directory, host) = machine(V2);
    let engine = Engine::default();
    let (mut worker, stored, told) = worker(host, engine.clone());
    worker.pass(&[workload("shop-web-1")], at(1000)).await;
    let check = |name: &str, own: &[(&str, &str)], value: f64| {
        let whose = [
            ("job", "containers"),
            ("instance", "m"),
            ("name", "shop-web-1"),
            ("image", "shop/web:1"),
            ("service", "web"),
            ("project", "shop"),
            ("environment", "production"),
            ("host", "m"),
            ("container", "shop-web-1"),
            ("container_label_com_docker_compose_service", "web"),
        ];
        let labels: Vec<(&str, &str)> = whose.iter().chain(own).copied().collect();
        assert_eq!(stored.value(at(1000), name, &labels), Some(value), "{name}");
    };
    check("container_cpu_usage_seconds_total", &[("cpu", "total")], 12.345678);
    check("container_cpu_system_seconds_total", &[], 2.345678);
    check("container_cpu_cfs_throttled_periods_total", &[], 300.0);
    check("container_spec_cpu_quota", &[], 150_000.0);
    check("container_spec_memory_limit_bytes", &[], 268_435_456.0);
    check("container_memory_working_set_bytes", &[], 73_400_320.0);
    check("container_memory_rss", &[], 41_943_040.0);
    check("container_oom_events_total", &[], 1.0);
    check("container_processes", &[], 3.0);
    check("container_threads", &[], 7.0);
    check("container_fs_reads_bytes_total", &[("device", "/dev/vda")], 1_048_576.0);
    check("container_network_receive_bytes_total", &[("interface", "eth0")], 1_000_000.0);
    check("container_network_transmit_packets_dropped_total", &[("interface", "eth0")], 4.0);
    check("container_start_time_seconds", &[], 900.5);
    check("container_last_seen", &[], 1000.0);
    check("container_health_state", &[], -1.0);
    check("porthole_container_state", &[("state", "running")], 1.0);
    check("porthole_container_state", &[("state", "exited")], 0.0);
    check("porthole_container_restarts_total", &[], 2.0);
    assert_eq!(stored.value(at(1000), "porthole_container_exit_code", &[]), None);
    assert!(engine.asked.lock().unwrap().is_empty(), "the engine is not asked for what the kernel tells");
    assert!(told.borrow().is_empty());
}

#[tokio::test]
async fn series_end_with_their_container() {
    let (_directory, host) = machine(V2);
    let (mut worker, stored, _) = worker(host, Engine::default());
    worker.pass(&[workload("shop-web-1")], at(1000)).await;
    let begun = stored.at(at(1000)).len();
    // It ended: what it used is no longer told, how it is is.
    let ended = Workload { state: State::Exited, exit_code: Some(137), ..workload("shop-web-1") };
    worker.pass(&[ended], at(1015)).await;
    assert_eq!(stored.value(at(1015), "porthole_container_exit_code", &[]), Some(137.0));
    assert_eq!(stored.value(at(1015), "porthole_container_state", &[("state", "exited")]), Some(1.0));
    assert_eq!(stored.value(at(1015), "container_memory_rss", &[]), None);
    let still = stored.at(at(1015)).len();
    assert_eq!(stored.ended(at(1015)).len(), begun + 1 - still);
    // It is removed.
    worker.pass(&[], at(1030)).await;
    assert_eq!((stored.at(at(1030)).len(), stored.ended(at(1030)).len()), (0, still));
    worker.pass(&[], at(1045)).await;
    assert_eq!(stored.ended(at(1045)).len(), 0);
}

/// A container that takes the place of another under the same name goes on with its series.
#[tokio::test]
async fn a_replaced_container_goes_on() {
    let (_directory, host) = machine(V2);
    let (mut worker, stored, _) =
        worker(host, Engine { answer: Some(Usage::default()), ..Engine::default() });
    worker.pass(&[workload("shop-web-1")], at(1000)).await;
    let new = Workload { id: "b".repeat(64), restarts: 0, ..workload("shop-web-1") };
    worker.pass(&[new], at(1015)).await;
    assert_eq!(stored.value(at(1015), "porthole_container_restarts_total", &[]), Some(0.0));
    let ended = stored.ended(at(1015));
    assert!(ended.iter().all(|labels| labels.get("__name__") != Some("porthole_container_restarts_total")));
}

#[tokio::test]
async fn processes_that_were_killed_are_counted_over_all_runs() {
    let (directory, host) = machine(V2);
    let (mut worker, stored, _) =
        worker(host, Engine { answer: Some(Usage::default()), ..Engine::default() });
    let events = |seconds| stored.value(at(seconds), "container_oom_events_total", &[]);
    worker.pass(&[workload("w")], at(1000)).await;
    assert_eq!(events(1000), Some(1.0));
    // The kernel kills the first process, and the group is gone before anybody looked.
    fs::remove_dir_all(directory.path().join("proc/4711")).unwrap();
    let killed = Workload { state: State::Exited, oom_killed: true, ..workload("w") };
    worker.pass(&[killed], at(1015)).await;
    assert_eq!(events(1015), Some(1.0), "it may be the one that was counted");
    let again = Workload { started_at: Some(at(1020)), ..workload("w") };
    worker.pass(std::slice::from_ref(&again), at(1030)).await;
    assert_eq!(events(1030), Some(1.0));
    // It is killed and starts again between two passes.
    worker.see(&[Workload { state: State::Restarting, oom_killed: true, ..again }]);
    let anew = Workload { started_at: Some(at(1040)), ..workload("w") };
    worker.pass(&[anew], at(1045)).await;
    assert_eq!(events(1045), Some(2.0));
}

#[tokio::test]
async fn the_engine_is_asked_where_the_kernel_says_nothing() {
    let directory = TempDir::new().unwrap();
    write(&directory.path().join("meminfo"), "MemTotal:       2048 kB\nMemFree: 1 kB\n");
    write(&directory.path().join("dev/block/8:0/uevent"), "MAJOR=8\nDEVNAME=sda\n");
    let host = Host { proc: directory.path().into(), sys: directory.path().into(), root: "/".into() };
    let usage = Usage {
        cpu: Some(Cpu { total_seconds: 7.0, ..Cpu::default() }),
        throttling: Some(Throttling::default()),
        memory_limit_bytes: Some(2 << 20),
        disks: vec![Disk { device: "8:0".to_owned(), read_bytes: 9, ..Disk::default() }],
        ..Usage::default()
    };
    let engine = Engine { answer: Some(usage), ..Engine::default() };
    let (mut worker, stored, told) = worker(host, engine.clone());
    let many: Vec<Workload> = (0..12)
        .map(|number| Workload { id: format!("{number:064x}"), ..workload(&format!("w{number:02}")) })
        .collect();
    worker.pass(&many, at(1000)).await;
    let cpu = [("container", "w11"), ("cpu", "total")];
    assert_eq!(stored.value(at(1000), "container_cpu_usage_seconds_total", &cpu), Some(7.0));
    let w11 = [("container", "w11")];
    // All of the machine's memory is no limit, and without a limit nothing is told of being held back.
    assert_eq!(stored.value(at(1000), "container_spec_memory_limit_bytes", &w11), Some(0.0));
    assert_eq!(stored.value(at(1000), "container_cpu_cfs_periods_total", &w11), None);
    let disk = [("container", "w11"), ("device", "/dev/sda")];
    assert_eq!(stored.value(at(1000), "container_fs_reads_bytes_total", &disk), Some(9.0));
    assert_eq!(engine.asked.lock().unwrap().len(), 12);
    assert_eq!(engine.at_once_max.load(Ordering::SeqCst), 4);
    assert!(told.borrow().is_empty());
}

#[tokio::test]
async fn it_is_told_when_nobody_knows() {
    let directory = TempDir::new().unwrap();
    let host = Host { proc: directory.path().into(), sys: directory.path().into(), root: "/".into() };
    let (mut worker, stored, told) = worker(host, Engine::default());
    let two = [workload("a"), Workload { id: "b".repeat(64), ..workload("b") }];
    worker.pass(&two, at(1000)).await;
    assert_eq!(stored.value(at(1000), "container_last_seen", &[("container", "a")]), Some(1000.0));
    let faults = told.borrow().clone();
    let [(subject, text)] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!(subject, "containers");
    assert!(text.starts_with("what a and 1 more uses is not known: the engine is away; mount"), "{text}");
    worker.pass(&[], at(1015)).await;
    assert!(told.borrow().is_empty());
}

#[tokio::test]
async fn it_looks_at_once_and_ends_its_series() {
    let (_directory, host) = machine(V2);
    let stored = Stored::default();
    let (containers, workloads) = watch::channel(Arc::from([]));
    let (faults, _told) = watch::channel(Vec::new());
    let shutdown = CancellationToken::new();
    let config = Config { interval: Duration::from_secs(600), host };
    let task =
        tokio::spawn(run(config, Engine::default(), stored.clone(), workloads, faults, shutdown.clone()));
    // The engine answers a little later than Porthole starts.
    containers.send_replace(Arc::from([workload("shop-web-1")]));
    let begin = tokio::time::Instant::now();
    while stored.instants().is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(30), "nothing is told");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    shutdown.cancel();
    task.await.unwrap();
    let instants = stored.instants();
    let told: usize = instants.iter().map(|at| stored.at(*at).len()).sum();
    let ended: usize = instants.iter().map(|at| stored.ended(*at).len()).sum();
    assert!(told > 30, "{told}");
    assert_eq!(told, ended);
}
