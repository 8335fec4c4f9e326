use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::relabel::{Action, Rule, RuleText};
use model::{Labels, Timestamp};
use outbound::{Client, Options};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::worker::Worker;
use super::{Health, Limits, Target};
use crate::appender::{Appender, STALE};

/// Keeps what is appended, as text.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<BTreeMap<(i64, String), f64>>>);

impl Appender for Memory {
    type Series = Labels;

    fn series(&self, labels: &Labels) -> Labels {
        labels.clone()
    }

    async fn append(&self, _: &Arc<str>, at: Timestamp, samples: Vec<(Labels, f64)>) {
        let mut kept = self.0.lock().unwrap();
        for (labels, value) in samples {
            let before = kept.insert((at.millis(), labels.to_string()), value);
            assert!(before.is_none(), "{labels} is appended twice at {}", at.millis());
        }
    }
}

impl Memory {
    /// What was appended at an instant, without what is told of the scrape itself.
    fn at(&self, at_ms: i64) -> Vec<(String, f64)> {
        let kept = self.0.lock().unwrap();
        let own = |series: &str| series.contains("\"scrape_") || series.contains("\"up\"");
        let here = kept.iter().filter(|((at, series), _)| *at == at_ms && !own(series));
        here.map(|((_, series), value)| (series.clone(), *value)).collect()
    }

    fn own(&self, at_ms: i64, name: &str) -> f64 {
        let labels = Labels::from_pairs([("__name__", name), ("instance", "i"), ("job", "j")]);
        self.0.lock().unwrap()[&(at_ms, labels.to_string())]
    }
}

/// Answers requests with one body after the other; after the last one it is gone.
async fn program(bodies: Vec<String>) -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        for body in bodies {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _ = connection.read(&mut [0; 4096]).await;
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = connection.write_all((head + &body).as_bytes()).await;
        }
    });
    Target {
        name: "j/i".into(),
        url,
        labels: Labels::from_pairs([("job", "j"), ("instance", "i")]),
        interval: Duration::from_secs(15),
        timeout: Duration::from_secs(10),
        honor_labels: false,
        honor_timestamps: true,
        authorization: None,
        tls: Default::default(),
        relabel: Vec::new(),
        limits: Limits::default(),
    }
}

fn worker(target: Target) -> (Worker<Memory>, Memory) {
    let memory = Memory::default();
    (Worker::new(target, Client::new(&Options::default()).unwrap(), memory.clone()), memory)
}

fn series(text: &str) -> String {
    format!("{{{text}, instance=\"i\", job=\"j\"}}")
}

#[tokio::test]
async fn series_that_end_are_marked_and_a_failed_scrape_ends_all() {
    let bodies = ["a 1\nb{x=\"y\"} 2\n", "a 3\n"].map(str::to_owned).to_vec();
    let (mut worker, memory) = worker(program(bodies).await);
    let report = worker.scrape(Timestamp::from_millis(1000)).await;
    assert_eq!((report.scraped, report.stored, report.added), (2, 2, 2));
    let (a, b) =
        (series("__name__=\"a\""), "{__name__=\"b\", instance=\"i\", job=\"j\", x=\"y\"}".to_owned());
    assert_eq!(memory.at(1000), [(a.clone(), 1.0), (b.clone(), 2.0)]);
    worker.scrape(Timestamp::from_millis(2000)).await;
    let found = memory.at(2000);
    assert_eq!(found[0], (a.clone(), 3.0));
    assert_eq!((found[1].0.as_str(), found[1].1.to_bits()), (b.as_str(), STALE.to_bits()));
    assert_eq!(memory.own(2000, "up"), 1.0);
    let report = worker.scrape(Timestamp::from_millis(3000)).await;
    assert!(matches!(report.health, Health::Down(_)), "{report:?}");
    let found = memory.at(3000);
    assert_eq!((found.len(), found[0].1.to_bits()), (1, STALE.to_bits()));
    assert_eq!(memory.own(3000, "up"), 0.0);
}

#[tokio::test]
async fn bad_lines_twins_and_own_timestamps() {
    let body = "a 1\na 2\nbad line here\nc 5 777\n".to_owned();
    let (mut worker, memory) = worker(program(vec![body, "a 1\n".to_owned()]).await);
    let report = worker.scrape(Timestamp::from_millis(1000)).await;
    assert_eq!((report.health.clone(), report.bad_lines), (Health::Up, 1));
    assert!(report.first_fault.as_deref().is_some_and(|fault| fault.starts_with("line 3:")), "{report:?}");
    assert_eq!(memory.at(1000), [(series("__name__=\"a\""), 1.0)]);
    assert_eq!(memory.at(777), [(series("__name__=\"c\""), 5.0)]);
    // When a series with a time of its own ends is for the program to say.
    worker.scrape(Timestamp::from_millis(2000)).await;
    assert_eq!(memory.at(2000).len(), 1);
}

#[tokio::test]
async fn labels_of_program_and_target_meet() {
    let mut target = program(vec!["a{job=\"mine\",k=\"v\"} 1\nb 2\n".to_owned()]).await;
    let drop_b = RuleText {
        source_labels: vec!["__name__".to_owned()],
        action: Some(Action::Drop),
        regex: Some("b".to_owned()),
        ..RuleText::default()
    };
    target.relabel = vec![Rule::new(drop_b).unwrap()];
    let (mut worker, memory) = worker(target);
    let report = worker.scrape(Timestamp::from_millis(1000)).await;
    assert_eq!((report.scraped, report.stored), (2, 1));
    let expected = "{__name__=\"a\", exported_job=\"mine\", instance=\"i\", job=\"j\", k=\"v\"}";
    assert_eq!(memory.at(1000), [(expected.to_owned(), 1.0)]);
}

#[tokio::test]
async fn a_target_that_explodes_is_cut() {
    let many = |count: usize| (0..count).map(|n| format!("a{{n=\"{n}\"}} 1\n")).collect::<String>();
    let mut target = program(vec![many(3), many(50)]).await;
    target.limits.series = 10;
    let (mut worker, memory) = worker(target);
    worker.scrape(Timestamp::from_millis(1000)).await;
    let report = worker.scrape(Timestamp::from_millis(2000)).await;
    assert_eq!((report.scraped, report.stored, report.cut), (50, 10, 40));
    assert_eq!(memory.at(2000).len(), 10);
}
