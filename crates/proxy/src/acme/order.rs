//! One order: names are shown to be ours, and a certificate comes back.

use std::time::{Duration, SystemTime};

use instant_acme::{
    Account, AuthorizationStatus, CertificateIdentifier, ChallengeType, Error, Identifier, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use model::Timestamp;
use rustls::pki_types::PrivateKeyDer;

use super::ca::{Ca, account_is_gone};
use super::challenges::{Challenges, Offer};
use super::{ChallengeKind, policy, words};
use crate::tls::{CertificateRequest, Certificates, challenge_key};

/// How long the CA may take to look at the names, and to sign.
const LOOK_MAX: Duration = Duration::from_secs(120);
/// An order that a CA refuses for what passes at once is begun so often.
const TRIES: usize = 3;

/// What an order came to.
pub(super) struct Obtained {
    /// PEM.
    pub(super) chain: String,
    /// PEM.
    pub(super) key: String,
    /// Ours at the CA.
    pub(super) account: String,
}

/// Why there is no certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OrderError {
    /// The names that it is about; none where it is about the CA or our account.
    pub(super) names: Vec<String>,
    /// What is wrong, in a sentence.
    pub(super) what: String,
    /// When the CA wants to be asked again.
    pub(super) retry_after: Option<Timestamp>,
}

/// What an order needs to have.
pub(super) struct Ordering<'a> {
    pub(super) ca: &'a Ca,
    pub(super) names: &'a [String],
    /// The certificate that is renewed, and the account that got it.
    pub(super) replaces: Option<(CertificateIdentifier<'static>, String)>,
    pub(super) profile: Option<&'a str>,
    pub(super) challenges: &'a Challenges,
    pub(super) certificates: &'a Certificates,
}

impl Ordering<'_> {
    /// Asks the CA for a certificate.
    pub(super) async fn obtain(&self) -> Result<Obtained, OrderError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let failed = match self.try_once().await {
                Ok(obtained) => return Ok(obtained),
                Err(failed) => failed,
            };
            let again = matches!(&failed, Failed::Error(error) if is_passing(error));
            if !again || tries == TRIES {
                return Err(self.error(failed));
            }
        }
    }

    async fn try_once(&self) -> Result<Obtained, Failed> {
        let account = self.ca.account().await?;
        let mut order = match self.new_order(&account).await {
            Ok(order) => order,
            Err(error) => {
                if account_is_gone(&error) {
                    self.ca.forget_account(account.id()).await?;
                }
                return Err(error.into());
            }
        };
        let _offers = self.show(&mut order).await?;
        if order.state().status != OrderStatus::Ready {
            self.wait(&mut order).await?;
        }
        let request = CertificateRequest::new(self.names).map_err(|error| Error::Other(Box::new(error)))?;
        order.finalize_csr(&request.der).await?;
        let chain = order.poll_certificate(&patience()).await?;
        let key = PrivateKeyDer::from(request.key);
        let key = pem("PRIVATE KEY", key.secret_der());
        Ok(Obtained { chain, key, account: account.id().to_owned() })
    }

    async fn new_order(&self, account: &Account) -> Result<Order, Error> {
        let identifiers: Vec<Identifier> = self.names.iter().cloned().map(Identifier::Dns).collect();
        let plain = || {
            let order = NewOrder::new(&identifiers);
            self.profile.map_or(order, |profile| NewOrder::new(&identifiers).profile(profile))
        };
        let replaces = self.replaces.as_ref().filter(|(_, owner)| owner == account.id());
        let Some((certificate, _)) = replaces else { return account.new_order(&plain()).await };
        match account.new_order(&plain().replaces(certificate.clone())).await {
            // Without ARI, replaced already, or a CA that does not repeat what was said: an order like any other.
            Err(Error::Unsupported(_) | Error::Other(_)) => account.new_order(&plain()).await,
            Err(error) if matches!(words::kind(&error), Some("alreadyReplaced" | "malformed")) => {
                account.new_order(&plain()).await
            }
            answer => answer,
        }
    }

    /// Puts up what the CA looks for, and tells it to look. What it has seen not long ago it does not look at again.
    async fn show(&self, order: &mut Order) -> Result<Vec<Shown>, Failed> {
        let kind = match self.ca.resolver.challenge {
            ChallengeKind::Http01 => ChallengeType::Http01,
            ChallengeKind::TlsAlpn01 => ChallengeType::TlsAlpn01,
        };
        let mut shown = Vec::new();
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            let name = authorization.identifier().to_string();
            match authorization.status {
                AuthorizationStatus::Valid => continue,
                AuthorizationStatus::Pending => {}
                status => {
                    return Err(Failed::name(&name, format!("its authorisation is {status:?} already")));
                }
            }
            let Some(mut challenge) = authorization.challenge(kind.clone()) else {
                return Err(Failed::name(&name, format!("the CA does not offer {kind:?} for it")));
            };
            let answer = challenge.key_authorization();
            shown.push(match self.ca.resolver.challenge {
                ChallengeKind::Http01 => {
                    Shown::Page(self.challenges.offer(&challenge.token, answer.as_str().to_owned()))
                }
                ChallengeKind::TlsAlpn01 => {
                    Shown::certificate(self.certificates, &name, answer.digest().as_ref())?
                }
            });
            challenge.set_ready().await?;
        }
        Ok(shown)
    }

    /// Waits until the CA has seen all names; tells which of them it could not.
    async fn wait(&self, order: &mut Order) -> Result<(), Failed> {
        let waited = order.poll_ready(&patience()).await;
        if let Ok(OrderStatus::Ready) = waited {
            return Ok(());
        }
        let seen = seen(order).await;
        // Where one name is refused, those that the CA has not come to are not to blame.
        let refused = seen.iter().any(|seen| seen.status == AuthorizationStatus::Invalid);
        let failed = seen.into_iter().filter(|seen| match seen.status {
            AuthorizationStatus::Valid => false,
            AuthorizationStatus::Pending => !refused,
            _ => true,
        });
        let (names, what): (Vec<_>, Vec<_>) =
            failed.map(|seen| (seen.name.clone(), format!("{}: {}", seen.name, seen.why))).unzip();
        if !names.is_empty() {
            return Err(Failed::Names(names, what.join("; ")));
        }
        Err(match waited {
            Err(error) => Failed::Error(error),
            Ok(_) => Failed::Names(
                self.names.to_vec(),
                "the order is invalid, and the CA gives no reason".to_owned(),
            ),
        })
    }

    fn error(&self, failed: Failed) -> OrderError {
        match failed {
            Failed::Names(names, what) => OrderError { names, what, retry_after: None },
            Failed::Error(error) => {
                let what = words::told(&error);
                let names = match words::kind(&error) {
                    // About the names, even if the CA does not say which.
                    Some(
                        "rejectedIdentifier" | "caa" | "dns" | "connection" | "unauthorized"
                        | "orderNotReady" | "badCSR",
                    ) => Some(words::concerned(&error, self.names))
                        .filter(|names| !names.is_empty())
                        .unwrap_or_else(|| self.names.to_vec()),
                    _ => words::concerned(&error, self.names),
                };
                let retry_after = policy::told_instant(&what).or_else(|| match error {
                    Error::Api(_) | Error::Other(_) => self.ca.client.retry_after(),
                    _ => None,
                });
                OrderError { names, what, retry_after }
            }
        }
    }
}

