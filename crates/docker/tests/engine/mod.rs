//! A Docker engine made up for tests: enough of its HTTP API on a Unix socket, with a log, events and faults
//! as the test wants them. It gives whatever is not older than `since`, also while following, as 20.10 does.

mod appliance;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

pub(crate) use appliance::{Appliance, Store};

/// One entry of a container's log: what the engine wrote at once.
#[derive(Clone)]
struct Record {
    stream: u8,
    at: i64,
    text: Vec<u8>,
}

#[derive(Clone)]
struct Container {
    inspect: Value,
    log: Vec<Record>,
    /// What reading the log answers instead, if anything.
    log_fault: Option<(u16, &'static str)>,
    /// Ends a follower after so many records, once.
    breaks_after: Option<usize>,
    /// How often its followers were made deaf: those that were there get nothing more.
    deafenings: usize,
    /// How often followers go back, and by how many records.
    steps_back: (usize, usize),
    /// How many of the oldest records are left out when lines since a time are asked for.
    compressed: usize,
}

impl Container {
    fn runs(&self) -> bool {
        self.inspect["State"]["Status"] == "running"
    }

    fn tty(&self) -> bool {
        self.inspect["Config"]["Tty"] == true
    }
}

#[derive(Default)]
struct State {
    containers: BTreeMap<String, Container>,
    events: Vec<(i64, Value)>,
    requests: Vec<String>,
    /// The minor of the API's version.
    api: u32,
    /// Answers every request with this status.
    refuses: Option<u16>,
    /// Connections of an earlier generation break.
    generation: u64,
}

/// The engine. Dropping it ends it.
pub(crate) struct Engine {
    folder: TempDir,
    state: Arc<Mutex<State>>,
    changes: watch::Sender<u64>,
    listener: Option<AbortOnDropHandle<()>>,
}

/// The full id of container number `n`.
pub(crate) fn id(n: u8) -> String {
    format!("{n:02x}").repeat(32)
}

impl Engine {
    /// One that does not listen yet.
    pub(crate) fn absent() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = State { api: 41, ..State::default() };
        Self { folder, state: Arc::new(Mutex::new(state)), changes: watch::Sender::new(0), listener: None }
    }

