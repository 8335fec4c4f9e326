//! Handshakes with clients that others wrote: names, options, certificates in files, garbage.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use super::client::{get, handshake, subject};
use crate::harness::home::free_port;
use crate::harness::{Appliance, Home, checkout, eventually};

tests! {
    [Curl, Openssl]: names_get_their_certificates_and_files_may_change, options_hold_for_their_hosts, garbage_and_wrong_names_harm_nobody;
}

fn file(name: &str) -> PathBuf {
    checkout().join("crates/proxy/testdata/tls").join(name)
}

/// An appliance with the certificates of `rsa.pem` (shop.example, *.shop.example) and `api.pem` in its own directory.
fn start(more: &str) -> (Appliance, SocketAddr) {
    let door = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let home = Home::new();
    for (from, to) in [
        ("rsa.pem", "shop.pem"),
        ("rsa.key", "shop.key"),
        ("api.pem", "api.pem"),
        ("api.sec1.key", "api.key"),
    ] {
        fs::copy(file(from), home.path().join(to)).unwrap();
    }
    let port = home.port();
    let route = |name: &str, tls: &str| {
        format!("[[proxy.route]]\nrule = \"Host(`{name}`)\"\nto = \"http://127.0.0.1:{port}\"\ntls = {tls}\n")
    };
    let settings = [
        format!("[proxy.entrypoints.websecure]\naddress = \"{door}\"\n"),
        "[[proxy.tls.certificate]]\ncert_file = \"shop.pem\"\nkey_file = \"shop.key\"\n".to_owned(),
        "[[proxy.tls.certificate]]\ncert_file = \"api.pem\"\nkey_file = \"api.key\"\n".to_owned(),
        route("shop.example", "true"),
        route("www.shop.example", "true"),
        route("admin.shop.example", "{ options = \"strict\" }"),
        route("api.example", "true"),
        more.to_owned(),
    ];
    (home.with(&settings.concat()).start(), door)
}

const STRICT: &str = "[proxy.tls.options.strict]\nmin_version = \"1.3\"\n";

fn names_get_their_certificates_and_files_may_change() {
    let (appliance, door) = start(STRICT);
    let shop = file("rsa.pem");
    assert_eq!(get(door, "shop.example", "/ready", &shop, &[]), Ok(200));
    assert_eq!(get(door, "www.shop.example", "/ready", &shop, &["--http1.1"]), Ok(200));
    assert_eq!(get(door, "api.example", "/ready", &file("ca.pem"), &["--tls-max", "1.2"]), Ok(200));
    assert!(subject(door, "shop.example").contains("shop.example"));
    assert!(subject(door, "other.example").contains("Porthole default certificate"));
    // The key first: between the two the old pair is served on.
    let folder = appliance.home().path();
    for (from, to) in [("ed.key", "shop.key"), ("ed.pem", "shop.pem")] {
        fs::copy(file(from), folder.join("new")).unwrap();
        fs::rename(folder.join("new"), folder.join(to)).unwrap();
    }
    eventually("the new certificate is served", || {
        subject(door, "ed.example").contains("ed.example").then_some(())
    });
    assert!(subject(door, "shop.example").contains("Porthole default certificate"));
}

fn options_hold_for_their_hosts() {
    let (appliance, door) = start(STRICT);
    let old = |name: &str| handshake(door, name, &["-tls1_2"]).status.success();
    assert!(old("shop.example") && !old("admin.shop.example"));
    assert!(handshake(door, "admin.shop.example", &["-tls1_3"]).status.success());
    assert!(!handshake(door, "shop.example", &["-tls1_1"]).status.success(), "too old for everybody");
    // One connection is not good for hosts with other options, or of another certificate.
    let shop = file("rsa.pem");
    for (host, status) in [("www.shop.example", 200), ("admin.shop.example", 421), ("api.example", 421)] {
        let header = format!("Host: {host}");
        assert_eq!(get(door, "shop.example", "/ready", &shop, &["--header", &header]), Ok(status), "{host}");
    }
    // A session is taken up again.
    let session = appliance.home().path().join("session");
    let session = session.to_str().unwrap();
    assert!(handshake(door, "shop.example", &["-tls1_2", "-sess_out", session]).status.success());
    let again = handshake(door, "shop.example", &["-tls1_2", "-sess_in", session]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("Reused, TLSv1.2"), "{again:?}");
}

fn garbage_and_wrong_names_harm_nobody() {
    let (appliance, door) = start(&format!("{STRICT}[proxy.tls.options.default]\nsni_strict = true\n"));
    assert!(!handshake(door, "other.example", &[]).status.success(), "refused, as it has no certificate");
    assert!(
        !handshake(door, "shop.example", &["-alpn", "acme-tls/1"]).status.success(),
        "no challenge is open"
    );
    let hello = [&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3][..], &[0x41; 512]].concat();
    for garbage in [
        &[0x16, 3, 1, 0xff, 0xff][..],
        &[0x80; 2000],
        &hello,
        b"\x16\x03\x01\x00\x00",
        b"\x15\x03\x03\x00\x02\x01\x00",
    ] {
        let mut socket = TcpStream::connect(door).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        let _ = socket.write_all(garbage);
        let _ = socket.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        assert!(answer.len() < 1000, "{garbage:?}: {answer:?}");
    }
    assert_eq!(get(door, "shop.example", "/ready", &file("rsa.pem"), &[]), Ok(200));
    drop(appliance);
}
