//! The Loki API as its clients use it. Nothing here removes doubles: what comes out is what is stored.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost::Message as _;
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};
use ureq::http::Method;

use super::http::{Answer, Client, form};

/// As many lines as one answer may hold.
const PAGE: usize = 5000;

/// One stored line as the API tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    /// Nanoseconds.
    pub(crate) time: i64,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) text: String,
}

/// Nanoseconds since the epoch, now.
pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()).unwrap()
}

/// The JSON body of a push: one stream.
pub(crate) fn json_body(labels: &Value, lines: &[(i64, String)]) -> Value {
    let values: Vec<Value> = lines.iter().map(|(time, text)| json!([time.to_string(), text])).collect();
    json!({ "streams": [{ "stream": labels, "values": values }] })
}

/// Pushes lines as JSON; anything but 204 ends the test.
pub(crate) fn push(client: &Client, labels: &Value, lines: &[(i64, String)]) {
    client.post_json("/loki/api/v1/push", &json_body(labels, lines)).expect(204);
}

/// Pushes a body as it is.
pub(crate) fn push_body(client: &Client, body: Body) -> Answer {
    client.send(Method::POST, "/loki/api/v1/push", &body.headers, body.bytes)
}

/// `query_range` over `[start, end)`.
pub(crate) fn query_range(
    client: &Client,
    query: &str,
    start: i64,
    end: i64,
    more: &[(&str, &str)],
) -> Answer {
    let (start, end) = (start.to_string(), end.to_string());
    let mut parameters = vec![("query", query), ("start", start.as_str()), ("end", end.as_str())];
    parameters.extend_from_slice(more);
    client.ask("/loki/api/v1/query_range", &parameters)
}

/// Every stored line that `query` selects within the last day (and the next hour), oldest first, in the order of
/// each stream.
///
/// Pages meet at a nanosecond: what a full page holds of its last nanosecond is asked for again with the next, so
/// no line is left out and none comes twice unless it is stored twice.
pub(crate) fn dump(client: &Client, query: &str) -> Vec<Line> {
    let hour = 3_600_000_000_000;
    let (mut start, end) = (now() - 24 * hour, now() + hour);
    let mut all = Vec::new();
    loop {
        let limit = PAGE.to_string();
        let answer = query_range(client, query, start, end, &[("limit", &limit), ("direction", "forward")]);
        let mut page = lines_of(&answer.expect(200).json());
        let full = page.len() >= PAGE;
        if full {
            let last = page.iter().map(|line| line.time).max().unwrap_or_default();
            page.retain(|line| line.time < last);
            assert!(!page.is_empty(), "{PAGE} lines of one nanosecond cannot be paged");
            start = last;
        }
        all.append(&mut page);
        if !full {
            return all;
        }
    }
}

/// The texts of [`dump`].
pub(crate) fn texts(client: &Client, query: &str) -> Vec<String> {
    dump(client, query).into_iter().map(|line| line.text).collect()
}

/// The values of a label.
pub(crate) fn values(client: &Client, label: &str) -> Vec<String> {
    let answer = client.get(&format!("/loki/api/v1/label/{label}/values")).expect(200).json();
    serde_json::from_value(answer["data"].clone()).expect("a list of values")
}

/// How many lines `query` selects within the last day, counted by the server.
pub(crate) fn count_over_time(client: &Client, query: &str) -> usize {
    let expression = format!("sum(count_over_time({query}[1d]))");
    let answer = client.ask("/loki/api/v1/query", &[("query", &expression)]).expect(200).json();
    let value = answer["data"]["result"][0]["value"][1].as_str().unwrap_or("0");
    value.parse().expect("a whole number")
}

/// How many lines `query` selects.
pub(crate) fn count(client: &Client, query: &str) -> usize {
    dump(client, query).len()
}

