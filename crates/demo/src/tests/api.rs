//! Everything but logs.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::client::{Following, get, json as ask, request};
use super::*;

#[tokio::test]
async fn paths_versions_and_errors_are_dockers() {
    let (shop, _dir) = open(Duration::ZERO).await;
    let check = async |path: &str, expected: u16, message: &str| {
        let (status, body) = get(&shop, path).await;
        assert_eq!(status.as_u16(), expected, "{path}");
        if expected != 200 {
            let error: Value = serde_json::from_slice(&body).expect("JSON");
            assert_eq!(error, json!({ "message": message }), "{path}");
        }
    };
    check("/_ping", 200, "").await;
    check("/v1.24/_ping", 200, "").await;
    check("/v1.47/version", 200, "").await;
    check("/v1.41/containers/json?all=1", 200, "").await;
    check("/v1.48/version", 400, "client version 1.48 is too new. Maximum supported API version is 1.47")
        .await;
    let old = "client version 1.12 is too old. Minimum supported API version is 1.24, \
               please upgrade your client to a newer version";
    check("/v1.12/version", 400, old).await;
    check("/v1.47/images/json", 404, "page not found").await;
    check("/vault/x", 404, "page not found").await;
    check("/containers/nobody/json", 404, "No such container: nobody").await;
    check("/containers/nobody/logs?stdout=1", 404, "No such container: nobody").await;
    check("/containers/json?filters=nonsense", 400, "invalid filter").await;
    check("/containers/json?filters=%7B%22colour%22:%5B%22red%22%5D%7D", 400, "invalid filter 'colour'")
        .await;
    check("/events?since=yesterday", 400, "invalid value for \"since\": \"yesterday\"").await;
    let no_stream = "Bad parameters: you must choose at least one stream";
    check("/containers/shop-web-1/logs", 400, no_stream).await;

    let ping = request(&shop, Method::HEAD, "/_ping").await;
    assert_eq!(ping.headers()["api-version"], "1.47");
    let refused = request(&shop, Method::POST, "/v1.47/containers/shop-web-1/json").await;
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(ask(&shop, "/version").await["MinAPIVersion"], "1.24");
    assert_eq!(ask(&shop, "/info").await["ContainersStopped"], 1);
}

#[tokio::test]
async fn containers_are_those_of_a_compose_project() {
    let (shop, _dir) = open(Duration::from_secs(50)).await;
    // The cron job of this minute has come to its end.
    shop.advance(Duration::from_secs(10)).await;
    let names = async |query: &str| {
        let list = ask(&shop, &format!("/containers/json?{query}")).await;
        let names = list
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["Names"][0].as_str().expect("a name").to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("all=1").await.len(), 13);
    assert!(!names("").await.contains(&"/shop-cleanup-1".to_owned()));
    assert_eq!(names("filters=%7B%22status%22:%5B%22exited%22%5D%7D").await, ["/shop-cleanup-1"]);
    assert_eq!(
        names("filters=%7B%22name%22:%7B%22shop-web%22:true%7D%7D").await,
        ["/shop-web-2", "/shop-web-1"]
    );
    let label = "filters=%7B%22label%22:%5B%22com.docker.compose.service=db%22%5D%7D";
    assert_eq!(names(label).await, ["/shop-db-1"]);
    assert_eq!(names("limit=1").await.len(), 1);

    let web = ask(&shop, "/v1.47/containers/shop-web-1/json").await;
    let id = web["Id"].as_str().expect("an id");
    assert_eq!(id.len(), 64);
    assert_eq!(ask(&shop, &format!("/containers/{}/json", &id[..12])).await["Id"], id);
    assert_eq!(web["Name"], "/shop-web-1");
    assert_eq!(web["Config"]["Labels"]["com.docker.compose.service"], "web");
    assert_eq!(web["Config"]["Labels"]["com.docker.compose.project"], "shop");
    assert_eq!(web["Config"]["Tty"], false);
    assert_eq!(web["State"]["Health"]["Status"], "healthy");
    assert_eq!(web["HostConfig"]["LogConfig"]["Type"], "json-file");
    assert_eq!(web["NetworkSettings"]["Networks"]["shop_default"]["IPAddress"], "127.20.0.11");
    let console = ask(&shop, "/containers/shop-console-1/json").await;
    assert_eq!(console["Config"]["Tty"], true);
    let cleanup = ask(&shop, "/containers/shop-cleanup-1/json").await;
    assert_eq!(
        (&cleanup["State"]["Status"], &cleanup["State"]["Running"]),
        (&json!("exited"), &json!(false))
    );
}

