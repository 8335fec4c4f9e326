use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;

use super::*;
use crate::testing::Memory;

/// What a Redis holds, as answers to commands; what is not there is nothing.
type Answers = Arc<Mutex<BTreeMap<String, String>>>;

/// Answers commands with what a test wrote down, and publishes what it says.
struct Redis {
    port: u16,
    answers: Answers,
    published: broadcast::Sender<String>,
}

impl Redis {
    async fn start(answers: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = answers.iter().map(|(command, answer)| ((*command).to_owned(), (*answer).to_owned()));
        let redis = Self {
            port,
            answers: Arc::new(Mutex::new(answers.collect())),
            published: broadcast::Sender::new(9),
        };
        let (answers, published) = (redis.answers.clone(), redis.published.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answers.clone(), published.subscribe()));
            }
        });
        redis
    }

    /// Publishes an event once somebody listens.
    async fn publish(&self, event: &str) {
        let envelope =
            format!(r#"{{"body":"{}","properties":{{"body_encoding":"base64"}}}}"#, STANDARD.encode(event));
        let text = |text: &str| format!("${}\r\n{text}\r\n", text.len());
        let message = [text("pmessage"), text("*"), text("/0.celeryev/x"), text(&envelope)].concat();
        while self.published.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        self.published.send(format!("*4\r\n{message}")).unwrap();
    }
}

