//! Everything that is asked of the server, each call with its types.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::prelude::*;
use api::{
    BUILD_HEADER, ContextRequest, Credentials, Dashboard, DashboardRow, Facets, FieldStats, Histogram,
    LabelsRequest, LogPage, LogRequest, Mark, MetricName, MetricsRequest, Millis, Names, NamesRequest,
    NewToken, NewUser, NewView, Numbers, PasswordChange, Patterns, QueryCheck, QueryFault, Queues, Role,
    ServicePage, ServiceRow, Session, Setup, Targets, Token, TokenScope, TokenSecret, Uptime, User, Values,
    View,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_logic::query_string;
use web_logic::rows::capitalised;
use web_logic::rows::services::Which;
use web_logic::time::Resolved;
use web_logic::wire::{self, Object, Read, Value};
use web_sys::{Headers, RequestInit, Response};

use crate::state::{Reach, Who};

/// Asks the server. Notes on the way whether it answers, which build it is, and whether anybody is signed in.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    reach: Reach,
    who: RwSignal<Who>,
}

/// What is done with a thing of the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Method(&'static str);

impl Method {
    pub(crate) const GET: Self = Self("GET");
    pub(crate) const POST: Self = Self("POST");
    pub(crate) const PUT: Self = Self("PUT");
    pub(crate) const DELETE: Self = Self("DELETE");
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

pub(crate) type Answer<T> = Result<T, Failure>;

/// An answer that is on its way: a text, and how it is read. Only the reading depends on the type, so that waiting
/// is compiled once.
pub(crate) struct Ask<T> {
    /// The text.
    pub(crate) text: Pin<Box<dyn Future<Output = Answer<String>>>>,
    /// How it is read.
    pub(crate) read: fn(&str) -> Answer<T>,
}

impl<T> Future for Ask<T> {
    type Output = Answer<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer<T>> {
        self.text.as_mut().poll(context).map(|text| text.and_then(|text| (self.read)(&text)))
    }
}

impl Client {
    /// Tells `reach` and `who` what it learns.
    pub(crate) fn new(reach: Reach, who: RwSignal<Who>) -> Self {
        Self { reach, who }
    }

    /// Who is signed in.
    pub(crate) fn session(self) -> Ask<Session> {
        self.get("session".to_owned())
    }

    /// Signs in.
    pub(crate) fn sign_in(self, credentials: Credentials) -> Ask<Session> {
        self.send(
            Method::POST,
            "session".to_owned(),
            Some(Object::default().text("name", &credentials.name).text("password", &credentials.password)),
        )
    }

    /// Signs out.
    pub(crate) fn sign_out(self) -> Ask<()> {
        self.tell(Method::DELETE, "session".to_owned(), None)
    }

    /// Makes the first user.
    pub(crate) fn set_up(self, setup: Setup) -> Ask<Session> {
        self.send(
            Method::POST,
            "setup".to_owned(),
            Some(
                Object::default()
                    .text("secret", &setup.secret)
                    .text("name", &setup.name)
                    .text("password", &setup.password),
            ),
        )
    }

    /// Changes one's own password.
    pub(crate) fn change_password(self, change: PasswordChange) -> Ask<()> {
        self.tell(
            Method::PUT,
            "password".to_owned(),
            Some(Object::default().text("current", &change.current).text("new", &change.new)),
        )
    }

    /// All users.
    pub(crate) fn users(self) -> Ask<Vec<User>> {
        self.get("users".to_owned())
    }

    /// Adds a user.
    pub(crate) fn add_user(self, user: NewUser) -> Ask<()> {
        self.tell(
            Method::POST,
            "users".to_owned(),
            Some(
                Object::default()
                    .text("name", &user.name)
                    .text("role", role_word(user.role))
                    .text("password", &user.password),
            ),
        )
    }

    /// Removes a user.
    pub(crate) fn remove_user(self, name: &str) -> Ask<()> {
        self.tell(Method::DELETE, format!("users/{}", encoded(name)), None)
    }

    /// All tokens.
    pub(crate) fn tokens(self) -> Ask<Vec<Token>> {
        self.get("tokens".to_owned())
    }

    /// Makes a token.
    pub(crate) fn create_token(self, token: NewToken) -> Ask<TokenSecret> {
        self.send(
            Method::POST,
            "tokens".to_owned(),
            Some(
                Object::default()
                    .text("name", &token.name)
                    .list("scopes", &token.scopes.iter().map(|scope| scope_word(*scope)).collect::<Vec<_>>()),
            ),
        )
    }

    /// Revokes a token.
    pub(crate) fn revoke_token(self, id: i64) -> Ask<()> {
        self.tell(Method::DELETE, format!("tokens/{id}"), None)
    }

    /// A page of lines.
    pub(crate) fn log_page(self, request: LogRequest) -> Ask<LogPage> {
        self.get(format!("logs/query?{}", log_pairs(&request)))
    }

