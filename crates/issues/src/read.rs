//! What is asked of issues and events. Everything here reads `issues.db` beside its writer, and blocks meanwhile.

mod events;
mod facets;
mod issue;
mod outcomes;
mod series;

pub use events::{AttachmentRow, EventCursor, EventPlace, EventSummary, EventWhole};
pub use facets::{Facet, FacetValue};
pub use issue::{FingerprintRow, Issue, IssuePage, IssueQuery, SearchError};
pub use outcomes::{Outcome, ProjectCounts};
pub use series::{Of, Series};