    pub(crate) fn start() -> Self {
        let mut engine = Self::absent();
        engine.listen();
        engine
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    pub(crate) fn listen(&mut self) {
        let _ = std::fs::remove_file(self.socket());
        let listener = UnixListener::bind(self.socket()).unwrap();
        let (state, changes) = (self.state.clone(), self.changes.clone());
        self.listener = Some(AbortOnDropHandle::new(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = Serving { state: state.clone(), changes: changes.subscribe(), stream };
                tokio::spawn(async move { serving.serve().await });
            }
        })));
    }

    /// Goes away in the middle of everything.
    pub(crate) fn vanish(&mut self) {
        self.listener = None;
        let _ = std::fs::remove_file(self.socket());
        self.change(|state| state.generation += 1);
    }

    /// Breaks every connection and goes on.
    pub(crate) fn hiccup(&self) {
        self.change(|state| state.generation += 1);
    }

    /// Speaks another version of the API than 1.41.
    pub(crate) fn speak(&self, api: u32) {
        self.change(|state| state.api = api);
    }

    pub(crate) fn refuse(&self, status: Option<u16>) {
        self.change(|state| state.refuses = status);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changes.send_modify(|count| *count += 1);
    }

    fn container(&self, n: u8, change: impl FnOnce(&mut Container)) {
        self.change(|state| change(state.containers.get_mut(&id(n)).expect("no such container")));
    }

    /// Makes container `n` of the compose service `name`; it does not run yet.
    pub(crate) fn create(&self, n: u8, name: &str, change: impl FnOnce(&mut Value)) {
        let mut inspect = json!({
            "Id": id(n), "Name": format!("/{name}"), "Created": time(1000 + i64::from(n)), "Image": "sha256:1",
            "RestartCount": 0,
            "State": {"Status": "created", "ExitCode": 0, "OOMKilled": false,
                      "StartedAt": "0001-01-01T00:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z"},
            "Config": {"Tty": false, "Image": "shop/web:1",
                       "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": name}},
            "HostConfig": {"LogConfig": {"Type": "json-file"}},
            "NetworkSettings": {"Networks": {}, "Ports": {}}
        });
        change(&mut inspect);
        let container = Container {
            inspect,
            log: Vec::new(),
            log_fault: None,
            breaks_after: None,
            deafenings: 0,
            steps_back: (0, 0),
            compressed: 0,
        };
        self.change(|state| _ = state.containers.insert(id(n), container));
    }

    /// A running container of which no event is told.
    pub(crate) fn running(&self, n: u8, name: &str) {
        self.create(n, name, |_| {});
        self.set_running(n, 2_000_000_000);
    }

    fn set_running(&self, n: u8, at: i64) {
        self.container(n, |container| {
            container.inspect["State"]["Status"] = json!("running");
            container.inspect["State"]["StartedAt"] = json!(nano_time(at - 1));
        });
    }

    pub(crate) fn set(&self, n: u8, change: impl FnOnce(&mut Value)) {
        self.container(n, |container| change(&mut container.inspect));
    }

    pub(crate) fn log_fault(&self, n: u8, fault: Option<(u16, &'static str)>) {
        self.container(n, |container| container.log_fault = fault);
    }

    pub(crate) fn break_after(&self, n: u8, records: usize) {
        self.container(n, |container| container.breaks_after = Some(records));
    }

    /// From now on the present followers get nothing, as happens with 20.10 when a container ends or when a new log
    /// file is begun.
    pub(crate) fn deafen(&self, n: u8) {
        self.container(n, |container| container.deafenings += 1);
    }

    /// Lets followers give the last records again, as 20.10 does when it begins a new file.
    pub(crate) fn step_back(&self, n: u8, records: usize) {
        self.container(n, |container| container.steps_back = (container.steps_back.0 + 1, records));
    }

    /// Leaves the oldest records out when lines since a time are asked for, as 20.10 does with compressed files.
    pub(crate) fn compress(&self, n: u8, records: usize) {
        self.container(n, |container| container.compressed = records);
    }

    /// Writes to the log as it stands: end `text` with a line break or not.
    pub(crate) fn write(&self, n: u8, stream: u8, at: i64, text: &str) {
        let text = text.as_bytes().to_vec();
        self.container(n, |container| container.log.push(Record { stream, at, text }));
    }

    /// Throws away the oldest records.
    pub(crate) fn rotate(&self, n: u8, records: usize) {
        self.container(n, |container| _ = container.log.drain(..records));
    }

    pub(crate) fn event(&self, n: u8, action: &str, at: i64, attributes: Value) {
        let mut actor = json!({"image": "shop/web:1"});
        let known = self.state().containers.get(&id(n)).map(|container| container.inspect.clone());
        if let Some(inspect) = known {
            actor["name"] = json!(inspect["Name"].as_str().unwrap().trim_start_matches('/'));
            for (name, value) in inspect["Config"]["Labels"].as_object().into_iter().flatten() {
                actor[name] = value.clone();
            }
        }
        for (name, value) in attributes.as_object().into_iter().flatten() {
            actor[name] = value.clone();
        }
        let event = json!({"Type": "container", "Action": action, "Actor": {"ID": id(n), "Attributes": actor},
                           "time": at / 1_000_000_000, "timeNano": at});
        self.change(|state| state.events.push((at, event)));
    }

    pub(crate) fn start_container(&self, n: u8, at: i64) {
        self.set_running(n, at);
        self.event(n, "start", at, json!({}));
    }

    pub(crate) fn end_container(&self, n: u8, at: i64, exit_code: i64) {
        self.container(n, |container| {
            let state = &mut container.inspect["State"];
            (state["Status"], state["ExitCode"]) = (json!("exited"), json!(exit_code));
            state["FinishedAt"] = json!(nano_time(at));
        });
        self.event(n, "die", at, json!({"exitCode": exit_code.to_string()}));
    }

    pub(crate) fn remove(&self, n: u8, at: i64) {
        self.event(n, "destroy", at, json!({}));
        self.change(|state| _ = state.containers.remove(&id(n)));
    }

    /// The engine's memory of events is lost.
    pub(crate) fn forget_events(&self) {
        self.change(|state| state.events.clear());
    }

    /// The requests since this was asked last, as `GET /path`.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state().requests)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let asked: Vec<String> = self.requests();
        let other = asked.iter().find(|request| !request.starts_with("GET "));
        assert!(other.is_none() || std::thread::panicking(), "only GET may be asked: {other:?}");
    }
}

fn time(seconds: i64) -> String {
    nano_time(seconds * 1_000_000_000)
}

/// As engines write times.
pub(crate) fn nano_time(nanos: i64) -> String {
    model::Timestamp::from_nanos(nanos).to_string()
}

/// One connection.
struct Serving {
    state: Arc<Mutex<State>>,
    changes: watch::Receiver<u64>,
    stream: UnixStream,
}

impl Serving {
    async fn serve(mut self) -> Option<()> {
        let head = self.head().await?;
        let (request, _) = head.split_once(" HTTP/")?;
        self.state.lock().unwrap().requests.push(request.to_owned());
        let (path, query) =
            request.split_once(' ')?.1.split_once('?').unwrap_or((request.split_once(' ')?.1, ""));
        let refusal = self.state.lock().unwrap().refuses;
        if let Some(status) = refusal {
            return self.answer(status, &json!({"message": "not today"})).await;
        }
        let api = format!("1.{}", self.state.lock().unwrap().api);
        let path_version = format!("v{api}");
        match path.split('/').skip(1).collect::<Vec<_>>().as_slice() {
            ["version"] => self.answer(200, &json!({"Version": "20.10.24", "ApiVersion": api})).await,
            [version, "containers", "json"] if *version == path_version => {
                let list = self.list();
                self.answer(200, &list).await
            }
            [version, "containers", id, "json"] if *version == path_version => match self.find(id) {
                Some(container) => self.answer(200, &container.inspect).await,
                None => self.answer(404, &json!({"message": "No such container"})).await,
            },
            [version, "containers", id, "logs"] if *version == path_version => {
                let id = (*id).to_owned();
                self.logs(&id, query).await
            }
            [version, "events"] if *version == path_version => self.events(query).await,
            _ => self.answer(404, &json!({"message": "page not found"})).await,
        }
    }

