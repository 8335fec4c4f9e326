//! Probes that containers ask for, and the tasks of all probes.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use model::{Health, Identity, Labels, Network, Port, State, Timestamp, Workload};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::read;
use super::servers::{by_path, http};
use crate::probe::discovery::find;
use crate::probe::spec::{Kind, Place};
use crate::probe::{Config, ProbeState, run};
use crate::scrape::reach::Here;
use crate::scrape::{self, Origin};
use crate::testing::Memory;

const LIMIT: Duration = Duration::from_secs(30);

/// A container at `address` with these labels.
fn container(name: &str, address: Option<IpAddr>, labels: &[(&str, &str)]) -> Workload {
    Workload {
        id: "1".repeat(64),
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
        restarts: 0,
        image: String::new(),
        image_id: String::new(),
        tty: false,
        log_driver: String::new(),
        created_at: Timestamp::default(),
        started_at: None,
        finished_at: None,
        labels: labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        networks: vec![Network { name: "shop".to_owned(), address, aliases: vec!["www".to_owned()] }],
        ports: vec![
            Port { private: 53, public: None, tcp: false },
            Port { private: 8000, public: Some(80), tcp: true },
            Port { private: 9000, public: None, tcp: true },
        ],
        process: model::Process::default(),
    }
}

#[test]
fn labels_ask_for_probes() {
    let address: IpAddr = [172, 18, 0, 5].into();
    let check = |labels: &[(&str, &str)], url: &str, asked: &str, port: u16, interval: u64| {
        let (found, faults) = find(&[container("shop-web-1", Some(address), labels)], &Here::default());
        assert_eq!((found.len(), faults.len()), (1, 0), "{labels:?}: {faults:?}");
        let spec = found[0].wish.spec().unwrap();
        assert_eq!(spec.url, url);
        let target = match &spec.kind {
            Kind::Http(http) => http.url.to_string(),
            Kind::Tcp(tcp) => format!("tcp {}:{}", tcp.host, tcp.port),
        };
        assert_eq!(target, asked, "{labels:?}");
        assert_eq!(found[0].place, Place::At(vec![(address, port).into()]));
        assert_eq!(spec.interval, Duration::from_secs(interval));
        assert_eq!(spec.origin, Origin::Container { name: "shop-web-1".to_owned() });
        let expected = Labels::from_pairs([
            ("job", "probe"),
            ("instance", url),
            ("probe", "shop-web-1"),
            ("service", "web"),
            ("project", "shop"),
            ("environment", "production"),
            ("host", "m"),
            ("container", "shop-web-1"),
        ]);
        assert_eq!(spec.labels, expected);
    };
    check(
        &[("porthole.probe", "/health/")],
        "http://shop-web-1:8000/health/",
        "http://localhost:8000/health/",
        8000,
        30,
    );
    check(
        &[
            ("porthole.probe", "/health/?full=1"),
            ("porthole.probe.port", "9000"),
            ("porthole.probe.host", "shop.example"),
            ("porthole.probe.interval", "1m"),
        ],
        "http://shop-web-1:9000/health/?full=1",
        "http://shop.example:9000/health/?full=1",
        9000,
        60,
    );
    check(&[("porthole.probe", "tcp")], "tcp://shop-web-1:8000", "tcp localhost:8000", 8000, 30);
}

#[test]
fn labels_that_are_not_understood_are_told() {
    let check = |labels: &[(&str, &str)], expected: &str| {
        let (found, faults) = find(&[container("shop-web-1", None, labels)], &Here::default());
        assert!(found.is_empty());
        let [(subject, text)] = &faults[..] else { panic!("{faults:?}") };
        assert_eq!(subject, "shop-web-1");
        assert!(text.contains(expected), "{text}");
    };
    check(&[("porthole.probe", "health")], "write a path such as \"/health/\", or \"tcp\"");
    check(&[("porthole.probe", "/"), ("porthole.probe.port", "web")], "write a port such as \"8000\"");
    check(
        &[("porthole.probe", "/"), ("porthole.probe.interval", "30")],
        "write a duration of \"1s\" to \"4m\"",
    );
    check(&[("porthole.probe", "/"), ("porthole.probe.host", "a b")], "is no address");
    let mut without = container("shop-web-1", None, &[("porthole.probe", "/")]);
    without.ports.clear();
    let (_, faults) = find(&[without], &Here::default());
    assert!(faults[0].1.contains("no port is known; write the label porthole.probe.port"), "{faults:?}");
    let (found, faults) = find(&[container("quiet", None, &[("porthole.probe", " ")])], &Here::default());
    assert!(found.is_empty() && faults.is_empty());
}

