//! Headless Chromium, driven over its debugging protocol.
//!
//! [`Page`] types and clicks as a person would, by the words on the screen, and remembers whatever the browser
//! complained about: errors on the console, exceptions, violations of the content security policy.

mod protocol;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::Process;
use super::{checkout, until};
use protocol::Connection;

/// How long the page may take for anything on a loaded machine.
const LIMIT: Duration = Duration::from_secs(30);

/// How long the browser may take to end by itself.
const END: Duration = Duration::from_secs(10);

/// Script that finds what a person would call `wanted` among what can be clicked.
const CLICKABLE: &str = include_str!("browser/clickable.js");
/// Script that finds the field that a person would call `wanted`.
const FIELD: &str = include_str!("browser/field.js");

/// Whether `cargo xtask web` has made the page.
pub(crate) fn page_is_built() -> bool {
    checkout().join("web/dist/index.html").is_file()
}

/// Whether it was made as it is shipped: small and compressed.
pub(crate) fn page_is_compressed() -> bool {
    let files = fs::read_dir(checkout().join("web/dist"));
    files.is_ok_and(|files| {
        files.flatten().any(|file| file.file_name().to_string_lossy().ends_with(".wasm.br"))
    })
}

/// One tab of a browser of its own, with its own cookies.
pub(crate) struct Page {
    connection: Connection,
    process: Process,
    _profile: TempDir,
}

/// Keys held while another is pressed.
#[derive(Clone, Copy)]
pub(crate) enum Held {
    Nothing,
    Control,
}

impl Page {
    /// Starts a browser and opens `url`.
    pub(crate) fn open(url: &str) -> Self {
        let profile = tempfile::Builder::new().prefix("porthole-browser-").tempdir().unwrap();
        let mut command = Command::new("chromium");
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = Process::start(&mut command);
        let port_file = profile.path().join("DevToolsActivePort");
        let address = until("Chromium opens its debugging port", Duration::from_secs(60), || {
            let text = fs::read_to_string(&port_file).ok()?;
            let (port, path) = text.split_once('\n')?;
            path.starts_with('/').then(|| format!("ws://127.0.0.1:{port}{path}"))
        });
        let mut page = Self { connection: Connection::open(&address), process, _profile: profile };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        page.resize(1280, 800);
        page.go(url);
        page
    }

    /// Goes to an address, as if typed.
    pub(crate) fn go(&mut self, url: &str) {
        let answer = self.call("Page.navigate", &json!({ "url": url }));
        assert!(answer.get("errorText").is_none(), "{url}: {answer}");
        // A change of the fragment alone does not load anything.
        self.await_true("the page is loaded", "document.readyState === 'complete'");
    }

    /// Loads the page again.
    pub(crate) fn reload(&mut self) {
        self.evaluate("window.__before = true");
        self.call("Page.reload", &json!({}));
        self.await_true("the page is loaded again", "!window.__before && document.readyState === 'complete'");
    }

    /// The address in the address bar.
    pub(crate) fn url(&mut self) -> String {
        self.evaluate("location.href").as_str().expect("an address").to_owned()
    }

