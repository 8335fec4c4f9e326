//! What these pages ask of the server.

use crate::client::Method;
use api::{
    Around, Event, EventList, EventPlace, Issue, IssueChange, IssuePage, IssueRequest, IssueSort,
    IssuesChanged, TagValue,
};
use web_logic::issues::change;
use web_logic::query_string;
use web_logic::time::Resolved;
use web_logic::wire::Object;

use crate::client::{Ask, Client};

/// So many rows at once.
const ROWS: u32 = 50;

/// Which issues something is done with.
#[derive(Clone, Debug)]
pub(super) enum Which {
    /// These.
    Ids(Vec<i64>),
    /// All that this finds.
    All(IssueRequest),
}

impl Client {
    /// A page of issues.
    pub(super) fn issues(self, request: &IssueRequest) -> Ask<IssuePage> {
        let pairs = [
            ("query", request.query.clone()),
            ("project", request.project.clone()),
            ("environment", request.environment.clone()),
            ("start", request.start.to_string()),
            ("end", request.end.to_string()),
            ("sort", sort_word(request.sort).to_owned()),
            ("cursor", request.cursor.clone()),
            ("limit", ROWS.to_string()),
        ];
        self.get(format!("issues?{}", query_string::write(&pairs)))
    }

    /// Values of a tag that begin so.
    pub(super) fn issue_values(self, name: &str, prefix: &str, project: &str) -> Ask<Vec<TagValue>> {
        let pairs =
            [("name", name.to_owned()), ("prefix", prefix.to_owned()), ("project", project.to_owned())];
        self.get(format!("issues/values?{}", query_string::write(&pairs)))
    }

    /// One issue.
    pub(super) fn issue(self, id: i64, environment: &str, range: Resolved) -> Ask<Issue> {
        let pairs = [
            ("environment", environment.to_owned()),
            ("start", range.start.to_string()),
            ("end", range.end.to_string()),
        ];
        self.get(format!("issues/{id}?{}", query_string::write(&pairs)))
    }

    /// Events of an issue, newest first.
    pub(super) fn issue_events(self, id: i64, environment: &str, cursor: &str) -> Ask<EventList> {
        let pairs = [("environment", environment.to_owned()), ("cursor", cursor.to_owned())];
        self.get(format!("issues/{id}/events?{}", query_string::write(&pairs)))
    }

    /// One event; `which`: its id, `latest` or `oldest`.
    pub(super) fn issue_event(self, id: i64, which: &str) -> Ask<Event> {
        self.get(event_path(id, which))
    }

    /// Which issue an event belongs to.
    pub(super) fn event_place(self, id: &str) -> Ask<EventPlace> {
        self.get(format!("events/{id}"))
    }

    /// What was around an event.
    pub(super) fn around(self, project: &str, event: &str) -> Ask<Around> {
        self.get(format!("events/{project}/{event}/around"))
    }

    /// Does something with issues.
    pub(super) fn update_issues(self, which: &Which, change: &IssueChange) -> Ask<IssuesChanged> {
        let body = match which {
            Which::Ids(ids) => Object::default().raw("ids", &list(ids)),
            Which::All(request) => Object::default().raw("query", &request_json(request)),
        };
        let body = body.raw("change", &change::json(change));
        self.send(Method::POST, "issues/update".to_owned(), Some(body))
    }

    /// Makes issues part of another.
    pub(super) fn merge_issues(self, into: i64, ids: &[i64]) -> Ask<IssuesChanged> {
        let body = Object::default().raw("into", &into.to_string()).raw("ids", &list(ids));
        self.send(Method::POST, "issues/merge".to_owned(), Some(body))
    }

    /// Takes a part of an issue out of it again.
    pub(super) fn unmerge_issue(self, id: i64, hash: &str) -> Ask<IssuesChanged> {
        let body = Object::default().list("hashes", &[hash]);
        self.send(Method::POST, format!("issues/{id}/unmerge"), Some(body))
    }

    /// Says something about an issue.
    pub(super) fn comment_issue(self, id: i64, text: &str) -> Ask<()> {
        let body = Object::default().text("text", text);
        self.tell(Method::POST, format!("issues/{id}/comments"), Some(body))
    }
}

/// Where an event is, below `/app/v1/`.
pub(super) fn event_path(id: i64, which: &str) -> String {
    format!("issues/{id}/event/{which}")
}

/// How an order is called in the address and by the server.
pub(super) fn sort_word(sort: IssueSort) -> &'static str {
    match sort {
        IssueSort::LastSeen => "last_seen",
        IssueSort::FirstSeen => "first_seen",
        IssueSort::Events => "events",
        IssueSort::Users => "users",
        IssueSort::Trend => "trend",
    }
}

fn request_json(request: &IssueRequest) -> String {
    Object::default()
        .text("query", &request.query)
        .text("project", &request.project)
        .text("environment", &request.environment)
        .raw("start", &request.start.to_string())
        .raw("end", &request.end.to_string())
        .end()
}

fn list(ids: &[i64]) -> String {
    format!("[{}]", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
}
