//! What envelopes carry besides events: transactions and spans, check-ins, sessions, reports, feedback, logs,
//! attachments. Each module has the type and the function `read` that makes it from an item's payload.

pub mod attachment;
pub mod check_in;
pub mod client_report;
pub mod csp;
pub mod feedback;
pub mod log;
pub mod session;
pub mod span;
pub mod transaction;

pub use attachment::Attachment;
pub use check_in::{CheckIn, CheckInStatus, IntervalUnit, MonitorConfig, Schedule};
pub use client_report::{ClientReport, Discarded};
pub use feedback::Feedback;
pub use log::LogRecord;
pub use session::{SessionAggregate, SessionStatus, SessionUpdate, Sessions};
pub use span::{ContainedSpan, Span, SpanContainer};
pub use transaction::Transaction;