#[test]
fn a_container_that_does_not_run_is_nowhere() {
    let check = |state: State, exit_code: Option<i64>, expected: Option<&str>| {
        let asked = container("w", Some([10, 0, 0, 1].into()), &[("porthole.probe", "/")]);
        let (found, _) = find(&[Workload { state, exit_code, ..asked }], &Here::default());
        let why = found.first().map(|found| match &found.place {
            Place::Nowhere(why) => why.clone(),
            other => format!("{other:?}"),
        });
        assert_eq!(why.as_deref(), expected, "{state:?}");
    };
    check(State::Created, None, None);
    check(State::Exited, Some(3), Some("the container does not run; it ended with code 3"));
    check(State::Restarting, None, Some("the container does not run"));
    check(State::Paused, None, Some("the container is paused"));
    let unconnected = container("w", None, &[("porthole.probe", "/")]);
    let (found, _) = find(&[unconnected], &Here::default());
    assert_eq!(found[0].place, Place::Nowhere("the container has no address in any network".to_owned()));
}

/// Waits until the published states are as they should be.
async fn until(
    status: &mut watch::Receiver<Vec<ProbeState>>,
    is: impl Fn(&[ProbeState]) -> bool,
) -> Vec<ProbeState> {
    let waited = tokio::time::timeout(LIMIT, status.wait_for(|states| is(states))).await;
    let is_so = waited.is_ok();
    drop(waited);
    let states = status.borrow().clone();
    assert!(is_so, "{states:#?}");
    states
}

