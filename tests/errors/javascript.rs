//! Sentry's SDKs of Node and of browsers: only the DSN is changed.

use std::process::{Command, Stdio};

use super::ask::{await_issue, await_transaction, dsn, home, issues, latest, pair};
use super::parts::{browser_page, finish, node_program};
use crate::harness::browser::Page;
use crate::harness::eventually;
use crate::harness::home::free_port;
use crate::harness::http::{Client, form};
use crate::harness::process::Process;

tests! {
    [SentryNode]:
        node_is_told_and_grouped;
    [SentryNode, Chromium]:
        a_browser_is_told_and_grouped;
}

fn node_is_told_and_grouped() {
    let appliance = home("").start();
    let client = appliance.client();
    finish(node_program("node_shop.cjs", &dsn(&appliance)));
    let issue = await_issue(client, "TypeError", 2);
    assert_eq!((&issue["users"], &issue["release"]), (&2.into(), &"shop@1.0".into()), "{issue}");
    let event = latest(client, &issue);
    assert_eq!(event["environment"], "staging");
    assert_eq!(pair(&event["user"], "email"), Some("bob@example.com"));
    assert!(event["breadcrumbs"].to_string().contains("ordering B-2042"), "{}", event["breadcrumbs"]);
    let frames = event["exceptions"][0]["frames"].as_array().unwrap().clone();
    assert_eq!(frames.last().unwrap()["function"], "price");
    await_issue(client, "shop opened", 1);
    await_issue(client, "forgotten", 1);
    assert_eq!(issues(client, "").len(), 3);
    // Node's SDK sends containers of spans in place of transactions.
    let transaction = await_transaction(client, "GET /order", 2);
    assert!(transaction["operations"].to_string().contains("\"db\""), "{transaction}");
}

fn a_browser_is_told_and_grouped() {
    let appliance = home("").start();
    let client = appliance.client();
    let folder = browser_page();
    let port = free_port();
    let mut server = Command::new("python3");
    server
        .args(["-m", "http.server", "--bind", "127.0.0.1", "--directory"])
        .arg(folder.path())
        .arg(port.to_string());
    let _server = Process::start(server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
    let shop = Client::new(format!("http://127.0.0.1:{port}"));
    eventually("the shop is open", || shop.try_send(ureq::http::Method::GET, "/", &[], Vec::new()).ok());

    let mut page = Page::open(&format!("{}/index.html?{}", shop.base(), form(&[("dsn", &dsn(&appliance))])));
    page.await_true("the SDK is there", "!!window.finish");
    page.click("Add");
    page.click("Add");
    page.evaluate("forget()");
    page.evaluate("finish()");

    let issue = await_issue(client, "RangeError", 1);
    assert_eq!(
        (&issue["release"], &issue["users"], &issue["unhandled"]),
        (&"shop@1.0".into(), &1.into(), &true.into())
    );
    let event = latest(client, &issue);
    assert_eq!(pair(&event["user"], "email"), Some("ann@example.com"));
    let contexts = event["contexts"].to_string();
    assert!(contexts.contains("Chrom"), "the browser is named: {contexts}");
    let functions = event["exceptions"][0]["frames"].to_string();
    assert!(functions.contains("addToCart"), "{functions}");
    assert!(event["breadcrumbs"].to_string().contains("ui.click"), "{}", event["breadcrumbs"]);
    await_issue(client, "forgotten", 1);
    assert_eq!(issues(client, "").len(), 2);
}