/// Whether the same order may well succeed at once.
fn is_passing(error: &Error) -> bool {
    words::kind(error) == Some("badNonce") || account_is_gone(error)
}

/// How the CA sees a name.
struct Seen {
    name: String,
    status: AuthorizationStatus,
    why: String,
}

/// How the CA sees the names of an order now; those that it cannot be asked about are left out.
async fn seen(order: &mut Order) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        if authorization.refresh().await.is_err() {
            continue;
        }
        let error = authorization.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        let why = error.map(words::problem_told).unwrap_or_else(|| match authorization.status {
            AuthorizationStatus::Pending => "the CA has not looked at it in time".to_owned(),
            _ => "the CA gives no reason".to_owned(),
        });
        let (name, status) = (authorization.identifier().to_string(), authorization.status);
        seen.push(Seen { name, status, why });
    }
    seen
}

/// What went wrong in an order.
enum Failed {
    Error(Error),
    Names(Vec<String>, String),
}

impl Failed {
    fn name(name: &str, what: String) -> Self {
        Self::Names(vec![name.to_owned()], format!("{name}: {what}"))
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What a CA may look at, as long as this is held.
enum Shown {
    Page(#[expect(dead_code, reason = "held for its end")] Offer),
    Certificate(Certificates, String),
}

impl Shown {
    fn certificate(certificates: &Certificates, name: &str, digest: &[u8]) -> Result<Self, Error> {
        let now = Timestamp::from(SystemTime::now());
        let key = challenge_key(name, digest, now).map_err(|error| Error::Other(Box::new(error)))?;
        certificates.set_challenge(name, key);
        Ok(Self::Certificate(certificates.clone(), name.to_owned()))
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Self::Certificate(certificates, name) = self {
            certificates.drop_challenge(name);
        }
    }
}

fn patience() -> RetryPolicy {
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).backoff(1.5).timeout(LOOK_MAX)
}

/// DER as PEM text.
fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}