#[tokio::test]
async fn events_are_replayed_and_then_come_as_they_happen() {
    let (shop, _dir) = open(minutes(3)).await;
    // The cron job runs at each full minute of the story.
    let cron = "container%22:%5B%22shop-cleanup-1%22%5D%7D";
    let since = NOON.seconds() - 61;
    let mut live = Following::open(
        &shop,
        &format!("/events?since={since}&filters=%7B%22type%22:%5B%22container%22%5D,%22{cron}"),
    )
    .await;
    let mut only_new = Following::open(&shop, &format!("/events?filters=%7B%22{cron}")).await;
    let first = live.json().await;
    assert_eq!((&first["Type"], &first["Action"]), (&json!("container"), &json!("start")));
    let at = NOON.minus(minutes(1));
    assert_eq!((&first["time"], &first["timeNano"]), (&json!(at.seconds()), &json!(at.nanos())));
    assert_eq!(first["Actor"]["Attributes"]["com.docker.compose.service"], "cleanup");
    let died = live.json().await;
    assert_eq!(died["status"], "die");
    // It works for about two seconds; whole ones are told.
    let lasted = &died["Actor"]["Attributes"]["execDuration"];
    assert!(lasted == "1" || lasted == "2", "{lasted}");
    assert_eq!(died["Actor"]["Attributes"]["exitCode"], "0");
    assert_eq!(live.json().await["timeNano"], json!(NOON.nanos()));

    shop.advance(Duration::from_secs(10)).await;
    assert_eq!(live.json().await["Action"], "die");
    assert_eq!(only_new.json().await["Action"], "die");
    shop.advance(minutes(1)).await;
    assert_eq!(only_new.json().await["Action"], "start");
}

#[tokio::test]
async fn events_until_an_instant_end_there() {
    let (shop, _dir) = open(minutes(3)).await;
    let count = async |query: String| {
        let (_, body) = get(&shop, &format!("/events?{query}")).await;
        body.iter().filter(|byte| **byte == b'\n').count()
    };
    let cron = "filters=%7B%22event%22:%5B%22start%22%5D,%22container%22:%5B%22shop-cleanup-1%22%5D%7D";
    let now = NOON.seconds();
    assert_eq!(count(format!("since={}&until={now}&{cron}", now - 120)).await, 3);
    assert_eq!(count(format!("since={}.000000001&until={now}&{cron}", now - 120)).await, 2);
    assert_eq!(count(format!("since={}&until={}.999999999&{cron}", now - 120, now - 1)).await, 2);

    let open = Following::open(&shop, &format!("/events?until={}&{cron}", now + 60)).await;
    shop.advance(minutes(2)).await;
    let lines = String::from_utf8(open.rest().await).expect("UTF-8");
    assert_eq!(
        lines.lines().filter(|line| line.contains("start")).count(),
        5,
        "the first start, and four cron jobs"
    );
}

#[tokio::test]
async fn a_release_changes_id_image_and_digest() {
    let (shop, _dir) = open(Duration::ZERO).await;
    let look = async || {
        let web = ask(&shop, "/containers/shop-web-1/json").await;
        ["Id", "Image"].map(|key| web[key].as_str().expect("text").to_owned())
    };
    let filter = "filters=%7B%22event%22:%5B%22create%22,%22die%22,%22destroy%22,%22rename%22,%22start%22%5D,\
                  %22label%22:%5B%22com.docker.compose.service=web%22%5D%7D";
    let mut events = Following::open(&shop, &format!("/events?{filter}")).await;
    let [old_id, old_image] = look().await;
    while look().await[0] == old_id {
        shop.advance(minutes(5)).await;
    }
    let mut actions = Vec::new();
    while actions.len() < 5 {
        let event = events.json().await;
        let name = event["Actor"]["Attributes"]["name"].as_str().expect("a name");
        if name.ends_with("shop-web-1") {
            actions.push((
                event["Action"].as_str().expect("an action").to_owned(),
                event["id"] == old_id.as_str(),
            ));
        }
    }
    let actions: Vec<_> = actions.iter().map(|(action, old)| (action.as_str(), *old)).collect();
    assert_eq!(
        actions,
        [("create", false), ("die", true), ("destroy", true), ("rename", false), ("start", false)]
    );
    let [_, new_image] = look().await;
    assert_ne!(old_image, new_image);
    assert_eq!(get(&shop, &format!("/containers/{old_id}/json")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn closing_ends_every_answer() {
    let (shop, dir) = open(minutes(1)).await;
    let log = Following::open(&shop, "/containers/shop-web-1/logs?stdout=1&follow=1").await;
    let events = Following::open(&shop, "/events").await;
    let socket = dir.path().join("docker.sock");
    assert!(socket.exists());
    shop.stop().await;
    assert!(!log.rest().await.is_empty());
    assert!(events.rest().await.is_empty());
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_fast_clock_goes_fast_and_an_ordinary_one_has_an_hour_behind_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let options = Options { seed: 1, clock: Clock::Fast { speed: 3600 }, history: Duration::ZERO };
    let fast = Shop::start_with(dir.path(), options).await.expect("an open shop");
    let cron = "filters=%7B%22event%22:%5B%22start%22%5D,%22container%22:%5B%22shop-cleanup-1%22%5D%7D";
    let mut events = Following::open(&fast, &format!("/events?{cron}")).await;
    let (first, second) = (events.json().await, events.json().await);
    assert_eq!(second["time"].as_i64(), first["time"].as_i64().map(|time| time + 60));
    drop(fast);

    let shop = Shop::start(dir.path(), 1).await.expect("an open shop");
    let now = Timestamp::from(std::time::SystemTime::now());
    let edge = super::client::log(&shop, "shop-edge-1", "").await;
    let age = |at: &str| now.since(Timestamp::parse_rfc3339(at).expect("a time"));
    assert!(age(&edge[0].at) > minutes(58) && age(&edge[edge.len() - 1].at) < minutes(1));
}