    async fn head(&mut self) -> Option<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.ok()?);
        }
        String::from_utf8(head).ok()
    }

    fn find(&self, id: &str) -> Option<Container> {
        self.state.lock().unwrap().containers.get(id).cloned()
    }

    fn list(&self) -> Value {
        let state = self.state.lock().unwrap();
        let line = |(id, container): (&String, &Container)| {
            let inspect = &container.inspect;
            json!({"Id": id, "Names": [inspect["Name"]], "State": inspect["State"]["Status"], "Status": "Up 1 second"})
        };
        state.containers.iter().map(line).collect()
    }

    async fn answer(&mut self, status: u16, body: &Value) -> Option<()> {
        let body = body.to_string();
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
        self.stream.write_all(format!("{head}{body}").as_bytes()).await.ok()
    }

    async fn begin(&mut self) -> Option<()> {
        self.stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.ok()
    }

    async fn chunk(&mut self, bytes: &[u8]) -> Option<()> {
        let head = format!("{:x}\r\n", bytes.len());
        self.stream.write_all(&[head.as_bytes(), bytes, b"\r\n"].concat()).await.ok()
    }

    /// Waits for a change; `None` if connections of `generation` are to break.
    async fn changed(&mut self, generation: u64) -> Option<()> {
        self.changes.changed().await.ok()?;
        (self.generation() == generation).then_some(())
    }

    fn generation(&self) -> u64 {
        self.state.lock().unwrap().generation
    }

    async fn logs(&mut self, id: &str, query: &str) -> Option<()> {
        let generation = self.generation();
        let since = parameter(query, "since").map_or(i64::MIN, nanos);
        let container = self.find(id);
        let fault =
            container.as_ref().map_or(Some((404, "No such container")), |container| container.log_fault);
        if let Some((status, message)) = fault {
            return self.answer(status, &json!({ "message": message })).await;
        }
        let follow = parameter(query, "follow").is_some() && container?.runs();
        let tail = parameter(query, "tail").map(|tail| tail.parse::<usize>().unwrap());
        self.begin().await?;
        let compressed = if since == i64::MIN { 0 } else { self.find(id)?.compressed };
        let length = self.find(id)?.log.len();
        let mut sent = tail.map_or(0, |tail| length.saturating_sub(tail)).max(compressed);
        let mut steps_back = self.find(id)?.steps_back.0;
        let deafenings = self.find(id)?.deafenings;
        loop {
            self.changes.mark_unchanged();
            let now = self.find(id);
            let (steps, records) = now.as_ref().map_or((steps_back, 0), |container| container.steps_back);
            if follow && steps > steps_back {
                sent -= records;
                steps_back = steps;
            }
            let log = now.as_ref().map_or(&[][..], |container| &container.log);
            let deaf = follow && now.as_ref().is_some_and(|container| container.deafenings > deafenings);
            let log = if deaf { &log[..sent.min(log.len())] } else { log };
            for record in log.get(sent..).unwrap_or(&[]) {
                if self.shall_break(id, sent) {
                    return None;
                }
                if record.at >= since {
                    let bytes = wire(record, now.as_ref().is_some_and(Container::tty));
                    self.chunk(&bytes).await?;
                }
                sent += 1;
            }
            if !follow || !now.is_some_and(|container| container.runs()) {
                return self.chunk(b"").await;
            }
            self.changed(generation).await?;
        }
    }

    fn shall_break(&self, id: &str, sent: usize) -> bool {
        let mut state = self.state.lock().unwrap();
        let Some(container) = state.containers.get_mut(id) else { return false };
        container.breaks_after.take_if(|after| *after == sent).is_some()
    }

    async fn events(&mut self, query: &str) -> Option<()> {
        let generation = self.generation();
        let since = parameter(query, "since").map_or(i64::MIN, nanos);
        self.begin().await?;
        let mut sent = 0;
        loop {
            self.changes.mark_unchanged();
            let events = self.state.lock().unwrap().events.clone();
            for (at, event) in events.iter().skip(sent) {
                if *at >= since {
                    self.chunk(format!("{event}\n").as_bytes()).await?;
                }
            }
            sent = events.len();
            self.changed(generation).await?;
        }
    }
}

fn wire(record: &Record, tty: bool) -> Vec<u8> {
    let mut prefix = String::new();
    write!(prefix, "{} ", nano_time(record.at)).unwrap();
    let payload = [prefix.as_bytes(), &record.text].concat();
    if tty {
        return payload;
    }
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[record.stream, 0, 0, 0], length.as_slice(), &payload].concat()
}

fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn nanos(text: &str) -> i64 {
    let (seconds, nanos) = text.split_once('.').unwrap_or((text, "0"));
    seconds.parse::<i64>().unwrap() * 1_000_000_000 + nanos.parse::<i64>().unwrap()
}

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
