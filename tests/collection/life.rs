//! What happens to containers: restarts, new names, replacements, ends; each of them once, as an entry.

use std::time::Duration;

use super::told::{await_event, events};
use super::written::expect_stored;
use crate::harness::shared::rig;
use crate::harness::{Appliance, Engine, Home, app, eventually, images, loki, until};

tests! {
    [Docker]:
        a_restarted_container_keeps_both_lives,
        a_renamed_container_goes_on_under_its_new_name,
        a_service_of_another_image_is_a_deploy,
        a_deploy_while_porthole_was_down_is_seen,
        an_out_of_memory_kill_is_an_entry,
        a_change_of_health_is_an_entry,
        identity_comes_from_labels,
        a_container_may_keep_its_logs_to_itself,
        porthole_leaves_its_own_container_out;
}

fn a_restarted_container_keeps_both_lives() {
    let rig = rig();
    rig.engine.run("restarted", &[], "echo a life; trap exit TERM; while :; do usleep 50000; done");
    let query = r#"{container="restarted", stream="stdout"}"#;
    expect_stored(rig.appliance.client(), query, &["a life".to_owned()]);
    for lives in 2..=4 {
        rig.engine.docker(&["restart", "--time", "2", "restarted"]);
        expect_stored(rig.appliance.client(), query, &vec!["a life".to_owned(); lives]);
    }
    rig.engine.remove(&["restarted"]);
}

fn a_renamed_container_goes_on_under_its_new_name() {
    let rig = rig();
    let script = "echo one; until test -e /tmp/go; do usleep 20000; done; echo two; sleep 300";
    rig.engine.run("name-before", &[], script);
    expect_stored(
        rig.appliance.client(),
        r#"{container="name-before", stream="stdout"}"#,
        &["one".to_owned()],
    );
    rig.engine.docker(&["rename", "name-before", "name-after"]);
    until("the page knows the new name", Duration::from_secs(30), || {
        app::tile(rig.appliance.client(), "name-after")
    });
    rig.engine.touch("name-after", "/tmp/go");
    expect_stored(
        rig.appliance.client(),
        r#"{container="name-after", stream="stdout"}"#,
        &["two".to_owned()],
    );
    expect_stored(
        rig.appliance.client(),
        r#"{container="name-before", stream="stdout"}"#,
        &["one".to_owned()],
    );
    rig.engine.remove(&["name-after"]);
}

/// Labels of a compose service.
fn compose(service: &'static str) -> [String; 2] {
    [
        "--label=com.docker.compose.project=shop".to_owned(),
        format!("--label=com.docker.compose.service={service}"),
    ]
}

fn run_version(engine: &Engine, service: &'static str, version: &str) {
    let image = format!("porthole-test/{service}:{version}");
    // An import makes another image each time, even of the same files.
    if !engine.try_docker(&["image", "inspect", &image]).status.success() {
        images::import(engine, &image, version);
    }
    let labels = compose(service);
    let container = format!("shop-{service}-1");
    let _ = engine.try_docker(&["rm", "--force", &container]);
    let options: Vec<&str> = labels.iter().map(String::as_str).collect();
    engine.run_image(&image, &container, &options, &format!("echo version {version}; sleep 300"));
}

fn a_service_of_another_image_is_a_deploy() {
    let rig = rig();
    run_version(&rig.engine, "web", "1");
    let query = r#"{service="web", project="shop", stream="stdout"}"#;
    expect_stored(rig.appliance.client(), query, &["version 1".to_owned()]);
    run_version(&rig.engine, "web", "2");
    expect_stored(rig.appliance.client(), query, &["version 1".to_owned(), "version 2".to_owned()]);
    let deploy = await_event(&rig.appliance, "shop-web-1", "deploy");
    assert!(deploy.to_string().contains("porthole-test/web:2"), "{deploy}");
    until("the page tells the deploy", Duration::from_secs(30), || {
        app::tile(rig.appliance.client(), "web")?["last_deploy"].as_i64()
    });
    // The same image again is none.
    run_version(&rig.engine, "web", "2");
    let three = ["version 1", "version 2", "version 2"].map(str::to_owned);
    expect_stored(rig.appliance.client(), query, &three);
    await_event(&rig.appliance, "shop-web-1", "deploy");
}

fn a_deploy_while_porthole_was_down_is_seen() {
    let engine = Engine::start();
    let appliance = Home::new().docker(&engine).start();
    run_version(&engine, "worker", "1");
    let query = r#"{service="worker", stream="stdout"}"#;
    expect_stored(appliance.client(), query, &["version 1".to_owned()]);
    let (home, status) = appliance.stop();
    assert!(status.success(), "{status}");
    run_version(&engine, "worker", "2");
    let appliance = home.start();
    expect_stored(appliance.client(), query, &["version 1".to_owned(), "version 2".to_owned()]);
    await_event(&appliance, "shop-worker-1", "deploy");
    // It is not told again at the next start.
    let appliance = appliance.restart();
    until("the page tells the deploy", Duration::from_secs(30), || {
        app::tile(appliance.client(), "worker")?["last_deploy"].as_i64()
    });
    await_event(&appliance, "shop-worker-1", "deploy");
}

