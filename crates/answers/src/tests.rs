//! One request put together from what a scripted set of engines knows.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use api::{MomentKind, RequestRow, RouteRow, RouteServer, RouteState};
use model::{Labels, Timestamp};

use super::*;

const ID: &str = "0193a5b0-0c00-7abc-8def-0123456789ab";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// What engines know: lines by query, and the rest.
#[derive(Default)]
struct Known {
    lines: BTreeMap<String, Vec<Line>>,
    errors: Vec<Thrown>,
    done: Vec<Done>,
    happened: Vec<(Timestamp, String)>,
    routes: Vec<RouteRow>,
    asked: RefCell<Vec<(String, Span)>>,
}

impl Lines for Known {
    type Error = std::convert::Infallible;

    fn lines(&self, query: &str, span: Span, limit: usize) -> Result<Vec<Line>, Self::Error> {
        self.asked.borrow_mut().push((query.to_owned(), span));
        let within = |line: &&Line| (span.start..span.end).contains(&line.at);
        let found = self.lines.get(query).into_iter().flatten().filter(within);
        Ok(found.take(limit).cloned().collect())
    }
}

impl Signals for Known {
    fn errors(&self, _: &str, _: Span) -> Result<Vec<Thrown>, Self::Error> {
        Ok(self.errors.clone())
    }

    fn transactions(&self, _: &str, _: Span) -> Result<Vec<Done>, Self::Error> {
        Ok(self.done.clone())
    }

    fn happened(&self, _: &str, _: Span) -> Result<Vec<(Timestamp, String)>, Self::Error> {
        Ok(self.happened.clone())
    }

    fn routes(&self) -> Vec<RouteRow> {
        self.routes.clone()
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_732_000_000 + seconds)
}

fn line(seconds: i64, stream: &str, text: &str) -> Line {
    let labels = Labels::from_pairs([
        ("service", "web"),
        ("project", "shop"),
        ("container", "shop-web-1"),
        ("stream", stream),
    ]);
    Line { at: at(seconds), labels, text: text.to_owned(), is_error: false }
}

fn entry(status: u16) -> String {
    format!(
        r#"{{"level":"info","status":{status},"method":"GET","domain":"shop.example","path":"/cart","query":"a=1","duration_ms":500,"upstream_ms":400.5,"bytes_out":12,"client":"203.0.113.9","request_id":"{ID}","trace_id":"{TRACE}","entrypoint":"web","router":"web@docker","target":"web-shop@docker","server":"172.18.0.3:8000"}}"#
    )
}

fn access() -> String {
    format!("{{stream=\"access\"}} |= \"{ID}\"")
}

#[test]
fn a_request_is_found_by_its_own_id_and_near_its_time_first() {
    let known = Known {
        lines: BTreeMap::from([(access(), vec![line(20, "access", &entry(200)), line(10, "access", "{}")])]),
        ..Known::default()
    };
    let (ended, row) = find(&known, ID, Some(at(21)), at(9_000)).unwrap().expect("an entry");
    assert_eq!((ended, row.path.as_str(), row.container.as_str()), (at(20), "/cart?a=1", "shop-web-1"));
    assert_eq!(known.asked.borrow().len(), 1, "the hint was enough");
    for id in ["", "a b", "x\"y", "un-known"] {
        assert_eq!(find(&known, id, None, at(30)).unwrap(), None, "{id}");
    }
}

#[test]
fn an_id_of_ours_tells_when_it_was_made() {
    let known = Known::default();
    assert_eq!(find(&known, ID, None, at(0)).unwrap(), None);
    let (_, first) = known.asked.borrow()[0].clone();
    let made = Timestamp::from_millis(0x0193_a5b0_0c00);
    assert!(first.start < made && made < first.end);
}

