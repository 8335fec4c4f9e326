//! The JSON types that the server and the page share, one module per subject.
//!
//! serde only: this crate is compiled for the host and for wasm32. Times are nanoseconds since the epoch
//! where they identify a line ([`Nanos`]) and milliseconds everywhere else ([`Millis`]). All paths are below
//! `/app/v1`.

#![forbid(unsafe_code)]

mod accounts;
mod completion;
mod download;
mod fields;
mod live;
mod logs;
mod marks;
mod now;
mod numbers;
mod views;

pub use accounts::{
    Credentials, NewToken, NewUser, PasswordChange, Role, Session, SessionUser, Setup, Token, TokenScope,
    TokenSecret, User,
};
pub use completion::{FieldName, Names, NamesRequest, QueryCheck, QueryKind, Values, ValuesRequest};
pub use download::{DownloadForm, DownloadFormat};
pub use fields::{Field, FieldKind, FieldSource, FieldStats, Pattern, Patterns};
pub use live::{LiveLines, LivePaused};
pub use logs::{
    ContextRequest, Facet, FacetValue, Facets, Histogram, HistogramBucket, LEVELS, LogPage, LogRequest,
    LogRow, QueryFault, StreamLabels,
};
pub use marks::{Mark, MarkKind};
pub use now::{
    DockerState, DockerStatus, Fault, HealthState, Intake, Now, RunState, ServiceTile, WorkloadRow,
};
pub use numbers::{NumberSeries, Numbers};
pub use views::{NewView, View};

/// Nanoseconds since the Unix epoch.
pub type Nanos = i64;

/// Milliseconds since the Unix epoch.
pub type Millis = i64;

/// The response header that carries the server's build, so that a page of an older one can offer to reload.
pub const BUILD_HEADER: &str = "x-porthole-build";
