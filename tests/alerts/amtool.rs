//! amtool, unchanged: it lists alerts, silences and expires.

use std::process::Command;

use serde_json::json;

use super::catcher::Catcher;
use super::parts::{await_evaluations, await_message, home, messages, rule, set};
use crate::harness::{Appliance, eventually};

tests! {
    [Alertmanager]: amtool_lists_silences_and_expires;
}

/// What `amtool` says to the appliance; its end must be a good one.
fn amtool(appliance: &Appliance, arguments: &[&str]) -> String {
    let home = appliance.home();
    let config = home.path().join("amtool.yml");
    let mut command = Command::new("amtool");
    command.env("HOME", home.path());
    command.arg(format!("--alertmanager.url=http://127.0.0.1:{}", home.port()));
    command.arg(format!("--http.config.file={}", config.display()));
    let output = command.args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "amtool {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn amtool_lists_silences_and_expires() {
    let catcher = Catcher::start();
    let rules = [rule("heard", ""), rule("hushed", "")].concat();
    let appliance = home(&catcher, "", &rules).start();
    let wish = json!({ "name": "amtool", "scopes": ["ingest", "read", "release"] });
    let made = appliance.admin().post_json("/app/v1/tokens", &wish).expect(201).json();
    let config = format!("authorization: {{credentials: '{}'}}\n", made["secret"].as_str().unwrap());
    std::fs::write(appliance.home().path().join("amtool.yml"), config).unwrap();
    let silence =
        ["silence", "add", "--author=ann", "--comment=we know", "--duration=1h", "alertname=hushed"];
    let id = amtool(&appliance, &silence).trim().to_owned();
    assert_eq!(id.len(), 36, "{id}");
    let listed = amtool(&appliance, &["silence", "query"]);
    assert!(listed.contains(&id) && listed.contains("ann") && listed.contains("we know"), "{listed}");
    for case in ["heard", "hushed"] {
        set(&appliance, case, 12.0);
    }
    await_message(&catcher, "heard", "firing");
    let alerts = eventually("both are listed", || {
        let listed = amtool(
            &appliance,
            &["alert", "query", "--active", "--silenced", "--inhibited", "-o", "extended"],
        );
        (listed.contains("heard") && listed.contains("hushed")).then_some(listed)
    });
    assert!(alerts.contains("suppressed"), "{alerts}");
    let active = amtool(&appliance, &["alert", "query"]);
    assert!(active.contains("heard") && !active.contains("hushed"), "{active}");
    let one = amtool(&appliance, &["alert", "query", "alertname=~hea.*", "-o", "json"]);
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(one.as_array().map(Vec::len), Some(1), "{one}");
    await_evaluations(&appliance, "hushed", 2);
    assert_eq!(messages(&catcher, "hushed"), Vec::<String>::new());
    amtool(&appliance, &["silence", "expire", &id]);
    await_message(&catcher, "hushed", "firing");
    let expired = amtool(&appliance, &["silence", "query", "--expired"]);
    assert!(expired.contains(&id), "{expired}");
    let config = amtool(&appliance, &["cluster", "show"]);
    assert!(config.contains("Cluster Status"), "{config}");
}
