//! The command line: what each command says, how it ends, and what signals do.

use std::fs;
use std::process::Output;

use serde_json::json;

use crate::harness::appliance::{setup_path, signed_in};
use crate::harness::home::{PASSWORD, bare, free_port};
use crate::harness::http::Client;
use crate::harness::{Appliance, Home, checkout, eventually, loki};

tests! {
    []:
        every_command_is_in_the_help,
        check_tells_all_faults_at_once,
        the_commented_configuration_is_good,
        serve_with_a_fault_does_not_start,
        the_environment_overrides_the_file,
        healthcheck_tells_whether_it_runs,
        users_come_and_go_while_it_runs,
        users_come_and_go_while_it_does_not_run,
        tokens_come_and_go,
        the_setup_link_works_once,
        without_accounts_it_stays_on_the_loopback,
        settings_are_read_again,
        an_end_by_signal_drains;
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn expect_good(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, said(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn every_command_is_in_the_help() {
    let help = expect_good(&bare(&["--help"]).output().unwrap());
    for command in ["serve", "demo", "check", "healthcheck", "backup", "restore", "user", "token"] {
        assert!(help.contains(command), "{command}:\n{help}");
    }
    let version = expect_good(&bare(&["--version"]).output().unwrap());
    assert!(version.starts_with("porthole "), "{version}");
    let wrong = bare(&["sevre"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
}

fn check_tells_all_faults_at_once() {
    let home = Home::new()
        .with("[logs]\nretention = \"30 days\"\nretention_lnog = \"90d\"\n\n[lgos]\nretention = \"1d\"\n");
    let output = home.run(&["check"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let text = said(&output);
    let file = home.config().display().to_string();
    let faults: Vec<&str> = text.lines().filter(|line| line.contains(&file)).collect();
    assert_eq!(faults.len(), 3, "{text}");
    let config = fs::read_to_string(home.config()).unwrap();
    for (key, mend) in
        [("retention = \"30 days\"", "7d"), ("retention_lnog", "retention_long"), ("[lgos]", "logs")]
    {
        let line = config.lines().position(|line| line.contains(key)).unwrap() + 1;
        let place = format!("{file}:{line}:");
        let fault = faults
            .iter()
            .find(|fault| fault.starts_with(&place))
            .unwrap_or_else(|| panic!("{place}\n{text}"));
        assert!(fault.contains(mend), "{fault}");
    }

    let broken = Home::new().with("[logs\nretention = 1");
    let output = broken.run(&["check"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains(&format!("{}:", broken.config().display())), "{}", said(&output));

    expect_good(&Home::new().run(&["check"]));
}

fn the_commented_configuration_is_good() {
    let file = checkout().join("config/porthole.toml");
    let output = bare(&["check", "--config"]).arg(file).output().unwrap();
    expect_good(&output);
}

fn serve_with_a_fault_does_not_start() {
    let home = Home::new().with("[logs]\nretention = 5\n");
    let output = home.run(&["serve"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("logs.retention"), "{}", said(&output));
    assert!(!home.data().exists(), "a start that cannot be leaves nothing behind");
    let absent = bare(&["serve", "--config", "/no/such/file.toml"]).output().unwrap();
    assert!(!absent.status.success());
    assert!(said(&absent).contains("/no/such/file.toml"), "{}", said(&absent));
}

fn the_environment_overrides_the_file() {
    let port = free_port();
    let home = Home::new().environment("PORTHOLE_SERVER__LISTEN", &format!("127.0.0.1:{port}"));
    let file_port = home.port();
    let running = Appliance::spawn(home, &["serve"]);
    let client = Client::new(format!("http://127.0.0.1:{port}"));
    let ready = || client.try_send(ureq::http::Method::GET, "/ready", &[], Vec::new());
    eventually("it listens where the environment says", || {
        ready().is_ok_and(|a| a.status == 200).then_some(())
    });
    assert!(std::net::TcpStream::connect(("127.0.0.1", file_port)).is_err());
    drop(running);
    let wrong = Home::new().environment("PORTHOLE_SERVER__LISSEN", "127.0.0.1:1");
    let output = wrong.run(&["check"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("PORTHOLE_SERVER__LISTEN"), "{}", said(&output));
}

fn healthcheck_tells_whether_it_runs() {
    let appliance = Home::new().start();
    expect_good(&appliance.home().run(&["healthcheck"]));
    let (home, _) = appliance.stop();
    let output = home.run(&["healthcheck"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let home = home.start().kill();
    assert!(
        !home.run(&["healthcheck"]).status.success(),
        "the socket that a killed process left is no health"
    );
}

/// Whether a name and a password open the page.
fn opens(appliance: &Appliance, name: &str, password: &str) -> bool {
    let credentials = json!({ "name": name, "password": password });
    match appliance.anonymous().post_json("/app/v1/session", &credentials).status {
        200 => true,
        401 => false,
        other => panic!("signing in answered {other}"),
    }
}

fn users_come_and_go_while_it_runs() {
    let appliance = Home::new().start();
    let run = |arguments: &[&str], input: &str| appliance.home().run_with_input(arguments, input);
    expect_good(&run(&["user", "add", "grace", "--role", "editor"], "a long password\n"));
    let grace = signed_in(appliance.anonymous(), "grace", "a long password");
    assert_eq!(grace.get("/app/v1/session").json()["user"]["role"], "editor");
    grace.get("/app/v1/users").expect(403);
    let short = run(&["user", "add", "heidi"], "short\n");
    assert!(!short.status.success() && said(&short).contains("10"), "{}", said(&short));
    let twice = run(&["user", "add", "grace"], "a long password\n");
    assert!(!twice.status.success() && said(&twice).contains("grace"), "{}", said(&twice));
    expect_good(&run(&["user", "passwd", "grace"], "another password\n"));
    assert!(!opens(&appliance, "grace", "a long password"));
    assert!(opens(&appliance, "grace", "another password"));
    assert_eq!(grace.get("/app/v1/now").status, 401, "a new password ends the sessions");
    assert!(expect_good(&run(&["user", "list"], "")).contains("grace"));
    expect_good(&run(&["user", "remove", "grace"], ""));
    assert!(!opens(&appliance, "grace", "another password"));
}

fn users_come_and_go_while_it_does_not_run() {
    let home = Home::new();
    expect_good(&home.run_with_input(&["user", "add", "grace"], "a long password\n"));
    let appliance = home.start();
    assert!(opens(&appliance, "grace", "a long password"));
    let (home, _) = appliance.stop();
    expect_good(&home.run(&["user", "remove", "grace"]));
    assert!(!opens(&home.start(), "grace", "a long password"));
}

fn tokens_come_and_go() {
    let appliance = Home::new().start();
    let run = |arguments: &[&str]| appliance.home().run(arguments);
    let made = expect_good(&run(&["token", "create", "shipper", "--scope", "ingest", "--scope", "read"]));
    let secret = made.split_whitespace().max_by_key(|word| word.len()).expect("a token");
    let shipper = appliance.anonymous().with_token(secret);
    loki::push(&shipper, &json!({ "job": "shipped" }), &[(loki::now(), "by token".to_owned())]);
    assert_eq!(loki::texts(&shipper, r#"{job="shipped"}"#), ["by token"]);
    let listed = expect_good(&run(&["token", "list"]));
    let line = listed.lines().find(|line| line.contains("shipper")).unwrap_or_else(|| panic!("{listed}"));
    assert!(!listed.contains(secret), "the list shows the secret");
    let id = line.split_whitespace().next().expect("its number");
    expect_good(&run(&["token", "revoke", id]));
    shipper.get("/loki/api/v1/labels").expect(401);
    let again = run(&["token", "revoke", id]);
    assert!(!again.status.success(), "{}", said(&again));
}

fn the_setup_link_works_once() {
    let appliance = Home::new().fresh().start();
    let session = appliance.anonymous().get("/app/v1/session").expect(200).json();
    assert_eq!(session["setup_needed"], true, "{session}");
    let path = setup_path(&appliance);
    let secret = path.trim_start_matches("/setup#");
    let setup = |secret: &str| {
        let wish = json!({ "secret": secret, "name": "ada", "password": PASSWORD });
        appliance.anonymous().post_json("/app/v1/setup", &wish)
    };
    setup("wrong").expect(403);
    let made = setup(secret).expect(200);
    assert!(made.headers.contains_key("set-cookie"));
    assert_eq!(made.json()["user"]["role"], "admin");
    setup(secret).expect(403);
    assert_eq!(appliance.anonymous().get("/app/v1/session").json()["setup_needed"], false);
    let told = appliance.log().matches("/setup#").count();
    let appliance = appliance.restart();
    assert_eq!(appliance.log().matches("/setup#").count(), told, "a link is printed while no user exists");
}

fn without_accounts_it_stays_on_the_loopback() {
    let open = |listen: &str| {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("porthole.toml");
        fs::write(&file, format!("[server]\nlisten = \"{listen}\"\n[auth]\nmode = \"none\"\n")).unwrap();
        bare(&["check", "--config"]).arg(file).output().unwrap()
    };
    expect_good(&open("127.0.0.1:4100"));
    let output = open("0.0.0.0:4100");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("127.0.0.1"), "{}", said(&output));
}

fn settings_are_read_again() {
    let appliance = Home::new().start();
    let file = appliance.home().config();
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{good}\n[logs]\nretention = \"for ever\"\n")).unwrap();
    appliance.signal("HUP");
    eventually("the fault is told", || appliance.log().contains("logs.retention").then_some(()));
    appliance.anonymous().get("/ready").expect(200);
    assert!(!appliance.log().contains("take effect at the next start"));
    // A changed file is noticed without a signal.
    fs::write(&file, format!("{good}\n[logs]\nretention = \"7d\"\n")).unwrap();
    eventually("it is told what took effect", || {
        appliance.log().contains("take effect at the next start").then_some(())
    });
}

fn an_end_by_signal_drains() {
    for signal in ["TERM", "INT"] {
        let mut appliance = Home::new().start();
        let lines: Vec<(i64, String)> =
            (0..500).map(|at| (loki::now() + at, format!("last words {at}"))).collect();
        loki::push(appliance.client(), &json!({ "job": "drained" }), &lines);
        appliance.signal(signal);
        let status = appliance.await_end();
        assert_eq!(status.code(), Some(0), "after SIG{signal}: {status}\n{}", appliance.log());
        let home = appliance.ended();
        let written: Vec<String> = lines.into_iter().map(|(_, text)| text).collect();
        assert_eq!(loki::texts(home.start().client(), r#"{job="drained"}"#), written);
    }
}
