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
    ("GET", "/services", Read),
    ("POST", "/flush", Ingest),
    ("POST", "/otlp/v1/logs", Ingest),
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
