//! What goes wrong with alerts themselves: rules, templates, secrets; and drills through the real way.

use std::time::Duration;

use serde_json::json;

use super::catcher::{Answer, Catcher};
use super::parts::{await_evaluations, await_message, home, messages, rule, rule_of, set, set_labels};
use crate::harness::{eventually, until};

tests! {
    []:
        a_rule_that_cannot_be_evaluated_is_an_alert,
        a_failing_template_falls_back_to_plain_facts,
        secrets_are_never_seen,
        a_drill_goes_the_real_way,
        what_is_fired_is_in_the_backup;
}

const LIMIT: Duration = Duration::from_secs(60);

fn a_rule_that_cannot_be_evaluated_is_an_alert() {
    let catcher = Catcher::start();
    let expr = r#"expr = 'broken{case="twice"} * on (case) group_left broken{case="twice"} > 0'"#;
    let told =
        "[alerts.builtin.rule_fails]\nenabled = true\nfor = \"0s\"\ninterval = \"1s\"\ngroup_wait = \"0s\"\n";
    let appliance = home(&catcher, "", &format!("{}{told}", rule("twice", expr))).start();
    // Nothing is wrong while there is one series; with two of them each has two to be multiplied by.
    set(&appliance, "twice", 0.0);
    await_evaluations(&appliance, "twice", 1);
    assert_eq!(rule_of(&appliance, "twice")["health"], "ok");
    set_labels(&appliance, &[("__name__", "broken"), ("case", "twice"), ("service", "db")], 0.0);
    let told = catcher.first("the rule is told of", |caught| caught.body.contains("twice"));
    assert!(told.body.contains("many-to-many") || told.body.contains("evaluated"), "{}", told.body);
    let rule = rule_of(&appliance, "twice");
    assert_eq!(rule["health"], "err", "{rule}");
    assert!(!rule["lastError"].as_str().unwrap_or_default().is_empty(), "{rule}");
}

fn a_failing_template_falls_back_to_plain_facts() {
    let catcher = Catcher::start();
    let more = "how_bad = \"{{ index $labels 7 8 }}\"\ndo_now = \"{{ template \\\"no such\\\" }} mend it\"";
    let appliance = home(&catcher, "", &rule("template", more)).start();
    set(&appliance, "template", 12.5);
    let message = await_message(&catcher, "template", "firing").json();
    let annotations = message["alerts"][0]["annotations"].to_string();
    // What broke is told all the same, with the number, and without braces.
    assert!(annotations.contains("template broke"), "{message}");
    assert!(annotations.contains("12.5"), "{message}");
}

fn secrets_are_never_seen() {
    let catcher = Catcher::start();
    let secrets = ["TopSecretPath7", "BearerSecret8", "SigningSecret9", "hunter2Secret"];
    let more = format!(
        "[alerts.receivers.private]\nkind = \"webhook\"\nurl = \"{}\"\nbearer_token = \"{}\"\nsecret = \"{}\"\n\
         [alerts.receivers.mail]\nkind = \"email\"\nsmtp = \"127.0.0.1:{}\"\nsecurity = \"none\"\nfrom = \"a@example.com\"\n\
         to = [\"b@example.com\"]\nusername = \"a\"\npassword = \"{}\"\n",
        catcher.url(secrets[0]),
        secrets[1],
        secrets[2],
        crate::harness::home::free_port(),
        secrets[3],
    );
    let rules = format!("{}{more}", rule("quietly", "do_now = \"password=hunter3 in {{ $labels.note }}\""));
    let rules = rules.replace("tier = \"high\"", "tier = \"critical\"");
    let appliance = home(&catcher, "", &rules).start();
    catcher.answer(Answer::Status(500, ""));
    set(&appliance, "quietly", 12.0);
    let admin = appliance.admin();
    catcher.first("it is tried", |_| true);
    for receiver in ["private", "mail", "hook"] {
        admin.post_json(&format!("/app/v1/receivers/{receiver}/test"), &json!({}));
    }
    let mut seen = appliance.log();
    for path in ["alerts", "rules", "rules/quietly", "receivers", "history", "silences", "report"] {
        seen.push_str(&admin.get(&format!("/app/v1/{path}")).expect(200).text());
    }
    for path in [
        "/api/v2/status",
        "/api/v2/receivers",
        "/api/v2/alerts",
        "/api/v1/rules",
        "/api/v1/alerts",
        "/metrics",
    ] {
        seen.push_str(&appliance.client().get(path).expect(200).text());
    }
    catcher.answer(Answer::Ok("ok"));
    await_message(&catcher, "quietly", "firing");
    seen.extend(catcher.all().into_iter().map(|caught| caught.body));
    for secret in secrets {
        assert!(!seen.contains(secret), "{secret} is seen: {}", around(&seen, secret));
    }
}

