//! Through the router: who may do what, sign-in, origins, headers.

use std::fmt::Write;

use api::{Role, TokenScope};
use axum::body::Body;
use expect_test::expect;
use http::{HeaderName, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access::{Permission, TABLE};
use crate::testing::{Answer, Caller, Fixture, PASSWORD};

const CALLERS: [(&str, Caller); 8] = [
    ("nobody", Caller::Nobody),
    ("guess", Caller::WrongToken),
    ("viewer", Caller::Signed(Role::Viewer)),
    ("editor", Caller::Signed(Role::Editor)),
    ("admin", Caller::Signed(Role::Admin)),
    ("read", Caller::Token(TokenScope::Read)),
    ("ingest", Caller::BasicToken(TokenScope::Ingest)),
    ("release", Caller::Token(TokenScope::Release)),
];

/// A part of a path that names something, which is not there.
fn named(part: &str) -> &str {
    match part {
        "{org}" => "porthole",
        "{name}" | "{*path}" => "nobody",
        part if part.starts_with('{') => "99",
        part => part,
    }
}

/// 401 and 403 are the guard's; every other status means that the handler was asked.
#[tokio::test]
async fn who_may_do_what() {
    let fixture = Fixture::new().await;
    let mut told = format!("{:77}", "");
    for (name, _) in CALLERS {
        write!(told, "{name:>8}").expect("memory");
    }
    for (methods, path, permission) in TABLE {
        for method in methods.split(' ') {
            write!(told, "\n{method:7}{path:70}").expect("memory");
            for (_, caller) in CALLERS {
                let path = path.split('/').map(named).collect::<Vec<_>>().join("/");
                let request = fixture.request(caller, method, &path).body(Body::empty()).expect("a request");
                let status = fixture.open(request).await.status();
                let word = match status.as_u16() {
                    // These ask for a key of a project, and for nothing else.
                    400..=404 | 501 if *permission == Permission::Dsn => "key",
                    401 => "401",
                    403 => "403",
                    404 | 405 if !path.contains("nobody") && !path.contains("99") => "MISSING",
                    _ => "yes",
                };
                write!(told, "{word:>8}").expect("memory");
            }
        }
    }
    expect![[r#"
                                                                                       nobody   guess  viewer  editor   admin    read  ingest release
        GET    /ready                                                                     yes     yes     yes     yes     yes     yes     yes     yes
        GET    /-/ready                                                                   yes     yes     yes     yes     yes     yes     yes     yes
        GET    /-/healthy                                                                 yes     yes     yes     yes     yes     yes     yes     yes
        GET    /metrics                                                                   401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/push                                                          401     401     403     yes     yes     403     yes     403
        POST   /api/prom/push                                                             401     401     403     yes     yes     403     yes     403
        GET    /loki/api/v1/query                                                         401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/query                                                         401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/query_range                                                   401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/query_range                                                   401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/labels                                                        401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/labels                                                        401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/label                                                         401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/label                                                         401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/label/{name}/values                                           401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/label/{name}/values                                           401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/series                                                        401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/series                                                        401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/format_query                                                  401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/format_query                                                  401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/tail                                                          401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/patterns                                                      401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/patterns                                                      401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/detected_labels                                               401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/detected_labels                                               401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/detected_fields                                               401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/detected_fields                                               401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/detected_field/{name}/values                                  401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/detected_field/{name}/values                                  401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/index/stats                                                   401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/index/stats                                                   401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/index/volume                                                  401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/index/volume                                                  401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/index/volume_range                                            401     401     yes     yes     yes     yes     403     403
        POST   /loki/api/v1/index/volume_range                                            401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/status/buildinfo                                              401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/drilldown-limits                                              401     401     yes     yes     yes     yes     403     403
        GET    /config/tenant/v1/limits                                                   401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/rules                                                         401     401     yes     yes     yes     yes     403     403
        GET    /prometheus/api/v1/rules                                                   401     401     yes     yes     yes     yes     403     403
        GET    /prometheus/api/v1/alerts                                                  401     401     yes     yes     yes     yes     403     403
        GET    /loki/api/v1/delete                                                        401     401     403     403     yes     403     403     403
        POST   /loki/api/v1/delete                                                        401     401     403     403     yes     403     403     403
        PUT    /loki/api/v1/delete                                                        401     401     403     403     yes     403     403     403
        DELETE /loki/api/v1/delete                                                        401     401     403     403     yes     403     403     403
        POST   /flush                                                                     401     401     403     yes     yes     403     yes     403
        POST   /otlp/v1/logs                                                              401     401     403     yes     yes     403     yes     403
        GET    /api/v1/query                                                              401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/query                                                              401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/query_range                                                        401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/query_range                                                        401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/query_exemplars                                                    401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/query_exemplars                                                    401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/format_query                                                       401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/format_query                                                       401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/parse_query                                                        401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/parse_query                                                        401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/series                                                             401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/series                                                             401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/labels                                                             401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/labels                                                             401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/label/{name}/values                                                401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/metadata                                                           401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/targets                                                            401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/targets/metadata                                                   401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/scrape_pools                                                       401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/rules                                                              401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/alerts                                                             401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/features                                                           401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/status/buildinfo                                                   401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/status/runtimeinfo                                                 401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/status/config                                                      401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/status/flags                                                       401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/status/tsdb                                                        401     401     yes     yes     yes     yes     403     403
        GET    /api/v1/status/walreplay                                                   401     401     yes     yes     yes     yes     403     403
        GET    /federate                                                                  401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/read                                                               401     401     yes     yes     yes     yes     403     403
        POST   /api/v1/write                                                              401     401     403     yes     yes     403     yes     403
        POST   /api/v1/otlp/v1/metrics                                                    401     401     403     yes     yes     403     yes     403
        POST   /otlp/v1/metrics                                                           401     401     403     yes     yes     403     yes     403
        GET    /api/v2/status                                                             401     401     yes     yes     yes     yes     403     yes
        GET    /api/v2/receivers                                                          401     401     yes     yes     yes     yes     403     yes
        GET    /api/v2/alerts                                                             401     401     yes     yes     yes     yes     403     yes
        POST   /api/v2/alerts                                                             401     401     403     yes     yes     403     yes     403
        GET    /api/v2/alerts/groups                                                      401     401     yes     yes     yes     yes     403     yes
        GET    /api/v2/silences                                                           401     401     yes     yes     yes     yes     403     yes
        POST   /api/v2/silences                                                           401     401     403     yes     yes     403     403     yes
        GET    /api/v2/silence/{id}                                                       401     401     yes     yes     yes     yes     403     yes
        DELETE /api/v2/silence/{id}                                                       401     401     403     yes     yes     403     403     yes
        GET    /ack/style.css                                                             yes     yes     yes     yes     yes     yes     yes     yes
        GET    /ack/{token}                                                               yes     yes     yes     yes     yes     yes     yes     yes
        POST   /ack/{token}                                                               yes     yes     yes     yes     yes     yes     yes     yes
        POST   /hooks/twilio/{token}                                                      403     403     403     403     403     403     403     403
        POST   /hooks/slack                                                               403     403     403     403     403     403     403     403
        GET    /api/version                                                               401     401     yes     yes     yes     yes     403     403
        GET    /api/overview                                                              401     401     yes     yes     yes     yes     403     403
        GET    /api/rawdata                                                               401     401     yes     yes     yes     yes     403     403
        GET    /api/entrypoints                                                           401     401     yes     yes     yes     yes     403     403
        GET    /api/entrypoints/{name}                                                    401     401     yes     yes     yes     yes     403     403
        GET    /api/http/routers                                                          401     401     yes     yes     yes     yes     403     403
        GET    /api/http/routers/{name}                                                   401     401     yes     yes     yes     yes     403     403
        GET    /api/http/services                                                         401     401     yes     yes     yes     yes     403     403
        GET    /api/http/services/{name}                                                  401     401     yes     yes     yes     yes     403     403
        GET    /api/http/middlewares                                                      401     401     yes     yes     yes     yes     403     403
        GET    /api/http/middlewares/{name}                                               401     401     yes     yes     yes     yes     403     403
        GET    /api/tcp/routers                                                           401     401     yes     yes     yes     yes     403     403
        GET    /api/tcp/routers/{name}                                                    401     401     yes     yes     yes     yes     403     403
        GET    /api/tcp/services                                                          401     401     yes     yes     yes     yes     403     403
        GET    /api/tcp/services/{name}                                                   401     401     yes     yes     yes     yes     403     403
        GET    /api/tcp/middlewares                                                       401     401     yes     yes     yes     yes     403     403
        GET    /api/tcp/middlewares/{name}                                                401     401     yes     yes     yes     yes     403     403
        GET    /api/udp/routers                                                           401     401     yes     yes     yes     yes     403     403
        GET    /api/udp/routers/{name}                                                    401     401     yes     yes     yes     yes     403     403
        GET    /api/udp/services                                                          401     401     yes     yes     yes     yes     403     403
        GET    /api/udp/services/{name}                                                   401     401     yes     yes     yes     yes     403     403
        POST   /api/{project}/envelope/                                                   key     key     key     key     key     key     key     key
        POST   /api/{project}/store/                                                      key     key     key     key     key     key     key     key
        POST   /api/store/                                                                key     key     key     key     key     key     key     key
        POST   /api/tunnel/                                                               key     key     key     key     key     key     key     key
        POST   /api/{project}/security/                                                   key     key     key     key     key     key     key     key
        POST   /api/{project}/csp-report/                                                 key     key     key     key     key     key     key     key
        POST   /api/{project}/nel/                                                        yes     yes     yes     yes     yes     yes     yes     yes
        GET    /api/{project}/cron/{monitor}/                                             key     key     key     key     key     key     key     key
        POST   /api/{project}/cron/{monitor}/                                             key     key     key     key     key     key     key     key
        GET    /api/{project}/cron/{monitor}/{key}/                                       key     key     key     key     key     key     key     key
        POST   /api/{project}/cron/{monitor}/{key}/                                       key     key     key     key     key     key     key     key
        POST   /api/{project}/events/{event}/attachments/                                 key     key     key     key     key     key     key     key
        GET    /api/embed/error-page/                                                     key     key     key     key     key     key     key     key
        POST   /api/embed/error-page/                                                     key     key     key     key     key     key     key     key
        POST   /api/{project}/minidump/                                                   key     key     key     key     key     key     key     key
        POST   /api/{project}/unreal/{key}/                                               key     key     key     key     key     key     key     key
        POST   /api/{project}/playstation/                                                key     key     key     key     key     key     key     key
        POST   /api/{project}/integration/otlp/v1/traces/                                 key     key     key     key     key     key     key     key
        POST   /api/{project}/integration/otlp/v1/logs/                                   key     key     key     key     key     key     key     key
        GET    /api/0/                                                                    401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/                                                      401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/                                                401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/projects/                                       401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/teams/                                          401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/repos/                                          401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/tags/                                           401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/monitors/                                       401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/projects/                                                           401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/projects/{org}/{project}/                                           401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/chunk-upload/                                   401     401     yes     yes     yes     yes     403     yes
        POST   /api/0/organizations/{org}/chunk-upload/                                   401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/artifactbundle/assemble/                        401     401     yes     yes     yes     yes     403     yes
        POST   /api/0/organizations/{org}/artifactbundle/assemble/                        401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/projects/{org}/{project}/files/difs/assemble/                       401     401     yes     yes     yes     yes     403     yes
        POST   /api/0/projects/{org}/{project}/files/difs/assemble/                       401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/issues/                                         401     401     yes     yes     yes     yes     403     yes
        PUT    /api/0/organizations/{org}/issues/                                         401     401     403     yes     yes     403     403     yes
        GET    /api/0/projects/{org}/{project}/issues/                                    401     401     yes     yes     yes     yes     403     yes
        PUT    /api/0/projects/{org}/{project}/issues/                                    401     401     403     yes     yes     403     403     yes
        GET    /api/0/issues/{issue}/                                                     401     401     yes     yes     yes     yes     403     yes
        PUT    /api/0/issues/{issue}/                                                     401     401     403     yes     yes     403     403     yes
        DELETE /api/0/issues/{issue}/                                                     401     401     403     yes     yes     403     403     yes
        GET    /api/0/organizations/{org}/issues/{issue}/                                 401     401     yes     yes     yes     yes     403     yes
        PUT    /api/0/organizations/{org}/issues/{issue}/                                 401     401     403     yes     yes     403     403     yes
        DELETE /api/0/organizations/{org}/issues/{issue}/                                 401     401     403     yes     yes     403     403     yes
        GET    /api/0/issues/{issue}/events/                                              401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/issues/{issue}/events/                          401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/issues/{issue}/events/{event}/                                      401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/issues/{issue}/events/{event}/                  401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/issues/{issue}/tags/                                                401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/issues/{issue}/tags/                            401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/eventids/{event}/                               401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/projects/{org}/{project}/events/                                    401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/projects/{org}/{project}/events/{event}/                            401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/organizations/{org}/releases/                                       401     401     yes     yes     yes     yes     403     yes
        POST   /api/0/organizations/{org}/releases/                                       401     401     403     yes     yes     403     403     yes
        GET    /api/0/projects/{org}/{project}/releases/                                  401     401     yes     yes     yes     yes     403     yes
        POST   /api/0/projects/{org}/{project}/releases/                                  401     401     403     yes     yes     403     403     yes
        GET    /api/0/organizations/{org}/releases/{version}/                             401     401     yes     yes     yes     yes     403     yes
        PUT    /api/0/organizations/{org}/releases/{version}/                             401     401     403     yes     yes     403     403     yes
        DELETE /api/0/organizations/{org}/releases/{version}/                             401     401     403     yes     yes     403     403     yes
        GET    /api/0/projects/{org}/{project}/releases/{version}/                        401     401     yes     yes     yes     yes     403     yes
        PUT    /api/0/projects/{org}/{project}/releases/{version}/                        401     401     403     yes     yes     403     403     yes
        DELETE /api/0/projects/{org}/{project}/releases/{version}/                        401     401     403     yes     yes     403     403     yes
        GET    /api/0/organizations/{org}/releases/{version}/deploys/                     401     401     yes     yes     yes     yes     403     yes
        POST   /api/0/organizations/{org}/releases/{version}/deploys/                     401     401     403     yes     yes     403     403     yes
        GET    /api/0/projects/{org}/{project}/releases/{version}/deploys/                401     401     yes     yes     yes     yes     403     yes
        POST   /api/0/projects/{org}/{project}/releases/{version}/deploys/                401     401     403     yes     yes     403     403     yes
        GET    /api/0/organizations/{org}/releases/{version}/commits/                     401     401     yes     yes     yes     yes     403     yes
        GET    /api/0/{*path}                                                             401     401     yes     yes     yes     yes     403     yes
        POST   /api/0/{*path}                                                             401     401     yes     yes     yes     yes     403     yes
        PUT    /api/0/{*path}                                                             401     401     yes     yes     yes     yes     403     yes
        PATCH  /api/0/{*path}                                                             401     401     yes     yes     yes     yes     403     yes
        DELETE /api/0/{*path}                                                             401     401     yes     yes     yes     yes     403     yes
        GET    /app/v1/session                                                            yes     yes     yes     yes     yes     yes     yes     yes
        POST   /app/v1/session                                                            yes     yes     yes     yes     yes     yes     yes     yes
        DELETE /app/v1/session                                                            401     401     yes     yes     yes     403     403     403
        POST   /app/v1/setup                                                              yes     yes     yes     yes     yes     yes     yes     yes
        PUT    /app/v1/password                                                           401     401     yes     yes     yes     403     403     403
        GET    /app/v1/users                                                              401     401     403     403     yes     403     403     403
        POST   /app/v1/users                                                              401     401     403     403     yes     403     403     403
        DELETE /app/v1/users/{name}                                                       401     401     403     403     yes     403     403     403
        GET    /app/v1/tokens                                                             401     401     403     403     yes     403     403     403
        POST   /app/v1/tokens                                                             401     401     403     403     yes     403     403     403
        DELETE /app/v1/tokens/{id}                                                        401     401     403     403     yes     403     403     403
        GET    /app/v1/now                                                                401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/live                                                               401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/query                                                         401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/histogram                                                     401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/facets                                                        401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/context                                                       401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/fields                                                        401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/patterns                                                      401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/marks                                                         401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/download                                                      401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/check                                                         401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/names                                                         401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/values                                                        401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/logs/numbers                                                       401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/views                                                              401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/views                                                              401     401     403     yes     yes     403     403     403
        DELETE /app/v1/views/{id}                                                         401     401     403     yes     yes     403     403     403
        GET    /app/v1/metrics/numbers                                                    401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/metrics/table                                                      401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/metrics/check                                                      401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/metrics/names                                                      401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/metrics/labels                                                     401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/services                                                           401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/services/{name}                                                    401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/services/{name}/lanes                                              401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/services/{name}/deploy                                             401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/configuration                                                      401     401     403     403     yes     403     403     403
        GET    /app/v1/situation                                                          401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/incidents                                                          401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/incidents/{id}                                                     401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/moment                                                             401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/checklist                                                          401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/targets                                                            401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/uptime                                                             401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/routes                                                             401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/routes/{name}                                                      401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/certificates                                                       401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/requests                                                           401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/requests/{id}                                                      401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/queues                                                             401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/dashboards                                                         401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/dashboards                                                         401     401     403     yes     yes     403     403     403
        GET    /app/v1/dashboards/{id}                                                    401     401     yes     yes     yes     yes     403     403
        PUT    /app/v1/dashboards/{id}                                                    401     401     403     yes     yes     403     403     403
        DELETE /app/v1/dashboards/{id}                                                    401     401     403     yes     yes     403     403     403
        GET    /app/v1/alerts                                                             401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/alerts/{id}                                                        401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/alerts/{id}/acknowledge                                            401     401     403     yes     yes     403     403     403
        DELETE /app/v1/alerts/{id}/acknowledge                                            401     401     403     yes     yes     403     403     403
        GET    /app/v1/history                                                            401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/silences                                                           401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/silences                                                           401     401     403     yes     yes     403     403     403
        DELETE /app/v1/silences/{id}                                                      401     401     403     yes     yes     403     403     403
        GET    /app/v1/rules                                                              401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/rules                                                              401     401     403     403     yes     403     403     403
        POST   /app/v1/rules/backtest                                                     401     401     403     yes     yes     403     403     403
        GET    /app/v1/rules/{name}                                                       401     401     yes     yes     yes     yes     403     403
        DELETE /app/v1/rules/{name}                                                       401     401     403     403     yes     403     403     403
        POST   /app/v1/rules/{name}/drill                                                 401     401     403     403     yes     403     403     403
        GET    /app/v1/receivers                                                          401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/receivers/{name}/test                                              401     401     403     403     yes     403     403     403
        GET    /app/v1/report                                                             401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/issues                                                             401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/issues/values                                                      401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/issues/update                                                      401     401     403     yes     yes     403     403     403
        POST   /app/v1/issues/merge                                                       401     401     403     yes     yes     403     403     403
        GET    /app/v1/issues/{id}                                                        401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/issues/{id}/tags/{name}                                            401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/issues/{id}/comments                                               401     401     403     yes     yes     403     403     403
        POST   /app/v1/issues/{id}/unmerge                                                401     401     403     yes     yes     403     403     403
        GET    /app/v1/issues/{id}/events                                                 401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/issues/{id}/event/{which}                                          401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/events/{id}                                                        401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/events/{project}/{event}/around                                    401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/attachments/{id}                                                   401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/performance                                                        401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/performance/transaction                                            401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/performance/example/{id}                                           401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/releases                                                           401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/releases/{version}                                                 401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/monitors                                                           401     401     yes     yes     yes     yes     403     403
        GET    /app/v1/monitors/{slug}                                                    401     401     yes     yes     yes     yes     403     403
        DELETE /app/v1/monitors/{slug}                                                    401     401     403     yes     yes     403     403     403
        GET    /app/v1/projects                                                           401     401     yes     yes     yes     yes     403     403
        POST   /app/v1/projects                                                           401     401     403     403     yes     403     403     403
        GET    /app/v1/projects/{id}                                                      401     401     yes     yes     yes     yes     403     403
        PUT    /app/v1/projects/{id}                                                      401     401     403     403     yes     403     403     403
        DELETE /app/v1/projects/{id}                                                      401     401     403     403     yes     403     403     403
        POST   /app/v1/projects/{id}/keys                                                 401     401     403     403     yes     403     403     403
        DELETE /app/v1/projects/{id}/keys/{key}                                           401     401     403     403     yes     403     403     403
        POST   /app/v1/projects/{id}/test                                                 401     401     403     yes     yes     403     403     403
        GET    /app/v1/projects/{id}/refused                                              401     401     yes     yes     yes     yes     403     403"#]].assert_eq(&told);
}

#[tokio::test]
async fn what_is_not_in_the_table_is_not_answered() {
    let fixture = Fixture::new().await;
    let check = async |method: &str, path: &str, status: u16, message: &str| {
        let request = fixture.request(Caller::Signed(Role::Admin), method, path);
        let answer = fixture.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["message"].as_str()),
            (status, Some(message)),
            "{method} {path}"
        );
    };
    check("PUT", "/app/v1/users", 405, "PUT is not answered here; send GET, POST").await;
    check("DELETE", "/ready", 405, "DELETE is not answered here; send GET").await;
    check("GET", "/app/v1/nothing", 404, "there is nothing at /app/v1/nothing").await;
    check("GET", "/loki/api/v1/nothing", 404, "there is nothing at /loki/api/v1/nothing").await;
    check("GET", "/api/v1/nothing", 404, "there is nothing at /api/v1/nothing").await;
}

/// A request of the viewer's browser with other headers than its own page would send.
async fn with_headers(
    fixture: &Fixture,
    method: &str,
    path: &str,
    headers: &[(&'static str, &'static str)],
) -> Answer {
    let mut request =
        fixture.request(Caller::Nobody, method, path).header("cookie", fixture.cookie("viewer"));
    for (name, value) in headers {
        request
            .headers_mut()
            .expect("headers")
            .insert(HeaderName::from_static(name), value.parse().expect("a value"));
    }
    fixture.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_session_changes_things_only_from_our_own_page() {
    let fixture = Fixture::new().await;
    let check = async |method: &str, headers: &[(&'static str, &'static str)], expected: u16| {
        let answer = with_headers(&fixture, method, "/app/v1/session", headers).await;
        assert_eq!(answer.status.as_u16(), expected, "{method} {headers:?}");
    };
    check("DELETE", &[("sec-fetch-site", "same-origin")], 204).await;
    check("DELETE", &[("origin", "http://localhost:4100")], 204).await;
    check("DELETE", &[], 403).await;
    check("DELETE", &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], 403).await;
    check("DELETE", &[("sec-fetch-site", "same-site"), ("origin", "http://localhost:8000")], 403).await;
    check("DELETE", &[("origin", "null")], 403).await;
    check("GET", &[("origin", "https://evil.example")], 200).await;
    check("POST", &[("origin", "https://evil.example")], 403).await;

    // A WebSocket is a GET that a foreign page can send with the cookie.
    let upgrade = [("upgrade", "websocket"), ("connection", "upgrade"), ("origin", "https://evil.example")];
    let answer = with_headers(&fixture, "GET", "/loki/api/v1/tail?query=%7Ba%3D%22b%22%7D", &upgrade).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn signing_in_gives_a_cookie_and_signing_out_takes_it() {
    let fixture = Fixture::new().await;
    let credentials = format!("{{\"name\":\"Viewer\",\"password\":\"{PASSWORD}\"}}");
    let answer = fixture.send_json(Caller::Nobody, "POST", "/app/v1/session", &credentials).await;
    expect![[
        r#"{"user":{"name":"viewer","role":"viewer"},"setup_needed":false,"open":false,"build":"1.2.3"}"#
    ]]
    .assert_eq(&answer.text());
    let set = answer.header("set-cookie");
    let (cookie, attributes) = set.split_once(';').expect("attributes");
    assert_eq!(attributes, " Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000");

    let ask = async |method: &str| {
        let request = fixture.request(Caller::Nobody, method, "/app/v1/session");
        let request = request.header("cookie", cookie).header("sec-fetch-site", "same-origin");
        fixture.send(request.body(Body::empty()).expect("a request")).await
    };
    let seen = ask("GET").await;
    assert_eq!(seen.json()["user"]["name"], "viewer");
    assert!(seen.header("set-cookie").starts_with(cookie), "the cookie lives on with the session");
    let out = ask("DELETE").await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").starts_with("porthole_session=; "));
    assert_eq!(ask("GET").await.json()["user"], serde_json::Value::Null);
}

#[tokio::test]
async fn wrong_passwords_are_slowed_down() {
    let fixture = Fixture::new().await;
    let wrong = "{\"name\":\"viewer\",\"password\":\"wrong horse\"}";
    let attempt = async || fixture.send_json(Caller::Nobody, "POST", "/app/v1/session", wrong).await;
    for _ in 0..10 {
        let answer = attempt().await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["message"].as_str()),
            (401, Some("the name or the password is wrong"))
        );
    }
    let answer = attempt().await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "31"));
    fixture.pass(31);
    assert_eq!(attempt().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_without_use() {
    let fixture = Fixture::new().await;
    let cookie = fixture.cookie("viewer");
    let look = async || {
        let request = fixture.request(Caller::Nobody, "GET", "/app/v1/now").header("cookie", &cookie);
        fixture.send(request.body(Body::empty()).expect("a request")).await.status.as_u16()
    };
    assert_eq!(look().await, 200);
    fixture.pass(29 * 86_400);
    assert_eq!(look().await, 200);
    fixture.pass(30 * 86_400);
    assert_eq!(look().await, 401);
}

#[tokio::test]
async fn the_setup_link_makes_the_first_user_once() {
    let fixture = Fixture::with("[server]\npublic_url = \"https://ops.example.com\"");
    let session = fixture.get(Caller::Nobody, "/app/v1/session").await.json();
    assert_eq!((&session["setup_needed"], &session["open"]), (&true.into(), &false.into()));
    let server = fixture.server.as_ref().expect("a server");
    let link = server.setup_link().await.expect("an answer").expect("a link");
    let secret = link.strip_prefix("https://ops.example.com/setup#").expect("the page's address");

    let set_up = async |name: &str| {
        let body = format!("{{\"secret\":\"{secret}\",\"name\":\"{name}\",\"password\":\"{PASSWORD}\"}}");
        fixture.send_json(Caller::Nobody, "POST", "/app/v1/setup", &body).await
    };
    assert_eq!(set_up("a b").await.status, StatusCode::BAD_REQUEST);
    let answer = set_up("ann").await;
    assert_eq!(answer.json()["user"], serde_json::json!({ "name": "ann", "role": "admin" }));
    assert!(answer.header("set-cookie").ends_with("; Secure"), "the page is reached by https");
    assert_eq!(set_up("bob").await.status, StatusCode::FORBIDDEN);
    assert_eq!(fixture.get(Caller::Nobody, "/app/v1/session").await.json()["setup_needed"], false);
    assert_eq!(server.setup_link().await.expect("an answer"), None);
}

#[tokio::test]
async fn the_password_of_the_settings_stands_in_for_the_link() {
    let fixture = Fixture::with(&format!("[auth]\nadmin_password = \"{PASSWORD}\""));
    let server = fixture.server.as_ref().expect("a server");
    assert_eq!(server.setup_link().await.expect("an answer"), None);
    let body = format!("{{\"name\":\"admin\",\"password\":\"{PASSWORD}\"}}");
    let answer = fixture.send_json(Caller::Nobody, "POST", "/app/v1/session", &body).await;
    assert_eq!(answer.json()["user"]["role"], "admin");
}

#[tokio::test]
async fn users_tokens_and_passwords_are_managed_over_http() {
    let fixture = Fixture::new().await;
    let admin = Caller::Signed(Role::Admin);
    let check = async |method: &str, path: &str, body: &str, status: u16, message: &str| {
        let answer = fixture.send_json(admin, method, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text());
        if !message.is_empty() {
            assert_eq!(answer.json()["message"], message);
        }
    };
    let bob = format!("{{\"name\":\"bob\",\"role\":\"viewer\",\"password\":\"{PASSWORD}\"}}");
    check("POST", "/app/v1/users", &bob, 201, "").await;
    check(
        "POST",
        "/app/v1/users",
        &bob,
        409,
        "there is a user `bob` already; choose another name, or set that user's password",
    )
    .await;
    check("DELETE", "/app/v1/users/bob", "", 204, "").await;
    check("DELETE", "/app/v1/users/bob", "", 404, "there is no user `bob`").await;
    check(
        "DELETE",
        "/app/v1/users/admin",
        "",
        409,
        "`admin` is the last admin; make another user admin first",
    )
    .await;
    check(
        "POST",
        "/app/v1/tokens",
        "{\"name\":\"x\",\"scopes\":[]}",
        400,
        "a token needs at least one scope: ingest, read or release",
    )
    .await;
    check("POST", "/app/v1/users", "{\"name\":1}", 400, "the body is not what is expected here: invalid type: integer `1`, expected a string at line 1 column 9").await;

    let made = fixture
        .send_json(admin, "POST", "/app/v1/tokens", "{\"name\":\"x\",\"scopes\":[\"read\"]}")
        .await
        .json();
    let listed = fixture.get(admin, "/app/v1/tokens").await;
    assert_eq!(listed.json(), serde_json::json!([made["token"]]));
    assert!(!listed.text().contains("secret"));
    check("DELETE", &format!("/app/v1/tokens/{}", made["token"]["id"]), "", 204, "").await;
    check("DELETE", "/app/v1/tokens/x", "", 400, "Invalid URL: Cannot parse `x` to a `i64`").await;

    let change = |current: &str| format!("{{\"current\":\"{current}\",\"new\":\"battery staple\"}}");
    check("PUT", "/app/v1/password", &change("wrong horse"), 403, "the current password is wrong").await;
    check("PUT", "/app/v1/password", &change(PASSWORD), 204, "").await;
    assert!(fixture.accounts.sign_in("admin", "battery staple".into()).await.expect("an answer").is_some());
}

#[tokio::test]
async fn forms_of_other_sites_are_not_read() {
    let fixture = Fixture::new().await;
    let request = fixture.request(Caller::Nobody, "POST", "/app/v1/session");
    let request = request.header("content-type", "text/plain");
    let answer = fixture.send(request.body(Body::from("{}")).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn without_passwords_only_this_machine_is_answered() {
    let fixture = Fixture::with("[server]\nlisten = \"127.0.0.1:4100\"\n[auth]\nmode = \"none\"");
    let check = async |path: &str, headers: &[(&'static str, &'static str)], expected: u16| {
        let mut request = fixture.request(Caller::Nobody, "GET", path);
        for (name, value) in headers {
            let value = value.parse().expect("a value");
            request.headers_mut().expect("headers").insert(HeaderName::from_static(name), value);
        }
        let answer = fixture.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status.as_u16(), expected, "{path} {headers:?}");
    };
    check("/app/v1/users", &[], 200).await;
    check("/app/v1/users", &[("host", "127.0.0.1:4100")], 200).await;
    check("/app/v1/users", &[("origin", "http://localhost:4100")], 200).await;
    check("/app/v1/users", &[("host", "evil.example:4100")], 403).await;
    check("/app/v1/users", &[("origin", "http://evil.example")], 403).await;
    check("/app/v1/users", &[("origin", "http://localhost:8000")], 403).await;
    check("/logs", &[("accept", "text/html"), ("host", "evil.example")], 403).await;
    let session = fixture.get(Caller::Nobody, "/app/v1/session").await.json();
    assert_eq!((&session["open"], &session["setup_needed"]), (&true.into(), &false.into()));
    assert_eq!(fixture.server.as_ref().expect("a server").setup_link().await.expect("an answer"), None);
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_it_may_do() {
    let fixture = Fixture::new().await;
    let told = |answer: &Answer| {
        let names = [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "x-frame-options",
            "cross-origin-opener-policy",
            "x-porthole-build",
            "cache-control",
        ];
        names.map(|name| format!("{name}: {}", answer.header(name))).join("\n")
    };
    let ready = told(&fixture.get(Caller::Nobody, "/ready").await);
    expect![[r#"
        content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'
        x-content-type-options: nosniff
        referrer-policy: same-origin
        x-frame-options: DENY
        cross-origin-opener-policy: same-origin
        x-porthole-build: 1.2.3
        cache-control: no-store"#]].assert_eq(&ready);
    for path in ["/app/v1/users", "/nothing.js", "/loki/api/v1/labels", "/app/v1/session"] {
        assert_eq!(told(&fixture.get(Caller::Nobody, path).await), ready, "{path}");
    }
    for path in ["/ready", "/-/ready", "/-/healthy"] {
        assert_eq!(fixture.get(Caller::Nobody, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn only_programs_are_challenged_and_loki_reads_plain_text() {
    let fixture = Fixture::new().await;
    let page = fixture.get(Caller::Nobody, "/app/v1/now").await;
    assert_eq!((page.status.as_u16(), page.header("www-authenticate")), (401, ""));
    assert_eq!(page.json()["message"], "sign in, or send a token (Authorization: Bearer <token>)");
    let loki = fixture.get(Caller::Nobody, "/loki/api/v1/labels").await;
    assert_eq!((loki.status.as_u16(), loki.header("www-authenticate")), (401, "Bearer realm=\"porthole\""));
    assert_eq!(loki.text(), "sign in, or send a token (Authorization: Bearer <token>)");
}

/// A server that listens, and a connection to it.
async fn connected(fixture: &mut Fixture) -> (TcpStream, CancellationToken, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (server, shutdown) = (fixture.server.take().expect("a server"), CancellationToken::new());
    let stop = shutdown.clone();
    let running = tokio::spawn(async move { server.run(listener, stop).await.expect("an end") });
    (TcpStream::connect(address).await.expect("a connection"), shutdown, running)
}

/// Reads until the text so far ends with `end`.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.expect("open");
        assert!(length > 0, "closed after {}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&piece[..length]);
    }
    String::from_utf8(text).expect("text")
}

#[tokio::test]
async fn a_refusal_reaches_a_sender_in_the_middle_of_its_body() {
    let mut fixture = Fixture::new().await;
    let token = fixture.token(TokenScope::Ingest);
    let (mut stream, shutdown, running) = connected(&mut fixture).await;
    let authorized = format!("authorization: Bearer {token}\r\n");
    for (path, more, status, end) in [
        ("/loki/api/v1/push", "", 401, "Bearer <token>)"),
        ("/loki/api/v1/push", &*authorized, 413, "smaller parts"),
        ("/nothing", "", 404, "at /nothing\"}"),
    ] {
        let length = 20 << 20;
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\n{more}content-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("sent");
        for _ in 0..20 {
            stream.write_all(&vec![b' '; 1 << 20]).await.expect("sent");
        }
        let answer = read_until(&mut stream, end).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
    drop(stream);
    shutdown.cancel();
    running.await.expect("an end");
}

#[tokio::test]
async fn live_streams_end_with_the_server() {
    let mut fixture = Fixture::new().await;
    let token = fixture.token(TokenScope::Read);
    let (mut stream, shutdown, running) = connected(&mut fixture).await;
    let head = format!("GET /app/v1/live HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let answer = read_until(&mut stream, "\n\n\r\n").await;
    assert!(answer.contains("event: now\n"), "{answer}");
    shutdown.cancel();
    running.await.expect("an end");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.expect("closed");
    assert!(rest.ends_with("0\r\n\r\n"), "it ended in order: {rest}");
}
