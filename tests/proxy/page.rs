//! Porthole itself, at its public address.

use serde_json::json;

use super::parts::{Browser, with_entrypoint};
use crate::harness::{Home, loki};

tests! {
    []: a_tail_of_lines_goes_through_the_proxy;
}

const HOST: &str = "ops.example";

fn a_tail_of_lines_goes_through_the_proxy() {
    let home = Home::new().environment("PORTHOLE_SERVER__PUBLIC_URL", &format!("http://{HOST}"));
    let (appliance, address) = with_entrypoint(home, "");
    let mut browser = Browser::connect(address);
    let token = appliance.token();
    browser.write(format!(
        "GET /loki/api/v1/tail?query=%7Bapp%3D%22tail%22%7D HTTP/1.1\r\nHost: {HOST}\r\n\
         Authorization: Bearer {token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ));
    let head = String::from_utf8(browser.until(b"\r\n\r\n")).unwrap();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
    loki::push(
        appliance.client(),
        &json!({ "app": "tail" }),
        &[(loki::now(), "through the proxy".to_owned())],
    );
    browser.until(b"through the proxy");
    assert_eq!(browser_of_others(address), 401, "who has no token sees nothing");
}

fn browser_of_others(address: std::net::SocketAddr) -> u16 {
    Browser::connect(address).get(HOST, "/loki/api/v1/labels").status
}
