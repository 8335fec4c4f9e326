//! Lines as a small shop writes them, the same ones for every run: twenty streams of JSON of about 290 bytes,
//! full of unique request ids, a traceback now and then.

use std::fmt::Write;

use model::{Batch, Entry, Labels, Multiline, Timestamp};

/// What a line of Docker has beside it.
const CONTAINER_ID: &str = "3f2a1c9d8e7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b2a1f";

const ROUTES: [&str; 12] = [
    "/",
    "/login/",
    "/cart/",
    "/cart/add/",
    "/checkout/",
    "/api/orders/",
    "/api/products/",
    "/api/users/me/",
    "/api/search/",
    "/api/payments/",
    "/static/app.js",
    "/health/",
];

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
    "python-requests/2.32.3",
    "curl/8.9.1",
];

const TASKS: [&str; 4] = [
    "orders.tasks.send_confirmation",
    "orders.tasks.sync_inventory",
    "payments.tasks.capture",
    "media.tasks.make_thumbnail",
];

const TRACEBACK: &str = "Traceback (most recent call last):\\n  File \\\"/usr/local/lib/python3.12/site-packages/django/core/handlers/exception.py\\\", line 55, in inner\\n    response = get_response(request)\\n  File \\\"/app/shop/payments/gateway.py\\\", line 88, in charge\\n    raise UpstreamTimeout(name)\\nshop.payments.errors.UpstreamTimeout: ";

/// A generator of batches.
pub(crate) struct Lines {
    random: u64,
    at: i64,
    step: i64,
    metadata: bool,
}

impl Lines {
    /// Lines from `start` on, on average `step` nanoseconds apart. With `metadata` each has its container's id.
    pub(crate) fn new(start: Timestamp, step: i64, metadata: bool) -> Self {
        Self { random: 42, at: start.nanos(), step, metadata }
    }

    /// The next `bytes` bytes of lines, a batch per stream.
    pub(crate) fn batches(&mut self, bytes: usize) -> Vec<Batch> {
        let mut streams: Vec<Vec<Entry>> = vec![Vec::new(); 20];
        let mut made = 0;
        while made < bytes {
            for (stream, line) in self.request() {
                made += line.len();
                let pair = || ("container_id".into(), CONTAINER_ID.into());
                let metadata = if self.metadata { vec![pair()] } else { Vec::new() };
                streams[stream].push(Entry { timestamp: Timestamp::from_nanos(self.at), line, metadata });
                self.at += 1 + self.below(2 * self.step as u64) as i64;
            }
        }
        let full = streams.into_iter().enumerate().filter(|(_, entries)| !entries.is_empty());
        full.map(|(stream, entries)| Batch {
            labels: labels(stream),
            entries,
            positions: Vec::new(),
            multiline: Multiline::Off,
        })
        .collect()
    }

    /// The next `bytes` bytes of one stream of lines as loggers write them by default: a traceback of seven lines after
    /// every fifty.
    #[allow(dead_code, reason = "the other bench has no use for it")]
    pub(crate) fn plain_batch(&mut self, bytes: usize, multiline: Multiline) -> Batch {
        let mut texts = Vec::new();
        let mut made = 0;
        while made < bytes {
            let (route, status) = (ROUTES[self.below(12) as usize], self.status());
            let (order, duration) = (1000 + self.below(90_000), self.below(900_000) as f64 / 1000.0);
            texts.push(format!(
                "2026-11-23 10:00:00,123 INFO django.request [worker-3] GET {route}{order} {status} in {duration:.1} ms, {} queries",
                self.below(30)
            ));
            if self.below(50) == 0 {
                texts.extend(TRACEBACK.split("\\n").map(str::to_owned));
            }
            made = texts.iter().map(String::len).sum();
        }
        let entries = texts.into_iter().map(|line| {
            self.at += 1 + self.below(2 * self.step as u64) as i64;
            Entry { timestamp: Timestamp::from_nanos(self.at), line, metadata: Vec::new() }
        });
        let entries = entries.collect();
        Batch { labels: labels(1), entries, positions: Vec::new(), multiline }
    }

    fn request(&mut self) -> Vec<(usize, String)> {
        let (id, route, status) = (self.uuid(), ROUTES[self.below(12) as usize], self.status());
        let (order, duration) = (1000 + self.below(90_000), self.below(900_000) as f64 / 1000.0);
        let level = if status >= 500 {
            "error"
        } else if status >= 400 {
            "warning"
        } else {
            "info"
        };
        let app = 2 + self.below(7) as usize;
        let time = Timestamp::from_nanos(self.at);
        let mut line = format!(
            r#"{{"ts":"{time}","level":"{level}","logger":"django.request","msg":"GET {route}{order} {status}","request_id":"{id}","user_id":{},"path":"{route}","status":{status},"duration_ms":{duration:.1},"db_queries":{},"db_ms":{:.1}"#,
            self.below(40_000),
            self.below(30),
            duration * 0.3,
        );
        if status >= 500 {
            let _ = write!(
                line,
                r#","exc":"{TRACEBACK}gateway stripe timeout after {}ms""#,
                500 + self.below(9500)
            );
        }
        line.push('}');
        let mut lines = vec![(app, line)];
        lines.push((self.below(2) as usize, format!(
            r#"{{"ts":"{time}","level":"{level}","msg":"GET {route}{order} HTTP/1.1","remote_addr":"11.{}.{}.7","path":"{route}","status":{status},"bytes":{},"request_time":{:.3},"upstream":"shop-{app}:8000","request_id":"{id}","ua":"{}"}}"#,
            self.below(256), self.below(256), self.below(60_000), duration / 1000.0, AGENTS[self.below(4) as usize],
        )));
        if self.below(3) == 0 {
            let (task, worker) = (self.uuid(), 9 + self.below(4) as usize);
            let name = TASKS[self.below(4) as usize];
            lines.push((worker, format!(
                r#"{{"ts":"{time}","level":"info","logger":"celery.app.trace","msg":"Task {name}[{task}] succeeded in {duration:.3}s: None","task_id":"{task}","task":"{name}","request_id":"{id}","runtime":{duration:.3},"retries":{},"queue":"default","hostname":"celery@worker-{worker}"}}"#,
                self.below(2),
            )));
        }
        if self.below(4) == 0 {
            let stream = 13 + self.below(7) as usize;
            lines.push((stream, format!(
                r#"{{"ts":"{time}","level":"info","pid":{},"db":"shop","user":"shop","msg":"duration: {duration:.3} ms  execute <unnamed>: UPDATE orders_order SET status = $1, updated_at = $2 WHERE id = {order}"}}"#,
                50 + self.below(40),
            )));
        }
        lines
    }

    fn status(&mut self) -> u64 {
        match self.below(200) {
            0 => 502,
            1..=30 => 404,
            _ => 200,
        }
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            0x8000 | b >> 50,
            b & 0xffff_ffff_ffff
        )
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// splitmix64
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn labels(stream: usize) -> Labels {
    let service = ["edge", "web", "api", "worker", "db"][(stream / 3).min(4)];
    Labels::from_pairs([
        ("service", service),
        ("project", "shop"),
        ("environment", "production"),
        ("host", "bench"),
        ("container", &format!("shop-{service}-{stream}")),
        ("stream", "stdout"),
    ])
}
