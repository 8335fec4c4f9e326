//! The table: what each route asks for. A route that is not listed here is not answered (a test compares the
//! table with the router).

use http::Method;

/// What a route asks of the one who calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// Nothing.
    Public,
    /// The key of a project, in whatever place its form has for it: the handler looks. Sessions, tokens and the page
    /// that sends do not count, since anybody's page may send errors.
    Dsn,
    /// To be signed in, in whatever role. Tokens are not: these routes are about oneself.
    SignedIn,
    /// To see everything: a session of any role, or a token of scope `read`.
    Read,
    /// To see what programs see through Sentry's API: a session of any role, or a token of scope `read` or `release`.
    Browse,
    /// To tell releases and change issues through Sentry's API: a session of an editor, or a token of scope `release`.
    Release,
    /// To bring data: a token of scope `ingest`, or a session of an editor.
    Ingest,
    /// To change what is made on the page: a session of an editor. No token does.
    Edit,
    /// To manage users and tokens: a session of an admin. No token does.
    Admin,
}

use Permission::{Admin, Browse, Dsn, Edit, Ingest, Public, Read, Release, SignedIn};

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
    // Sentry: the intake. Each route with the last slash and without.
    ("POST", "/api/{project}/envelope/", Dsn),
    ("POST", "/api/{project}/store/", Dsn),
    ("POST", "/api/store/", Dsn),
    ("POST", "/api/tunnel/", Dsn),
    ("POST", "/api/{project}/security/", Dsn),
    ("POST", "/api/{project}/csp-report/", Dsn),
    ("POST", "/api/{project}/nel/", Dsn),
    ("GET POST", "/api/{project}/cron/{monitor}/", Dsn),
    ("GET POST", "/api/{project}/cron/{monitor}/{key}/", Dsn),
    ("POST", "/api/{project}/events/{event}/attachments/", Dsn),
    ("GET POST", "/api/embed/error-page/", Dsn),
    ("POST", "/api/{project}/minidump/", Dsn),
    ("POST", "/api/{project}/unreal/{key}/", Dsn),
    ("POST", "/api/{project}/playstation/", Dsn),
    ("POST", "/api/{project}/integration/otlp/v1/traces/", Dsn),
    ("POST", "/api/{project}/integration/otlp/v1/logs/", Dsn),
    // Sentry: the web API
    ("GET", "/api/0/", Browse),
    ("GET", "/api/0/organizations/", Browse),
    ("GET", "/api/0/organizations/{org}/", Browse),
    ("GET", "/api/0/organizations/{org}/projects/", Browse),
    ("GET", "/api/0/organizations/{org}/teams/", Browse),
    ("GET", "/api/0/organizations/{org}/repos/", Browse),
    ("GET", "/api/0/organizations/{org}/tags/", Browse),
    ("GET", "/api/0/organizations/{org}/monitors/", Browse),
    ("GET", "/api/0/projects/", Browse),
    ("GET", "/api/0/projects/{org}/{project}/", Browse),
    ("GET POST", "/api/0/organizations/{org}/chunk-upload/", Browse),
    ("GET POST", "/api/0/organizations/{org}/artifactbundle/assemble/", Browse),
    ("GET POST", "/api/0/projects/{org}/{project}/files/difs/assemble/", Browse),
    ("GET", "/api/0/organizations/{org}/issues/", Browse),
    ("PUT", "/api/0/organizations/{org}/issues/", Release),
    ("GET", "/api/0/projects/{org}/{project}/issues/", Browse),
    ("PUT", "/api/0/projects/{org}/{project}/issues/", Release),
    ("GET", "/api/0/issues/{issue}/", Browse),
    ("PUT DELETE", "/api/0/issues/{issue}/", Release),
    ("GET", "/api/0/organizations/{org}/issues/{issue}/", Browse),
    ("PUT DELETE", "/api/0/organizations/{org}/issues/{issue}/", Release),
    ("GET", "/api/0/issues/{issue}/events/", Browse),
    ("GET", "/api/0/organizations/{org}/issues/{issue}/events/", Browse),
    ("GET", "/api/0/issues/{issue}/events/{event}/", Browse),
    ("GET", "/api/0/organizations/{org}/issues/{issue}/events/{event}/", Browse),
    ("GET", "/api/0/issues/{issue}/tags/", Browse),
    ("GET", "/api/0/organizations/{org}/issues/{issue}/tags/", Browse),
    ("GET", "/api/0/organizations/{org}/eventids/{event}/", Browse),
    ("GET", "/api/0/projects/{org}/{project}/events/", Browse),
    ("GET", "/api/0/projects/{org}/{project}/events/{event}/", Browse),
    ("GET", "/api/0/organizations/{org}/releases/", Browse),
    ("POST", "/api/0/organizations/{org}/releases/", Release),
    ("GET", "/api/0/projects/{org}/{project}/releases/", Browse),
    ("POST", "/api/0/projects/{org}/{project}/releases/", Release),
    ("GET", "/api/0/organizations/{org}/releases/{version}/", Browse),
    ("PUT DELETE", "/api/0/organizations/{org}/releases/{version}/", Release),
    ("GET", "/api/0/projects/{org}/{project}/releases/{version}/", Browse),
    ("PUT DELETE", "/api/0/projects/{org}/{project}/releases/{version}/", Release),
    ("GET", "/api/0/organizations/{org}/releases/{version}/deploys/", Browse),
    ("POST", "/api/0/organizations/{org}/releases/{version}/deploys/", Release),
    ("GET", "/api/0/projects/{org}/{project}/releases/{version}/deploys/", Browse),
    ("POST", "/api/0/projects/{org}/{project}/releases/{version}/deploys/", Release),
    ("GET", "/api/0/organizations/{org}/releases/{version}/commits/", Browse),
    ("GET POST PUT PATCH DELETE", "/api/0/{*path}", Browse),
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
    ("GET", "/app/v1/issues", Read),
    ("GET", "/app/v1/issues/values", Read),
    ("POST", "/app/v1/issues/update", Edit),
    ("POST", "/app/v1/issues/merge", Edit),
    ("GET", "/app/v1/issues/{id}", Read),
    ("GET", "/app/v1/issues/{id}/tags/{name}", Read),
    ("POST", "/app/v1/issues/{id}/comments", Edit),
    ("POST", "/app/v1/issues/{id}/unmerge", Edit),
    ("GET", "/app/v1/issues/{id}/events", Read),
    ("GET", "/app/v1/issues/{id}/event/{which}", Read),
    ("GET", "/app/v1/events/{id}", Read),
    ("GET", "/app/v1/events/{project}/{event}/around", Read),
    ("GET", "/app/v1/attachments/{id}", Read),
    ("GET", "/app/v1/performance", Read),
    ("GET", "/app/v1/performance/transaction", Read),
    ("GET", "/app/v1/performance/example/{id}", Read),
    ("GET", "/app/v1/releases", Read),
    ("GET", "/app/v1/releases/{version}", Read),
    ("GET", "/app/v1/monitors", Read),
    ("GET", "/app/v1/monitors/{slug}", Read),
    ("DELETE", "/app/v1/monitors/{slug}", Edit),
    ("GET", "/app/v1/projects", Read),
    ("POST", "/app/v1/projects", Admin),
    ("GET", "/app/v1/projects/{id}", Read),
    ("PUT DELETE", "/app/v1/projects/{id}", Admin),
    ("POST", "/app/v1/projects/{id}/keys", Admin),
    ("DELETE", "/app/v1/projects/{id}/keys/{key}", Admin),
    ("POST", "/app/v1/projects/{id}/test", Edit),
    ("GET", "/app/v1/projects/{id}/refused", Read),
];

/// What a route asks for; `None`: the table does not have it.
pub(super) fn permission(method: &Method, route: &str) -> Option<Permission> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    TABLE
        .iter()
        .find(|(methods, path, _)| is_route(path, route) && methods.split(' ').any(|known| known == method))
        .map(|(_, _, permission)| *permission)
}

/// Whether a route is the one of the table, which may have a last slash more.
fn is_route(path: &str, route: &str) -> bool {
    path == route || path.strip_suffix('/') == Some(route)
}

/// The methods that a route answers, as `Allow` lists them.
pub(super) fn methods(route: &str) -> String {
    let of_route = TABLE.iter().filter(|(_, path, _)| is_route(path, route));
    of_route.flat_map(|(methods, _, _)| methods.split(' ')).collect::<Vec<_>>().join(", ")
}
