//! One CA: its directory, our account there, and what it says about renewals.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;
use instant_acme::{
    Account, AccountCredentials, CertificateIdentifier, Error, ExternalAccountKey, NewAccount,
};
use model::Timestamp;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::client::{Client, retry_after};
use super::config::decoded;
use super::policy::Window;
use super::stored::{self, Store};
use super::{Resolver, words};
use crate::tls::Facts;

/// A CA, as one resolver asks it.
pub(super) struct Ca {
    pub(super) resolver: Arc<Resolver>,
    pub(super) client: Client,
    directory: String,
    account_path: PathBuf,
    /// So that of two orders at once only one makes an account.
    accounts: Arc<Mutex<()>>,
}

/// Of a CA's directory, what `instant-acme` keeps to itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Directory {
    renewal_info: Option<String>,
}

/// Of the file of an account, which one it is.
#[derive(Deserialize)]
struct Kept {
    id: String,
}

/// RFC 9773, 4.2.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RenewalInfo {
    suggested_window: SuggestedWindow,
}

#[derive(Deserialize)]
struct SuggestedWindow {
    start: String,
    end: String,
}

impl Ca {
    /// The CA at `directory`: that of `resolver`, or its CA for trying. Reads `ca_file`.
    pub(super) fn new(resolver: Arc<Resolver>, directory: &str, store: &Store) -> Result<Self, String> {
        let tls = outbound::Tls { ca_file: resolver.ca_file.clone(), ..outbound::Tls::default() };
        let options = outbound::Options { tls, ..outbound::Options::default() };
        let client = outbound::Client::new(&options).map_err(|error| error.to_string())?;
        Ok(Self {
            client: Client::new(client),
            directory: directory.to_owned(),
            account_path: store.account_path(&resolver.name, directory),
            accounts: Arc::clone(&store.accounts),
            resolver,
        })
    }

    /// Our account, made if there is none.
    pub(super) async fn account(&self) -> Result<Account, Error> {
        let _only = self.accounts.lock().await;
        let kept: Option<AccountCredentials> =
            stored::read(&self.account_path).map_err(|error| Error::Other(Box::new(error)))?;
        let builder = Account::builder_with_http(Box::new(self.client.clone()));
        if let Some(credentials) = kept {
            return builder.from_credentials(credentials).await;
        }
        let contact = self.resolver.email.as_ref().map(|email| format!("mailto:{email}"));
        let contact: Vec<&str> = contact.as_deref().into_iter().collect();
        let new =
            NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let external = self.resolver.external_account.as_ref().and_then(|external| {
            Some(ExternalAccountKey::new(external.kid.clone(), &decoded(&external.hmac)?))
        });
        let (account, credentials) = builder.create(&new, self.directory.clone(), external.as_ref()).await?;
        stored::write(self.account_path.clone(), &credentials)
            .await
            .map_err(|error| Error::Other(Box::new(error)))?;
        tracing::info!(
            resolver = self.resolver.name,
            account = account.id(),
            "an account at the CA was made"
        );
        Ok(account)
    }

    /// Forgets the account `id`, which the CA does not know any more.
    pub(super) async fn forget_account(&self, id: &str) -> Result<(), Error> {
        let _only = self.accounts.lock().await;
        let failed = |error| Error::Other(Box::new(error));
        let kept: Option<Kept> = stored::read(&self.account_path).map_err(failed)?;
        match kept.is_some_and(|kept| kept.id == id) {
            true => stored::remove(self.account_path.clone()).await.map_err(failed),
            false => Ok(()), // Another order has made a new one already.
        }
    }

    /// When the CA wants a certificate to be renewed, and when it wants to be asked again; `None` if it makes no
    /// suggestions.
    pub(super) async fn renewal_info(
        &self,
        facts: &Facts,
    ) -> Result<(Option<Window>, Option<Timestamp>), String> {
        let Some(identifier) = identifier(facts) else { return Ok((None, None)) };
        let directory: Directory = self.fetch(&self.directory).await?.0;
        let Some(base) = directory.renewal_info else { return Ok((None, None)) };
        let (info, retry_after): (RenewalInfo, _) =
            self.fetch(&format!("{}/{identifier}", base.trim_end_matches('/'))).await?;
        let instant = |text: &str| Timestamp::parse_rfc3339(text).map_err(|error| error.to_string());
        let SuggestedWindow { start, end } = info.suggested_window;
        let window = Window { start: instant(&start)?, end: instant(&end)? };
        Ok(((window.start <= window.end).then_some(window), retry_after))
    }

    async fn fetch<T: for<'de> Deserialize<'de>>(&self, url: &str) -> Result<(T, Option<Timestamp>), String> {
        let uri: Uri = url.parse().map_err(|_| format!("{url} is no address"))?;
        let answer = self.client.get(uri).await.map_err(|error| error.to_string())?;
        if !answer.status.is_success() {
            return Err(format!("{url} answers {}", answer.status));
        }
        let value = serde_json::from_slice(&answer.body).map_err(|error| format!("{url}: {error}"))?;
        Ok((value, retry_after(&answer.headers, Timestamp::from(SystemTime::now()))))
    }
}

/// How a CA calls a certificate that it gave: RFC 9773, 4.1.
pub(super) fn identifier(facts: &Facts) -> Option<CertificateIdentifier<'static>> {
    let key = facts.authority_key.as_ref()?;
    Some(CertificateIdentifier {
        authority_key_identifier: URL_SAFE_NO_PAD.encode(key).into(),
        serial: URL_SAFE_NO_PAD.encode(&facts.serial).into(),
    })
}

/// Whether the CA says that it does not know our account.
pub(super) fn account_is_gone(error: &Error) -> bool {
    matches!(words::kind(error), Some("accountDoesNotExist"))
}
