//! The search service: Java with Logback, traces of many lines on stderr.

use super::{Script, Stamp};
use crate::engine::Stream::Stdout;

pub(crate) const BOOT: Script = &[
    (1_900, Stdout, |at| line(at, "INFO", "c.e.shop.search.Main", "starting, heap 384 MiB")),
    (7_600, Stdout, |at| line(at, "INFO", "c.e.shop.search.Indexer", "12013 documents read")),
    (11_900, Stdout, |at| line(at, "INFO", "c.e.shop.search.Main", "ready on port 9300")),
];

pub(crate) const MERGE: Script =
    &[(0, Stdout, |at| line(at, "DEBUG", "c.e.shop.search.Merger", "merged 4 segments, 12013 documents"))];

/// `14:03:59.123 [main] INFO …` with the date in front.
pub(crate) fn line(at: &Stamp, level: &str, logger: &str, text: &str) -> String {
    format!("{} [http-1] {level:<5} {logger} - {text}", at.spaced())
}

/// The heap is full in the middle of a query.
pub(crate) fn out_of_heap(at: &Stamp) -> String {
    let first = line(at, "ERROR", "c.e.shop.search.QueryHandler", "query failed");
    format!(
        "{first}\n\
         java.util.concurrent.ExecutionException: java.lang.OutOfMemoryError: Java heap space\n\
         \tat java.base/java.util.concurrent.FutureTask.report(FutureTask.java:122)\n\
         \tat java.base/java.util.concurrent.FutureTask.get(FutureTask.java:191)\n\
         \tat com.example.shop.search.QueryHandler.handle(QueryHandler.java:74)\n\
         \tat com.example.shop.search.Server$Worker.run(Server.java:131)\n\
         Caused by: java.lang.OutOfMemoryError: Java heap space\n\
         \tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)\n\
         \tat com.example.shop.search.Postings.grow(Postings.java:212)\n\
         \tat com.example.shop.search.Postings.add(Postings.java:180)\n\
         \t... 6 more"
    )
}
