//! The table: what each route asks for. A route that is not listed here is not answered (a test compares the
//! table with the router).

use http::Method;

/// What a route asks of the one who calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// Nothing.
    Public,
    /// To be signed in, in whatever role. Tokens are not: these routes are about oneself.
    SignedIn,
    /// To see everything: a session of any role, or a token of scope `read`.
    Read,
    /// To bring data: a token of scope `ingest`, or a session of an editor.
    Ingest,
    /// To change what is made on the page: a session of an editor. No token does.
    Edit,
    /// To manage users and tokens: a session of an admin. No token does.
    Admin,
}

use Permission::{Admin, Edit, Ingest, Public, Read, SignedIn};

/// Methods, route, permission. `GET` means `HEAD` too.
pub(crate) const TABLE: &[(&str, &str, Permission)] = &[
    ("GET", "/ready", Public),
    ("GET", "/-/ready", Public),
    ("GET", "/-/healthy", Public),
    ("GET", "/metrics", Read),
    // Loki
    ("POST", "/loki/api/v1/push", Ingest),
    ("POST", "/api/prom/push", Ingest),
    ("GET POST", "/loki/api/v1/query", Read),
    ("GET POST", "/loki/api/v1/query_range", Read),
    ("GET POST", "/loki/api/v1/labels", Read),
    ("GET POST", "/loki/api/v1/label", Read),
    ("GET POST", "/loki/api/v1/label/{name}/values", Read),
    ("GET POST", "/loki/api/v1/series", Read),
    ("GET POST", "/loki/api/v1/format_query", Read),
    ("GET", "/loki/api/v1/tail", Read),
    ("GET POST", "/loki/api/v1/patterns", Read),
    ("GET POST", "/loki/api/v1/detected_labels", Read),
    ("GET POST", "/loki/api/v1/detected_fields", Read),
    ("GET POST", "/loki/api/v1/detected_field/{name}/values", Read),
    ("GET POST", "/loki/api/v1/index/stats", Read),
    ("GET POST", "/loki/api/v1/index/volume", Read),
    ("GET POST", "/loki/api/v1/index/volume_range", Read),
    ("GET", "/loki/api/v1/status/buildinfo", Read),
    ("GET", "/loki/api/v1/drilldown-limits", Read),
    ("GET", "/config/tenant/v1/limits", Read),
    ("GET", "/loki/api/v1/rules", Read),
    ("GET", "/prometheus/api/v1/rules", Read),
    ("GET", "/prometheus/api/v1/alerts", Read),
    ("GET POST PUT DELETE", "/loki/api/v1/delete", Read),
    ("POST", "/flush", Ingest),
    ("POST", "/otlp/v1/logs", Ingest),
    // Prometheus
    ("GET POST", "/api/v1/query", Read),
    ("GET POST", "/api/v1/query_range", Read),
    ("GET POST", "/api/v1/query_exemplars", Read),
    ("GET POST", "/api/v1/format_query", Read),
    ("GET POST", "/api/v1/series", Read),
    ("GET POST", "/api/v1/labels", Read),
    ("GET", "/api/v1/label/{name}/values", Read),
    ("GET", "/api/v1/metadata", Read),
    ("GET", "/api/v1/targets", Read),
    ("GET", "/api/v1/targets/metadata", Read),
    ("GET", "/api/v1/scrape_pools", Read),
    ("GET", "/api/v1/rules", Read),
    ("GET", "/api/v1/alerts", Read),
    ("GET", "/api/v1/features", Read),
    ("GET", "/api/v1/status/buildinfo", Read),
    ("GET", "/api/v1/status/runtimeinfo", Read),
    ("GET", "/api/v1/status/config", Read),
    ("GET", "/api/v1/status/flags", Read),
    ("GET", "/api/v1/status/tsdb", Read),
    ("GET", "/api/v1/status/walreplay", Read),
    ("GET", "/federate", Read),
    ("POST", "/api/v1/read", Read),
    ("POST", "/api/v1/write", Ingest),
    ("POST", "/api/v1/otlp/v1/metrics", Ingest),
    ("POST", "/otlp/v1/metrics", Ingest),
    // The page's own
    ("GET POST", "/app/v1/session", Public),
    ("DELETE", "/app/v1/session", SignedIn),
    ("POST", "/app/v1/setup", Public),
    ("PUT", "/app/v1/password", SignedIn),
    ("GET POST", "/app/v1/users", Admin),
    ("DELETE", "/app/v1/users/{name}", Admin),
    ("GET POST", "/app/v1/tokens", Admin),
    ("DELETE", "/app/v1/tokens/{id}", Admin),
    ("GET", "/app/v1/now", Read),
    ("GET", "/app/v1/live", Read),
    ("GET", "/app/v1/logs/query", Read),
    ("GET", "/app/v1/logs/histogram", Read),
    ("GET", "/app/v1/logs/facets", Read),
    ("GET", "/app/v1/logs/context", Read),
    ("GET", "/app/v1/logs/fields", Read),
    ("GET", "/app/v1/logs/patterns", Read),
    ("GET", "/app/v1/logs/marks", Read),
    ("GET", "/app/v1/logs/download", Read),
    ("GET", "/app/v1/logs/check", Read),
    ("GET", "/app/v1/logs/names", Read),
    ("GET", "/app/v1/logs/values", Read),
    ("GET", "/app/v1/logs/numbers", Read),
    ("GET", "/app/v1/views", Read),
    ("POST", "/app/v1/views", Edit),
    ("DELETE", "/app/v1/views/{id}", Edit),
    ("GET", "/app/v1/metrics/numbers", Read),
    ("GET", "/app/v1/metrics/table", Read),
    ("GET", "/app/v1/metrics/check", Read),
    ("GET", "/app/v1/metrics/names", Read),
    ("GET", "/app/v1/metrics/labels", Read),
    ("GET", "/app/v1/services", Read),
    ("GET", "/app/v1/services/{name}", Read),
    ("GET", "/app/v1/targets", Read),
    ("GET", "/app/v1/uptime", Read),
    ("GET", "/app/v1/queues", Read),
    ("GET", "/app/v1/dashboards", Read),
    ("POST", "/app/v1/dashboards", Edit),
    ("GET", "/app/v1/dashboards/{id}", Read),
    ("PUT DELETE", "/app/v1/dashboards/{id}", Edit),
];

/// What a route asks for; `None`: the table does not have it.
pub(super) fn permission(method: &Method, route: &str) -> Option<Permission> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    TABLE
        .iter()
        .find(|(methods, path, _)| *path == route && methods.split(' ').any(|known| known == method))
        .map(|(_, _, permission)| *permission)
}

/// The methods that a route answers, as `Allow` lists them.
pub(super) fn methods(route: &str) -> String {
    let of_route = TABLE.iter().filter(|(_, path, _)| *path == route);
    of_route.flat_map(|(methods, _, _)| methods.split(' ')).collect::<Vec<_>>().join(", ")
}
