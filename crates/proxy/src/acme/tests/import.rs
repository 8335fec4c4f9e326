//! Certificates of Traefik's `acme.json` are taken over.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fake::Fake;
use super::{Bench, config, resolver, wanted};
use crate::acme::import;

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/tls").join(name);
    STANDARD.encode(std::fs::read(path).unwrap())
}

fn certificate(main: &str, chain: &str, key: &str) -> Value {
    json!({ "domain": { "main": main }, "certificate": file(chain), "key": file(key), "Store": "default" })
}

fn of_resolver(certificates: Value) -> Value {
    let account = json!({
        "Email": "ops@example.com",
        "Registration": { "body": { "status": "valid" }, "uri": "https://ca.example/acct/1" },
        "PrivateKey": "MIIJ", "KeyType": "4096",
    });
    json!({ "Account": account, "Certificates": certificates })
}

#[test]
fn those_of_the_resolver_or_else_all() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("acme.json");
    let read = |content: &Value, resolver: &str| {
        std::fs::write(&path, content.to_string()).unwrap();
        import::read(&path, resolver).map(|all| all.len()).map_err(|error| error.kind())
    };
    let (shop, api) = (
        certificate("shop.example", "rsa.pem", "rsa.key"),
        certificate("api.example", "api.pem", "api.sec1.key"),
    );
    let two = json!({ "le": of_resolver(json!([shop])), "other": of_resolver(json!([shop, api])) });
    assert_eq!(read(&two, "le"), Ok(1));
    assert_eq!(read(&two, "mine"), Ok(3));
    assert_eq!(read(&json!({ "le": of_resolver(Value::Null) }), "le"), Ok(0));
    let damaged = json!({ "le": of_resolver(json!([{ "certificate": "?", "key": "?" }, api])) });
    assert_eq!(read(&damaged, "le"), Ok(1));
    assert_eq!(read(&json!([]), "le"), Err(std::io::ErrorKind::InvalidData));
    assert!(import::read(&directory.path().join("none"), "le").is_err());
}

#[tokio::test]
async fn what_is_taken_over_is_served_and_not_asked_for() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    let path = directory.path().join("traefik.json");
    let certificates = json!([
        certificate("shop.example", "rsa.pem", "rsa.key"),
        certificate("api.example", "api.pem", "rsa.key"), // A key that does not belong to it.
    ]);
    std::fs::write(&path, json!({ "le": of_resolver(certificates) }).to_string()).unwrap();
    let le = crate::acme::Resolver { import_file: Some(path), ..resolver("le", &fake.directory()) };
    let config = config([le]);
    for _ in 0..2 {
        let names = [wanted(&["shop.example", "www.shop.example"]), wanted(&["api.example"])];
        let bench = Bench::new(&config, &directory, Some(&fake), &names);
        assert!(bench.certificates.find("shop.example").is_some(), "before the first handshake");
        bench.issued("api.example").await;
        let stored = std::fs::read_dir(directory.path().join("certificates")).unwrap().count();
        assert_eq!((stored, fake.orders().len()), (2, 1), "taken over once, asked for once");
    }
    assert!(fake.script(|script| script.orders[0].get("replaces").is_none()));
}
