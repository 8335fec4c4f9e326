//! The cases of Prometheus's specification of alert generators, in seconds where it has minutes: rules of an included
//! file, the states they go through, the series `ALERTS`, and what is told.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use super::catcher::Catcher;
use super::parts::{await_evaluations, await_message, await_state, home, messages, rule_of, set_labels};
use crate::harness::http::Client;
use crate::harness::prometheus::{self, now_ms};
use crate::harness::{Appliance, until};

tests! {
    []: alerts_live_as_the_specification_has_it;
}

const LIMIT: Duration = Duration::from_secs(60);

const RULES: &str = r#"
groups:
  - name: Cycle
    interval: 1s
    rules:
      - alert: Cycle
        expr: suite{case="Cycle"} > 10
        for: 4s
        labels: {foo: bar, team: shop}
        annotations:
          description: Cycle is firing
          summary: "The value is {{$value}} {{.Value}}"
  - name: Short
    interval: 1s
    rules:
      - alert: Short
        expr: suite{case="Short"} > 10
        for: 30s
      - alert: Never
        expr: suite{case="Short"} > 99
  - name: Order
    interval: 1s
    rules:
      - record: suite:doubled
        expr: 2 * suite{case="Order"}
        labels: {made: here}
      - alert: First
        expr: suite:doubled > 20
        for: 2s
        labels: {foo: bar}
      - alert: Second
        expr: >-
          (ALERTS{alertstate="firing", alertname="First", variant="one"}
          + ignoring(variant) ALERTS{alertstate="firing", alertname="First", variant="two"}) == 2
        labels: {foo: baz, ba_dum: tss}
        annotations:
          description: Based on ALERTS. Old alertname was {{$labels.alertname}}. foo was {{.Labels.foo}}.
  - name: Instant
    interval: 1s
    rules:
      - alert: ZeroFor
        expr: suite{case="Instant"} > 10
        annotations:
          queried: >-
            {{ define "t" }}Args are: {{.arg0}} {{.arg1}} {{.arg2}}. {{ with query "suite{case='Listed'}" }}first:{{ . | sortByLabel "id" | first | label "id" }},{{ range $v := sortByLabel "id" . }}{{ . | label "id" }}:{{ . | value }},{{ end }}{{ end }}{{ end }}{{ template "t" (args "foo" "bar" 99) }}
          numbers: "{{humanize 1048576}} {{humanize1024 1048576}} {{humanizeDuration 135.3563}} {{humanizePercentage 0.959}} {{humanizeTimestamp 1643114203}}"
      - alert: SmallFor
        expr: suite{case="Instant"} > 13
        for: 500ms
        annotations:
          texts: '{{title "this part"}} {{toUpper "is testing"}} {{toLower "THE STRINGS"}}. {{stripPort "[::1]:6006"}} {{stripPort "127.0.0.1:4004"}}. {{parseDuration "2h10m15s"}}. {{if match "[0-9]+" "1234"}}{{reReplaceAll "r.*d" "replaced" "rpld text"}}{{end}}. {{if match "[0-9]+$" "1234a"}}WRONG{{end}}.'
  - name: Doubled
    interval: 1s
    rules:
      - alert: Doubled
        expr: suite{case="Order"} > 10
        labels: {variant: one}
"#;

fn suite(appliance: &Appliance, labels: &[(&str, &str)], value: f64) {
    let mut all = vec![("__name__", "suite")];
    all.extend_from_slice(labels);
    all.sort_unstable();
    set_labels(appliance, &all, value);
}

/// State, value and annotations of the rule's only alert.
fn await_alert(appliance: &Appliance, name: &str, state: &str, value: &str) -> Value {
    until(&format!("{name} is {state} with {value}"), LIMIT, || {
        let alert = rule_of(appliance, name)["alerts"].as_array()?.first()?.clone();
        (alert["state"] == state && number(&alert["value"]) == value).then_some(alert)
    })
}