fn around(text: &str, word: &str) -> String {
    let at = text.find(word).unwrap_or_default();
    let start = text.floor_char_boundary(at.saturating_sub(200));
    text[start..text.ceil_char_boundary((at + 200).min(text.len()))].to_owned()
}

fn a_drill_goes_the_real_way() {
    let (catcher, broken) = (Catcher::start(), Catcher::start());
    broken.answer(Answer::Status(500, ""));
    let more = format!("[alerts.receivers.broken]\nkind = \"webhook\"\nurl = \"{}\"\n", broken.url("hook"));
    let appliance = home(&catcher, "", &format!("{}{more}", rule("drilled", ""))).start();
    let admin = appliance.admin();
    let test = |receiver: &str| {
        admin.post_json(&format!("/app/v1/receivers/{receiver}/test"), &json!({})).expect(200).json()
    };
    assert_eq!(test("hook")["ok"], true);
    let of_receiver = catcher.first("the receiver's drill", |caught| caught.body.contains("TEST"));
    assert!(!of_receiver.body.contains("drilled"), "{}", of_receiver.body);
    let told = test("broken");
    assert_eq!(told["ok"], false, "{told}");
    assert!(told["message"].as_str().unwrap_or_default().contains("500"), "{told}");
    let answer = admin.post_json("/app/v1/rules/drilled/drill", &json!({}));
    assert!(answer.status < 300, "{}", answer.text());
    let of_rule = catcher.first("the rule's drill", |caught| caught.body.contains("drilled"));
    assert!(of_rule.body.contains("TEST"), "{}", of_rule.body);
    // It is over by itself, and nothing of it counts.
    until("the drill is over", LIMIT, || {
        let alerts = admin.get("/app/v1/alerts").expect(200).json();
        let rows = alerts["rows"].as_array()?.clone();
        rows.iter().all(|row| row["state"] == "resolved" || row["drill"] != true).then_some(())
    });
    let listed = appliance.client().get("/api/v2/alerts").expect(200).json();
    assert!(!listed.to_string().contains("drilled"), "{listed}");
}

fn what_is_fired_is_in_the_backup() {
    let catcher = Catcher::start();
    let appliance = home(&catcher, "", &rule("kept", "")).start();
    set(&appliance, "kept", 12.0);
    await_message(&catcher, "kept", "firing");
    let to = appliance.home().path().join("backup");
    let output = appliance.home().run(&["backup", to.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(to.join("alerts.db").is_file());
    let (home, _) = appliance.stop();
    std::fs::rename(home.data(), home.path().join("before")).unwrap();
    let output = home.run(&["restore", to.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let appliance = home.start();
    await_evaluations(&appliance, "kept", 3);
    // It still fires, and is not told again.
    assert_eq!(messages(&catcher, "kept"), ["firing"]);
    set(&appliance, "kept", 1.0);
    await_message(&catcher, "kept", "resolved");
    eventually("the history has both", || {
        let history = appliance.admin().get("/app/v1/history").expect(200).text();
        (history.contains("firing") && history.contains("resolved")).then_some(())
    });
}
