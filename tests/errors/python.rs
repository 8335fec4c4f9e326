//! Sentry's SDK of Python with Django, FastAPI and Celery: only the DSN is changed.

use super::ask::{
    KEY, await_issue, await_monitor, await_release, await_transaction, dsn, home, issues, latest, pair,
};
use super::parts::{finish, python_program, with_brotli};
use crate::harness::{Appliance, eventually, loki};
use crate::queues::parts::Redis;

tests! {
    []:
        a_line_in_a_crontab_is_a_monitor;
    [SentryPython]:
        django_is_told_and_grouped,
        bodies_packed_with_brotli_are_read,
        fastapi_is_told_and_grouped;
    [SentryPython, Celery]:
        tasks_and_their_schedule_are_told;
}

fn django(appliance: &Appliance, message: &str) -> std::process::Command {
    let mut command = python_program("python", &dsn(appliance));
    command.args(["django_shop.py", message]);
    command
}

fn django_is_told_and_grouped() {
    let appliance = home("").start();
    let client = appliance.client();
    assert_eq!(finish(django(&appliance, "shop opened")).trim(), "gzip");

    let issue = await_issue(client, "ZeroDivisionError", 3);
    assert_eq!(issue["users"], 2, "{issue}");
    assert_eq!(
        (&issue["release"], &issue["level"], &issue["unhandled"]),
        (&"shop@1.0".into(), &"error".into(), &true.into())
    );
    assert!(issue["short_id"].as_str().unwrap().starts_with("SHOP-"), "{issue}");
    let event = latest(client, &issue);
    assert_eq!((&event["release"], &event["environment"]), (&"shop@1.0".into(), &"staging".into()));
    assert_eq!(event["transaction"], "/checkout/{cart}/");
    assert_eq!(pair(&event["user"], "email"), Some("ann@example.com"));
    assert!(event["breadcrumbs"].to_string().contains("checking out cart 18"), "{}", event["breadcrumbs"]);
    assert!(event["request"]["url"].as_str().unwrap().ends_with("/checkout/18/"), "{}", event["request"]);
    let frame = event["exceptions"][0]["frames"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&frame["function"], &frame["in_app"]), (&"checkout".into(), &true.into()));
    assert_eq!(pair(&frame["locals"], "people"), Some("0"));
    assert!(frame["source"].to_string().contains("cart / people"), "{frame}");
    assert!(event["why"]["parts"].to_string().contains("checkout"), "{}", event["why"]);
    // What looks like a card is nowhere, and it is said where it was.
    assert!(!event.to_string().contains("4111"), "{event}");
    assert!(!event["masked"].as_array().unwrap().is_empty());

    await_issue(client, "is late by", 2);
    await_issue(client, "shop opened", 1);
    assert_eq!(issues(client, "").len(), 3);
    // The index of words follows the events.
    eventually("the issue is found by a word and its release", || {
        let found = issues(client, "is:unresolved release:shop@1.0 ZeroDivisionError");
        (found.len() == 1).then_some(())
    });
    let failing = await_transaction(client, "/checkout/{cart}/", 3);
    assert_eq!(failing["failure_rate"], 1.0, "{failing}");
    await_transaction(client, "/fine/", 1);
    let release =
        await_release(client, "shop@1.0", |row| row["sessions"].as_u64() > Some(3) && row["new_issues"] == 3);
    assert_eq!(release["events"], 6, "{release}");
    eventually("the SDK's log lines are among the others", || {
        let lines = loki::texts(client, "{service=\"shop\"}");
        lines.iter().any(|line| line.contains("checking out cart 17")).then_some(())
    });
}

fn bodies_packed_with_brotli_are_read() {
    let appliance = home("").start();
    assert_eq!(finish(with_brotli(django(&appliance, "shop opened"))).trim(), "br");
    await_issue(appliance.client(), "ZeroDivisionError", 3);
    await_issue(appliance.client(), "shop opened", 1);
}

fn fastapi_is_told_and_grouped() {
    let appliance = home("").start();
    let client = appliance.client();
    let mut command = python_program("python", &dsn(&appliance));
    command.arg("fastapi_shop.py");
    finish(command);
    let issue = await_issue(client, "KeyError", 2);
    let event = latest(client, &issue);
    assert_eq!(event["environment"], "staging");
    let transaction = await_transaction(client, "/price/{sku}", 2);
    let operations = transaction["operations"].to_string();
    assert!(operations.contains("\"db\""), "{operations}");
}

fn a_line_in_a_crontab_is_a_monitor() {
    let appliance = home("").start();
    for state in ["ok", "error"] {
        appliance.anonymous().get(&format!("/api/7/cron/backup/{KEY}/?status={state}")).expect(200);
        await_monitor(appliance.client(), "backup", state);
    }
}

fn tasks_and_their_schedule_are_told() {
    let appliance = home("").start();
    let client = appliance.client();
    let redis = Redis::start(None);
    let folder = tempfile::tempdir().unwrap();
    let celery = |program: &str| {
        let mut command = python_program(program, &dsn(&appliance));
        command.env("BROKER", redis.url(0)).env("HOME", folder.path());
        command
    };
    // Two processes: a schedule within the worker would be a child of it and outlive it here.
    let mut worker = celery("celery");
    worker.args(["-A", "celery_shop", "worker", "-c", "1", "-P", "threads", "-n", "one@testhost"]);
    let _worker = redis.spawn(worker);
    let mut beat = celery("celery");
    beat.args(["-A", "celery_shop", "beat", "--pidfile=", "--schedule"]).arg(folder.path().join("schedule"));
    let _beat = redis.spawn(beat);
    let mut order = celery("python");
    order.args(["celery_shop.py", "17", "18"]);
    finish(order);

    let issue = await_issue(client, "KeyError", 2);
    assert!(issue["culprit"].as_str().unwrap().contains("charge"), "{issue}");
    // One event after the last try, three tries of each.
    await_transaction(client, "celery_shop.charge", 6);
    let monitor = await_monitor(client, "nightly-report", "ok");
    assert!(monitor["schedule"].as_str().unwrap().contains("0 4 * * *"), "{monitor}");
}
