use expect_test::{Expect, expect};
use settings::Tree;

use super::*;

fn read(text: &str) -> (Config, String) {
    let tree = Tree::parse("porthole.toml", text, []);
    let root = tree.root();
    let config = Config::read(&root);
    drop(root);
    let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
    (config, faults.join("\n"))
}

#[test]
fn without_an_entrypoint_the_proxy_is_off() {
    let (config, faults) = read("");
    assert_eq!((config.is_on(), faults.as_str()), (false, ""));
    assert_eq!(config.grace, Config::default().grace);
}

#[test]
fn an_entrypoint_has_everything_by_default_but_its_address() {
    let (config, faults) = read("[proxy.entrypoints.web]\naddress = \":80\"");
    assert_eq!(faults, "");
    assert_eq!(config.entrypoints, [EntrypointConfig::new("web", "0.0.0.0:80".parse().unwrap())]);
}

#[test]
fn what_is_written_is_read() {
    let (config, faults) = read(
        r#"
        [server]
        public_url = "https://Ops.example.com:8443"
        [proxy]
        exposed_by_default = true
        traefik_files = ["traefik/dynamic.yml"]
        [proxy.entrypoints.web]
        address = ":80"
        redirect_to = "websecure"
        [proxy.entrypoints.websecure]
        address = ":443"
        tls = "le"
        trusted_ips = ["10.0.0.0/8", "::1"]
        underscore_headers = "reject"
        header_bytes_max = "128KiB"
        body_timeout = "2m"
        "#,
    );
    assert_eq!(faults, "");
    assert_eq!(config.public_url, Some(PublicUrl { https: true, host: "ops.example.com".to_owned() }));
    assert!(config.docker.exposed_by_default);
    assert_eq!(config.traefik_files, [PathBuf::from("traefik/dynamic.yml")]);
    let [web, secure] = &config.entrypoints[..] else { panic!("two entrypoints") };
    let redirect = web.redirect.as_ref().map(|redirect| (&redirect.entrypoint[..], redirect.permanent));
    assert_eq!(redirect, Some(("websecure", true)));
    assert_eq!(secure.tls.as_deref(), Some("le"));
    assert_eq!(secure.underscore_headers, UnderscoreHeaders::Reject);
    assert_eq!(secure.header_bytes_max, 128 << 10);
    assert_eq!(secure.body_timeout, Duration::from_secs(120));
}

fn check_faults(text: &str, expected: Expect) {
    expected.assert_eq(&read(text).1);
}

#[test]
fn faults_say_what_to_write() {
    check_faults(
        "[proxy.entrypoints.web]\n",
        expect![[
            r#"porthole.toml:1:1: proxy.entrypoints.web.address: is missing; write where to listen, such as address = ":80""#
        ]],
    );
    check_faults(
        "[proxy.entrypoints.a]\naddress = \":80\"\n[proxy.entrypoints.b]\naddress = \":80\"\nredirect_to = \"c\"",
        expect![[r#"
            porthole.toml:4:11: proxy.entrypoints.b.address: is that of the entrypoint "a" too; give each its own port
            porthole.toml:5:15: proxy.entrypoints.b.redirect_to: "c" is no other entrypoint; write the name of another, such as "websecure""#]],
    );
    check_faults(
        "[proxy.entrypoints.web]\naddress = \":80\"\ntrusted_ips = [\"10.0.0.0/33\"]\nuri_bytes_max = \"1B\"",
        expect![[r#"
            porthole.toml:3:15: proxy.entrypoints.web.trusted_ips: "10.0.0.0/33" is no address or range of addresses; write it as "10.0.0.0/8", "192.0.2.7" or "fd00::/8"
            porthole.toml:4:17: proxy.entrypoints.web.uri_bytes_max: is out of range; write a size from 256B to 1MiB"#]],
    );
}
