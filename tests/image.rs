//! The image: built from the project's Dockerfile around the static binary, run as the compose file runs it.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::harness::{Appliance, app};
use crate::harness::{Engine, Home, checkout, images, until};

tests! {
    [Docker, StaticBinary]:
        the_image_runs_read_only_and_healthy;
    [Docker]:
        the_compose_example_is_read_by_compose;
}

/// What the image may weigh.
const BYTES_MAX: u64 = 30_000_000;

fn the_image_runs_read_only_and_healthy() {
    let engine = Engine::start();
    images::import_prebuilt(&engine);
    let build = ["build", "--tag", "porthole", "--build-arg", "BUILD_BASE=porthole-prebuilt", "--file"];
    let (file, context) = (images::dockerfile(), images::empty_context());
    engine.docker(&[&build[..], &[file.to_str().unwrap(), context.path().to_str().unwrap()]].concat());
    let bytes: u64 =
        engine.docker(&["image", "inspect", "--format", "{{.Size}}", "porthole"]).parse().unwrap();
    assert!(bytes <= BYTES_MAX, "{bytes} bytes");

    let home = Home::new().docker(&engine);
    home.run(&["check"]);
    let config = format!("{0}:{0}:ro", home.path().display());
    let socket = format!("{0}:{0}", engine.socket().display());
    engine.docker(&[
        "run",
        "--detach",
        "--name",
        "porthole",
        "--network",
        "host",
        "--read-only",
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
        "--volume",
        "porthole-data:/data",
        "--volume",
        &config,
        "--volume",
        &socket,
        "--user",
        "0",
        "porthole",
        "serve",
        "--config",
        &home.config().display().to_string(),
    ]);
    let appliance = Appliance::elsewhere(home);
    until("the engine calls it healthy", Duration::from_secs(90), || {
        (engine.docker(&["inspect", "--format", "{{.State.Health.Status}}", "porthole"]) == "healthy")
            .then_some(())
    });
    assert_eq!(app::docker_state(appliance.client()), "connected");
    appliance.anonymous().get("/").expect(200);
    engine.docker(&["stop", "porthole"]);
    assert_eq!(engine.inspect("porthole")["State"]["ExitCode"], 0);
}

fn the_compose_example_is_read_by_compose() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(checkout().join("compose.example.yml"), folder.path().join("docker-compose.yml")).unwrap();
    let output = Command::new("docker-compose").arg("config").current_dir(folder.path()).output();
    let output = output.expect("docker-compose: apt-get install docker-compose");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for word in ["porthole", "read_only: true"] {
        assert!(said.contains(word), "{word}:\n{said}");
    }
}