/// The lines of an answer with streams, by time; lines of one stream keep their order.
pub(crate) fn lines_of(answer: &Value) -> Vec<Line> {
    assert_eq!(answer["data"]["resultType"], "streams", "{answer}");
    let mut lines = Vec::new();
    for stream in answer["data"]["result"].as_array().expect("a list of streams") {
        let labels: BTreeMap<String, String> = serde_json::from_value(stream["stream"].clone()).unwrap();
        for value in stream["values"].as_array().expect("a list of lines") {
            let time = value[0].as_str().expect("nanoseconds as text").parse().expect("nanoseconds");
            let text = value[1].as_str().expect("a line").to_owned();
            lines.push(Line { time, labels: labels.clone(), text });
        }
    }
    lines.sort_by_key(|line| line.time);
    lines
}

/// The push message of Loki, written down from its field numbers.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct PushRequest {
    #[prost(message, repeated, tag = "1")]
    pub(crate) streams: Vec<Stream>,
}

/// Of [`PushRequest`].
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Stream {
    #[prost(string, tag = "1")]
    pub(crate) labels: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) entries: Vec<StreamEntry>,
}

/// Of [`Stream`].
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct StreamEntry {
    #[prost(message, optional, tag = "1")]
    pub(crate) timestamp: Option<Time>,
    #[prost(string, tag = "2")]
    pub(crate) line: String,
    #[prost(message, repeated, tag = "3")]
    pub(crate) metadata: Vec<Pair>,
}

/// `google.protobuf.Timestamp`.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Time {
    #[prost(int64, tag = "1")]
    pub(crate) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(crate) nanos: i32,
}

/// Of [`StreamEntry`].
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Pair {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) value: String,
}

/// A body, and what is said about it.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) bytes: Vec<u8>,
}

/// One stream as Promtail and Alloy push it: protobuf in a raw snappy block.
pub(crate) fn snappy_body(labels: &str, lines: &[(i64, String)], metadata: &[(&str, &str)]) -> Vec<u8> {
    let pairs: Vec<Pair> = metadata
        .iter()
        .map(|(name, value)| Pair { name: (*name).to_owned(), value: (*value).to_owned() })
        .collect();
    let entry = |(time, line): &(i64, String)| StreamEntry {
        timestamp: Some(Time {
            seconds: time.div_euclid(1_000_000_000),
            nanos: i32::try_from(time.rem_euclid(1_000_000_000)).unwrap(),
        }),
        line: line.clone(),
        metadata: pairs.clone(),
    };
    let stream = Stream { labels: labels.to_owned(), entries: lines.iter().map(entry).collect() };
    let message = PushRequest { streams: vec![stream] }.encode_to_vec();
    snap::raw::Encoder::new().compress_vec(&message).unwrap()
}

/// A body compressed with gzip.
pub(crate) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// A live tail over a WebSocket.
pub(crate) struct Tail(WebSocket<MaybeTlsStream<TcpStream>>);

impl Tail {
    /// Opens `/loki/api/v1/tail`.
    pub(crate) fn open(client: &Client, query: &str) -> Self {
        let parameters = form(&[("query", query)]);
        let url = format!("ws://{}/loki/api/v1/tail?{parameters}", client.address());
        let mut request = tungstenite::client::IntoClientRequest::into_client_request(url).unwrap();
        for (name, value) in client.headers() {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (socket, _) = tungstenite::connect(request).expect("the tail opens");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        }
        Self(socket)
    }

    /// The lines of the next frame.
    pub(crate) fn next_lines(&mut self) -> Vec<String> {
        loop {
            let Message::Text(text) = self.0.read().expect("the tail goes on") else { continue };
            let frame: Value = serde_json::from_str(&text).expect("a frame of JSON");
            let streams = frame["streams"].as_array().cloned().unwrap_or_default();
            let values =
                streams.iter().flat_map(|stream| stream["values"].as_array().cloned().unwrap_or_default());
            let lines: Vec<String> =
                values.filter_map(|value| value[1].as_str().map(str::to_owned)).collect();
            if !lines.is_empty() {
                return lines;
            }
        }
    }
}
