//! The Loki API as its clients use it.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::harness::http::Client;
use crate::harness::loki::{self, Body, Tail};
use crate::harness::{Appliance, Home, eventually};

tests! {
    []:
        every_form_of_push_is_stored,
        ranges_limits_and_directions_are_kept,
        line_filters_select,
        lines_of_a_clock_that_jumps_back_are_kept,
        the_health_check_of_grafana_passes,
        labels_values_and_series_are_told,
        a_tail_sends_what_arrives,
        a_query_that_cannot_be_answered_says_why,
        a_push_with_one_bad_stream_stores_the_good_ones,
        credentials_decide;
}

const SECOND: i64 = 1_000_000_000;

/// Numbered lines, one a second, the last of them now.
fn lines(word: &str, count: i64) -> Vec<(i64, String)> {
    let end = loki::now();
    (0..count).map(|number| (end - (count - 1 - number) * SECOND, format!("{word} {number}"))).collect()
}

fn texts(lines: &[(i64, String)]) -> Vec<String> {
    lines.iter().map(|(_, text)| text.clone()).collect()
}

fn every_form_of_push_is_stored() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let sent = lines("sent", 5);
    let json_body = |job: &str| loki::json_body(&json!({ "job": job }), &sent).to_string().into_bytes();
    let snappy_body =
        |job: &str| loki::snappy_body(&format!("{{job=\"{job}\"}}"), &sent, &[("trace", "4f1a")]);
    let json_type = ("content-type", "application/json");
    let charset = ("content-type", "application/json; charset=utf-8");
    let packed = vec![json_type, ("content-encoding", "gzip")];
    let protobuf = vec![("content-type", "application/x-protobuf")];
    let pushes = [
        ("json", Body { headers: vec![json_type], bytes: json_body("json") }),
        ("json-charset", Body { headers: vec![charset], bytes: json_body("json-charset") }),
        ("gzip", Body { headers: packed, bytes: loki::gzip(&json_body("gzip")) }),
        ("snappy", Body { headers: protobuf, bytes: snappy_body("snappy") }),
        ("untyped", Body { headers: vec![], bytes: snappy_body("untyped") }),
    ];
    for (job, body) in pushes {
        loki::push_body(client, body).expect(204);
        let stored = loki::dump(client, &format!("{{job=\"{job}\"}}"));
        let told: Vec<(i64, String)> = stored.iter().map(|line| (line.time, line.text.clone())).collect();
        assert_eq!(told, sent, "{job}");
        assert_eq!(
            stored[0].labels.get("service_name").map(String::as_str),
            Some(job),
            "{:?}",
            stored[0].labels
        );
    }
    let traced = loki::dump(client, r#"{job="snappy"}"#);
    assert_eq!(traced[0].labels.get("trace").map(String::as_str), Some("4f1a"), "{:?}", traced[0].labels);
}

