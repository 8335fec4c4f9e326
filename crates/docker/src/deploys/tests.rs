use model::{Health, Identity};

use super::*;

fn workload(project: &str, service: &str, created: i64, image: &str) -> Workload {
    Workload {
        id: format!("{created:064x}"),
        identity: Identity {
            project: project.to_owned(),
            service: service.to_owned(),
            ..Identity::default()
        },
        state: State::Running,
        health: Health::None,
        exit_code: None,
        oom_killed: false,
        stopping: false,
        restarts: 0,
        image: image.to_owned(),
        image_id: format!("sha256:{image}"),
        tty: false,
        log_driver: "json-file".to_owned(),
        created_at: Timestamp::from_seconds(created),
        started_at: Some(Timestamp::from_seconds(created + 1)),
        finished_at: None,
        labels: BTreeMap::new(),
        networks: Vec::new(),
        ports: Vec::new(),
        process: model::Process::default(),
    }
}

/// Looks at containers of one service in turn, with a restart of Porthole before each: what was deployed.
fn check(containers: &[(i64, &str)], expected: &[&str]) {
    let mut stored: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut told = Vec::new();
    for (created, image) in containers {
        let positions =
            stored.iter().map(|(key, value)| Position { key: key.clone(), value: Some(value.clone()) });
        let mut deploys = Deploys::new(&positions.collect::<Vec<_>>());
        let Some(observed) = deploys.observe(&workload("shop", "web", *created, image)) else { continue };
        told.extend(observed.replaced.map(|(before, _)| format!("{before} → {image}")));
        stored.extend(observed.positions.into_iter().map(|position| (position.key, position.value.unwrap())));
        assert_eq!(
            deploys.observe(&workload("shop", "web", *created, image)),
            None,
            "the second look is no news"
        );
    }
    assert_eq!(told, expected, "{containers:?}");
}

#[test]
fn the_newest_container_decides() {
    check(&[(1, "v1")], &[]);
    check(&[(1, "v1"), (2, "v1"), (3, "v1")], &[]);
    check(&[(1, "v1"), (2, "v2")], &["v1 → v2"]);
    check(&[(1, "v1"), (2, "v2"), (3, "v1")], &["v1 → v2", "v2 → v1"]);
    // The rest of the old containers are still there, and one of them is started again.
    check(&[(1, "v1"), (1, "v1"), (5, "v2"), (1, "v1"), (6, "v2")], &["v1 → v2"]);
}

#[test]
fn what_is_no_deploy_leaves_no_trace() {
    let check = |change: fn(&mut Workload)| {
        let mut deploys = Deploys::default();
        let mut workload = workload("shop", "web", 5, "v2");
        change(&mut workload);
        assert_eq!(deploys.observe(&workload), None);
        assert!(deploys.services.is_empty());
    };
    check(|workload| workload.started_at = None);
    check(|workload| workload.state = State::Created);
    check(|workload| {
        workload.labels.insert("com.docker.compose.oneoff".to_owned(), "True".to_owned());
    });
}

#[test]
fn deploys_are_listed_and_survive() {
    let mut deploys = Deploys::default();
    let mut positions = Vec::new();
    for (service, created, image) in [("web", 1, "v1"), ("db", 1, "pg"), ("web", 9, "v2")] {
        positions.extend(deploys.observe(&workload("shop", service, created, image)).unwrap().positions);
    }
    let expected = Deploy {
        project: "shop".to_owned(),
        service: "web".to_owned(),
        at: Timestamp::from_seconds(10),
        image: "v2".to_owned(),
        image_id: "sha256:v2".to_owned(),
        previous_image: "v1".to_owned(),
    };
    assert_eq!(deploys.list().as_ref(), std::slice::from_ref(&expected));
    assert_eq!(Deploys::new(&positions[1..]).list().as_ref(), [expected]);
    let mangled = Position { key: format!("{KEY_PREFIX}shop/web"), value: Some(b"{".to_vec()) };
    assert!(Deploys::new(&[mangled]).services.is_empty());
}

#[test]
fn the_memory_is_bounded_and_compose_services_stay() {
    let mut deploys = Deploys::default();
    deploys.observe(&workload("shop", "web", 1, "v1"));
    let mut forgotten = 0;
    for run in 0..2 * SERVICES_MAX as i64 {
        let observed = deploys.observe(&workload("", &format!("busy_{run}"), 100 + run, "tool")).unwrap();
        forgotten += observed.positions.iter().filter(|position| position.value.is_none()).count();
    }
    assert_eq!(deploys.services.len(), SERVICES_MAX);
    assert_eq!(forgotten, SERVICES_MAX + 1);
    assert!(deploys.services.contains_key(&("shop".to_owned(), "web".to_owned())));
}

#[test]
fn no_two_services_share_a_key() {
    let key = |project: &str, service: &str| key(&(project.to_owned(), service.to_owned()));
    assert_eq!(key("shop", "web"), "docker/deploy/shop/web");
    assert_ne!(key("a/b", "c"), key("a", "b/c"));
    assert_ne!(key("a%2fb", "c"), key("a/b", "c"));
}