/// As it was meant: `11`, `1.1e+01` and `11.0` are the same.
fn number(value: &Value) -> String {
    value
        .as_str()
        .and_then(|text| text.parse::<f64>().ok())
        .map(|number| number.to_string())
        .unwrap_or_default()
}

/// The series `ALERTS` of a rule now, by their labels without its name.
fn series(client: &Client, name: &str) -> Vec<Value> {
    let query = format!("ALERTS{{alertname=\"{name}\"}}");
    let answer = client.ask("/api/v1/query", &[("query", &query)]).expect(200).json();
    let all = answer["data"]["result"].as_array().cloned().unwrap_or_default();
    all.into_iter()
        .map(|one| {
            assert_eq!(one["value"][1], "1", "{one}");
            one["metric"].clone()
        })
        .collect()
}

fn alerts_live_as_the_specification_has_it() {
    let catcher = Catcher::start();
    let at_once = "[alerts.policy]\ngroup_interval = \"1s\"\n[alerts.policy.medium]\ngroup_wait = \"0s\"\n";
    let home = home(&catcher, "rule_files = [\"rules.yml\"]", at_once);
    fs::write(home.path().join("rules.yml"), RULES).unwrap();
    let appliance = home.start();
    std::thread::scope(|scope| {
        for case in [cycle, short, order, instant] {
            let (appliance, catcher) = (&appliance, &catcher);
            scope.spawn(move || case(appliance, catcher));
        }
    });
}

