//! Which targets there are, and how they come and go.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::{Health as Healthy, Identity, Network, Port, State, Timestamp, Workload};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::program::{Memory, Reply, job, program, text};
use crate::scrape::discovery::containers;
use crate::scrape::pool::{Jobs, Pool, Settings};
use crate::scrape::reach::Here;
use crate::scrape::{Address, Health, Job, Overview};

fn workload(container: &str, address: &str, ports: &[u16], labels: &[(&str, &str)]) -> Workload {
    Workload {
        id: format!("{container:0>64}"),
        identity: Identity {
            service: container.trim_end_matches("-1").to_owned(),
            project: "shop".to_owned(),
            environment: "test".to_owned(),
            host: "h1".to_owned(),
            container: container.to_owned(),
        },
        state: State::Running,
        health: Healthy::None,
        exit_code: None,
        oom_killed: false,
        stopping: false,
        restarts: 0,
        image: "shop/web:1".to_owned(),
        image_id: "sha256:1".to_owned(),
        tty: false,
        log_driver: "json-file".to_owned(),
        created_at: Timestamp::default(),
        started_at: None,
        finished_at: None,
        labels: labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        networks: vec![Network {
            name: "shop_default".to_owned(),
            address: address.parse().ok(),
            aliases: Vec::new(),
        }],
        ports: ports.iter().map(|port| Port { private: *port, public: None, tcp: true }).collect(),
        process: Default::default(),
    }
}

/// Where a container with these labels is scraped, or why it is not.
fn found(labels: &[(&str, &str)], ports: &[u16]) -> Result<String, String> {
    let workload = workload("web-1", "10.0.0.2", ports, labels);
    let found = containers(&Here::default(), &[workload]).remove(0).map_err(|dropped| dropped.why)?;
    let target = found.target(&Arc::new(job())).map_err(|dropped| dropped.why)?;
    let label = |name: &str| target.labels.get(name).unwrap_or_default().to_owned();
    Ok(format!("{} {} {}", target.url, label("job"), label("instance")))
}

#[test]
fn containers_ask_for_it_by_labels() {
    let check = |labels: &[(&str, &str)], ports: &[u16], expected: &str| {
        assert_eq!(found(labels, ports).as_deref(), Ok(expected), "{labels:?}");
    };
    check(&[("porthole.metrics.port", "8000")], &[], "http://10.0.0.2:8000/metrics web web-1:8000");
    check(&[("porthole.metrics.path", "/m")], &[9000], "http://10.0.0.2:9000/m web web-1:9000");
    check(&[("porthole.metrics", "true")], &[9000], "http://10.0.0.2:9000/metrics web web-1:9000");
    check(
        &[("porthole.metrics.port", "1"), ("porthole.metrics.scheme", "HTTPS")],
        &[],
        "https://10.0.0.2:1/metrics web web-1:1",
    );
    for spelling in ["prometheus.io/", "prometheus.io.", "prometheus.", "prometheus_", "Prometheus_IO_"] {
        let labels = [
            (format!("{spelling}scrape"), "true"),
            (format!("{spelling}port"), "81"),
            (format!("{spelling}path"), "/p"),
        ];
        let labels = labels.each_ref().map(|(name, value)| (name.as_str(), *value));
        check(&labels, &[], "http://10.0.0.2:81/p web web-1:81");
    }
    // Ours win.
    let both =
        [("prometheus.io/scrape", "true"), ("prometheus.io/port", "1"), ("porthole.metrics.port", "2")];
    check(&both, &[], "http://10.0.0.2:2/metrics web web-1:2");
}