    /// Lines per level over time.
    pub(crate) fn histogram(self, request: LogRequest) -> Ask<Histogram> {
        self.get(format!("logs/histogram?{}", log_pairs(&request)))
    }

    /// Lines per level, service and container.
    pub(crate) fn facets(self, request: LogRequest) -> Ask<Facets> {
        self.get(format!("logs/facets?{}", log_pairs(&request)))
    }

    /// The lines around a line.
    pub(crate) fn context(self, request: ContextRequest) -> Ask<LogPage> {
        let pairs = [
            ("id", request.id),
            ("lines", request.lines.to_string()),
            ("service", request.service.to_string()),
        ];
        self.get(format!("logs/context?{}", query_string::write(&pairs)))
    }

    /// Whether a query can be asked.
    pub(crate) fn check(self, query: &str) -> Ask<QueryCheck> {
        self.get(format!("logs/check?{}", query_string::write(&[("query", query.to_owned())])))
    }

    /// Labels and fields to complete a query with.
    pub(crate) fn names(self, request: &NamesRequest) -> Ask<Names> {
        self.get(format!("logs/names?{}", query_string::write(&names_pairs(request))))
    }

    /// Values of a label or a field.
    pub(crate) fn values(self, name: &str, request: &NamesRequest) -> Ask<Values> {
        let mut pairs = names_pairs(request).to_vec();
        pairs.push(("name", name.to_owned()));
        self.get(format!("logs/values?{}", query_string::write(&pairs)))
    }

    /// What the lines are made of.
    pub(crate) fn fields(self, request: LogRequest) -> Ask<FieldStats> {
        self.get(format!("logs/fields?{}", log_pairs(&request)))
    }

    /// What the lines look like.
    pub(crate) fn patterns(self, request: LogRequest) -> Ask<Patterns> {
        self.get(format!("logs/patterns?{}", log_pairs(&request)))
    }

    /// What happened to containers.
    pub(crate) fn marks(self, request: LogRequest) -> Ask<Vec<Mark>> {
        self.get(format!("logs/marks?{}", log_pairs(&request)))
    }

    /// Numbers over time.
    pub(crate) fn numbers(self, request: LogRequest) -> Ask<Numbers> {
        self.get(format!("logs/numbers?{}", log_pairs(&request)))
    }

    /// Numbers of metrics over time.
    pub(crate) fn metric_numbers(self, request: MetricsRequest) -> Ask<Numbers> {
        let pairs = [
            ("query", request.query),
            ("start", request.start.to_string()),
            ("end", request.end.to_string()),
            ("buckets", request.buckets.to_string()),
        ];
        self.get(format!("metrics/numbers?{}", query_string::write(&pairs)))
    }

    /// Numbers of metrics at an instant.
    pub(crate) fn metric_table(self, query: &str, at: Millis) -> Ask<Numbers> {
        let pairs = [("query", query.to_owned()), ("at", at.to_string())];
        self.get(format!("metrics/table?{}", query_string::write(&pairs)))
    }

    /// Whether a query of metrics can be asked.
    pub(crate) fn metric_check(self, query: &str) -> Ask<QueryCheck> {
        self.get(format!("metrics/check?{}", query_string::write(&[("query", query.to_owned())])))
    }

    /// Metrics whose names begin so.
    pub(crate) fn metric_names(self, prefix: &str) -> Ask<Vec<MetricName>> {
        self.get(format!("metrics/names?{}", query_string::write(&[("prefix", prefix.to_owned())])))
    }

    /// Labels of series, or the values of one.
    pub(crate) fn metric_labels(self, request: &LabelsRequest) -> Ask<Vec<String>> {
        let pairs = [
            ("query", request.query.clone()),
            ("name", request.name.clone()),
            ("start", request.start.to_string()),
            ("end", request.end.to_string()),
        ];
        self.get(format!("metrics/labels?{}", query_string::write(&pairs)))
    }

    /// All dashboards.
    pub(crate) fn dashboards(self) -> Ask<Vec<DashboardRow>> {
        self.get("dashboards".to_owned())
    }

    /// A dashboard.
    pub(crate) fn dashboard(self, id: &str) -> Ask<Dashboard> {
        self.get(format!("dashboards/{}", encoded(id)))
    }

    /// Keeps a dashboard: a new one, or in the place of one; `dashboard` as JSON.
    pub(crate) fn keep_dashboard(self, id: Option<&str>, dashboard: String) -> Ask<Dashboard> {
        let (method, path) = match id {
            Some(id) => (Method::PUT, format!("dashboards/{}", encoded(id))),
            None => (Method::POST, "dashboards".to_owned()),
        };
        Ask { text: Box::pin(self.ask(method, path, Some(dashboard))), read }
    }

    /// Removes a dashboard.
    pub(crate) fn remove_dashboard(self, id: &str) -> Ask<()> {
        self.tell(Method::DELETE, format!("dashboards/{}", encoded(id)), None)
    }

