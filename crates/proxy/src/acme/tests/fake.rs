//! A CA that does as a test tells it. It checks no signatures: Pebble does that in the tests of the whole appliance.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_lc_rs::signature::EcdsaKeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use model::Timestamp;
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::acme::Challenges;
use crate::tls::der::{self, Reader};
use crate::tls::{Certified, names_extension, new_key};

/// What the CA is to do, and what it has seen.
pub(super) struct Script {
    /// Where it finds the pages of HTTP-01.
    pub(super) challenges: Option<Challenges>,
    /// Names whose pages it does not find.
    pub(super) unseen: BTreeSet<String>,
    /// How it refuses every order: status, kind, detail, `Retry-After`.
    pub(super) refusal: Option<(u16, &'static str, String, Option<&'static str>)>,
    /// So many answers say that the number used once is bad.
    pub(super) bad_nonces: u32,
    /// So many orders say that there is no such account.
    pub(super) unknown_accounts: u32,
    /// Names are ours without a look.
    pub(super) reuses: bool,
    /// Since when and until when its certificates hold, from now.
    pub(super) life: (Duration, Duration),
    /// Its certificates lack the last name.
    pub(super) forgets: bool,
    /// What it suggests about renewals.
    pub(super) window: Option<(Timestamp, Timestamp)>,
    /// A file that it reads when an order comes.
    pub(super) looks_at: Option<PathBuf>,

    /// The orders that came.
    pub(super) orders: Vec<Value>,
    /// How many accounts were made.
    pub(super) accounts: u32,
    /// What was in the file at each order.
    pub(super) read: Vec<String>,
    open: BTreeMap<usize, Open>,
    key: EcdsaKeyPair,
}

struct Open {
    names: Vec<String>,
    states: Vec<&'static str>,
    certificate: Option<String>,
}

pub(super) struct Fake {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    _end: DropGuard,
}

const DAY: Duration = Duration::from_secs(86_400);