#[test]
fn one_timeline_holds_what_every_engine_knows() {
    let said = format!(r#"{{stream=~".+",stream!~"access|event"}} |= "{ID}" or "{TRACE}""#);
    let row = row(&line(0, "access", "").labels, at(20), &entry(500)).expect("an entry");
    let known = Known {
        lines: BTreeMap::from([(said.clone(), vec![line(20, "stdout", "ValueError")])]),
        errors: vec![Thrown {
            at: at(20).minus(Duration::from_millis(50)),
            event: "e1".into(),
            issue: 7,
            project: "shop".into(),
            text: "ValueError: no".into(),
        }],
        done: vec![Done {
            at: at(20).minus(Duration::from_millis(490)),
            duration: Duration::from_millis(400),
            is_step: false,
            failed: true,
            place: "shop".into(),
            text: "GET /cart".into(),
            example: 3,
        }],
        happened: vec![(at(-5), "shop-web-1 was started again".into())],
        ..Known::default()
    };
    let page = request(&known, &(at(20), row)).unwrap();
    let told: Vec<_> =
        page.moments.iter().map(|moment| (moment.kind, moment.offset_ms.round() as i64)).collect();
    use MomentKind::*;
    assert_eq!(
        told,
        [
            (Event, -24_500),
            (Proxy, 0),
            (Transaction, 10),
            (Proxy, 401),
            (Error, 450),
            (Proxy, 500),
            (Line, 500)
        ]
    );
    assert_eq!((page.lines_query, page.missing.len()), (said, 0));
    assert_eq!(page.moments[4].href, "/issues/7/events/e1");
    assert!(page.advice[0].contains("error event"), "{:?}", page.advice);
}

#[test]
fn without_ids_in_lines_what_the_container_said_meanwhile_is_shown() {
    let nearby = r#"{container="shop-web-1",stream!~"access|event"}"#;
    let row = row(&line(0, "access", "").labels, at(20), &entry(200)).expect("an entry");
    let lines = vec![line(20, "stdout", "meanwhile"), line(3, "stdout", "long before")];
    let known = Known { lines: BTreeMap::from([(nearby.to_owned(), lines)]), ..Known::default() };
    let page = request(&known, &(at(20), row)).unwrap();
    let said: Vec<_> = page.moments.iter().filter(|moment| moment.kind == MomentKind::Nearby).collect();
    assert_eq!(said.len(), 1, "{:?}", page.moments);
    assert!(page.missing[0].contains("X-Request-ID"), "{:?}", page.missing);
}

fn failed(status: u16, why: &str) -> RequestRow {
    RequestRow {
        method: "GET".into(),
        domain: "shop.example".into(),
        path: "/cart".into(),
        entrypoint: "web".into(),
        router: "web@docker".into(),
        target: "web-shop@docker".into(),
        container: "shop-web-1".into(),
        server: "172.18.0.3:8000".into(),
        duration_ms: 1_234.0,
        status,
        why: why.into(),
        ..RequestRow::default()
    }
}

fn route(entrypoint: &str, state: RouteState, servers: &[(&str, bool)]) -> RouteRow {
    let server = |(state, ready): &(&str, bool)| RouteServer {
        name: "shop-web-1".into(),
        state: (*state).into(),
        ready: *ready,
        ..RouteServer::default()
    };
    RouteRow {
        name: "web@docker".into(),
        rule: "Host(`shop.example`) && PathPrefix(`/api`)".into(),
        entrypoints: vec![entrypoint.into()],
        state,
        servers: servers.iter().map(server).collect(),
        ..RouteRow::default()
    }
}

/// What is said holds these words, and the advice those.
fn check(row: &RequestRow, routes: &[RouteRow], what: &str, advice: &str) {
    let explained = explain(row, routes);
    assert!(explained.what.contains(what), "{what} is not in {explained:?}");
    assert!(explained.advice.join(" ").contains(advice), "{advice} is not in {explained:?}");
}

#[test]
fn failures_are_explained() {
    use RouteState::*;
    let unrouted = RequestRow { router: String::new(), ..failed(404, "no_router") };
    let working = [route("web", Working, &[("ready", true)])];
    let elsewhere = [route("websecure", Working, &[])];
    let stopped = [route("web", Unavailable, &[("stopped", false)])];
    check(&unrouted, &[], "No route takes requests for the host shop.example", "rule=Host(`shop.example`)");
    check(&unrouted, &working, "none takes this request", "PathPrefix(`/api`)");
    check(&unrouted, &elsewhere, "none takes this request", "add web to its entrypoints");
    check(
        &failed(503, "no_server"),
        &stopped,
        "No server of web-shop@docker",
        "shop-web-1 is stopped: start it",
    );
    check(&failed(503, "no_server"), &working, "No server", "by now");
    check(&failed(502, "connect_refused"), &working, "shop-web-1 (172.18.0.3:8000) runs", "0.0.0.0");
    check(&failed(504, "connect_timeout"), &[], "in time", "traefik.docker.network");
    check(&failed(502, "upstream_closed"), &[], "closed the connection before it answered", "keep-alive");
    check(&failed(504, "upstream_timeout"), &[], "did not begin to answer within 1.2 s", "task");
    check(&failed(500, ""), &[], "The application itself answered 500", "container said");
    check(&failed(404, ""), &[], "The application itself answered 404", "stripPrefix");
    check(&failed(200, ""), &[], "answered 200 after 1.2 s", "");
    let limited =
        RequestRow { detail: "limit@file: 100 requests a second".into(), ..failed(429, "middleware") };
    check(
        &limited,
        &[],
        "The middleware limit@file answered 429 in the application's place: 100 requests",
        "",
    );
    check(&failed(499, "client_gone"), &[], "The client went away after 1.2 s", "time-out");
    check(&failed(499, "a_word_of_tomorrow"), &[], "a_word_of_tomorrow", "");
}
