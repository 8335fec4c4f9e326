//! What a query did, in the form in which Loki tells it. What has no meaning here is zero.

use std::time::Duration;

use serde::Serialize;

/// What a query did.
pub(in crate::loki) struct Spent {
    pub(in crate::loki) stats: logql::Stats,
    pub(in crate::loki) time: Duration,
    /// Lines or samples in the answer.
    pub(in crate::loki) returned: usize,
}

/// `data.stats`
#[derive(Default, Serialize)]
pub(in crate::loki) struct Stats {
    summary: Summary,
    querier: Reader,
    ingester: Ingester,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    bytes_processed_per_second: u64,
    lines_processed_per_second: u64,
    total_bytes_processed: u64,
    total_lines_processed: u64,
    exec_time: f64,
    queue_time: f64,
    subqueries: u64,
    total_entries_returned: usize,
    splits: u64,
    shards: u64,
    total_post_filter_lines: u64,
    total_structured_metadata_bytes_processed: u64,
}

#[derive(Default, Serialize)]
struct Reader {
    store: Store,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ingester {
    total_reached: u64,
    total_chunks_matched: u64,
    total_batches: u64,
    total_lines_sent: u64,
    store: Store,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Store {
    total_chunks_ref: u64,
    total_chunks_downloaded: u64,
    chunks_download_time: u64,
    chunk: Chunk,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    head_chunk_bytes: u64,
    head_chunk_lines: u64,
    decompressed_bytes: u64,
    decompressed_lines: u64,
    compressed_bytes: u64,
    total_duplicates: u64,
    post_filter_lines: u64,
}

impl From<Spent> for Stats {
    fn from(Spent { stats, time, returned }: Spent) -> Self {
        let seconds = time.as_secs_f64().max(1e-9);
        let per_second = |count: u64| (count as f64 / seconds) as u64;
        Self {
            summary: Summary {
                bytes_processed_per_second: per_second(stats.bytes),
                lines_processed_per_second: per_second(stats.entries),
                total_bytes_processed: stats.bytes,
                total_lines_processed: stats.entries,
                exec_time: time.as_secs_f64(),
                total_entries_returned: returned,
                ..Summary::default()
            },
            querier: Reader {
                store: Store {
                    total_chunks_ref: stats.chunks,
                    total_chunks_downloaded: stats.chunks,
                    chunk: Chunk {
                        decompressed_bytes: stats.bytes,
                        decompressed_lines: stats.entries,
                        ..Chunk::default()
                    },
                    ..Store::default()
                },
            },
            ingester: Ingester::default(),
        }
    }
}