async fn serve(stream: TcpStream, answers: Answers, mut published: broadcast::Receiver<String>) {
    let mut stream = BufReader::new(stream);
    let mut subscribed = false;
    loop {
        let answer = tokio::select! {
            command = command(&mut stream) => {
                let Some(command) = command else { return };
                subscribed |= command.starts_with("PSUBSCRIBE");
                let known = answers.lock().unwrap().get(&command).cloned();
                known.unwrap_or_else(|| usual(&command))
            }
            message = published.recv(), if subscribed => message.unwrap(),
        };
        if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn usual(command: &str) -> String {
    let answer = match command.split(' ').next().unwrap_or_default() {
        "PING" => "+PONG",
        "SELECT" | "AUTH" => "+OK",
        "LLEN" | "HLEN" | "ZCARD" => ":0",
        "SCAN" => "*2\r\n$1\r\n0\r\n*0",
        "PSUBSCRIBE" => "*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:1",
        _ => "*0",
    };
    format!("{answer}\r\n")
}

/// The words of the next command.
async fn command(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut words = Vec::new();
    for _ in 0..number(stream).await? {
        let mut word = vec![0; number(stream).await? + 2];
        stream.read_exact(&mut word).await.ok()?;
        words.push(String::from_utf8_lossy(&word[..word.len() - 2]).into_owned());
    }
    Some(words.join(" "))
}

async fn number(stream: &mut BufReader<TcpStream>) -> Option<usize> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    line.trim_end().get(1..)?.parse().ok()
}

fn settings(kind: Kind, redis: &Redis) -> Settings {
    let address = Address::parse(&format!("redis://127.0.0.1:{}/0", redis.port)).unwrap();
    Settings::new(kind, address, Duration::from_millis(20))
}

/// Everything that runs, and what it tells.
struct Running {
    memory: Memory,
    status: watch::Receiver<Vec<QueueState>>,
    shutdown: CancellationToken,
    task: tokio::task::JoinHandle<()>,
    _workloads: watch::Sender<Arc<[Workload]>>,
}

impl Running {
    fn start(settings: Settings) -> Self {
        let memory = Memory::default();
        let (telling, status) = watch::channel(Vec::new());
        let (workloads, known) = watch::channel(Arc::from(Vec::new()));
        let shutdown = CancellationToken::new();
        let config = Config { queues: vec![settings], ..Config::default() };
        let identity = Labels::from_pairs([("host", "vm")]);
        let (_, config) = watch::channel(Arc::new(config));
        let run = run(config, memory.clone(), identity, known, telling, shutdown.clone());
        Self { memory, status, shutdown, task: tokio::spawn(run), _workloads: workloads }
    }

    /// Waits until the broker is as wished.
    async fn until(&mut self, mut is_so: impl FnMut(&QueueState) -> bool) -> QueueState {
        let so = self.status.wait_for(|all| all.first().is_some_and(&mut is_so));
        let found = tokio::time::timeout(Duration::from_secs(20), so).await.expect("it comes to be so");
        found.unwrap()[0].clone()
    }

    /// The last value of a series.
    fn last(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let instants = self.memory.instants();
        instants.iter().rev().find_map(|at| self.memory.value(*at, name, labels))
    }
}

fn bindings(queues: &[&str]) -> String {
    let members = queues.iter().map(|queue| {
        let binding = format!("{queue}\u{6}\u{16}\u{6}\u{16}{queue}");
        format!("${}\r\n{binding}\r\n", binding.len())
    });
    format!("*{}\r\n{}", queues.len(), members.collect::<String>())
}

#[tokio::test]
async fn lengths_of_celery_need_no_worker() {
    let redis = Redis::start(&[
        ("SMEMBERS _kombu.binding.celery", &bindings(&["celery", "mail"])),
        ("LLEN celery", ":5\r\n"),
        ("LLEN celery\u{6}\u{16}6", ":2\r\n"),
        ("HLEN unacked", ":3\r\n"),
        ("ZRANGE unacked_index 0 0 WITHSCORES", "*2\r\n$1\r\nu\r\n$12\r\n1795418035.8\r\n"),
    ])
    .await;
    let mut running = Running::start(settings(Kind::Celery, &redis));
    let state = running.until(|state| state.looked_at.is_some()).await;
    let lengths: Vec<_> = state.queues.iter().map(|queue| (queue.name.as_str(), queue.length)).collect();
    assert_eq!(lengths, [("celery", 7), ("mail", 0)]);
    assert_eq!(state.queues[0].by_priority, [(0, 5), (3, 0), (6, 2), (9, 0)]);
    assert_eq!((state.unacked, state.problem.as_deref()), (Some(3), None));
    assert!(state.oldest_unacked.is_some());
    assert_eq!(
        running.last("celery_queue_length", &[("queue_name", "celery"), ("job", "celery")]),
        Some(7.0)
    );
    assert_eq!(
        running.last("celery_queue_priority_length", &[("queue_name", "celery"), ("priority", "6")]),
        Some(2.0)
    );
    assert_eq!(running.last("up", &[("host", "vm")]), Some(1.0));
    running.shutdown.cancel();
    running.task.await.unwrap();
    let end = *running.memory.instants().last().unwrap();
    assert!(
        running.memory.ended(end).iter().any(|series| series.get("__name__") == Some("celery_queue_length"))
    );
    assert!(running.status.borrow().is_empty());
}

#[tokio::test]
async fn a_redis_that_refuses_is_told_of_and_its_lengths_end() {
    let redis = Redis::start(&[("LLEN celery", ":5\r\n")]).await;
    let mut running = Running::start(settings(Kind::Celery, &redis));
    running.until(|state| state.looked_at.is_some()).await;
    redis
        .answers
        .lock()
        .unwrap()
        .insert("HLEN unacked".to_owned(), "-NOAUTH Authentication required.\r\n".to_owned());
    let state = running.until(|state| state.problem.is_some()).await;
    let problem = state.problem.unwrap();
    assert!(problem.contains("NOAUTH") && problem.contains("write the password"), "{problem}");
    assert_eq!(running.last("up", &[]), Some(0.0));
    let ended = running.memory.instants().into_iter().flat_map(|at| running.memory.ended(at));
    assert!(ended.into_iter().any(|series| series.get("__name__") == Some("celery_queue_length")));
    // It answers again.
    redis.answers.lock().unwrap().remove("HLEN unacked");
    running.until(|state| state.problem.is_none()).await;
}

#[tokio::test]
async fn events_are_counted_from_nothing() {
    let redis = Redis::start(&[]).await;
    let mut running = Running::start(settings(Kind::Celery, &redis));
    running.until(|state| state.looked_at.is_some()).await;
    let beat = r#"{"type":"worker-heartbeat","hostname":"w1@vm","freq":2.0,"active":1,"processed":4}"#;
    redis.publish(beat).await;
    running.until(|state| state.hint.is_some() && state.workers.len() == 1).await;
    redis
        .publish(
            r#"[{"type":"task-received","hostname":"w1@vm","uuid":"a","name":"add","timestamp":5.0},
                {"type":"task-failed","hostname":"w1@vm","uuid":"a","exception":"KeyError()","timestamp":5.5}]"#,
        )
        .await;
    let state = running.until(|state| state.tasks.first().is_some_and(|task| task.failed == 1)).await;
    assert_eq!((state.hint, state.workers[0].online, state.workers[0].active), (None, true, Some(1)));
    let labels = [("name", "add"), ("queue_name", "celery"), ("hostname", "vm"), ("exception", "KeyError")];
    while running.last("celery_task_failed_total", &labels) != Some(1.0) {
        running.status.changed().await.unwrap();
    }
    let all: Vec<f64> = (running.memory.instants().into_iter())
        .filter_map(|at| running.memory.value(at, "celery_task_failed_total", &labels))
        .collect();
    assert_eq!(all[0], 0.0, "{all:?}");
    assert_eq!(running.last("celery_worker_up", &[("worker", "w1@vm"), ("hostname", "vm")]), Some(1.0));
    assert_eq!(running.last("celery_task_received_total", &labels[..3]), Some(1.0));
    // By Flower's names too.
    let worker = ("worker", "w1@vm");
    assert_eq!(running.last("flower_worker_online", &[worker]), Some(1.0));
    let failed = [worker, ("type", "task-failed"), ("task", "add")];
    assert_eq!(running.last("flower_events_total", &failed), Some(1.0));
    assert_eq!(running.last("flower_worker_prefetched_tasks", &[worker, ("task", "add")]), Some(1.0));
}

