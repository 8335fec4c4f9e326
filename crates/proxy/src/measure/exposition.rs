//! The numbers in Prometheus' text format: `porthole_proxy_*`, and under Traefik's names with its labels and buckets.

use std::fmt::{Display, Write};
use std::sync::Arc;

use model::{Labels, label};

use super::buckets;
use super::meter::Meter;
use super::series::{Count, Kind, Series, Sums, TRAEFIK_MILLIS};

/// Upper edges of Porthole's own buckets, in milliseconds.
const MILLIS: [u64; 16] =
    [1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

const CLASSES: [&str; 6] = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"];

type Pairs<'p> = Vec<(&'static str, &'p str)>;

/// The label of a router's own metrics that names the service it passes requests to.
const TARGET: &str = "target";

impl Meter {
    /// All numbers of entrypoints, routers and services.
    pub fn exposition(&self) -> String {
        let entrypoints = Group::new("entrypoint", self.all_entrypoints());
        let routers = Group::new("router", self.all_routers());
        let targets = Group::new("target", self.all_targets());
        let mut text = Text::default();
        for group in [&entrypoints, &routers, &targets] {
            group.own(&mut text);
        }
        entrypoints.handshakes(&mut text);
        let dropped = "porthole_proxy_access_entries_dropped_total";
        text.family(dropped, "counter", "Access entries dropped because the logs did not keep up.");
        text.sample(dropped, &[], self.dropped());
        entrypoints.traefik(&mut text, "entrypoint");
        routers.traefik(&mut text, "router");
        targets.traefik(&mut text, "service");
        targets.retries(&mut text);
        entrypoints.connections(&mut text);
        text.0
    }
}

/// The series of one sort, with what each has counted.
struct Group {
    sort: &'static str,
    members: Vec<(Arc<Series>, Labels, Sums)>,
}

impl Group {
    fn new(sort: &'static str, series: Vec<(Arc<Series>, Labels)>) -> Self {
        let with_sums = |(series, about): (Arc<Series>, Labels)| {
            let sums = series.sums();
            (series, about, sums)
        };
        Self { sort, members: series.into_iter().map(with_sums).collect() }
    }

    /// Under our own names.
    fn own(&self, text: &mut Text) {
        let sort = self.sort;
        let requests = format!("porthole_proxy_{sort}_requests_total");
        text.family(&requests, "counter", "Requests that ended, by the class of their status.");
        for (series, about, sums) in &self.members {
            // Those of ordinary answers stand there from the beginning: a first failure is a rise from none to one.
            let told = |(class, count): &(usize, u64)| *count > 0 || *class >= 2;
            for (class, count) in super::live::classes(sums).into_iter().enumerate().filter(told) {
                let mut pairs = self.pairs(series, about);
                pairs.push(("class", CLASSES[class]));
                text.sample(&requests, &pairs, count);
            }
        }
        self.durations(text);
        let in_flight = format!("porthole_proxy_{sort}_in_flight_requests");
        text.family(&in_flight, "gauge", "Requests under way.");
        for (series, about, sums) in &self.members {
            text.sample(&in_flight, &self.pairs(series, about), sums.in_flight.max(0));
        }
        self.bytes(text, "request", "Bytes of the bodies of requests.", |count| count.bytes_in);
        self.bytes(text, "response", "Bytes of the bodies of answers.", |count| count.bytes_out);
    }

    fn durations(&self, text: &mut Text) {
        let name = format!("porthole_proxy_{}_request_duration_seconds", self.sort);
        text.family(&name, "histogram", "From the head of a request to the end of its answer.");
        for (series, about, sums) in &self.members {
            let pairs = self.pairs(series, about);
            let all: u64 = sums.durations.iter().sum();
            let within = MILLIS.map(|millis| (millis, within(&sums.durations, millis)));
            text.histogram(
                &name,
                &pairs,
                &within,
                all,
                sums.kinds.iter().map(|(_, count)| count.nanos).sum(),
            );
        }
    }

    fn bytes(&self, text: &mut Text, what: &str, help: &str, of: impl Fn(&Count) -> u64) {
        let name = format!("porthole_proxy_{}_{what}_bytes_total", self.sort);
        text.family(&name, "counter", help);
        for (series, about, sums) in &self.members {
            let bytes: u64 = sums.kinds.iter().map(|(_, count)| of(count)).sum();
            text.sample(&name, &self.pairs(series, about), bytes);
        }
    }

    fn pairs<'p>(&self, series: &'p Series, about: &'p Labels) -> Pairs<'p> {
        let about =
            [TARGET, label::SERVICE, label::PROJECT].map(|name| (name, about.get(name).unwrap_or_default()));
        let own = [(self.sort, series.name())];
        own.into_iter().chain(about).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// What Traefik tells its series apart by, beside the kind of requests: a router's service is its target.
    fn owner<'p>(sort: &'static str, series: &'p Series, about: &'p Labels) -> Pairs<'p> {
        let target = about.get(TARGET).filter(|_| sort == "router");
        [(sort, series.name())].into_iter().chain(target.map(|target| (label::SERVICE, target))).collect()
    }

    /// Handshakes of TLS that came to nothing.
    fn handshakes(&self, text: &mut Text) {
        let name = "porthole_proxy_tls_handshake_failures_total";
        text.family(name, "counter", "TLS handshakes that came to nothing, by reason.");
        for (series, ..) in &self.members {
            for (fault, count) in series.failed_handshakes() {
                text.sample(name, &[(self.sort, series.name()), ("reason", fault.word())], count);
            }
        }
    }

    /// Under Traefik's names.
    fn traefik(&self, text: &mut Text, sort: &'static str) {
        let name = |what: &str| format!("traefik_{sort}_{what}");
        let requests = name("requests_total");
        text.family(&requests, "counter", "Requests, as Traefik counts them.");
        self.each(sort, |pairs, count| text.sample(&requests, pairs, count.requests));
        let tls = name("requests_tls_total");
        text.family(&tls, "counter", "Requests over TLS, as Traefik counts them.");
        for (series, about, sums) in &self.members {
            let over_tls: u64 =
                sums.kinds.iter().filter(|(kind, _)| kind.tls).map(|(_, count)| count.requests).sum();
            if over_tls > 0 {
                text.sample(&tls, &Self::owner(sort, series, about), over_tls);
            }
        }
        let durations = name("request_duration_seconds");
        text.family(&durations, "histogram", "How long requests took, in Traefik's buckets.");
        self.each(sort, |pairs, count| {
            let mut sum = 0;
            let within = std::array::from_fn::<_, 4, _>(|at| {
                sum += count.within[at];
                (TRAEFIK_MILLIS[at], sum)
            });
            text.histogram(&durations, pairs, &within, count.requests, count.nanos);
        });
        let bytes_in = name("requests_bytes_total");
        text.family(&bytes_in, "counter", "Bytes of requests' bodies, as Traefik counts them.");
        self.each(sort, |pairs, count| text.sample(&bytes_in, pairs, count.bytes_in));
        let bytes_out = name("responses_bytes_total");
        text.family(&bytes_out, "counter", "Bytes of answers' bodies, as Traefik counts them.");
        self.each(sort, |pairs, count| text.sample(&bytes_out, pairs, count.bytes_out));
    }

    /// Each kind of requests with its labels; kinds that differ by TLS alone are one.
    fn each(&self, sort: &'static str, mut with: impl FnMut(&[(&str, &str)], &Count)) {
        for (series, about, sums) in &self.members {
            let owner = Self::owner(sort, series, about);
            let mut kinds = sums.kinds.iter().peekable();
            while let Some((kind, count)) = kinds.next() {
                let mut count = *count;
                while let Some((next, more)) =
                    kinds.next_if(|(next, _)| Kind { tls: kind.tls, ..*next } == *kind)
                {
                    debug_assert!(next.tls != kind.tls, "a kind stands once");
                    count.add(more);
                }
                let code = kind.code.to_string();
                let mut pairs =
                    vec![("code", &*code), ("method", kind.method), ("protocol", kind.protocol.word())];
                pairs.extend(&owner);
                with(&pairs, &count);
            }
        }
    }

    fn retries(&self, text: &mut Text) {
        for name in ["traefik_service_retries_total", "porthole_proxy_target_retries_total"] {
            text.family(name, "counter", "Requests that were sent again.");
            let label = if name.starts_with("traefik") { "service" } else { self.sort };
            for (series, _, sums) in self.members.iter().filter(|(_, _, sums)| sums.retries > 0) {
                text.sample(name, &[(label, series.name())], sums.retries);
            }
        }
    }

    fn connections(&self, text: &mut Text) {
        let name = "traefik_open_connections";
        text.family(name, "gauge", "Open connections by entrypoint.");
        for (series, _, sums) in &self.members {
            text.sample(name, &[("entrypoint", series.name()), ("protocol", "TCP")], sums.connections.max(0));
        }
    }
}

