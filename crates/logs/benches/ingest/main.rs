//! What does a line cost to store, and how many bytes does it take on disk and in memory?
//!
//! ```text
//! cargo bench -p logs --bench ingest [-- LINES]      one million lines by default
//! ```
//!
//! Lines that are no JSON are looked at one after the other, whether they belong together: what that costs is the
//! difference between the last two.
//!
//! The cost is the CPU time of the writer's thread, user and system, so it holds on a busy machine as well.

#![allow(clippy::print_stdout, missing_docs)]

mod lines;

use std::path::Path;
use std::time::{Duration, SystemTime};

use logs::Config;
use model::{Batch, Multiline, Timestamp};
use tokio_util::sync::CancellationToken;

use lines::Lines;

/// The kernel counts CPU time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let step = 24 * 3_600_000_000_000 / wanted as i64;
        let start = Timestamp::from(SystemTime::now()).minus(Duration::from_secs(24 * 3600));
        let lines = |metadata: bool| Lines::new(start, step, metadata);
        let (mut pushed, mut collected) = (lines(false), lines(true));
        ingest("pushed, each 1 MiB on disk before the next", wanted, true, || pushed.batches(1 << 20)).await;
        let some = || collected.batches(32 << 10);
        ingest("collected, 32 KiB of twenty streams at a time", wanted, false, some).await;
        for (name, multiline) in [("not joined", Multiline::Off), ("joined by form", Multiline::Auto)] {
            let mut plain = lines(true);
            let some = || vec![plain.plain_batch(32 << 10, multiline.clone())];
            ingest(&format!("collected, plain lines and tracebacks, {name}"), wanted, false, some).await;
        }
    });
}

async fn ingest(name: &str, wanted: u64, pushed: bool, mut batches: impl FnMut() -> Vec<Batch>) {
    let directory = tempfile::tempdir().expect("a directory");
    let (logs, writer) = logs::open(Config::default(), directory.path()).expect("a store");
    let stop = CancellationToken::new();
    let writing = tokio::spawn(writer.run(stop.clone()));
    let intake = logs.intake();
    let (mut count, mut bytes) = (0_u64, 0_u64);
    while count < wanted {
        let group = batches();
        let entries = || group.iter().flat_map(|batch| &batch.entries);
        count += entries().count() as u64;
        bytes += entries().map(|entry| entry.line.len() as u64).sum::<u64>();
        if pushed {
            logs.push(group).await.expect("room");
            continue;
        }
        for batch in group {
            intake.send(batch).await.expect("a writer");
        }
    }
    // Lines that are joined are fewer; what is held back comes within a second.
    let mut stored = 0;
    while stored < count && logs.status().lines != stored {
        stored = logs.status().lines;
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    println!("\n{name}: {count} lines of {:.1} bytes", bytes as f64 / count as f64);
    println!("  CPU per line             {:6.2} µs", writer_time().as_secs_f64() * 1e6 / count as f64);
    println!("  resident                 {:6.1} MB", resident_bytes() as f64 / 1e6);
    stop.cancel();
    writing.await.expect("no panic").expect("a writer");
    assert_eq!(logs.status().dropped, []);
    drop((logs, intake));
    println!("  disk per line            {:6.1} bytes", disk_bytes(directory.path()) as f64 / count as f64);
}

/// The CPU time of the writer's thread.
fn writer_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux").map(|task| task.expect("a task").path());
    let stats = tasks.map(|task| std::fs::read_to_string(task.join("stat")).expect("a task"));
    let writer = stats.into_iter().find(|stat| stat.contains("(logs)")).expect("the writer's thread");
    let fields: Vec<&str> = writer[writer.rfind(')').expect("a name") + 2..].split(' ').collect();
    TICK * fields[11..13].iter().map(|field| field.parse::<u32>().expect("a number")).sum::<u32>()
}

fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("a number") * 4096
}

fn disk_bytes(path: &Path) -> u64 {
    let entries = std::fs::read_dir(path).expect("a directory").map(|entry| entry.expect("an entry"));
    let sizes = entries.map(|entry| match entry.metadata().expect("metadata") {
        directory if directory.is_dir() => disk_bytes(&entry.path()),
        file => file.len(),
    });
    sizes.sum()
}
