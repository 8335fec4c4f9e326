//! The debugging protocol: calls with answers, and events in between.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// A connection to a browser, and to one tab of it.
pub(super) struct Connection {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    calls: u64,
    /// Of the tab.
    session: Option<String>,
    complaints: Vec<String>,
}

impl Connection {
    /// Connects and opens a tab.
    pub(super) fn open(address: &str) -> Self {
        let (socket, _) = tungstenite::connect(address).expect("Chromium accepts");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        }
        let mut connection = Self { socket, calls: 0, session: None, complaints: Vec::new() };
        let tab = connection.expect("Target.createTarget", &json!({ "url": "about:blank" }));
        let tab = json!({ "targetId": tab["targetId"], "flatten": true });
        let session = connection.expect("Target.attachToTarget", &tab);
        connection.session = session["sessionId"].as_str().map(str::to_owned);
        connection
    }

    /// Asks the browser to end, with all that it has started.
    pub(super) fn close(&mut self) {
        self.session = None;
        // It may end before it answers.
        let _ = self.call("Browser.close", &json!({}));
    }

    /// Calls a method that cannot fail.
    pub(super) fn expect(&mut self, method: &str, parameters: &Value) -> Value {
        self.call(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Calls a method and waits for its answer; events that come before it are looked through.
    pub(super) fn call(&mut self, method: &str, parameters: &Value) -> Result<Value, String> {
        self.calls += 1;
        let mut request = json!({ "id": self.calls, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(request.to_string())).map_err(|error| error.to_string())?;
        loop {
            let Message::Text(text) = self.socket.read().map_err(|error| error.to_string())? else {
                continue;
            };
            let mut message: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            if message["id"] == self.calls {
                return match message.get("error") {
                    Some(error) => Err(error.to_string()),
                    None => Ok(message["result"].take()),
                };
            }
            self.complaints.extend(complaint(&message));
        }
    }

    /// What the browser has complained about since the last look.
    pub(super) fn complaints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.complaints)
    }
}

/// An error on the console, an exception that nobody caught, or what the browser itself logs as an error: files
/// that did not load, violations of the content security policy.
fn complaint(event: &Value) -> Option<String> {
    let parameters = &event["params"];
    match event["method"].as_str()? {
        "Runtime.exceptionThrown" => Some(parameters["exceptionDetails"].to_string()),
        "Runtime.consoleAPICalled" if matches!(parameters["type"].as_str(), Some("error" | "assert")) => {
            Some(parameters["args"].to_string())
        }
        "Log.entryAdded"
            if parameters["entry"]["level"] == "error" || parameters["entry"]["source"] == "security" =>
        {
            Some(parameters["entry"].to_string())
        }
        _ => None,
    }
}