fn an_out_of_memory_kill_is_an_entry() {
    let rig = rig();
    let options = ["--memory", "16m"];
    // The engine itself misses some kills: the container is gone before the kernel's notice is read. Such a
    // death is told as one of exit code 137, so the test goes on with a kill that the engine saw.
    let is_noticed = |name: &String| {
        rig.engine.run(name, &options, "echo hungry; x=a; while :; do x=$x$x; done");
        rig.engine.await_end(name, Duration::from_secs(60));
        rig.engine.inspect(name)["State"]["OOMKilled"] == true
    };
    let glutton =
        (1..=8).map(|n| format!("glutton-{n}")).find(is_noticed).expect("the engine notices a kill");
    await_event(&rig.appliance, &glutton, "oom");
    let death = await_event(&rig.appliance, &glutton, "die");
    assert!(death.to_string().contains("137"), "{death}");
    let tile = eventually("the tile tells the kill", || {
        let tile = app::tile(rig.appliance.client(), &glutton)?;
        (tile["workloads"][0]["oom_killed"] == true).then_some(tile)
    });
    assert_eq!(tile["state"], "failed", "{tile}");
}

fn a_change_of_health_is_an_entry() {
    let rig = rig();
    let check = ["--health-cmd=test ! -e /tmp/sick", "--health-interval=1s", "--health-retries=1"];
    rig.engine.run("patient", &check, "sleep 300");
    let health = |state: &str| {
        until(&format!("the patient is {state}"), Duration::from_secs(60), || {
            let tile = app::tile(rig.appliance.client(), "patient")?;
            (tile["health"] == state).then_some(())
        });
        eventually("an entry tells it", || {
            let told = events(&rig.appliance, "patient", "health");
            told.iter().any(|event| event.to_string().contains(&format!("patient is {state}"))).then_some(())
        });
    };
    health("healthy");
    rig.engine.touch("patient", "/tmp/sick");
    health("unhealthy");
    rig.engine.remove(&["patient"]);
}

fn identity_comes_from_labels() {
    let rig = rig();
    let labels = [
        "--label=com.docker.compose.service=api",
        "--label=com.docker.compose.project=bakery",
        "--label=porthole.service=counter",
        "--label=porthole.environment=staging",
    ];
    rig.engine.run("bakery-api-1", &labels, "echo here");
    let query = r#"{container="bakery-api-1", stream="stdout"}"#;
    expect_stored(rig.appliance.client(), query, &["here".to_owned()]);
    let lines = loki::dump(rig.appliance.client(), query);
    let expected = [
        ("container", "bakery-api-1"),
        ("environment", "staging"),
        ("host", "testhost"),
        ("project", "bakery"),
        ("service", "counter"),
        ("stream", "stdout"),
    ];
    for (name, value) in expected {
        assert_eq!(lines[0].labels.get(name).map(String::as_str), Some(value), "{:?}", lines[0].labels);
    }
}

fn a_container_may_keep_its_logs_to_itself() {
    let rig = rig();
    rig.engine.run("shy", &["--label=porthole.logs=false"], "echo secret; sleep 300");
    rig.engine.run("absent", &["--label=porthole.ignore=true"], "echo secret; sleep 300");
    rig.engine.run("open", &[], "echo public");
    expect_stored(rig.appliance.client(), r#"{container="open", stream="stdout"}"#, &["public".to_owned()]);
    until("the shy one has a tile", Duration::from_secs(30), || app::tile(rig.appliance.client(), "shy"));
    assert!(app::tile(rig.appliance.client(), "absent").is_none());
    expect_stored(rig.appliance.client(), r#"{container=~"shy|absent", stream="stdout"}"#, &[]);
    rig.engine.remove(&["shy", "absent"]);
}

fn porthole_leaves_its_own_container_out() {
    let engine = Engine::start();
    // The binary of this build runs in a container with the libraries of this machine.
    let home = Home::new().docker(&engine);
    home.run(&["check"]);
    let home_volume = format!("{0}:{0}", home.path().display());
    let socket = format!("{0}:{0}", engine.socket().display());
    let binary = format!("{}:/porthole:ro", env!("CARGO_BIN_EXE_porthole"));
    engine.docker(&[
        "run",
        "--detach",
        "--network",
        "host",
        "--name",
        "porthole",
        "--volume",
        &home_volume,
        "--volume",
        &socket,
        "--volume",
        &binary,
        "--volume",
        "/lib:/lib:ro",
        "--volume",
        "/usr/lib:/usr/lib:ro",
        "--volume",
        "/lib64:/lib64:ro",
        images::BUSYBOX,
        "/porthole",
        "serve",
        "--config",
        &home.config().display().to_string(),
        "--data",
        &home.data().display().to_string(),
    ]);
    engine.run("neighbour", &[], "echo good morning; sleep 300");
    let _log = engine.copy_log("porthole", &home.log());
    let appliance = Appliance::elsewhere(home);
    let query = r#"{container="neighbour", stream="stdout"}"#;
    expect_stored(appliance.client(), query, &["good morning".to_owned()]);
    assert!(!engine.logs("porthole", "stderr").is_empty() || !engine.logs("porthole", "stdout").is_empty());
    expect_stored(appliance.client(), r#"{container="porthole", stream=~"std.*"}"#, &[]);
    engine.docker(&["stop", "porthole"]);
    assert_eq!(engine.inspect("porthole")["State"]["ExitCode"], 0);
}
