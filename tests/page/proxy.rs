//! The pages of routes, requests and certificates.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::json;

use super::open;
use crate::harness::browser::{Held, Page};
use crate::harness::home::free_port;
use crate::harness::{Appliance, Home, eventually};

tests! {
    [Chromium, Page]:
        a_route_leads_to_a_request_and_its_timeline,
        a_proxy_that_is_off_says_how_it_is_switched_on;
}

/// An application that fails where the path says so; ends with the test's process.
fn application() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    port
}

fn answer(mut stream: TcpStream) {
    let mut head = [0; 8_192];
    let read = stream.read(&mut head).unwrap_or(0);
    let status = if head[..read].starts_with(b"GET /fail") { "500 Oh" } else { "200 OK" };
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi");
    let _ = stream.write_all(text.as_bytes());
}

/// Asks the proxy for a path of a host, and gives the whole answer.
fn ask(proxy: u16, host: &str, path: &str, id: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", proxy)).unwrap();
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nx-request-id: {id}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// An appliance whose proxy listens at the port, in front of the application.
fn proxying(proxy: u16) -> Appliance {
    let (application, nobody) = (application(), free_port());
    Home::new()
        .with(&format!(
            "[metrics]\nscrape_interval = \"1s\"\n\n\
             [proxy.entrypoints.web]\naddress = \"127.0.0.1:{proxy}\"\n\n\
             [[proxy.route]]\nname = \"shop\"\nrule = \"Host(`shop.localhost`)\"\nto = \"http://127.0.0.1:{application}\"\n\n\
             [[proxy.route]]\nname = \"gone\"\nrule = \"Host(`gone.localhost`)\"\nto = \"http://127.0.0.1:{nobody}\"\n",
        ))
        .start()
}

fn await_row(page: &mut Page, words: &[&str]) {
    let expression = format!(
        "[...document.querySelectorAll('.thing')].some(row => {}.every(words => \
         row.innerText.replace(/\\s+/g, ' ').includes(words)))",
        json!(words)
    );
    page.await_true(&format!("a row tells {words:?}"), &expression);
}

fn a_route_leads_to_a_request_and_its_timeline() {
    let proxy = free_port();
    let appliance = proxying(proxy);
    for number in 0..5 {
        let answer = ask(proxy, "shop.localhost", "/", &format!("r-{number}"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.to_lowercase().contains(&format!("x-request-id: r-{number}\r\n")), "{answer}");
    }
    ask(proxy, "shop.localhost", "/fail?password=hunter2", "r-fail");
    ask(proxy, "gone.localhost", "/", "r-gone");
    ask(proxy, "nowhere.localhost", "/", "r-nowhere");

    let mut page = open(&appliance, "/routes");
    await_row(&mut page, &["shop@porthole", "Host(`shop.localhost`)", "1/1"]);
    page.press("j", Held::Nothing);
    page.press("Enter", Held::Nothing);
    page.await_text("Comes in at");
    page.screenshots("routes");

    page.click("Requests");
    await_row(&mut page, &["500", "GET /fail?password=[masked:password]", "shop@porthole"]);
    await_row(&mut page, &["502", "gone.localhost", "connect refused"]);
    await_row(&mut page, &["404", "nowhere.localhost", "no router"]);
    page.screenshots("requests");

    page.click("GET /fail?password=[masked:password]");
    page.await_text("The application itself answered 500");
    page.await_text("What happened");
    page.screenshots("request");
    let client = appliance.anonymous();
    eventually("a refused connection is explained", || {
        let url = format!("{}/requests/r-gone", client.base());
        page.go(&url);
        page.await_text("nothing listens at that port");
        Some(())
    });
    page.go(&format!("{}/requests/r-nowhere", client.base()));
    page.await_text("No route takes requests for the host nowhere.localhost");

    page.go(&format!("{}/routes/shop%40porthole", client.base()));
    page.await_text("Under way");
    page.await_true("there are charts", "document.querySelectorAll('.charts canvas').length >= 2");
    page.screenshots("route");

    page.go(&format!("{}/certificates", client.base()));
    page.await_text("Certificates");
    page.screenshots("certificates");
    page.expect_no_complaints();
}

fn a_proxy_that_is_off_says_how_it_is_switched_on() {
    let appliance = Home::new().start();
    let mut page = open(&appliance, "/routes");
    page.await_text("The proxy is off");
    page.click("Requests");
    page.await_text("No request came through the proxy");
    page.expect_no_complaints();
}
