//! `[proxy.tls]` of the settings: certificates in files, and options of TLS.
//!
//! ```toml
//! [[proxy.tls.certificate]]
//! cert_file = "certs/shop.pem"
//! key_file = "certs/shop.key"
//! [proxy.tls.default_certificate]
//! cert_file = "certs/any.pem"
//! key_file = "certs/any.key"
//! [proxy.tls.options.default]
//! min_version = "1.3"
//! ```

use std::collections::BTreeMap;

use settings::Section;

use super::{ClientAuth, Options, Pair, Pem, Version, suites};

const VERSIONS: [(&str, Version); 2] = [("1.2", Version::Tls12), ("1.3", Version::Tls13)];

/// What `[proxy.tls]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Certificates in files; one of them may be the default one.
    pub pairs: Vec<Pair>,
    /// Options by name; `default` are those of every host that asks for no others.
    pub options: BTreeMap<String, Options>,
}

impl Config {
    /// Reads `[proxy.tls]` below `proxy`; what is faulty is recorded there and counts as not written.
    pub fn read(proxy: &Section<'_>) -> Self {
        let tls = proxy.section("tls");
        let mut pairs: Vec<Pair> =
            tls.sections("certificate").iter().filter_map(|section| pair(section, false)).collect();
        let default = tls.section("default_certificate");
        if default.is_present() {
            pairs.extend(pair(&default, true));
        }
        let options = tls.named("options").into_iter().map(|(name, section)| (name, options(&section)));
        Self { pairs, options: options.collect() }
    }
}

fn pair(section: &Section<'_>, default: bool) -> Option<Pair> {
    let file = |key: &str| {
        let path = section.path(key);
        if !section.is_set(key) {
            section.fault(key, "is missing", "name a file in PEM");
        }
        path.map(Pem::File)
    };
    let (certificate, key) = (file("cert_file"), file("key_file"));
    Some(Pair { certificate: certificate?, key: key?, default, place: section.key_path().to_owned() })
}

fn options(section: &Section<'_>) -> Options {
    let usual = Options::default();
    let options = Options {
        min_version: section.choice("min_version", &VERSIONS).unwrap_or(usual.min_version),
        max_version: section.choice("max_version", &VERSIONS).unwrap_or(usual.max_version),
        cipher_suites: known(section, "cipher_suites", &suites::suite_names()),
        curves: known(section, "curves", &suites::group_names()),
        sni_strict: section.boolean("sni_strict").unwrap_or(usual.sni_strict),
        alpn: section.strings("alpn").filter(|list| !list.is_empty()).unwrap_or(usual.alpn),
        client_auth: client_auth(section),
        tickets: section.boolean("session_tickets").unwrap_or(usual.tickets),
    };
    if options.min_version > options.max_version {
        section.fault("max_version", "is older than min_version", "write the same version, or a newer one");
    }
    options
}

/// The names of the list `key`, each of which must be one of `names`.
fn known(section: &Section<'_>, key: &str, names: &[String]) -> Vec<String> {
    let mut list = section.strings(key).unwrap_or_default();
    list.retain(|name| {
        let good = names.contains(name);
        if !good {
            section.fault(
                key,
                format!("`{name}` is none that is supported"),
                format!("write some of {}", names.join(", ")),
            );
        }
        good
    });
    list
}

fn client_auth(section: &Section<'_>) -> Option<ClientAuth> {
    const HOW: [(&str, bool); 2] = [("required", true), ("optional", false)];
    let required = section.choice("client_auth", &HOW);
    let Some(authorities) = section.path("client_ca_file") else {
        if required.is_some() {
            section.fault(
                "client_ca_file",
                "is missing",
                "name a file of the certificates that sign clients' certificates",
            );
        }
        return None;
    };
    let authorities = vec![Pem::File(authorities)];
    Some(ClientAuth { authorities, required: required.unwrap_or(true), unverified: false })
}