fn ranges_limits_and_directions_are_kept() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let sent = lines("line", 10);
    loki::push(client, &json!({ "job": "range" }), &sent);
    let ask = |start: i64, end: i64, more: &[(&str, &str)]| -> Vec<String> {
        let answer = loki::query_range(client, r#"{job="range"}"#, start, end, more).expect(200).json();
        loki::lines_of(&answer).into_iter().map(|line| line.text).collect()
    };
    let (first, last) = (sent[0].0, sent[9].0);
    // The start counts, the end does not.
    assert_eq!(ask(first, last, &[]), texts(&sent[..9]));
    assert_eq!(ask(first + 1, last + 1, &[]), texts(&sent[1..]));
    // The default is the newest first: a limit keeps the newest.
    assert_eq!(ask(first, last + 1, &[("limit", "3")]), texts(&sent[7..]));
    assert_eq!(ask(first, last + 1, &[("limit", "3"), ("direction", "forward")]), texts(&sent[..3]));
    // Within a stream the answer is in the direction asked for.
    let answer = loki::query_range(client, r#"{job="range"}"#, first, last + 1, &[]).expect(200).json();
    let values = answer["data"]["result"][0]["values"].as_array().unwrap().clone();
    assert_eq!(values[0][1], "line 9");
    assert_eq!(values[9][1], "line 0");
}

fn line_filters_select() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let words = ["GET /a 200", "GET /b 500", "POST /a 500", "", "get /a 200"];
    let sent: Vec<(i64, String)> =
        words.iter().enumerate().map(|(at, word)| (loki::now() + at as i64, (*word).to_owned())).collect();
    loki::push(client, &json!({ "job": "filters" }), &sent);
    let cases: [(&str, &[usize]); 8] = [
        ("", &[0, 1, 2, 3, 4]),
        (r#"|= "GET""#, &[0, 1]),
        (r#"!= "GET""#, &[2, 3, 4]),
        (r#"|~ "(?i)get""#, &[0, 1, 4]),
        (r#"!~ "[0-9]+""#, &[3]),
        (r#"|= "500" != "POST""#, &[1]),
        (r#"|= "POST" or "/b""#, &[1, 2]),
        ("|= `/a` |~ `2\\d\\d$`", &[0, 4]),
    ];
    for (filter, expected) in cases {
        let expected: Vec<String> = expected.iter().map(|at| words[*at].to_owned()).collect();
        assert_eq!(loki::texts(client, &format!(r#"{{job="filters"}} {filter}"#)), expected, "{filter}");
    }
}

fn lines_of_a_clock_that_jumps_back_are_kept() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let now = loki::now();
    // An hour back, then a day, then on as before; some instants come twice.
    let jumps = [0, -3600, -3599, -86_000, 1, 1, -3600];
    let sent: Vec<(i64, String)> =
        jumps.iter().enumerate().map(|(at, jump)| (now + jump * SECOND, format!("line {at}"))).collect();
    for line in &sent {
        loki::push(client, &json!({ "job": "jumpy" }), std::slice::from_ref(line));
    }
    let mut expected = sent;
    expected.sort_by_key(|(time, _)| *time);
    let check = |client: &Client| {
        let stored = loki::dump(client, r#"{job="jumpy"}"#);
        assert_eq!(stored.into_iter().map(|line| (line.time, line.text)).collect::<Vec<_>>(), expected);
    };
    check(client);
    check(appliance.restart().client());
}

fn the_health_check_of_grafana_passes() {
    let appliance = Home::new().start();
    let answer =
        appliance.client().ask("/loki/api/v1/query", &[("query", "vector(1)+vector(1)")]).expect(200).json();
    assert_eq!(answer["status"], "success");
    assert_eq!(answer["data"]["resultType"], "vector");
    let result = answer["data"]["result"].as_array().unwrap();
    assert_eq!(result.len(), 1, "{answer}");
    assert_eq!(result[0]["value"][1], "2", "{answer}");
}

fn list(client: &Client, path: &str, parameters: &[(&str, &str)]) -> Value {
    let answer = client.ask(path, parameters).expect(200).json();
    assert_eq!(answer["status"], "success", "{answer}");
    answer["data"].clone()
}

fn labels_values_and_series_are_told() {
    let appliance = Home::new().start();
    let client = appliance.client();
    for (job, env) in [("one", "a"), ("one", "b"), ("two", "a")] {
        loki::push(client, &json!({ "job": job, "env": env }), &lines("x", 1));
    }
    let names = list(client, "/loki/api/v1/labels", &[]);
    for name in ["env", "job", "service_name"] {
        assert!(names.as_array().unwrap().contains(&json!(name)), "{names}");
    }
    assert_eq!(list(client, "/loki/api/v1/label/job/values", &[]), json!(["one", "two"]));
    let of_b = [("query", r#"{env="b"}"#)];
    assert_eq!(list(client, "/loki/api/v1/label/job/values", &of_b), json!(["one"]));
    assert_eq!(list(client, "/loki/api/v1/label/nothing/values", &[]), json!([]));
    let series = list(client, "/loki/api/v1/series", &[("match[]", r#"{job="one"}"#)]);
    let mut environments: Vec<&str> =
        series.as_array().unwrap().iter().filter_map(|s| s["env"].as_str()).collect();
    environments.sort_unstable();
    assert_eq!(environments, ["a", "b"], "{series}");
    // The same as a form, as Grafana sends long ones.
    let body = b"match[]=%7Bjob%3D%22two%22%7D".to_vec();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = client.send(Method::POST, "/loki/api/v1/series", &form, body).expect(200).json();
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(1), "{answer}");
}

fn a_tail_sends_what_arrives() {
    let appliance = Home::new().start();
    let client = appliance.client();
    loki::push(client, &json!({ "job": "tailed" }), &lines("old", 1));
    let mut tail = Tail::open(client, r#"{job="tailed"} |= "new""#);
    let mut seen = Vec::new();
    for round in 0..3 {
        let sent = [(loki::now(), format!("new {round}")), (loki::now(), format!("other {round}"))];
        loki::push(client, &json!({ "job": "tailed" }), &sent);
        while seen.len() <= round {
            seen.extend(tail.next_lines());
        }
    }
    assert_eq!(seen, ["new 0", "new 1", "new 2"]);
}

fn a_query_that_cannot_be_answered_says_why() {
    let appliance = Home::new().start();
    let refused: [(&str, &[&str]); 6] = [
        (r#"{job="a""#, &["parse error"]),
        (r#"{job="a"} |= "#, &["parse error"]),
        (r#"{job=~"("}"#, &["regex"]),
        (r#"{job=~".*"}"#, &["at least one"]),
        (r#"{job="a"} | nosuch"#, &["parse error"]),
        ("", &[""]),
    ];
    for (query, words) in refused {
        let answer = loki::query_range(appliance.client(), query, 0, SECOND, &[]).expect(400).text();
        assert!(!answer.trim().is_empty(), "{query}");
        let lower = answer.to_lowercase();
        assert!(words.iter().all(|word| lower.contains(word)), "{query}: {answer}");
    }
    let answer =
        appliance.client().ask("/loki/api/v1/query", &[("query", r#"{job="a"}"#)]).expect(400).text();
    assert!(answer.contains("instant"), "{answer}");
}

fn a_push_with_one_bad_stream_stores_the_good_ones() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let time = loki::now().to_string();
    let body = json!({ "streams": [
        { "stream": { "job": "good" }, "values": [[time, "kept"]] },
        { "stream": {}, "values": [[time, "without labels"]] },
    ] });
    let answer = client.post_json("/loki/api/v1/push", &body).expect(400).text();
    assert!(answer.contains("label"), "{answer}");
    eventually("the good stream is stored", || {
        (loki::texts(client, r#"{job="good"}"#) == ["kept"]).then_some(())
    });
}

fn credentials_decide() {
    let appliance = Home::new().start();
    let admin = appliance.admin();
    let token = |scope: &str| {
        let made = admin
            .post_json("/app/v1/tokens", &json!({ "name": scope, "scopes": [scope] }))
            .expect(201)
            .json();
        made["secret"].as_str().expect("a token").to_owned()
    };
    let body = loki::json_body(&json!({ "job": "a" }), &lines("x", 1));
    let push = |client: &Client| client.post_json("/loki/api/v1/push", &body).status;
    let read = |client: &Client| client.get("/loki/api/v1/labels").status;
    let anonymous = appliance.anonymous();
    let (ingest, reader) = (anonymous.with_token(&token("ingest")), anonymous.with_token(&token("read")));
    assert_eq!((push(anonymous), read(anonymous)), (401, 401));
    assert_eq!((push(&ingest), read(&ingest)), (204, 403));
    assert_eq!((push(&reader), read(&reader)), (403, 200));
    assert_eq!(read(&anonymous.with_token("no-such-token")), 401);
    // A token is also the password of Basic, whatever the user.
    let basic = |secret: &str| {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("anybody:{secret}"));
        anonymous.with_header("authorization", format!("Basic {pair}"))
    };
    assert_eq!(read(&basic(&token("read"))), 200);
    assert_eq!(read(&basic("wrong")), 401);
    for open in ["/ready", "/-/ready", "/-/healthy"] {
        anonymous.get(open).expect(200);
    }
    expect_page_needs_no_token(&appliance);
}

/// The page itself is for everybody, its data is not.
fn expect_page_needs_no_token(appliance: &Appliance) {
    appliance.anonymous().with_header("accept", "text/html").get("/").expect(200);
    appliance.anonymous().get("/app/v1/session").expect(200);
    appliance.anonymous().get("/app/v1/now").expect(401);
}
