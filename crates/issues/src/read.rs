//! What is asked of issues and events. Everything here reads `issues.db` beside its writer, and blocks meanwhile.

mod beyond;
mod events;
mod facets;
mod issue;
mod outcomes;
mod series;
mod turns;

pub use beyond::SeenAt;
pub use events::{AttachmentRow, EventCursor, EventPlace, EventSummary, EventWhole};
pub use facets::{Facet, FacetValue};
pub use issue::{FingerprintRow, Issue, IssuePage, IssueQuery, SearchError};
pub use outcomes::{Outcome, ProjectCounts};
pub use series::{Of, Series};
pub use turns::Turned;