#[tokio::test]
async fn rq_is_looked_at() {
    let redis = Redis::start(&[
        ("SMEMBERS rq:queues", "*1\r\n$16\r\nrq:queue:default\r\n"),
        ("SMEMBERS rq:workers", "*1\r\n$12\r\nrq:worker:w1\r\n"),
        ("LLEN rq:queue:default", ":4\r\n"),
        ("ZCARD rq:failed:default", ":2\r\n"),
        (
            "HMGET rq:worker:w1 state queues last_heartbeat successful_job_count failed_job_count total_working_time \
             current_job",
            "*7\r\n$4\r\nidle\r\n$7\r\ndefault\r\n$20\r\n2026-11-23T07:15:34Z\r\n$1\r\n7\r\n$1\r\n2\r\n$3\r\n1.5\r\n$-1\r\n",
        ),
    ])
    .await;
    let mut running = Running::start(settings(Kind::Rq, &redis));
    let state = running.until(|state| state.looked_at.is_some()).await;
    assert_eq!((state.queues[0].length, state.queues[0].failed), (4, Some(2)));
    assert_eq!((state.workers[0].name.as_str(), state.workers[0].processed), ("w1", Some(9)));
    assert_eq!(running.last("rq_jobs", &[("queue", "default"), ("status", "failed")]), Some(2.0));
    assert_eq!(
        running.last("rq_workers", &[("name", "w1"), ("state", "idle"), ("queues", "default")]),
        Some(1.0)
    );
}

#[tokio::test]
async fn nobody_at_the_address() {
    let address = Address::parse("redis://127.0.0.1:1/0").unwrap();
    let mut running = Running::start(Settings::new(Kind::Celery, address, Duration::from_millis(20)));
    let state = running.until(|state| state.problem.is_some()).await;
    assert!(state.problem.unwrap().contains("cannot connect to 127.0.0.1"));
    assert_eq!(state.looked_at, None::<Timestamp>);
}
