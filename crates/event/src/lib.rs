//! What Sentry's SDKs send: envelopes, events, how events are grouped. Bytes and JSON go in, typed values come out:
//! no I/O, no clock, no randomness.
//!
//! ```ignore
//! let sender = event::auth::find(query, x_sentry_auth, authorization)?;          // whose project it is
//! let body = event::unpack::unpack(body, content_encoding, bytes_max)?;
//! let envelope = event::envelope::read(&body, &Limits::default())?;
//! for item in &envelope.items {
//!     let prepared = event::prepare(item, &arrival, &scrubber)?;                  // within limits, masked
//! }
//! let grouping = event::group(&event, &rules);                                    // which issue it belongs to
//! let title = event::title(&event);
//! ```
//!
//! SDKs in the field are old, new, and wrong in many ways, and never send a second time. So nothing is refused that can
//! be understood in part: a bad field is missing from the event and listed in [`Event::faults`], a bad item leaves its
//! neighbours alone. Everything is bounded: lines, items, depth, breadth, the length of texts.
#![forbid(unsafe_code)]

mod agent;
pub mod auth;
mod dsn;
pub mod envelope;
mod event;
mod facets;
mod grouping;
pub mod id;
pub mod items;
mod json;
mod normalise;
mod prepare;
mod scrub;
mod time;
mod title;
pub mod unpack;
pub mod value;

pub use auth::Auth;
pub use dsn::{Dsn, ParseDsnError};
pub use envelope::{Envelope, Item};
pub use event::{
    Breadcrumb, Csp, DebugImage, Event, Exception, FieldFault, Frame, Level, Mechanism, Message, Request,
    Sdk, Thread, User,
};
pub use facets::{Facet, facets};
pub use grouping::{
    Grouping, Hash, NotAHash, Part, RuleFault, Rules, VERSION as GROUPING_VERSION, Variant, group,
    parameterise,
};
pub use id::{EventId, Key, ParseIdError, ProjectId, SpanId, TraceId};
pub use json::JsonError;
pub use normalise::{Arrival, NotAnEvent, normalise};
pub use prepare::{Prepared, Unprepared, Unreadable, prepare, prepare_store};
pub use scrub::{ScrubConfig, Scrubber};
pub use title::{Title, main_exception, title};
pub use value::Value;
