//! What a line costs in a pipeline, on one core: time per line of about 290 bytes, and beside it how many times as
//! long that is as a search for a text that no line holds. Ratios of one run can be compared; times depend on the
//! machine.
//!
//! `cargo bench -p logql --bench pipelines [-- '| json | status >= 500']`

use std::hint::black_box;

use logql::{Budget, Chunk, Direction, Entries, Expr, LogQuery, Page, Scan, Source, SourceError, parse};
use model::{Labels, Level, TimeRange, Timestamp};
use rustix::time::{ClockId, clock_gettime};

const LINES: usize = 200_000;
const LINES_PER_CHUNK: usize = 1_000;
const ROUNDS: usize = 5;

/// One stream in memory.
struct Memory(Vec<Block>);

#[derive(Clone)]
struct Block {
    labels: Labels,
    sequence: u64,
    entries: std::sync::Arc<Entries>,
}

impl Source for Memory {
    type Chunk = Block;

    fn chunks(&self, _scan: &Scan) -> Result<Vec<Block>, SourceError> {
        Ok(self.0.clone())
    }

    fn may_have_metadata(&self, _name: &str) -> bool {
        false
    }
}

impl Chunk for Block {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn span(&self) -> (Timestamp, Timestamp) {
        (self.entries.timestamps[0], self.entries.timestamps[self.entries.len() - 1])
    }

    fn lines(&self) -> u64 {
        self.entries.len() as u64
    }

    fn sequence(&self) -> u64 {
        self.sequence
    }

    fn read(&self) -> Result<Entries, SourceError> {
        Ok(Entries::clone(&self.entries))
    }
}

fn memory(line: impl Fn(usize) -> String) -> Memory {
    let labels = Labels::from_pairs([
        ("service", "web"),
        ("project", "shop"),
        ("environment", "production"),
        ("host", "h1"),
        ("container", "shop-web-1"),
        ("stream", "stdout"),
    ]);
    let block = |first: usize| {
        let mut entries =
            Entries { metadata: vec![vec![("container_id".into(), "c1".into())]], ..Entries::default() };
        for number in first..first + LINES_PER_CHUNK {
            entries.text.push_str(&line(number));
            entries.ends.push(entries.text.len() as u32);
            entries.timestamps.push(Timestamp::from_nanos(number as i64 * 1_000_000));
            entries.levels.push(Level::Info);
            entries.metadata_of.push(0);
        }
        Block { labels: labels.clone(), sequence: first as u64, entries: entries.into() }
    };
    Memory((0..LINES / LINES_PER_CHUNK).map(|number| block(number * LINES_PER_CHUNK)).collect())
}

fn json(number: usize) -> String {
    format!(
        "{{\"time\":\"2026-08-23T10:20:{:02}.123456Z\",\"level\":\"info\",\"logger\":\"shop.orders.views\",\"message\":\"order {number} \
         shipped to the customer after {} ms of work\",\"request_id\":\"{:016x}{:016x}\",\"method\":\"GET\",\
         \"path\":\"/api/orders/{number}/items\",\"status\":{},\"duration_ms\":{}.{:03},\"user\":{{\"id\":{},\"plan\":\"free\"}}}}",
        number % 60,
        number % 977,
        number * 7919,
        number * 104_729,
        200 + number % 5,
        number % 300,
        number % 1000,
        number % 5000,
    )
}

fn logfmt(number: usize) -> String {
    format!(
        "time=2026-08-23T10:20:{:02}.123456Z level=info logger=shop.orders.views msg=\"order {number} shipped to the customer \
         after {} ms of work and one long look\" request_id={:016x}{:016x} method=GET path=/api/orders/{number}/items status={} \
         duration_ms={}.{:03} user_id={} plan=free host=worker-12",
        number % 60,
        number % 977,
        number * 7919,
        number * 104_729,
        200 + number % 5,
        number % 300,
        number % 1000,
        number % 5000,
    )
}

/// What this thread has computed so far.
fn cpu_seconds() -> f64 {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    spent.tv_sec as f64 + spent.tv_nsec as f64 / 1e9
}

/// Microseconds per line, the best of a few rounds.
fn measure(memory: &Memory, query: &str) -> f64 {
    let Ok(Expr::Log(log)) = parse(query) else { panic!("{query}") };
    let query = LogQuery::new(&log).expect("well-formed");
    let page = Page { range: TimeRange::ALL, direction: Direction::Backward, limit: 100, after: None };
    let budget = Budget { threads: 1, ..Budget::generous() };
    let round = || {
        let start = cpu_seconds();
        let rows = query.rows(memory, &page, &budget).expect("an answer");
        assert!(black_box(rows).rows.len() < 100, "the query ends early");
        (cpu_seconds() - start) * 1e6 / LINES as f64
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}

#[allow(clippy::print_stdout)]
fn main() {
    let (json, logfmt) = (memory(json), memory(logfmt));
    if let Some(one) = std::env::args().nth(1).filter(|argument| argument.starts_with('|')) {
        println!("{:>8.3} µs  {one}", measure(&json, &format!("{{service=\"web\"}} {one}")));
        return;
    }
    let bytes: usize = json.0.iter().map(|block| block.entries.text.len()).sum();
    println!("{LINES} lines of {} bytes; read = copying the chunks", bytes / LINES);
    let read = measure(&json, "{service=\"web\"} |= \"absent needle\"");
    println!("{:>8.3} µs  {:>5.1}  |= \"absent needle\"", read, 1.0);
    let report = |memory: &Memory, pipeline: &str| {
        let cost = measure(memory, &format!("{{service=\"web\"}} {pipeline}"));
        println!("{cost:>8.3} µs  {:>5.1}  {pipeline}", cost / read);
    };
    report(&json, "|~ \"absent.*needle\"");
    report(&json, "|~ \"(?i)absent needle\"");
    report(&json, "|~ \"x[0-9]+z\"");
    report(&json, "!= \"order\"");
    report(&json, "| json | status >= 500");
    report(&json, "| json | user_id > 10000");
    report(&json, "| json status | status >= 500");
    report(&json, "| json | request_id = \"absent\"");
    report(&json, "| json | path != \"\" | status >= 500 | duration_ms > 5000");
    report(&json, "| json | nothing != \"\"");
    report(&logfmt, "| logfmt | status >= 500");
    report(&logfmt, "| logfmt | user_id > 10000");
    report(&logfmt, "| logfmt | nothing != \"\"");
    report(&json, "| pattern \"<_>\\\"status\\\":<status>,<_>\" | status >= 500");
    report(&json, "| regexp \"\\\"status\\\":(?P<status>[0-9]+)\" | status >= 500");
    report(&json, "| json | line_format \"{{.method}} {{.path}}\" |= \"absent\"");
    report(&json, "| decolorize |= \"absent\"");
}