/// How many durations do not exceed so many milliseconds; those in the bucket of the edge by their share.
fn within(durations: &[u64], millis: u64) -> u64 {
    let limit = std::time::Duration::from_millis(millis);
    let at = buckets::of(limit);
    let low = at.checked_sub(1).map_or(std::time::Duration::ZERO, buckets::edge);
    let share = (limit - low).as_secs_f64() / (buckets::edge(at) - low).as_secs_f64();
    let below: u64 = durations[..at].iter().sum();
    below + (durations[at] as f64 * share).round() as u64
}

/// Prometheus' text format, as it grows.
#[derive(Default)]
pub(crate) struct Text(pub(crate) String);

impl Text {
    pub(crate) fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    pub(crate) fn sample(&mut self, name: &str, pairs: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (at, (name, value)) in pairs.iter().enumerate() {
            self.0.push(if at == 0 { '{' } else { ',' });
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.quoted(value);
            self.0.push('"');
        }
        let end = if pairs.is_empty() { "" } else { "}" };
        self.line(format_args!("{end} {value}\n"));
    }

    fn histogram(&mut self, name: &str, pairs: &[(&str, &str)], within: &[(u64, u64)], all: u64, nanos: u64) {
        let bucket = format!("{name}_bucket");
        for (millis, count) in within {
            let edge = (*millis as f64 / 1e3).to_string();
            self.sample(&bucket, &[pairs, &[("le", &edge)]].concat(), count);
        }
        self.sample(&bucket, &[pairs, &[("le", "+Inf")]].concat(), all);
        self.sample(&format!("{name}_sum"), pairs, nanos as f64 / 1e9);
        self.sample(&format!("{name}_count"), pairs, all);
    }

    fn quoted(&mut self, value: &str) {
        for letter in value.chars() {
            match letter {
                '\\' => self.0.push_str("\\\\"),
                '"' => self.0.push_str("\\\""),
                '\n' => self.0.push_str("\\n"),
                letter => self.0.push(letter),
            }
        }
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        self.0.write_fmt(text).expect("a String takes all that is written to it");
    }
}