/// Inactive, pending, firing with other values, over; and once more.
fn cycle(appliance: &Appliance, catcher: &Catcher) {
    let labels = [("case", "Cycle")];
    suite(appliance, &labels, 5.0);
    await_evaluations(appliance, "Cycle", 1);
    let told = rule_of(appliance, "Cycle");
    assert_eq!((&told["state"], &told["health"]), (&json!("inactive"), &json!("ok")));
    assert_eq!(told["duration"].as_f64(), Some(4.0));
    assert_eq!(told["query"], r#"suite{case="Cycle"} > 10"#);
    assert_eq!(told["annotations"]["summary"], "The value is {{$value}} {{.Value}}");
    assert_eq!(series(appliance.client(), "Cycle"), Vec::<Value>::new());
    suite(appliance, &labels, 11.0);
    let pending = await_alert(appliance, "Cycle", "pending", "11");
    let expected = json!({"alertname": "Cycle", "case": "Cycle", "foo": "bar", "team": "shop"});
    assert!(contains(&pending["labels"], &expected), "{pending}");
    assert_eq!(pending["annotations"]["summary"], "The value is 11 11");
    until("the series is pending", LIMIT, || {
        series(appliance.client(), "Cycle").first().filter(|one| one["alertstate"] == "pending").map(drop)
    });
    suite(appliance, &labels, 15.0);
    let firing = await_alert(appliance, "Cycle", "firing", "15");
    assert_eq!(firing["activeAt"], pending["activeAt"]);
    assert_eq!(firing["annotations"]["summary"], "The value is 15 15");
    until("the series of before has ended", LIMIT, || {
        let now = series(appliance.client(), "Cycle");
        (now.len() == 1 && now[0]["alertstate"] == "firing").then_some(())
    });
    suite(appliance, &labels, 19.0);
    assert_eq!(
        await_alert(appliance, "Cycle", "firing", "19")["annotations"]["summary"],
        "The value is 19 19"
    );
    let message = await_message(catcher, "Cycle", "firing").json();
    assert_eq!(message["alerts"][0]["labels"]["team"], "shop", "{message}");
    suite(appliance, &labels, 9.0);
    await_state(appliance, "Cycle", "inactive");
    until("the series ends", LIMIT, || series(appliance.client(), "Cycle").is_empty().then_some(()));
    await_message(catcher, "Cycle", "resolved");
    suite(appliance, &labels, 15.0);
    let again = await_alert(appliance, "Cycle", "firing", "15");
    assert_ne!(again["activeAt"], pending["activeAt"]);
    let all = appliance.client().get("/api/v1/alerts").expect(200).json();
    assert!(all["data"]["alerts"].to_string().contains("\"Cycle\""), "{all}");
    until("it is told again", LIMIT, || {
        (messages(catcher, "Cycle") == ["firing", "resolved", "firing"]).then_some(())
    });
}

/// Pending and over again tells nobody.
fn short(appliance: &Appliance, catcher: &Catcher) {
    let labels = [("case", "Short")];
    suite(appliance, &labels, 11.0);
    await_state(appliance, "Short", "pending");
    suite(appliance, &labels, 9.0);
    await_state(appliance, "Short", "inactive");
    assert_eq!(rule_of(appliance, "Never")["state"], "inactive");
    assert_eq!((messages(catcher, "Short"), messages(catcher, "Never")), (vec![], vec![]));
}

/// A rule sees what those before it in its group made, and one whose alerts are not distinct is at fault.
fn order(appliance: &Appliance, catcher: &Catcher) {
    let set = |variant: &str, value: f64| suite(appliance, &[("case", "Order"), ("variant", variant)], value);
    set("one", 15.0);
    await_alert(appliance, "First", "firing", "30");
    assert_eq!(rule_of(appliance, "Second")["state"], "inactive");
    assert_eq!(rule_of(appliance, "Doubled")["health"], "ok");
    set("two", 16.0);
    let second = await_alert(appliance, "Second", "firing", "2");
    assert_eq!(
        second["annotations"]["description"],
        "Based on ALERTS. Old alertname was First. foo was bar."
    );
    assert_eq!((&second["labels"]["alertname"], &second["labels"]["foo"]), (&json!("Second"), &json!("baz")));
    let doubled = until("alerts that are not distinct are a fault", LIMIT, || {
        Some(rule_of(appliance, "Doubled")).filter(|rule| rule["health"] == "err")
    });
    assert!(!doubled["lastError"].as_str().unwrap_or_default().is_empty(), "{doubled}");
    let of_both = catcher.first("both are told", |caught| caught.body.contains("\"two\""));
    assert!(of_both.body.contains("First"), "{}", of_both.body);
}

/// Firing at once; at the next evaluation where it waits for less than one; over when the data is gone.
fn instant(appliance: &Appliance, catcher: &Catcher) {
    for id in 1..=3 {
        suite(appliance, &[("case", "Listed"), ("id", &(100 + id).to_string())], f64::from(id));
    }
    suite(appliance, &[("case", "Instant")], 15.0);
    let fired = await_alert(appliance, "ZeroFor", "firing", "15");
    assert_eq!(fired["annotations"]["queried"], "Args are: foo bar 99. first:101,101:1,102:2,103:3,");
    let numbers = "1.049M 1Mi 2m 15s 95.9% 2022-01-25 12:36:43 +0000 UTC";
    assert_eq!(fired["annotations"]["numbers"], numbers);
    let small = await_alert(appliance, "SmallFor", "firing", "15");
    let texts = "This Part IS TESTING the strings. ::1 127.0.0.1. 7815. replaced text. .";
    assert_eq!(small["annotations"]["texts"], texts);
    await_message(catcher, "ZeroFor", "firing");
    // The series ends, as when its target is gone.
    let stale = f64::from_bits(0x7ff0_0000_0000_0002);
    let body = prometheus::body(&[(&[("__name__", "suite"), ("case", "Instant")], &[(now_ms(), stale)])]);
    prometheus::write(appliance.client(), body).expect(204);
    await_state(appliance, "ZeroFor", "inactive");
    await_state(appliance, "SmallFor", "inactive");
    await_message(catcher, "ZeroFor", "resolved");
}

fn contains(labels: &Value, expected: &Value) -> bool {
    expected.as_object().is_some_and(|all| all.iter().all(|(name, value)| labels[name] == *value))
}