    /// The visible text.
    pub(crate) fn text(&mut self) -> String {
        self.evaluate("document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// The value of an expression; promises are awaited. An exception ends the test.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.call("Runtime.evaluate", &parameters);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true; ends the test with the page's text if it never is.
    pub(crate) fn await_true(&mut self, what: &str, expression: &str) {
        let start = Instant::now();
        // While a page is being replaced by the next, nothing can be evaluated in it.
        while !self.try_evaluate(expression).is_some_and(|value| value == true) {
            if start.elapsed() > LIMIT {
                let seen = self.screenshot("failed");
                panic!(
                    "not within {LIMIT:?}: {what}; see {}; the page says:\n{}",
                    seen.display(),
                    self.text()
                );
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until `text` is visible anywhere.
    pub(crate) fn await_text(&mut self, text: &str) {
        let expression = format!("!!document.body && document.body.innerText.includes({})", json!(text));
        self.await_true(&format!("the page says {text:?}"), &expression);
    }

    /// Clicks the button, link or option that is called `name`, once it is there.
    pub(crate) fn click(&mut self, name: &str) {
        self.await_true(&format!("{name:?} can be clicked"), &format!("!!({CLICKABLE})({})", json!(name)));
        self.click_on(&format!("({CLICKABLE})({})", json!(name)));
    }

    /// Clicks the middle of the element that an expression gives.
    pub(crate) fn click_on(&mut self, element: &str) {
        let middle = self.evaluate(&format!(
            "(() => {{ const e = {element}; e.scrollIntoView({{ block: 'nearest' }}); \
             const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// Types into the field that is called `name`, in place of what it holds, once it is there.
    pub(crate) fn fill(&mut self, name: &str, text: &str) {
        let find = format!("({FIELD})({})", json!(name));
        self.await_true(&format!("there is a field {name:?}"), &format!("!!{find}"));
        self.evaluate(&format!("(() => {{ const e = {find}; e.focus(); e.select(); }})()"));
        self.type_text(text);
    }

    /// Types into what has the focus.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Presses and releases a key by its name: `Enter`, `k`, `?`.
    pub(crate) fn press(&mut self, key: &str, held: Held) {
        let modifiers = match held {
            Held::Nothing => 0,
            Held::Control => 2,
        };
        let mut event = json!({ "type": "keyDown", "key": key, "modifiers": modifiers });
        let code = virtual_key(key);
        event["windowsVirtualKeyCode"] = json!(code);
        if key == "Enter" {
            event["text"] = json!("\r");
        } else if key.chars().count() == 1 && modifiers == 0 {
            event["text"] = json!(key);
        }
        self.call("Input.dispatchKeyEvent", &event);
        event["type"] = json!("keyUp");
        self.call("Input.dispatchKeyEvent", &event);
    }

    /// The size of the window.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// What the system prefers: `light` or `dark`.
    pub(crate) fn prefer(&mut self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", &features);
    }

    /// Takes a picture into `target/screenshots/<name>.png`.
    pub(crate) fn screenshot(&mut self, name: &str) -> PathBuf {
        let answer = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        let data = answer["data"].as_str().expect("a picture");
        let file = super::output("screenshots").join(format!("{name}.png"));
        fs::write(&file, base64::engine::general_purpose::STANDARD.decode(data).unwrap()).unwrap();
        file
    }

    /// Takes pictures in every width that matters, light and dark: `<name>-<scheme>-<width>.png`. A page that is
    /// wider than the window ends the test.
    pub(crate) fn screenshots(&mut self, name: &str) {
        for (width, height) in [(1920, 1080), (1280, 800), (390, 844)] {
            self.resize(width, height);
            for scheme in ["light", "dark"] {
                self.prefer(scheme);
                self.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 150)))");
                self.screenshot(&format!("{name}-{scheme}-{width}"));
                let excess = self.evaluate("document.documentElement.scrollWidth - innerWidth");
                assert!(excess.as_i64() <= Some(0), "{name} is {excess} pixels wider than {width}");
            }
        }
        self.resize(1280, 800);
    }

    /// Ends the test if the browser complained about anything so far.
    pub(crate) fn expect_no_complaints(&mut self) {
        // What was said before this answer has arrived with it.
        self.evaluate("0");
        let mut complaints = self.connection.complaints();
        // A network that an engine beside makes or takes away breaks off what is under way, and the page asks again.
        complaints.retain(|complaint| !complaint.contains("net::ERR_NETWORK_CHANGED"));
        assert!(complaints.is_empty(), "the browser complains:\n{}", complaints.join("\n"));
    }

    fn try_evaluate(&mut self, expression: &str) -> Option<Value> {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.connection.call("Runtime.evaluate", &parameters).ok()?;
        answer.get("exceptionDetails").is_none().then(|| answer["result"]["value"].take())
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.connection.expect(method, parameters)
    }
}

/// The number by which browsers know the keys that do something by themselves.
fn virtual_key(key: &str) -> u32 {
    match key {
        "Enter" => 13,
        "Escape" => 27,
        _ => key.chars().next().map_or(0, |first| first.to_ascii_uppercase().into()),
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the browser's complaints ---\n{}", self.connection.complaints().join("\n"));
        }
        // Killed, it would leave processes behind that still write into the profile while it is removed.
        self.connection.close();
        let start = Instant::now();
        while self.process.ended().is_none() && start.elapsed() < END {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