impl Fake {
    pub(super) async fn new() -> Self {
        let script = Arc::new(Mutex::new(Script {
            challenges: None,
            unseen: BTreeSet::new(),
            refusal: None,
            bad_nonces: 0,
            unknown_accounts: 0,
            reuses: false,
            life: (Duration::ZERO, 90 * DAY),
            forgets: false,
            window: None,
            looks_at: None,
            orders: Vec::new(),
            accounts: 0,
            read: Vec::new(),
            open: BTreeMap::new(),
            key: new_key().unwrap(),
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let end = CancellationToken::new();
        let (shared, ended) = (Arc::clone(&script), end.clone());
        tokio::spawn(async move {
            while let Some(Ok((stream, _))) = ended.run_until_cancelled(listener.accept()).await {
                let shared = Arc::clone(&shared);
                let service = service_fn(move |request| answer(Arc::clone(&shared), address, request));
                let serving = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                let ended = ended.clone();
                tokio::spawn(async move { ended.run_until_cancelled(serving).await });
            }
        });
        Self { address, script, _end: end.drop_guard() }
    }

    pub(super) fn directory(&self) -> String {
        format!("http://{}/directory", self.address)
    }

    pub(super) fn script<T>(&self, with: impl FnOnce(&mut Script) -> T) -> T {
        with(&mut self.script.lock().unwrap())
    }

    /// The names of each order that came.
    pub(super) fn orders(&self) -> Vec<String> {
        let names = |order: &Value| {
            let list = order["identifiers"].as_array().unwrap();
            list.iter().map(|one| one["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        self.script(|script| script.orders.iter().map(names).collect())
    }
}

type Answer = (u16, Option<String>, String);

async fn answer(
    script: Arc<Mutex<Script>>,
    address: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let jose: Value = serde_json::from_slice(&body).unwrap_or_default();
    let payload =
        jose["payload"].as_str().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).unwrap_or_default();
    let payload: Value = serde_json::from_slice(&payload).unwrap_or_default();
    let mut script = script.lock().unwrap();
    let retry_after = script.refusal.as_ref().and_then(|refusal| refusal.3).unwrap_or("21600");
    let (status, location, text) =
        script.handle(&format!("http://{address}"), &path, &payload, body.is_empty());
    let response = Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header("Replay-Nonce", "once")
        .header("Content-Type", "application/json");
    let response = match location {
        Some(location) => response.header("Location", location),
        None => response,
    };
    let slow = status >= 400 || path.starts_with("/info");
    let response = if slow { response.header("Retry-After", retry_after) } else { response };
    Ok(response.body(Full::new(Bytes::from(text))).unwrap())
}

fn problem(status: u16, kind: &str, detail: &str) -> Answer {
    let kind = format!("urn:ietf:params:acme:error:{kind}");
    (status, None, json!({ "type": kind, "detail": detail, "status": status }).to_string())
}

impl Script {
    fn handle(&mut self, base: &str, path: &str, payload: &Value, get: bool) -> Answer {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if !get && self.bad_nonces > 0 {
            self.bad_nonces -= 1;
            return problem(400, "badNonce", "used");
        }
        let number = |at: usize| parts[at].parse::<usize>().unwrap();
        match parts[..] {
            ["directory"] => (200, None, self.directory(base)),
            ["nonce"] => (200, None, String::new()),
            ["account"] => {
                self.accounts += 1;
                (201, Some(format!("{base}/account/{}", self.accounts)), "{}".to_owned())
            }
            ["order"] => self.order(base, payload),
            ["order", _] => (200, None, self.state(base, number(1))),
            ["order", _, "finalize"] => self.finalize(base, number(1), payload),
            ["authz", _, _] => (200, None, self.authorization(base, number(1), number(2))),
            ["challenge", _, _] => self.look(base, number(1), number(2)),
            ["cert", _] => (200, None, self.open[&number(1)].certificate.clone().unwrap()),
            ["info", _] => {
                let (start, end) = self.window.unwrap();
                let window = json!({ "start": start.to_string(), "end": end.to_string() });
                (200, None, json!({ "suggestedWindow": window }).to_string())
            }
            _ => problem(404, "malformed", path),
        }
    }

    fn directory(&self, base: &str) -> String {
        let mut directory = json!({
            "newNonce": format!("{base}/nonce"),
            "newAccount": format!("{base}/account"),
            "newOrder": format!("{base}/order"),
        });
        if self.window.is_some() {
            directory["renewalInfo"] = format!("{base}/info").into();
        }
        directory.to_string()
    }

    fn order(&mut self, base: &str, payload: &Value) -> Answer {
        if let Some(path) = &self.looks_at {
            self.read.push(std::fs::read_to_string(path).unwrap_or_default());
        }
        if self.unknown_accounts > 0 {
            self.unknown_accounts -= 1;
            return problem(400, "accountDoesNotExist", "who?");
        }
        self.orders.push(payload.clone());
        if let Some((status, kind, detail, _)) = &self.refusal {
            return problem(*status, kind, detail);
        }
        let names = payload["identifiers"].as_array().unwrap().iter();
        let names: Vec<String> = names.map(|one| one["value"].as_str().unwrap().to_owned()).collect();
        let number = self.open.len();
        let states = vec![if self.reuses { "valid" } else { "pending" }; names.len()];
        self.open.insert(number, Open { names, states, certificate: None });
        let mut state: Value = serde_json::from_str(&self.state(base, number)).unwrap();
        if let Some(replaces) = payload.get("replaces") {
            state["replaces"] = replaces.clone();
        }
        (201, Some(format!("{base}/order/{number}")), state.to_string())
    }

    fn state(&self, base: &str, number: usize) -> String {
        let open = &self.open[&number];
        let all = |state| open.states.iter().all(|own| *own == state);
        let status = match () {
            () if open.certificate.is_some() => "valid",
            () if open.states.contains(&"invalid") => "invalid",
            () if all("valid") => "ready",
            () => "pending",
        };
        let authorizations: Vec<String> =
            (0..open.names.len()).map(|at| format!("{base}/authz/{number}/{at}")).collect();
        json!({
            "status": status,
            "authorizations": authorizations,
            "finalize": format!("{base}/order/{number}/finalize"),
            "certificate": open.certificate.as_ref().map(|_| format!("{base}/cert/{number}")),
        })
        .to_string()
    }

    fn authorization(&self, base: &str, number: usize, at: usize) -> String {
        let open = &self.open[&number];
        let state = open.states[at];
        let error = (state == "invalid").then(|| {
            json!({ "type": "urn:ietf:params:acme:error:connection", "detail": "nobody answers on port 80" })
        });
        json!({
            "status": state,
            "identifier": { "type": "dns", "value": open.names[at] },
            "challenges": [{
                "type": "http-01",
                "url": format!("{base}/challenge/{number}/{at}"),
                "token": format!("token-{number}-{at}"),
                "status": state,
                "error": error,
            }],
        })
        .to_string()
    }

    fn look(&mut self, base: &str, number: usize, at: usize) -> Answer {
        let token = format!("token-{number}-{at}");
        let page = self
            .challenges
            .as_ref()
            .and_then(|pages| pages.page(&format!("/.well-known/acme-challenge/{token}")));
        let open = self.open.get_mut(&number).unwrap();
        let found =
            page.is_some_and(|page| page.starts_with(&format!("{token}.")) && page.len() > 40 + token.len());
        open.states[at] = if found && !self.unseen.contains(&open.names[at]) { "valid" } else { "invalid" };
        let challenge = json!({
            "type": "http-01", "url": format!("{base}/challenge/{number}/{at}"), "token": token, "status": "processing",
        });
        (200, None, challenge.to_string())
    }

    fn finalize(&mut self, base: &str, number: usize, payload: &Value) -> Answer {
        let request = URL_SAFE_NO_PAD.decode(payload["csr"].as_str().unwrap()).unwrap();
        let mut info = Reader(&request).enter(der::SEQUENCE).unwrap().enter(der::SEQUENCE).unwrap();
        info.expect(der::INTEGER).unwrap();
        info.expect(der::SEQUENCE).unwrap();
        let public_key = der::value(der::SEQUENCE, info.expect(der::SEQUENCE).unwrap());
        let now = Timestamp::from(SystemTime::now());
        let open = self.open.get_mut(&number).unwrap();
        let names = open.names.len() - usize::from(self.forgets);
        let extensions = [names_extension(&open.names[..names]), authority_key()];
        let certificate = Certified {
            name: &open.names[0],
            public_key: &public_key,
            not_before: now.minus(self.life.0),
            not_after: now.plus(self.life.1),
            extensions: &extensions,
        };
        let certificate = STANDARD.encode(certificate.sign("Fake CA", &self.key).unwrap());
        open.certificate =
            Some(format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n"));
        (200, None, self.state(base, number))
    }
}

fn authority_key() -> Vec<u8> {
    let identifier = der::value(0x80, b"the key of the CA");
    let value = der::value(der::OCTET_STRING, &der::value(der::SEQUENCE, &identifier));
    der::nested(der::SEQUENCE, &[&der::value(der::OBJECT_IDENTIFIER, &[0x55, 0x1d, 0x23]), &value])
}
