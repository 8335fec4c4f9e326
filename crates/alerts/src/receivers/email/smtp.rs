//! Speaking to a mail server: each recipient is asked for by itself, so that what one is refused for is not the others'.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::{Error, response::Response};
use outbound::Tls;
use settings::{Secret, Section};

use crate::receivers::attempt::Failure;
use crate::receivers::text::one_line;

const CONNECT_MAX: Duration = Duration::from_secs(5);

/// The mail server that takes our mail.
#[derive(Clone, Debug)]
pub(super) struct Server {
    host: String,
    port: u16,
    secured: Secured,
    credentials: Option<(String, Secret)>,
    /// What we call ourselves.
    hello: String,
    tls: Tls,
}

/// How the connection is kept from others' eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secured {
    /// From its first byte on.
    Tls,
    /// Once the server was asked to; never without.
    StartTls,
    /// Not at all: for a server on the same machine.
    Not,
}

/// What became of each recipient.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) has: Vec<Address>,
    pub(super) later: Vec<(Address, String)>,
    pub(super) refused: Vec<(Address, String)>,
}

impl Server {
    /// Reads `smtp`, `security`, `username`, `password` and `hello`.
    pub(super) fn read(section: &Section<'_>, tls: Tls) -> Option<Self> {
        let address = section.with("smtp", address);
        if !section.is_set("smtp") {
            section.fault("smtp", "it is missing", "write the mail server: smtp = \"mail.example.com:587\"");
        }
        let words = [("tls", Secured::Tls), ("starttls", Secured::StartTls), ("none", Secured::Not)];
        let written = section.choice("security", &words);
        let (username, password) = (section.string("username"), section.secret("password"));
        if username.is_some() != (section.is_set("password") || section.is_set("password_file")) {
            section.fault("username", "a name and a password go together", "write both, or neither");
        }
        let (host, port) = address?;
        let secured = written.unwrap_or(if port == 465 { Secured::Tls } else { Secured::StartTls });
        let is_near = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if secured == Secured::Not && username.is_some() && !is_near {
            section.fault(
                "security",
                "the password could be read on its way",
                "write security = \"starttls\", or no username",
            );
        }
        let hello = section.string("hello").unwrap_or_else(|| "porthole.local".to_owned());
        let hello = one_line(&hello, 200).replace(' ', "");
        Some(Self { host, port, secured, credentials: username.zip(password), hello, tls })
    }

    /// The password, if there is one.
    pub(super) fn password(&self) -> Option<&Secret> {
        self.credentials.as_ref().map(|(_, password)| password)
    }

    /// Sends a mail to each of `to`.
    pub(super) async fn send(&self, from: &Address, to: &[Address], mail: &[u8]) -> Result<Outcome, Failure> {
        let mut connection = self.connect().await?;
        let outcome = exchange(&mut connection, from, to, mail).await;
        // What the server has, it has; a goodbye that fails changes nothing.
        let _ = tokio::time::timeout(Duration::from_secs(1), connection.quit()).await;
        outcome
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let hello = ClientId::Domain(self.hello.clone());
        let parameters =
            || self.parameters().map_err(|error| Failure::refused(format!("TLS cannot be set up: {error}")));
        let wrapper = if self.secured == Secured::Tls { Some(parameters()?) } else { None };
        let address = (self.host.as_str(), self.port);
        let connected =
            AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT_MAX), &hello, wrapper, None).await;
        let mut connection = connected.map_err(|error| failed(&error, false))?;
        if self.secured == Secured::StartTls {
            if !connection.can_starttls() {
                let _ = connection.quit().await;
                let why = "the mail server offers no STARTTLS, and without it everybody on the way could read along; \
                           write security = \"none\" if it stands on this machine";
                return Err(Failure::refused(why));
            }
            connection.starttls(parameters()?, &hello).await.map_err(|error| failed(&error, false))?;
        }
        if let Some((name, password)) = &self.credentials {
            let credentials = Credentials::new(name.clone(), password.expose().to_owned());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, &credentials).await.map_err(|error| failed(&error, false))?;
        }
        Ok(connection)
    }

    fn parameters(&self) -> Result<TlsParameters, Error> {
        let name = self.tls.server_name.clone().unwrap_or_else(|| self.host.clone());
        let mut builder =
            TlsParameters::builder(name).dangerous_accept_invalid_certs(self.tls.insecure_skip_verify);
        // It was read when the settings were; what is gone since then is not trusted.
        let file = self.tls.ca_file.as_ref().and_then(|path| std::fs::read(path).ok());
        if let Some(pem) = file {
            builder = builder.add_root_certificate(Certificate::from_pem(&pem)?);
        }
        builder.build_rustls()
    }
}

async fn exchange(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    to: &[Address],
    mail: &[u8],
) -> Result<Outcome, Failure> {
    let info = connection.server_info();
    let is_wide = !mail.is_ascii() && info.supports_feature(Extension::EightBitMime);
    let body = is_wide.then_some(MailParameter::Body(MailBodyParameter::EightBitMime));
    let mut parameters: Vec<MailParameter> = body.into_iter().collect();
    if info.supports_feature(Extension::SmtpUtfEight)
        && to.iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii())
    {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let begun = connection.command(Mail::new(Some(from.clone()), parameters)).await;
    begun.map_err(|error| failed(&error, false))?;
    let (mut outcome, mut accepted) = (Outcome::default(), Vec::new());
    for address in to {
        match connection.command(Rcpt::new(address.clone(), Vec::new())).await {
            Ok(_) => accepted.push(address.clone()),
            Err(error) if error.is_permanent() => outcome.refused.push((address.clone(), said(&error))),
            Err(error) if error.is_transient() => outcome.later.push((address.clone(), said(&error))),
            Err(error) => return Err(failed(&error, false)),
        }
    }
    if accepted.is_empty() {
        return Ok(outcome);
    }
    connection.command(Data).await.map_err(|error| failed(&error, false))?;
    let taken: Result<Response, Error> = connection.message(mail).await;
    match taken {
        Ok(_) => outcome.has = accepted,
        Err(error) => return Err(failed(&error, true)),
    }
    Ok(outcome)
}

/// What an error means: the server's 4xx and a broken connection are worth another try, its 5xx is not. Once the mail is
/// on its way the server may have it even if it did not say so.
fn failed(error: &Error, is_underway: bool) -> Failure {
    let why = said(error);
    if error.is_permanent() {
        return Failure::refused(why);
    }
    let in_doubt = is_underway && !error.is_transient();
    Failure::Later { why, after: None, in_doubt }
}

/// What the server said, or what went wrong.
fn said(error: &Error) -> String {
    let source = std::error::Error::source(error).map(|source| format!(" ({source})")).unwrap_or_default();
    one_line(
        &format!(
            "{error}{}",
            if error.to_string().contains(source.trim_matches([' ', '(', ')'])) { "" } else { &source }
        ),
        300,
    )
}

/// A host with a port; without one it is that of submission.
fn address(text: &str) -> Result<(String, u16), String> {
    let text = text.trim();
    let wrong = || {
        format!("`{}` names no mail server; write one such as \"mail.example.com:587\"", one_line(text, 80))
    };
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = port.map_or(Ok(587), str::parse).map_err(|_| wrong())?;
    let is_host = !host.is_empty() && !host.contains(['/', '@', ' ']);
    is_host.then(|| (host.to_owned(), port)).ok_or_else(wrong)
}
