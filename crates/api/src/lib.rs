//! The JSON types that the server and the page share, one module per subject.
//!
//! serde only: this crate is compiled for the host and for wasm32. Times are nanoseconds since the epoch
//! where they identify a line ([`Nanos`]) and milliseconds everywhere else ([`Millis`]). All paths are below
//! `/app/v1`.

#![forbid(unsafe_code)]

mod accounts;
mod alerts;
mod completion;
mod configuration;
mod dashboards;
mod download;
mod events;
mod fields;
mod incidents;
mod issues;
mod live;
mod logs;
mod marks;
mod metrics;
mod monitors;
mod now;
mod numbers;
mod performance;
mod projects;
mod queues;
mod releases;
mod requests;
mod routes;
mod services;
mod targets;
mod uptime;
mod views;

pub use accounts::{
    Credentials, NewToken, NewUser, PasswordChange, Role, Session, SessionUser, Setup, Token, TokenScope,
    TokenSecret, User,
};
pub use alerts::{
    AlertChange, AlertHistory, AlertPage, AlertReport, AlertRow, AlertRules, AlertState, Alerts, Backtest,
    BacktestSpan, CriticalAlert, HistoryRequest, NewAcknowledgement, NewBacktest, NewSilence, ReceiverRow,
    Receivers, ReportRequest, ReportRow, RuleOrigin, RulePage, RuleRow, RuleSaved, RuleState, RuleText,
    SilenceRow, SilenceState, Silences, Told,
};
pub use completion::{FieldName, Names, NamesRequest, QueryCheck, QueryKind, Values, ValuesRequest};
pub use configuration::{ConfigKey, ConfigSection, Configuration, DiskCost, KeyOrigin, StoreCost};
pub use dashboards::{
    DASHBOARD_PANELS_MAX, Dashboard, DashboardRow, NewDashboard, PANEL_QUERIES_MAX, Panel, PanelKind,
    PanelQuery, QueryLanguage,
};
pub use download::{DownloadForm, DownloadFormat};
pub use events::{
    Around, Attachment, Breadcrumb, ContainerThen, Context, DeployBefore, Event, EventList, EventPlace,
    EventRow, EventsRequest, Exception, Feedback, FieldFault, Frame, GroupPart, GroupedBy, Happened,
    JoinedBy, Pair, Thread, WebRequest,
};
pub use fields::{Field, FieldKind, FieldSource, FieldStats, Pattern, Patterns};
pub use incidents::{
    Cause, Certainty, Change, ChangeKind, CheckItem, CheckState, Checklist, DeployNumber, DeployPage,
    DeployPattern, Evidence, EvidenceDeploy, EvidenceIssue, EvidenceLine, EvidenceLink, Harm, Incident,
    IncidentPage, IncidentPart, Lane, LaneMark, Lanes, LanesRequest, MomentRequest, PartKind, Proof,
    Sentence, ServiceChecks, Severity, Situation, Step, TileNumbers, WeekNumber,
};
pub use issues::{
    Activity, ActivityKind, Issue, IssueChange, IssueMerge, IssuePage, IssueRequest, IssueRow, IssueSort,
    IssueStatus, IssueSubstatus, IssueUnmerge, IssueUpdate, IssuesChanged, LiveIssue, MergedHash, NewComment,
    ProjectName, SpanRequest, TagFacet, TagValue, TagValuesRequest,
};
pub use live::{LiveLines, LivePaused};
pub use logs::{
    ContextRequest, Facet, FacetValue, Facets, Histogram, HistogramBucket, LEVELS, LogPage, LogRequest,
    LogRow, QueryFault, StreamLabels,
};
pub use marks::{Mark, MarkKind};
pub use metrics::{InstantRequest, LabelsRequest, MetricName, MetricsRequest};
pub use monitors::{CheckIn, CheckInState, Monitor, MonitorRequest, MonitorRow, Monitors, MonitorsRequest};
pub use now::{
    DockerState, DockerStatus, Fault, HealthState, Intake, Now, RunState, ServiceTile, WorkloadRow,
};
pub use numbers::{NumberSeries, Numbers};
pub use performance::{
    Example, ExampleRow, Performance, PerformanceRequest, Span, SpanOperation, Transaction,
    TransactionRequest, TransactionRow, TransactionSort,
};
pub use projects::{
    NewProject, Project, ProjectKey, ProjectRow, ProjectSetup, Refused, RefusedCount, RefusedRow, SdkRow,
    TestSent,
};
pub use queues::{BrokerRow, QueueRow, Queues, TaskRow, WorkerRow};
pub use releases::{Deploy, Release, ReleaseRequest, ReleaseRow, Releases, ReleasesRequest};
pub use requests::{Moment, MomentKind, RequestPage, RequestRequest, RequestRow, Requests, RequestsRequest};
pub use routes::{
    CertificateRow, Certificates, EntrypointRow, RouteFinding, RoutePage, RouteRow, RouteServer, RouteState,
    Routes, RoutesRequest,
};
pub use services::{Chart, JobMetrics, ServicePage, ServiceRequest, ServiceRow};
pub use targets::{DroppedTargetRow, TargetHealth, TargetRow, Targets};
pub use uptime::{ProbeHealth, ProbeRow, Uptime, UptimeRequest};
pub use views::{NewView, View};

/// Nanoseconds since the Unix epoch.
pub type Nanos = i64;

/// Milliseconds since the Unix epoch.
pub type Millis = i64;

/// The response header that carries the server's build, so that a page of an older one can offer to reload.
pub const BUILD_HEADER: &str = "x-porthole-build";