#[test]
fn containers_that_are_not_scraped_have_a_reason() {
    let check = |labels: &[(&str, &str)], ports: &[u16], expected: &str| {
        let why = found(labels, ports).unwrap_err();
        assert!(why.contains(expected), "{labels:?}: {why}");
    };
    check(&[], &[80], "no label asks for it; write porthole.metrics.port");
    check(
        &[("porthole.metrics", "false"), ("porthole.metrics.port", "1")],
        &[],
        "its label porthole.metrics says false",
    );
    check(
        &[("prometheus.io/scrape", "false"), ("prometheus.io/port", "1")],
        &[],
        "prometheus.io/scrape says false",
    );
    check(&[("prometheus.io/port", "1")], &[], "no label asks for it");
    check(&[("porthole.metrics.port", "http")], &[], "`http` is no port; write a number");
    check(
        &[("porthole.metrics", "true")],
        &[],
        "no port of it is known; write the label porthole.metrics.port",
    );
    check(&[("porthole.metrics", "true")], &[80, 443], "it has several ports ([80, 443]); write the label");
    check(&[("porthole.metrics.port", "1"), ("porthole.metrics.scheme", "ftp")], &[], "`ftp` is no scheme");
    let mut ended = workload("web-1", "10.0.0.2", &[], &[("porthole.metrics.port", "1")]);
    ended.state = State::Exited;
    let why = containers(&Here::default(), &[ended]).remove(0).unwrap_err().why;
    assert_eq!(why, "the container does not run");
}

#[test]
fn what_is_known_of_a_container_can_be_used_by_rules() {
    let workload = workload("web-1", "10.0.0.2", &[], &[("porthole.metrics.port", "8000"), ("a.b-c", "x")]);
    let found = containers(&Here::default(), &[workload]).remove(0).unwrap();
    let target = found.target(&Arc::new(job())).unwrap();
    for (name, value) in [
        ("__address__", "10.0.0.2:8000"),
        ("__scheme__", "http"),
        ("__metrics_path__", "/metrics"),
        ("__scrape_interval__", "15s"),
        ("__meta_docker_container_name", "/web-1"),
        ("__meta_docker_container_label_a_b_c", "x"),
        ("__meta_docker_network_name", "shop_default"),
        ("__meta_docker_network_ip", "10.0.0.2"),
        ("__meta_docker_port_private", "8000"),
    ] {
        assert_eq!(target.discovered.get(name), Some(value), "{name}");
    }
    assert_eq!(target.labels.to_string(), r#"{instance="web-1:8000", job="web"}"#);
    assert_eq!(
        target.identity.to_string(),
        r#"{container="web-1", environment="test", host="h1", project="shop", service="web"}"#
    );
}

#[test]
fn containers_are_reached_from_the_machine_and_from_other_containers() {
    let with = |id: char, networks: &[(&str, &str)]| {
        let mut workload = workload("web-1", "", &[], &[]);
        workload.id = id.to_string().repeat(64);
        let network = |(name, address): &(&str, &str)| Network {
            name: (*name).to_owned(),
            address: address.parse().ok(),
            aliases: Vec::new(),
        };
        workload.networks = networks.iter().map(network).collect();
        workload
    };
    let check = |own: Option<Workload>, one: Workload, address: &str, apart: bool| {
        let here = Here::at(own.as_ref().map(|own| own.id.clone()));
        let all: Vec<Workload> = own.into_iter().chain([one.clone()]).collect();
        let found = here.address(&one, &all).map(|address| address.to_string()).unwrap_or_default();
        assert_eq!((found.as_str(), here.is_apart(&one, &all)), (address, apart), "{one:?}");
    };
    let (front, back) = (("front", "10.1.0.2"), ("shop", "10.2.0.2"));
    let porthole = |networks: &[(&str, &str)]| Some(with('a', networks));
    check(None, with('b', &[front, back]), "10.1.0.2", false);
    check(None, with('b', &[("host", "")]), "127.0.0.1", false);
    check(None, with('b', &[("none", "")]), "", false);
    check(porthole(&[("shop", "10.2.0.9")]), with('b', &[front, back]), "10.2.0.2", false);
    check(porthole(&[("other", "10.3.0.9")]), with('b', &[front, back]), "10.1.0.2", true);
    check(porthole(&[("other", "10.3.0.9")]), with('b', &[("host", "")]), "", true);
    check(porthole(&[("host", "")]), with('b', &[front]), "10.1.0.2", false);
    check(porthole(&[("host", "")]), with('b', &[("host", "")]), "127.0.0.1", false);
}

/// A pool that runs until it is dropped.
struct Running {
    memory: Memory,
    overview: watch::Receiver<Arc<Overview>>,
    workloads: watch::Sender<Arc<[Workload]>>,
    wishes: watch::Sender<Arc<Jobs>>,
    _stop: tokio_util::sync::DropGuard,
}

fn running(jobs: Vec<Job>, workloads: Vec<Workload>) -> Running {
    let (workloads, receiver) = watch::channel(Arc::from(workloads));
    let (sender, overview) = watch::channel(Arc::default());
    let memory = Memory::default();
    let (wishes, wanted) = watch::channel(Arc::new(written(jobs)));
    let settings = Settings { jobs: wanted, within: Vec::new() };
    let shutdown = CancellationToken::new();
    tokio::spawn(Pool::new(settings, receiver, memory.clone(), sender).run(shutdown.clone()));
    Running { memory, overview, workloads, wishes, _stop: shutdown.drop_guard() }
}

fn written(jobs: Vec<Job>) -> Jobs {
    Jobs { written: jobs, discovery: Some(quick("containers", &[])) }
}

fn quick(name: &str, targets: &[&str]) -> Job {
    let targets = targets.iter().map(|target| Address::parse(target).unwrap()).collect();
    Job { targets, ..Job::new(name, Duration::from_millis(200)) }
}

impl Running {
    /// Waits until something holds.
    async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..500 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what}: {:#?}", self.overview.borrow().targets());
    }

    fn health(&self, name: &str) -> Option<Health> {
        let targets = self.overview.borrow().targets();
        targets.into_iter().find(|target| &*target.name == name).map(|target| target.report.health)
    }
}

