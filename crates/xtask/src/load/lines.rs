//! Lines as a shop's containers write them: JSON of Django, nginx, Celery and the rest, 290 bytes on average, with
//! request ids, now and then an error and seldom a traceback. The same seed gives the same lines.

use std::fmt::Write as _;

use model::Timestamp;

/// Who writes what, and how often among a hundred lines.
pub(crate) struct Writer {
    pub(crate) service: &'static str,
    pub(crate) container: &'static str,
    kind: Kind,
    share: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    Edge,
    Web,
    Worker,
    Database,
    Mailer,
}

const fn writer(service: &'static str, container: &'static str, kind: Kind, share: u64) -> Writer {
    Writer { service, container, kind, share }
}

/// The shop's containers; the shares add up to 100.
pub(crate) const WRITERS: [Writer; 20] = [
    writer("edge", "shop-edge-1", Kind::Edge, 14),
    writer("edge", "shop-edge-2", Kind::Edge, 14),
    writer("web", "shop-web-1", Kind::Web, 8),
    writer("web", "shop-web-2", Kind::Web, 8),
    writer("web", "shop-web-3", Kind::Web, 8),
    writer("web", "shop-web-4", Kind::Web, 8),
    writer("api", "shop-api-1", Kind::Web, 4),
    writer("api", "shop-api-2", Kind::Web, 4),
    writer("api", "shop-api-3", Kind::Web, 4),
    writer("worker", "shop-worker-1", Kind::Worker, 4),
    writer("worker", "shop-worker-2", Kind::Worker, 4),
    writer("worker", "shop-worker-3", Kind::Worker, 4),
    writer("worker", "shop-worker-4", Kind::Worker, 4),
    writer("db", "shop-db-1", Kind::Database, 4),
    writer("cache", "shop-cache-1", Kind::Database, 1),
    writer("search", "shop-search-1", Kind::Database, 1),
    writer("frontend", "shop-frontend-1", Kind::Edge, 2),
    writer("frontend", "shop-frontend-2", Kind::Edge, 2),
    writer("mailer", "shop-mailer-1", Kind::Mailer, 1),
    writer("beat", "shop-beat-1", Kind::Worker, 1),
];

const ROUTES: [&str; 12] = [
    "/",
    "/login/",
    "/cart/",
    "/cart/add/",
    "/checkout/",
    "/checkout/confirm/",
    "/api/orders/",
    "/api/products/",
    "/api/users/me/",
    "/api/search/",
    "/static/app.js",
    "/health/",
];
const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "python-requests/2.32.5",
];
const TASKS: [&str; 5] = [
    "orders.tasks.send_confirmation",
    "orders.tasks.sync_inventory",
    "payments.tasks.capture",
    "search.tasks.reindex_product",
    "reports.tasks.daily_sales",
];
const TRACEBACK: &str = "Traceback (most recent call last):\\n  File \\\"/app/shop/orders/views.py\\\", line 142, in create\\n    \
     charge = gateway.charge(order, card)\\n  File \\\"/app/shop/payments/gateway.py\\\", line 88, in charge\\n    \
     raise UpstreamTimeout(elapsed)\\nshop.payments.errors.UpstreamTimeout: gateway stripe timeout after ";

/// Which container writes the next line.
pub(crate) fn any_writer(random: &mut Random) -> usize {
    let mut at = random.below(100);
    for (index, writer) in WRITERS.iter().enumerate() {
        match at.checked_sub(writer.share) {
            Some(rest) => at = rest,
            None => return index,
        }
    }
    WRITERS.len() - 1
}

/// Writes a line of the container; `number` is in it, so that a reader can tell one from all others.
pub(crate) fn write(line: &mut String, writer: usize, number: u64, at: Timestamp, random: &mut Random) {
    let error = random.below(200) == 0;
    let level = if error { "error" } else { "info" };
    // Writing to a string cannot fail.
    let _ = write!(line, "{{\"ts\":\"{at}\",\"level\":\"{level}\",\"n\":{number}");
    let _ = match WRITERS[writer].kind {
        Kind::Edge => edge(line, random),
        Kind::Web => web(line, error, random),
        Kind::Worker => worker(line, random),
        Kind::Database => database(line, random),
        Kind::Mailer => mailer(line, random),
    };
    line.push('}');
}

