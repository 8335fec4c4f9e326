//! Everything that is asked of the server, each call with its types.

use std::fmt;

use api::{
    BUILD_HEADER, ContextRequest, Credentials, Facets, Histogram, LogPage, LogRequest, NewToken, NewUser,
    PasswordChange, QueryFault, Session, Setup, Token, TokenSecret, User,
};
use gloo_net::http::{Method, RequestBuilder};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use web_logic::query_string;

use crate::state::{Reach, Who};

/// Asks the server. Notes on the way whether it answers, which build it is, and whether anybody is signed in.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    reach: Reach,
    who: RwSignal<Who>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nobody is signed in.
    SignedOut,
    /// The server refused, and said why; where a query is at fault, with the place.
    Refused(QueryFault),
    /// The server could not: it said so, or something before it did.
    Broken(String),
    /// There was no connection.
    Unreachable,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut => f.write_str("Nobody is signed in."),
            Self::Refused(fault) => f.write_str(&capitalised(&fault.message)),
            Self::Broken(message) => f.write_str(&capitalised(message)),
            Self::Unreachable => f.write_str("Porthole does not answer."),
        }
    }
}

fn capitalised(message: &str) -> String {
    let mut message = message.to_owned();
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    message
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
    #[serde(default)]
    at: Option<(u32, u32)>,
}

type Answer<T> = Result<T, Failure>;

impl Client {
    /// Tells `reach` and `who` what it learns.
    pub(crate) fn new(reach: Reach, who: RwSignal<Who>) -> Self {
        Self { reach, who }
    }

    /// Who is signed in.
    pub(crate) async fn session(self) -> Answer<Session> {
        self.get("session").await
    }

    /// Signs in.
    pub(crate) async fn sign_in(self, credentials: Credentials) -> Answer<Session> {
        read(&self.exchange(Method::POST, "session", Some(write(&credentials))).await?)
    }

    /// Signs out.
    pub(crate) async fn sign_out(self) -> Answer<()> {
        self.exchange(Method::DELETE, "session", None).await.map(drop)
    }

    /// Makes the first user.
    pub(crate) async fn set_up(self, setup: Setup) -> Answer<Session> {
        read(&self.exchange(Method::POST, "setup", Some(write(&setup))).await?)
    }

    /// Changes one's own password.
    pub(crate) async fn change_password(self, change: PasswordChange) -> Answer<()> {
        self.exchange(Method::PUT, "password", Some(write(&change))).await.map(drop)
    }

    /// All users.
    pub(crate) async fn users(self) -> Answer<Vec<User>> {
        self.get("users").await
    }

    /// Adds a user.
    pub(crate) async fn add_user(self, user: NewUser) -> Answer<()> {
        self.exchange(Method::POST, "users", Some(write(&user))).await.map(drop)
    }

    /// Removes a user.
    pub(crate) async fn remove_user(self, name: &str) -> Answer<()> {
        self.exchange(Method::DELETE, &format!("users/{}", encoded(name)), None).await.map(drop)
    }

    /// All tokens.
    pub(crate) async fn tokens(self) -> Answer<Vec<Token>> {
        self.get("tokens").await
    }

    /// Makes a token.
    pub(crate) async fn create_token(self, token: NewToken) -> Answer<TokenSecret> {
        read(&self.exchange(Method::POST, "tokens", Some(write(&token))).await?)
    }

    /// Revokes a token.
    pub(crate) async fn revoke_token(self, id: i64) -> Answer<()> {
        self.exchange(Method::DELETE, &format!("tokens/{id}"), None).await.map(drop)
    }

    /// A page of lines.
    pub(crate) async fn log_page(self, request: LogRequest) -> Answer<LogPage> {
        self.get(&format!("logs/query?{}", log_pairs(&request))).await
    }

    /// Lines per level over time.
    pub(crate) async fn histogram(self, request: LogRequest) -> Answer<Histogram> {
        self.get(&format!("logs/histogram?{}", log_pairs(&request))).await
    }

    /// Lines per level, service and container.
    pub(crate) async fn facets(self, request: LogRequest) -> Answer<Facets> {
        self.get(&format!("logs/facets?{}", log_pairs(&request))).await
    }

    /// The lines around a line.
    pub(crate) async fn context(self, request: ContextRequest) -> Answer<LogPage> {
        let pairs = [
            ("id", request.id),
            ("lines", request.lines.to_string()),
            ("service", request.service.to_string()),
        ];
        self.get(&format!("logs/context?{}", query_string::write(&pairs))).await
    }

    async fn get<T: DeserializeOwned>(self, path: &str) -> Answer<T> {
        read(&self.exchange(Method::GET, path, None).await?)
    }

    /// The one place where requests are made. Not generic, so that it is compiled once.
    async fn exchange(self, method: Method, path: &str, body: Option<String>) -> Answer<String> {
        let is_sign_in = method == Method::POST && path == "session";
        let request = RequestBuilder::new(&format!("/app/v1/{path}")).method(method);
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body),
            None => request.build(),
        };
        let answer = match request {
            Ok(request) => request.send().await,
            Err(fault) => return Err(Failure::Broken(fault.to_string())),
        };
        let Ok(response) = answer else {
            self.reach.lost();
            return Err(Failure::Unreachable);
        };
        self.reach.answered(response.status(), response.headers().get(BUILD_HEADER));
        let text = response.text().await.map_err(|_| Failure::Unreachable)?;
        match response.status() {
            200..300 => Ok(text),
            401 if !is_sign_in => {
                self.who.set(Who::Nobody { setup_needed: false });
                Err(Failure::SignedOut)
            }
            status @ 400..500 => Err(Failure::Refused(refusal(status, &text))),
            status => Err(Failure::Broken(refusal(status, &text).message)),
        }
    }
}

fn refusal(status: u16, text: &str) -> QueryFault {
    match serde_json::from_str::<Refusal>(text) {
        Ok(refusal) => QueryFault { message: refusal.message, at: refusal.at },
        // What stands before Porthole answers in its own way.
        Err(_) => QueryFault { message: format!("the server answered with status {status}"), at: None },
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Answer<T> {
    serde_json::from_str(text)
        .map_err(|fault| Failure::Broken(format!("the answer could not be read: {fault}")))
}

fn write<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the types of the api are plain data")
}

fn log_pairs(request: &LogRequest) -> String {
    query_string::write(&[
        ("query", request.query.clone()),
        ("levels", request.levels.clone()),
        ("start", request.start.to_string()),
        ("end", request.end.to_string()),
        ("limit", request.limit.to_string()),
        ("forward", request.forward.to_string()),
        ("cursor", request.cursor.clone()),
        ("buckets", request.buckets.to_string()),
    ])
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
