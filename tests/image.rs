//! The image: built from the project's Dockerfile around the static binary, run as the compose file runs it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process::Command;
use std::time::Duration;

use crate::harness::home::PASSWORD;
use crate::harness::{Appliance, Engine, Home, app, checkout, images, until};

tests! {
    [Docker, StaticBinary]:
        the_image_runs_read_only_and_healthy;
    [Docker]:
        the_compose_example_is_read_by_compose;
}

/// What the image may weigh.
const BYTES_MAX: u64 = 32_000_000;

fn the_image_runs_read_only_and_healthy() {
    let engine = Engine::start();
    images::import_prebuilt(&engine);
    let build = ["build", "--tag", "porthole", "--build-arg", "BUILD_BASE=porthole-prebuilt", "--file"];
    let (file, context) = (images::dockerfile(), images::empty_context());
    engine.docker(&[&build[..], &[file.to_str().unwrap(), context.path().to_str().unwrap()]].concat());
    let bytes: u64 =
        engine.docker(&["image", "inspect", "--format", "{{.Size}}", "porthole"]).parse().unwrap();

    let home = Home::new();
    let listen = format!("PORTHOLE_SERVER__LISTEN=127.0.0.1:{}", home.port());
    let host = format!("PORTHOLE_DOCKER__HOST={}", engine.host());
    let password = format!("PORTHOLE_AUTH__ADMIN_PASSWORD={PASSWORD}");
    let socket = format!("{0}:{0}:ro", engine.socket().display());
    let group = fs::metadata(engine.socket()).unwrap().gid().to_string();
    engine.docker(&[
        "run",
        "--detach",
        "--name=porthole",
        "--network=host",
        "--read-only",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
        "--volume=porthole-data:/data",
        "--volume",
        &socket,
        "--group-add",
        &group,
        "--env",
        &listen,
        "--env",
        &host,
        "--env",
        &password,
        "porthole",
    ]);
    let _log = engine.copy_log("porthole", &home.log());
    let appliance = Appliance::elsewhere(home);
    until("the engine calls it healthy", Duration::from_secs(90), || {
        (engine.docker(&["inspect", "--format", "{{.State.Health.Status}}", "porthole"]) == "healthy")
            .then_some(())
    });
    assert_eq!(app::docker_state(appliance.client()), "connected");
    let page = appliance.anonymous().with_header("accept", "text/html").get("/").expect(200).text();
    assert!(page.contains(".wasm"), "the page is not inside: {page}");
    engine.docker(&["stop", "porthole"]);
    assert_eq!(engine.inspect("porthole")["State"]["ExitCode"], 0);
    assert!(bytes <= BYTES_MAX, "the image has {bytes} bytes, {BYTES_MAX} are allowed");
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