    /// Services, and what each of them uses.
    pub(crate) fn services(self) -> Ask<Vec<ServiceRow>> {
        self.get("services".to_owned())
    }

    /// All that is known of a service.
    pub(crate) fn service(self, which: &Which) -> Ask<ServicePage> {
        let pairs = [("project", which.project.clone()), ("environment", which.environment.clone())];
        self.get(format!("services/{}?{}", encoded(&which.service), query_string::write(&pairs)))
    }

    /// What is scraped.
    pub(crate) fn targets(self) -> Ask<Targets> {
        self.get("targets".to_owned())
    }

    /// Probes; their strips cover a range.
    pub(crate) fn uptime(self, range: Resolved) -> Ask<Uptime> {
        let pairs = [("start", range.start.to_string()), ("end", range.end.to_string())];
        self.get(format!("uptime?{}", query_string::write(&pairs)))
    }

    /// Queues of tasks, and their workers.
    pub(crate) fn queues(self) -> Ask<Queues> {
        self.get("queues".to_owned())
    }

    /// Saved views of all pages.
    pub(crate) fn views(self) -> Ask<Vec<View>> {
        self.get("views".to_owned())
    }

    /// Saves a view.
    pub(crate) fn save_view(self, view: NewView) -> Ask<View> {
        self.send(
            Method::POST,
            "views".to_owned(),
            Some(
                Object::default()
                    .text("name", &view.name)
                    .text("page", &view.page)
                    .text("state", &view.state),
            ),
        )
    }

    /// Removes a saved view.
    pub(crate) fn remove_view(self, id: i64) -> Ask<()> {
        self.tell(Method::DELETE, format!("views/{id}"), None)
    }

    /// Asks for something to be read; `path`: below `/app/v1/`.
    pub(crate) fn get<T: Read>(self, path: String) -> Ask<T> {
        self.send(Method::GET, path, None)
    }

    /// Asks for something to be done, with a body if there is one.
    pub(crate) fn send<T: Read>(self, method: Method, path: String, body: Option<Object>) -> Ask<T> {
        Ask { text: self.exchange(method, path, body), read }
    }

    /// Asks for something to be done; nothing is answered.
    pub(crate) fn tell(self, method: Method, path: String, body: Option<Object>) -> Ask<()> {
        Ask { text: self.exchange(method, path, body), read: |_| Ok(()) }
    }

    /// The one place where requests are made. Not generic, so that it is compiled once.
    fn exchange(
        self,
        method: Method,
        path: String,
        body: Option<Object>,
    ) -> Pin<Box<dyn Future<Output = Answer<String>>>> {
        Box::pin(self.ask(method, path, body.map(Object::end)))
    }

    async fn ask(self, method: Method, path: String, body: Option<String>) -> Answer<String> {
        let is_sign_in = method == Method::POST && path == "session";
        let asked = window().fetch_with_str_and_init(&format!("/app/v1/{path}"), &request(method, body));
        let Ok(response) = JsFuture::from(asked).await else {
            self.reach.lost();
            return Err(Failure::Unreachable);
        };
        let response: Response = response.unchecked_into();
        self.reach.answered(response.status(), response.headers().get(BUILD_HEADER).ok().flatten());
        let text = response.text().map_err(|_| Failure::Unreachable)?;
        let text = JsFuture::from(text).await.ok().and_then(|text| text.as_string());
        let text = text.ok_or(Failure::Unreachable)?;
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

fn request(method: Method, body: Option<String>) -> RequestInit {
    let request = RequestInit::new();
    request.set_method(method.0);
    if let Some(body) = body {
        let headers = Headers::new().expect("every browser has them");
        let _ = headers.set("content-type", "application/json");
        request.set_headers(&headers);
        request.set_body(&JsValue::from_str(&body));
    }
    request
}

fn refusal(status: u16, text: &str) -> QueryFault {
    // What stands before Porthole answers in its own way.
    let told = wire::read(text).ok().filter(|fault: &QueryFault| !fault.message.is_empty());
    told.unwrap_or_else(|| QueryFault {
        message: format!("the server answered with status {status}"),
        at: None,
    })
}

fn read<T: Read>(text: &str) -> Answer<T> {
    tree(text).map(|tree| T::of(&tree))
}

/// Not generic, so that it is compiled once.
fn tree(text: &str) -> Answer<Value<'_>> {
    wire::tree(text).map_err(|fault| Failure::Broken(format!("the answer could not be read: {fault}")))
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Editor => "editor",
        Role::Admin => "admin",
    }
}

fn scope_word(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Ingest => "ingest",
        TokenScope::Read => "read",
        TokenScope::Release => "release",
    }
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

fn names_pairs(request: &NamesRequest) -> [(&'static str, String); 3] {
    [("query", request.query.clone()), ("start", request.start.to_string()), ("end", request.end.to_string())]
}

/// Where lines can be had as a file.
pub(crate) fn download_address(request: &LogRequest, format: &str) -> String {
    format!("/app/v1/logs/download?{}&format={format}", log_pairs(request))
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
