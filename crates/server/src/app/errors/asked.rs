//! What requests about errors ask, checked: times, projects; and how the store's refusals are told.

use std::sync::Arc;
use std::time::Duration;

use ::issues::search::{FindError, QueryFault};
use ::issues::{ChangeError, Issues, Project, ProjectError, ReadError, SearchError};
use api::Millis;
use http::StatusCode;
use model::{TimeRange, Timestamp};

use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;

pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// The time from `start` to `end`; 0 stands for now, and for so long before the end.
pub(in crate::app) fn range(
    start: Millis,
    end: Millis,
    back: Duration,
    now: Timestamp,
) -> Result<TimeRange, Fault> {
    let end = if end == 0 { now } else { Timestamp::from_millis(end) };
    let start = if start == 0 { end.minus(back) } else { Timestamp::from_millis(start) };
    if end < start {
        return Err(Fault::bad_request("the time range ends before it starts"));
    }
    Ok(TimeRange { start, end })
}

/// A project by its slug or number; an empty name stands for all of them.
pub(super) fn project(issues: &Issues, name: &str) -> Result<Option<Arc<Project>>, Fault> {
    if name.is_empty() {
        return Ok(None);
    }
    let by_number = || issues.project_of(name.parse().ok()?);
    let found = issues.project_named(name).or_else(by_number);
    found.map(Some).ok_or_else(|| unknown_project(name))
}

/// The same, which must be there.
pub(super) fn one_project(issues: &Issues, name: &str) -> Result<Arc<Project>, Fault> {
    project(issues, name)?.ok_or_else(|| unknown_project(name))
}

fn unknown_project(name: &str) -> Fault {
    let name: String = name.chars().take(100).collect();
    not_found(format!("there is no project `{name}` here"))
}

pub(super) fn not_found(message: impl Into<String>) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, message)
}

/// A name that may be left out.
pub(super) fn told(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<ChangeError> for Fault {
    fn from(error: ChangeError) -> Self {
        let message = error.to_string();
        match error {
            ChangeError::Unknown => Self::new(StatusCode::NOT_FOUND, message),
            ChangeError::OtherProject | ChangeError::NothingLeft | ChangeError::Comment => {
                Self::bad_request(message)
            }
            ChangeError::Closed(_) | ChangeError::Sqlite(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
            }
        }
    }
}

impl From<ProjectError> for Fault {
    fn from(error: ProjectError) -> Self {
        let message = error.to_string();
        match error {
            ProjectError::Name { .. } => Self::bad_request(message),
            ProjectError::Taken(_) | ProjectError::Full(_) => Self::new(StatusCode::CONFLICT, message),
            ProjectError::Unknown => Self::new(StatusCode::NOT_FOUND, message),
            ProjectError::Fixed | ProjectError::LastKey => Self::new(StatusCode::FORBIDDEN, message),
            ProjectError::Closed(_) | ProjectError::Sqlite(_) | ProjectError::Random(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
            }
        }
    }
}

impl From<SearchError> for Fault {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Find(FindError::Cursor) => Self::bad_request(error.to_string()),
            SearchError::Read(error) => Self::from(error),
            error => Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        }
    }
}

impl From<QueryFault> for QueryRefusal {
    fn from(fault: QueryFault) -> Self {
        let message = match fault.instead.as_str() {
            "" => fault.message,
            instead => format!("{}; {instead}", fault.message),
        };
        Self::Query(api::QueryFault { message, at: Some((fault.span.start, fault.span.end)) })
    }
}
