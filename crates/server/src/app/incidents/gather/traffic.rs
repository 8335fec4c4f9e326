//! Requests of the last minute, from the proxy's own windows; how they usually go, from what was seen of the last hour.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use answers::seen::{Service, Traffic, Usual, Who};
use logql::{Direction, Page};
use model::Ordered as _;
use model::{TimeRange, Timestamp};

use super::{Look, entry};
use crate::app::evaluator::quoted;
use crate::app::logs::log_query;
use ::route::shown::{Picture, Window};

/// A window is noted so often, and kept so long.
const EVERY: Duration = Duration::from_secs(10);
const KEPT: usize = 360;
/// What is going on now is not what is usual.
const SETTLING: Duration = Duration::from_secs(60);
/// Of fewer requests nothing is usual.
const USUAL_MIN: u64 = 30;
/// Routes whose entries are read in one look, and entries of each.
const READ_MAX: usize = 5;
const ENTRIES_MAX: usize = 300;
const READ_BACK: Duration = Duration::from_secs(90);
/// Most of the entries are of one path.
const MOST: f64 = 0.7;
/// Where a fifth of the requests fails that is never usual, even if nothing else was ever seen.
const BROKEN_MIN: u64 = 3;
const BROKEN_PART: u64 = 5;

#[derive(Default)]
pub(super) struct Memory {
    routes: HashMap<String, VecDeque<Noted>>,
}

#[derive(Clone, Copy)]
struct Noted {
    at: Timestamp,
    requests: u64,
    failed: u64,
    p95_ms: Option<f64>,
}

/// All requests of a service in the last minute.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::app::incidents) struct Tally {
    pub(in crate::app::incidents) requests: u64,
    pub(in crate::app::incidents) failed: u64,
    pub(in crate::app::incidents) p95_ms: Option<f64>,
    pub(in crate::app::incidents) seconds: f64,
}

impl Memory {
    pub(super) fn look(
        &mut self,
        look: &Look<'_>,
        services: &mut BTreeMap<Who, Service>,
    ) -> BTreeMap<Who, Tally> {
        let picture = look.sources.proxy.picture();
        self.routes.retain(|name, _| picture.live_routers.contains_key(name));
        let (mut tallies, mut read_left) = (BTreeMap::new(), READ_MAX);
        for (route, who) in routes(&picture, look) {
            let Some(live) = picture.live_routers.get(&route) else { continue };
            let window = &live.window;
            let mut traffic = self.noted(&route, window, look.at);
            tally(tallies.entry(who.clone()).or_default(), window);
            if is_worth(&traffic) && read_left > 0 {
                read_left -= 1;
                read(look, &who, &mut traffic);
            }
            entry(services, who).traffic.push(traffic);
        }
        tallies
    }

    fn noted(&mut self, route: &str, window: &Window, at: Timestamp) -> Traffic {
        let noted = Noted {
            at,
            requests: window.requests(),
            failed: window.classes[5],
            p95_ms: window.p95.map(|p95| p95.as_secs_f64() * 1e3),
        };
        let all = self.routes.entry(route.to_owned()).or_default();
        let traffic = Traffic {
            route: route.to_owned(),
            requests: noted.requests,
            failed: noted.failed,
            p95_ms: noted.p95_ms,
            usual: usual(all, at),
            ..Traffic::default()
        };
        // What is far from usual must not become it.
        let is_strange = is_worth(&traffic) && traffic.usual.is_some();
        let is_broken = noted.failed >= BROKEN_MIN && noted.failed * BROKEN_PART >= noted.requests;
        if !is_strange && !is_broken && all.back().is_none_or(|last| at.since(last.at) >= EVERY) {
            all.push_back(noted);
            if all.len() > KEPT {
                all.pop_front();
            }
        }
        traffic
    }
}

/// Routers and whose requests they take.
fn routes(picture: &Picture, look: &Look<'_>) -> Vec<(String, Who)> {
    let of = |router: &::route::plan::Router| {
        let target = &router.target;
        let project = Some(target.project.as_str()).filter(|project| !project.is_empty());
        (!target.service.is_empty()).then(|| (router.name.to_string(), look.named(&target.service, project)))
    };
    picture.plan.routers.iter().filter_map(of).collect()
}

fn tally(tally: &mut Tally, window: &Window) {
    tally.requests += window.requests();
    tally.failed += window.classes[5];
    let p95 = window.p95.map(|p95| p95.as_secs_f64() * 1e3);
    tally.p95_ms = tally.p95_ms.into_iter().chain(p95).reduce(f64::max);
    tally.seconds = tally.seconds.max(window.span.as_secs_f64());
}