fn often(body: &str) -> Vec<Reply> {
    (0..1000).map(|_| text(body)).collect()
}

#[tokio::test]
async fn a_container_that_goes_ends_its_series_and_a_new_one_goes_on() {
    let (first, second) = (program(often("a 1\n")).await, program(often("a 2\n")).await);
    let labelled = |address: &str| {
        let port = address.rsplit(':').next().unwrap();
        // Both have one port for the world, and one address each.
        workload("web-1", "127.0.0.1", &[], &[("porthole.metrics.port", port)])
    };
    let port = first.address.rsplit(':').next().unwrap().to_owned();
    let running = running(Vec::new(), vec![labelled(&first.address)]);
    let name = format!("web/web-1:{port}");
    running.until("it is up", |running| running.health(&name) == Some(Health::Up)).await;
    let of =
        |running: &Running, value: &str| running.memory.of(&[("__name__", "a")]).iter().any(|v| v == value);
    // Gone.
    running.workloads.send_replace(Arc::from([]));
    running.until("it ends", |running| of(running, "ends")).await;
    assert_eq!(running.health(&name), None);
    // Back.
    let count = running.memory.of(&[("__name__", "a"), ("service", "web")]).len();
    running.workloads.send_replace(Arc::from([labelled(&first.address)]));
    running
        .until("it goes on", |running| {
            running.memory.of(&[("__name__", "a"), ("service", "web")]).len() > count
        })
        .await;
    // Another port is another instance.
    running.workloads.send_replace(Arc::from([labelled(&second.address)]));
    running.until("the other", |running| of(running, "2")).await;
}

