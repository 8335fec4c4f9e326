//! Lines are deleted on request, once, whatever ends the process.

use serde_json::{Value, json};

use crate::harness::http::Client;
use crate::harness::{Home, eventually, loki};

tests! {
    []:
        what_is_deleted_goes_once_and_nothing_else_does;
}

fn what_is_deleted_goes_once_and_nothing_else_does() {
    let appliance = Home::new().start();
    let (labels, other) = (json!({ "job": "shop" }), json!({ "job": "other" }));
    let lines = |count: i64| -> Vec<(i64, String)> {
        let line = |at: i64| if at % 3 == 0 { format!("card {at} leaked") } else { format!("order {at}") };
        (0..count).map(|at| (loki::now() - 1_000_000_000 + at, line(at))).collect()
    };
    loki::push(appliance.client(), &labels, &lines(3000));
    loki::push(appliance.client(), &other, &lines(30));
    let path = "/loki/api/v1/delete?query=%7Bjob%3D%22shop%22%7D%20%7C%3D%20%22leaked%22";
    appliance.client().post(path, &[], Vec::new()).expect(403);
    appliance.admin().post(path, &[], Vec::new()).expect(204);
    // It was answered: it goes on after a kill.
    let appliance = appliance.kill().start();
    let told = eventually("the deletion is done", || done(&appliance.admin()));
    assert_eq!(told["query"], r#"{job="shop"} |= "leaked""#);
    let client = appliance.client();
    assert_eq!(loki::texts(client, r#"{job="shop"} |= "leaked""#), Vec::<String>::new());
    assert_eq!(loki::count_over_time(client, r#"{job="shop"}"#), 2000);
    assert_eq!(loki::count(client, r#"{job="shop"} |= "order""#), 2000);
    assert_eq!(loki::count_over_time(client, r#"{job="other"} |= "leaked""#), 10);
    assert_eq!(told["deleted_lines"], 1000);
    // What comes later is found, and so it is after another start.
    loki::push(client, &labels, &[(loki::now(), "card 1 leaked again".to_owned())]);
    let appliance = appliance.restart();
    assert_eq!(loki::texts(appliance.client(), r#"{job="shop"} |= "leaked""#), ["card 1 leaked again"]);
    assert_eq!(loki::count_over_time(appliance.client(), r#"{job="shop"}"#), 2001);
}

/// The only request for deletion, once it is worked off.
fn done(admin: &Client) -> Option<Value> {
    let told = admin.get("/loki/api/v1/delete").expect(200).json();
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
    (told[0]["status"] == "processed").then(|| told[0].clone())
}