/// How the route's requests went before they became what they are.
fn usual(all: &VecDeque<Noted>, at: Timestamp) -> Option<Usual> {
    let settled: Vec<&Noted> = all.iter().filter(|noted| at.since(noted.at) >= SETTLING).collect();
    // Just after the start everything is still settling; the first windows are better than nothing.
    let few: Vec<&Noted> = all.iter().take(all.len().saturating_sub(1)).collect();
    let of = if settled.is_empty() { few } else { settled };
    let requests: u64 = of.iter().map(|noted| noted.requests).sum();
    if requests < USUAL_MIN {
        return None;
    }
    let failed: u64 = of.iter().map(|noted| noted.failed).sum();
    let mut p95s: Vec<f64> =
        of.iter().filter(|noted| noted.requests >= 5).filter_map(|noted| noted.p95_ms).collect();
    p95s.order_by(f64::total_cmp);
    Some(Usual {
        requests: requests as f64 / of.len() as f64,
        failed: failed as f64 / requests as f64,
        p95_ms: p95s.get(p95s.len() / 2).copied(),
    })
}

/// Whether its entries are worth reading.
fn is_worth(traffic: &Traffic) -> bool {
    let usually = traffic.usual.unwrap_or_default();
    let share = traffic.failed as f64 / (traffic.requests as f64).max(1.0);
    let fails = traffic.failed >= 2 && share >= (usually.failed * 2.0).max(0.005);
    let slow =
        traffic.p95_ms.zip(usually.p95_ms).is_some_and(|(now, usual)| now >= 300.0 && now >= usual * 2.0);
    fails || slow
}

/// Which path it is, whose requests they are, and why the proxy refused them.
fn read(look: &Look<'_>, who: &Who, traffic: &mut Traffic) {
    let fails = traffic.failed >= 2;
    let filter = if fails { " |= `{\"level\":\"error\"`" } else { "" };
    let service = quoted(&who.service);
    let route = quoted(&format!("\"router\":{}", serde_json::Value::from(traffic.route.as_str())));
    let query = format!("{{stream=\"access\",service={service}}}{filter} |= {route}");
    let Ok(query) = log_query(&query, "") else { return };
    let range = TimeRange { start: look.at.minus(READ_BACK), end: look.at.plus(Duration::from_secs(1)) };
    let page = Page { range, direction: Direction::Backward, limit: ENTRIES_MAX, after: None };
    let Ok(found) = look.allowance.spend(|budget| query.rows(&look.sources.logs, &page, budget)) else {
        return;
    };
    let rows = found.rows.iter().filter_map(|row| answers::row(&row.labels, row.timestamp, &row.line));
    let slowest = traffic.p95_ms.unwrap_or_default() * 0.7;
    let rows: Vec<api::RequestRow> = rows.filter(|row| fails || row.duration_ms >= slowest).collect();
    traffic.path = most(rows.iter().map(|row| shape(&row.path)), rows.len())
        .filter(|path| path != "/")
        .unwrap_or_default();
    if fails {
        traffic.why = most(rows.iter().map(|row| row.why.clone()), rows.len()).unwrap_or_default();
        let mut clients: Vec<&str> = rows.iter().map(|row| row.client.as_str()).collect();
        clients.order();
        clients.dedup();
        traffic.clients = clients.len() as u64;
    }
}

/// What most of them are.
fn most(values: impl Iterator<Item = String>, all: usize) -> Option<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let (value, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count as f64 >= all as f64 * MOST).then_some(value)
}

/// A path without what differs from request to request.
fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let part = |part: &str| {
        let is_id = part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
            || !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_id { "<id>".to_owned() } else { part.to_owned() }
    };
    let parts: Vec<String> = path.split('/').take(6).map(part).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_without_what_differs() {
        assert_eq!(shape("/orders/123/lines?page=2"), "/orders/<id>/lines");
        assert_eq!(shape("/f/0123456789abcdef0123/"), "/f/<id>/");
        assert_eq!(shape("/"), "/");
        let values = ["a", "a", "a", "b"].map(str::to_owned);
        assert_eq!(most(values.iter().cloned(), 4).as_deref(), Some("a"));
        assert_eq!(most(values.into_iter(), 8), None);
    }

    #[test]
    fn what_is_going_on_does_not_become_usual() {
        let mut memory = Memory::default();
        let mut now = Timestamp::from_millis(0);
        let window = |failed: u64, p95_ms: u64| Window {
            span: Duration::from_secs(60),
            classes: [0, 0, 100, 0, 0, failed],
            p95: Some(Duration::from_millis(p95_ms)),
            ..Window::default()
        };
        let mut last = Traffic::default();
        for (looks, failed, p95_ms) in [(40, 0, 100), (120, 60, 3_000)] {
            for _ in 0..looks {
                last = memory.noted("web", &window(failed, p95_ms), now);
                now = now.plus(Duration::from_secs(5));
            }
        }
        let usual = last.usual.expect("usual");
        assert_eq!((usual.failed, usual.p95_ms), (0.0, Some(100.0)));
        assert_eq!((last.failed, last.p95_ms), (60, Some(3_000.0)));
    }
}
