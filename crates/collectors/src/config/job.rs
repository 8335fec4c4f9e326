//! One job: `[[metrics.scrape]]`, or `[metrics.discovery]`.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use model::Labels;
use model::relabel::is_label_name;
use outbound::{Client, Options, Tls};
use settings::{ByteSize, Section};

use super::interval;
use crate::scrape::{Address, Authorization, Job, Limits, Scheme};

/// Smaller answers say nothing, larger ones would not be held in memory.
const BODY: std::ops::RangeInclusive<u64> = 1 << 10..=1 << 30;

/// One `[[metrics.scrape]]`.
pub(super) fn written(section: &Section<'_>, every: Duration) -> Option<Job> {
    let name = section.with("job", |text| match text.trim() {
        "" => Err("is empty; write a name such as job = \"web\"".to_owned()),
        name => Ok(name.to_owned()),
    });
    if !section.is_set("job") {
        section.fault("job", "it is missing", "write a name such as job = \"web\"");
    }
    let targets = targets(section);
    let mut job = Job::new(name.as_deref().unwrap_or_default(), every);
    job.line = section.line("job");
    common(section, &mut job);
    job.targets = targets;
    name.map(|_| job)
}

fn targets(section: &Section<'_>) -> Vec<Address> {
    if !section.is_set("targets") {
        section.fault("targets", "it is missing", "write where to ask, such as targets = [\"web:8000\"]");
    }
    let mut addresses = Vec::new();
    for text in section.strings("targets").unwrap_or_default() {
        match Address::parse(&text) {
            Ok(address) => addresses.push(address),
            Err(problem) => section.fault("targets", problem, ""),
        }
    }
    addresses
}

/// What jobs of both kinds have.
pub(super) fn common(section: &Section<'_>, job: &mut Job) {
    times(section, job);
    if let Some(path) = section.with("path", path) {
        job.path = path;
    }
    set(&mut job.scheme, section.choice("scheme", &Scheme::WORDS));
    set(&mut job.honor_labels, section.boolean("honor_labels"));
    set(&mut job.honor_timestamps, section.boolean("honor_timestamps"));
    set(&mut job.follow_redirects, section.boolean("follow_redirects"));
    set(&mut job.gzip, section.boolean("gzip"));
    job.params = params(&section.section("params"));
    job.headers = headers(&section.section("headers"));
    job.authorization = authorization(section);
    job.tls = tls(&section.section("tls"));
    job.labels = labels(&section.section("labels"));
    job.relabel = section.relabel("relabel").unwrap_or_default();
    job.metric_relabel = section.relabel("metric_relabel").unwrap_or_default();
    job.limits = limits(section);
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn times(section: &Section<'_>, job: &mut Job) {
    set(&mut job.interval, interval(section, "interval"));
    job.timeout = job.timeout.min(job.interval);
    let Some(timeout) = section.duration("timeout") else { return };
    if timeout > job.interval || timeout.is_zero() {
        let interval = model::format_duration(job.interval);
        let problem = if timeout.is_zero() { "no time at all" } else { "longer than the interval" };
        section.fault("timeout", problem, format!("write at most timeout = \"{interval}\""));
        return;
    }
    job.timeout = timeout;
}

fn path(text: &str) -> Result<String, String> {
    match text.starts_with('/') && !text.contains(['?', '#', ' ']) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "`{text}` is no path; write one such as \"/metrics\", and what follows a ? as params"
        )),
    }
}

/// `params = { module = ["http_2xx"] }`
fn params(section: &Section<'_>) -> Vec<(String, String)> {
    let pairs = |key: String| {
        let values = section.strings(&key).unwrap_or_default();
        values.into_iter().map(move |value| (key.clone(), value))
    };
    section.keys().into_iter().flat_map(pairs).collect()
}

/// `headers = { X-Scope = "team" }`
fn headers(section: &Section<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for key in section.keys() {
        let Some(text) = section.string(&key) else { continue };
        match (HeaderName::try_from(key.as_str()), HeaderValue::try_from(text)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
            (Err(_), _) => section.fault(&key, "no header has this name", "write one such as X-Scope"),
            (_, Err(_)) => section.fault(&key, "no header has this value", "leave control characters out"),
        }
    }
    headers
}

/// `username` and `password`, or `token`; of the secrets also `…_file`.
fn authorization(section: &Section<'_>) -> Option<Authorization> {
    let is_set = |key: &str| section.is_set(key) || section.is_set(&format!("{key}_file"));
    let (name, password, token) =
        (section.string("username"), section.secret("password"), section.secret("token"));
    if is_set("token") && (is_set("username") || is_set("password")) {
        section.fault("token", "is set beside a name and a password", "keep one of the two");
        return None;
    }
    if is_set("password") && !is_set("username") {
        section.fault("password", "is set without a username", "write username too");
    }
    match (name, token) {
        (Some(name), _) => {
            if !is_set("password") {
                section.fault("username", "is set without a password", "write password or password_file too");
            }
            Some(Authorization::Basic { name, password: password? })
        }
        (None, token) => token.map(Authorization::Bearer),
    }
}

fn tls(section: &Section<'_>) -> Tls {
    let (certificate, key) = (section.path("cert_file"), section.path("key_file"));
    for (own, other) in [("cert_file", "key_file"), ("key_file", "cert_file")] {
        if section.is_set(own) && !section.is_set(other) {
            section.fault(own, format!("is set without {other}"), "write both");
        }
    }
    let tls = Tls {
        ca_file: section.path("ca_file"),
        identity: certificate.zip(key),
        server_name: section.string("server_name"),
        insecure_skip_verify: section.boolean("insecure_skip_verify").unwrap_or(false),
    };
    match Client::new(&Options { tls: tls.clone(), ..Options::default() }) {
        Ok(_) => tls,
        Err(error) => {
            section.fault("", error.to_string(), "name files in PEM that Porthole may read");
            Tls::default()
        }
    }
}

fn labels(section: &Section<'_>) -> Labels {
    let mut pairs = Vec::new();
    for key in section.keys() {
        let Some(value) = section.string(&key) else { continue };
        match is_label_name(&key) && !key.starts_with("__") {
            true => pairs.push((key, value)),
            false => section.fault(&key, "no label has this name", "write letters, digits and underscores"),
        }
    }
    Labels::from_pairs(pairs)
}

fn limits(section: &Section<'_>) -> Limits {
    let default = Limits::default();
    let count = |key: &str, default: usize| {
        let found = section.integer(key, 1..=10_000_000);
        found.and_then(|count| usize::try_from(count).ok()).unwrap_or(default)
    };
    let body = section.size("body_size_limit").filter(|size| {
        let fits = BODY.contains(&size.0);
        if !fits {
            section.fault("body_size_limit", "out of bounds", "write a size from 1KiB to 1GiB");
        }
        fits
    });
    Limits {
        body: body.unwrap_or(ByteSize(default.body.0)),
        series: count("sample_limit", default.series),
        labels: count("label_limit", default.labels),
        label_name: count("label_name_length_limit", default.label_name),
        label_value: count("label_value_length_limit", default.label_value),
    }
}