#[tokio::test]
async fn names_of_services_are_known_without_the_systems_help() {
    let program = program(often("a 1\n")).await;
    let port = program.address.rsplit(':').next().unwrap().to_owned();
    let address = format!("shop-web-for-test:{port}");
    let running = running(
        vec![quick("web", &[&address])],
        vec![workload("shop-web-for-test-1", "127.0.0.1", &[], &[])],
    );
    let name = format!("web/{address}");
    running.until("it is up", |running| running.health(&name) == Some(Health::Up)).await;
    assert!(
        !running
            .memory
            .of(&[("__name__", "a"), ("service", "shop-web-for-test"), ("project", "shop")])
            .is_empty()
    );
    // The container is gone: the target stays, with its labels, and is down.
    running.workloads.send_replace(Arc::from([]));
    running.until("it is down", |running| matches!(running.health(&name), Some(Health::Down(_)))).await;
    let targets = running.overview.borrow().targets();
    assert_eq!(targets[0].labels.get("service"), Some("shop-web-for-test"));
}

#[tokio::test]
async fn two_of_one_name_do_not_share_their_series() {
    let mut labelled = quick("web", &["127.0.0.1:1"]);
    labelled.labels = model::Labels::from_pairs([("zone", "b")]);
    let jobs = vec![quick("web", &["127.0.0.1:1", "http://127.0.0.1:1/"]), labelled];
    let running = running(jobs, Vec::new());
    running.until("two are there", |running| running.overview.borrow().targets().len() == 2).await;
    let dropped = running.overview.borrow().dropped();
    assert_eq!(dropped.len(), 1);
    assert!(dropped[0].why.contains("has the same labels and is scraped already"), "{}", dropped[0].why);
}

#[tokio::test]
async fn at_shutdown_nothing_ends() {
    let program = program(often("a 1\n")).await;
    let running = running(vec![quick("web", &[&program.address])], Vec::new());
    running.until("it is there", |running| !running.memory.of(&[("__name__", "a")]).is_empty()).await;
    let Running { memory, overview, _stop, .. } = running;
    drop(_stop);
    let mut overview = overview;
    while overview.changed().await.is_ok() {}
    assert!(!memory.of(&[("__name__", "a")]).contains(&"ends".to_owned()));
}

#[tokio::test]
async fn jobs_that_are_written_anew_are_scraped_and_the_others_go_on() {
    let programs =
        [program(often("a 1\n")).await, program(often("a 2\n")).await, program(often("a 3\n")).await];
    let [first, second, third] = programs.each_ref().map(|program| program.address.as_str());
    let running = running(vec![quick("stays", &[first]), quick("goes", &[second])], Vec::new());
    let of = |job: &str| running.memory.of(&[("__name__", "a"), ("job", job)]);
    running.until("both are up", |_| !of("stays").is_empty() && !of("goes").is_empty()).await;
    // The first stands on another line now and has a second target; the second job is gone; a third comes.
    let stays = Job { line: Some(9), ..quick("stays", &[first, second]) };
    running.wishes.send_replace(Arc::new(written(vec![stays, quick("comes", &[third])])));
    running.until("the other ends", |_| of("goes").last().is_some_and(|last| last == "ends")).await;
    running.until("the new one comes", |_| of("comes").contains(&"3".to_owned())).await;
    running.until("its second target comes", |_| of("stays").contains(&"2".to_owned())).await;
    assert!(!of("stays").contains(&"ends".to_owned()), "{:?}", of("stays"));
    let mut names: Vec<String> =
        running.overview.borrow().targets().iter().map(|target| target.name.to_string()).collect();
    names.sort();
    let mut expected = [format!("stays/{first}"), format!("stays/{second}"), format!("comes/{third}")];
    expected.sort();
    assert_eq!(names, expected);
    // Asked in another way: what was there ends before the same series begin anew.
    let other = Job { params: vec![("full".into(), "1".into())], ..quick("comes", &[third]) };
    let count = of("comes").len();
    running.wishes.send_replace(Arc::new(written(vec![other])));
    let again = |values: &[String]| {
        let ended = values.iter().position(|value| value == "ends");
        ended.is_some_and(|at| at >= count && values.len() > at + 1)
    };
    running.until("it goes on", |_| again(&of("comes"))).await;
}