struct Rig {
    workloads: watch::Sender<Arc<[Workload]>>,
    status: watch::Receiver<Vec<ProbeState>>,
    faults: watch::Receiver<Vec<(String, String)>>,
    stored: Memory,
    shutdown: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

fn rig(config: Config) -> Rig {
    let (_, config) = watch::channel(Arc::new(config));
    rig_that_hears(config)
}

fn rig_that_hears(config: watch::Receiver<Arc<Config>>) -> Rig {
    let (workloads, seen) = watch::channel(Arc::from([]));
    let ((status, published), (told, faults)) = (watch::channel(Vec::new()), watch::channel(Vec::new()));
    let (stored, shutdown) = (Memory::default(), CancellationToken::new());
    let task = tokio::spawn(run(config, stored.clone(), seen, status, told, shutdown.clone()));
    Rig { workloads, status: published, faults, stored, shutdown, task }
}

#[tokio::test]
async fn probes_come_and_go_with_containers() {
    let (address, requests) =
        by_path(|path| http(if path == "/health/" { "200 OK" } else { "404 Not Found" }, "", "")).await;
    let port = address.port().to_string();
    let asking = |path: &str| {
        container(
            "shop-web-1",
            Some(address.ip()),
            &[("porthole.probe", path), ("porthole.probe.port", &port), ("porthole.probe.interval", "1s")],
        )
    };
    let site = format!(
        "[[probe]]\nname = \"a site\"\nurl = \"http://www.invalid:{port}/health/\"\ninterval = \"1s\"\nservice = \"www\""
    );
    let (config, faults) = read(&site);
    assert!(faults.is_empty(), "{faults:?}");
    let mut rig = rig(config);
    // The site's name is nobody's yet.
    let states =
        until(&mut rig.status, |states| states.first().is_some_and(|state| state.last.is_some())).await;
    let scrape::Health::Down(why) = &states[0].health else { panic!("{states:?}") };
    assert!(why.starts_with("no address is known for www.invalid"), "{why}");
    assert_eq!(states[0].origin, Origin::File { line: Some(2) });
    let began = states[0].since;
    // A container comes that is called so, and asks for a probe too.
    let mut web = asking("/health/");
    web.networks[0].aliases = vec!["www.invalid".to_owned()];
    rig.workloads.send_replace(Arc::from([web.clone()]));
    let up = |states: &[ProbeState]| {
        states.len() == 2 && states.iter().all(|state| state.health == scrape::Health::Up)
    };
    let states = until(&mut rig.status, up).await;
    assert_eq!((states[0].name.as_str(), states[1].name.as_str()), ("a site", "shop-web-1"));
    assert!(states[0].since > began);
    assert_eq!(states[1].last.unwrap().status, Some(200));
    assert!(
        requests.lock().unwrap().iter().any(|request| request.contains(&format!("host: localhost:{port}")))
    );
    // It is stopped: both fail, each with its reason, and go on being told.
    let stopped = Workload { state: State::Exited, exit_code: Some(0), ..web };
    rig.workloads.send_replace(Arc::from([stopped]));
    let down =
        |states: &[ProbeState]| states.iter().all(|state| matches!(state.health, scrape::Health::Down(_)));
    let states = until(&mut rig.status, down).await;
    let reason = scrape::Health::Down("the container does not run; it ended with code 0".to_owned());
    assert_eq!(states[1].health, reason);
    // It is replaced by one that asks for another path: the old probe ends, a new one begins.
    rig.workloads.send_replace(Arc::from([asking("/other/")]));
    let is_other = |states: &[ProbeState]| {
        states.len() == 2 && states[1].url.ends_with("/other/") && states[1].last.is_some()
    };
    let states = until(&mut rig.status, is_other).await;
    assert_eq!(states[1].health, scrape::Health::Down("it answered 404 Not Found instead of 2xx".to_owned()));
    // It is gone; and one asks in words that are not understood.
    rig.workloads.send_replace(Arc::from([asking("health")]));
    until(&mut rig.status, |states| states.len() == 1).await;
    assert_eq!(rig.faults.borrow()[0].0, "shop-web-1");
    rig.shutdown.cancel();
    tokio::time::timeout(LIMIT, rig.task).await.unwrap().unwrap();
    let open = open_series(&rig.stored);
    assert!(open.is_empty(), "these never ended: {open:?}");
}

/// The series whose last sample is no marker.
fn open_series(stored: &Memory) -> Vec<Labels> {
    let mut open = std::collections::BTreeSet::new();
    for at in stored.instants() {
        open.extend(stored.at(at).into_iter().map(|(labels, _)| labels));
        for ended in stored.ended(at) {
            open.remove(&ended);
        }
    }
    open.into_iter().collect()
}

#[tokio::test]
async fn checks_are_told_by_the_names_of_blackbox() {
    let (address, _) = by_path(|_| http("200 OK", "", "fine")).await;
    let (config, _) =
        read(&format!("[[probe]]\nname = \"site\"\nurl = \"http://{address}/\"\nservice = \"web\""));
    let mut rig = rig(config);
    let states =
        until(&mut rig.status, |states| states.first().is_some_and(|state| state.last.is_some())).await;
    let at = states[0].last.unwrap().at;
    let url = format!("http://{address}/");
    let value = |name: &str, own: &[(&str, &str)]| {
        let whose = [
            ("job", "probe"),
            ("instance", url.as_str()),
            ("probe", "site"),
            ("service", "web"),
            ("environment", "production"),
        ];
        let labels: Vec<(&str, &str)> = whose.iter().chain(own).copied().collect();
        rig.stored.value(at, name, &labels)
    };
    for (name, expected) in [
        ("probe_success", 1.0),
        ("probe_http_status_code", 200.0),
        ("probe_http_content_length", 4.0),
        ("probe_http_uncompressed_body_length", 4.0),
        ("probe_http_redirects", 0.0),
        ("probe_http_ssl", 0.0),
        ("probe_http_version", 1.1),
        ("probe_failed_due_to_regex", 0.0),
        ("probe_ip_protocol", 4.0),
        ("probe_dns_lookup_time_seconds", 0.0),
    ] {
        assert_eq!(value(name, &[]), Some(expected), "{name}");
    }
    for phase in ["resolve", "connect", "tls", "processing", "transfer"] {
        assert!(value("probe_http_duration_seconds", &[("phase", phase)]).is_some(), "{phase}");
    }
    assert_eq!(value("probe_ssl_earliest_cert_expiry", &[]), None);
    let took = value("probe_duration_seconds", &[]).unwrap();
    assert_eq!(took, states[0].last.unwrap().took.as_secs_f64());
    rig.shutdown.cancel();
    tokio::time::timeout(LIMIT, rig.task).await.unwrap().unwrap();
}

/// A container in no network that Porthole knows of is tried at every address that it has.
#[test]
fn all_addresses_are_tried() {
    let mut asked = container("w", Some([10, 0, 0, 1].into()), &[("porthole.probe", "/")]);
    asked.networks.push(Network {
        name: "back".to_owned(),
        address: Some([10, 0, 1, 1].into()),
        aliases: Vec::new(),
    });
    let (found, _) = find(&[asked], &Here::default());
    let expected: Vec<SocketAddr> = vec![([10, 0, 0, 1], 8000).into(), ([10, 0, 1, 1], 8000).into()];
    assert_eq!(found[0].place, Place::At(expected));
}

#[tokio::test]
async fn probes_that_are_written_anew_begin_and_the_others_go_on() {
    let (address, _) = by_path(|_| http("200 OK", "", "")).await;
    let site = |name: &str, path: &str| {
        format!("[[probe]]\nname = \"{name}\"\nurl = \"http://{address}{path}\"\ninterval = \"1s\"\n")
    };
    let wish = |text: &str| {
        let (config, faults) = read(text);
        assert!(faults.is_empty(), "{faults:?}");
        Arc::new(config)
    };
    let (wishes, wanted) =
        watch::channel(wish(&[site("stays", "/a"), site("goes", "/b"), site("turns", "/c")].concat()));
    let mut rig = rig_that_hears(wanted);
    let all_up = |states: &[ProbeState]| states.iter().all(|state| state.health == scrape::Health::Up);
    let states = until(&mut rig.status, |states| states.len() == 3 && all_up(states)).await;
    let since = states.iter().find(|state| state.name == "stays").unwrap().since;
    wishes.send_replace(wish(&[site("turns", "/d"), site("stays", "/a"), site("comes", "/e")].concat()));
    let states = until(&mut rig.status, |states| {
        states.len() == 3 && all_up(states) && states.iter().any(|state| state.name == "comes")
    })
    .await;
    let stays = states.iter().find(|state| state.name == "stays").unwrap();
    assert_eq!((stays.since, &stays.origin), (since, &Origin::File { line: Some(6) }));
    assert!(states.iter().any(|state| state.url.ends_with("/d")), "{states:?}");
    rig.shutdown.cancel();
    tokio::time::timeout(LIMIT, rig.task).await.unwrap().unwrap();
    assert_eq!(open_series(&rig.stored), Vec::<Labels>::new());
}