fn edge(line: &mut String, random: &mut Random) -> std::fmt::Result {
    let (route, agent) = (random.one_of(&ROUTES), random.one_of(&AGENTS));
    let (a, b, c) = (11 + random.below(200), random.below(256), random.below(256));
    write!(line, ",\"msg\":\"GET {route} HTTP/1.1\",\"remote_addr\":\"{a}.{b}.{c}.7\",\"path\":\"{route}\"")?;
    write!(line, ",\"status\":200,\"bytes\":{},\"request_id\":\"", 200 + random.below(60_000))?;
    uuid(line, random)?;
    write!(line, "\",\"upstream\":\"shop-web-{}:8000\",\"ua\":\"{agent}\"", 1 + random.below(4))
}

fn web(line: &mut String, error: bool, random: &mut Random) -> std::fmt::Result {
    let (route, status) = (random.one_of(&ROUTES), if error { 502 } else { 200 });
    write!(line, ",\"logger\":\"django.request\",\"msg\":\"POST {route} {status}\",\"request_id\":\"")?;
    uuid(line, random)?;
    let (user, took) = (random.below(40_000), random.below(900_000));
    write!(line, "\",\"user_id\":{user},\"path\":\"{route}\",\"status\":{status}")?;
    write!(line, ",\"duration_ms\":{}.{:03},\"db_queries\":{}", took / 1000, took % 1000, random.below(30))?;
    if error {
        write!(line, ",\"exc\":\"{TRACEBACK}{}ms\"", 500 + random.below(9500))?;
    }
    Ok(())
}

fn worker(line: &mut String, random: &mut Random) -> std::fmt::Result {
    let task = random.one_of(&TASKS);
    write!(line, ",\"logger\":\"celery.app.trace\",\"msg\":\"Task {task}[")?;
    uuid(line, random)?;
    let took = random.below(9000);
    write!(
        line,
        "] succeeded in {}.{:03}s: None\",\"task\":\"{task}\",\"queue\":\"default\"",
        took / 1000,
        took % 1000
    )?;
    write!(line, ",\"retries\":0,\"request_id\":\"")?;
    uuid(line, random)?;
    line.push('"');
    Ok(())
}

fn database(line: &mut String, random: &mut Random) -> std::fmt::Result {
    let (pid, took, id) = (50 + random.below(40), random.below(900_000), random.below(90_000));
    write!(
        line,
        ",\"pid\":{pid},\"db\":\"shop\",\"msg\":\"duration: {}.{:03} ms  execute <unnamed>: ",
        took / 1000,
        took % 1000
    )?;
    write!(line, "UPDATE orders_order SET status = $1, updated_at = $2 WHERE id = {id}\"")
}

fn mailer(line: &mut String, random: &mut Random) -> std::fmt::Result {
    let (queue, user, relay) = (random.next(), random.below(40_000), random.below(4));
    write!(
        line,
        ",\"msg\":\"queued as {queue:010X}; to=<user{user}@example.com>, relay=mx{relay}.example.com, status=sent\""
    )
}

fn uuid(line: &mut String, random: &mut Random) -> std::fmt::Result {
    let (high, low) = (random.next(), random.next());
    write!(line, "{:08x}-{:04x}-4{:03x}", high >> 32, high >> 16 & 0xffff, high & 0xfff)?;
    write!(line, "-{:04x}-{:012x}", 0x8000 | low >> 50, low & 0xffff_ffff_ffff)
}

/// A seeded sequence of numbers (SplitMix64): fast, and good enough to look like traffic.
pub(crate) struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_json_of_the_size_that_figures_speak_of() {
        let mut random = Random::new(42);
        let mut bytes = 0;
        for number in 0..20_000 {
            let mut line = String::new();
            let writer = any_writer(&mut random);
            write(&mut line, writer, number, Timestamp::from_seconds(1_800_000_000), &mut random);
            let parsed: serde_json::Value = serde_json::from_str(&line).expect(&line);
            assert_eq!(parsed["n"], number);
            bytes += line.len();
        }
        let average = bytes / 20_000;
        assert!((280..=300).contains(&average), "{average} bytes");
    }

    #[test]
    fn shares_add_up() {
        assert_eq!(WRITERS.iter().map(|writer| writer.share).sum::<u64>(), 100);
    }
}
