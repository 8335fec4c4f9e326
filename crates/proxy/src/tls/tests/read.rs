//! Certificates are read as OpenSSL writes them, and made as others read them.

use std::time::Duration;

use model::Timestamp;
use proptest::prelude::*;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::file;
use crate::tls::der::{self, Reader};
use crate::tls::made::self_signed;
use crate::tls::x509::{Facts, name_covers};
use crate::tls::{CertificateRequest, Served, ServedError, Source, challenge_key};

fn facts(name: &str) -> Facts {
    let certificate = CertificateDer::from_pem_file(file(name)).unwrap();
    Facts::read(&certificate).unwrap()
}

#[test]
fn a_certificate_says_whom_it_is_for() {
    let rows = [
        (
            "rsa.pem",
            "shop.example *.shop.example 192.0.2.7 2001:db8::7",
            "shop.example, Shop Ltd",
            "8a1b2c3d4e5f",
        ),
        ("api.pem", "api.example", "Porthole test root", "1234"),
        ("ed.pem", "ed.example", "ed.example", ""),
        ("cn.pem", "only.common.name", "Only.Common.Name", ""),
    ];
    for (name, names, issuer, serial) in rows {
        let facts = facts(name);
        assert_eq!(facts.names.join(" "), names, "{name}");
        assert_eq!(facts.issuer, issuer, "{name}");
        assert!(serial.is_empty() || facts.serial_text() == serial, "{name}: {}", facts.serial_text());
        assert!(facts.holds(Timestamp::parse_rfc3339("2030-01-01T00:00:00Z").unwrap()), "{name}");
    }
    // A serial number that would be negative has a zero in front, and a CA is told it so.
    assert_eq!(facts("rsa.pem").serial[..2], [0, 0x8a]);
    // Beyond 2049 the year has four digits.
    assert!(facts("rsa.pem").not_after > Timestamp::parse_rfc3339("2126-01-01T00:00:00Z").unwrap());
    assert_eq!(facts("api.pem").authority_key.map(|key| key.len()), Some(20));
    assert_eq!(facts("cn.pem").common_name, "Only.Common.Name");
}

#[test]
fn names_cover_hosts() {
    let rows = [
        ("shop.example", "shop.example", true),
        ("shop.example", "www.shop.example", false),
        ("*.shop.example", "www.shop.example", true),
        ("*.shop.example", "shop.example", false),
        ("*.shop.example", "a.b.shop.example", false),
        ("*.shop.example", ".shop.example", false),
        ("*.example", "localhost", false),
    ];
    for (name, host, covers) in rows {
        assert_eq!(name_covers(name, host), covers, "{name} {host}");
    }
}

#[test]
fn what_we_make_is_read_back() {
    let now = Timestamp::parse_rfc3339("2049-12-01T12:00:00Z").unwrap();
    let (certificate, _) = self_signed("Porthole default certificate", 397, now).unwrap();
    let facts = Facts::read(&certificate).unwrap();
    assert_eq!((facts.names.len(), facts.common_name.as_str()), (1, "Porthole default certificate"));
    assert_eq!(facts.not_before, now.minus(Duration::from_secs(3600)));
    assert_eq!(facts.not_after, now.plus(Duration::from_secs(397 * 86_400)));

    let certificate = challenge_key("shop.example", &[7; 32], now).unwrap().cert[0].clone();
    let digest = der::value(der::OCTET_STRING, &der::value(der::OCTET_STRING, &[7; 32]));
    assert!(certificate.windows(digest.len()).any(|part| part == digest));
    assert_eq!(Facts::read(&certificate).unwrap().names, ["shop.example"]);
}

/// OpenSSL's opinion is asked in the tests of the whole appliance; here, that the request holds together.
#[test]
fn a_request_holds_its_names_and_key() {
    let request =
        CertificateRequest::new(&["shop.example".to_owned(), "www.shop.example".to_owned()]).unwrap();
    let mut outer = Reader(&request.der).enter(der::SEQUENCE).unwrap();
    let mut info = outer.enter(der::SEQUENCE).unwrap();
    assert_eq!(info.expect(der::INTEGER), Some(&[0][..]));
    assert_eq!(info.expect(der::SEQUENCE), Some(&[][..]), "no subject");
    for name in ["shop.example", "www.shop.example"] {
        assert!(request.der.windows(name.len()).any(|part| part == name.as_bytes()));
    }
    assert!(outer.0.len() > 70, "the algorithm and the signature follow");
    assert!(PrivateKeyDer::try_from(request.key.secret_pkcs8_der()).is_ok());
}

#[test]
fn what_cannot_be_served_is_told() {
    let read = |name: &str| std::fs::read(file(name)).unwrap();
    let check = |chain: &str, key: &str| Served::from_pem(&read(chain), &read(key), Source::Own);
    for (chain, key) in
        [("rsa.pem", "rsa.key"), ("api.pem", "api.sec1.key"), ("ed.pem", "ed.key"), ("cn.pem", "cn.key")]
    {
        assert!(check(chain, key).is_ok(), "{chain} {key}");
    }
    assert!(matches!(check("rsa.pem", "api.sec1.key"), Err(ServedError::Pair(_))));
    assert_eq!(check("rsa.key", "rsa.key").unwrap_err(), ServedError::Empty);
    assert!(matches!(check("rsa.pem", "rsa.pem"), Err(ServedError::Key(_))));
    let bad = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(Served::from_pem(bad, &read("rsa.key"), Source::Own).unwrap_err(), ServedError::Unreadable);
}

#[test]
fn times_are_written_as_they_are_read() {
    let rows = [
        ("2049-12-31T23:59:59Z", "491231235959Z", der::UTC_TIME),
        ("2050-01-01T00:00:00Z", "20500101000000Z", der::GENERALIZED_TIME),
        ("1999-02-03T04:05:06Z", "990203040506Z", der::UTC_TIME),
    ];
    for (at, text, tag) in rows {
        let at = Timestamp::parse_rfc3339(at).unwrap();
        assert_eq!(der::time(at), der::value(tag, text.as_bytes()));
        assert_eq!(der::read_time(tag, text.as_bytes()), Some(at));
    }
    for bad in ["", "9", "4912312359Z", "491231235959", "491331235959Z", "49123123595éZ", "4912312359590Z"] {
        assert_eq!(der::read_time(der::UTC_TIME, bad.as_bytes()), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn values_survive(bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 0..5)) {
        let text: Vec<u8> = bodies.iter().flat_map(|body| der::value(der::OCTET_STRING, body)).collect();
        let mut reader = Reader(&text);
        for body in &bodies {
            prop_assert_eq!(reader.expect(der::OCTET_STRING), Some(&body[..]));
        }
        prop_assert_eq!(reader.next(), None);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Facts::read(&bytes);
    }

    #[test]
    fn a_damaged_certificate_does_not_panic(at in 0_usize..800, byte in any::<u8>()) {
        let mut bytes = CertificateDer::from_pem_file(file("rsa.pem")).unwrap().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = Facts::read(&bytes);
        let _ = Facts::read(&bytes[..at]);
    }

    #[test]
    fn numbers_are_never_negative(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
        let text = der::unsigned(&bytes);
        let body = Reader(&text).expect(der::INTEGER).unwrap();
        prop_assert!(body[0] & 0x80 == 0 && (body.len() == 1 || body[0] != 0 || body[1] & 0x80 != 0));
    }
}
