//! An engine, compose projects on it, and an appliance whose proxy serves them.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use ureq::http::Method;

use super::projects;
use crate::harness::home::free_port;
use crate::harness::http::{Answer, Client};
use crate::harness::{Appliance, Engine, Home, eventually};

/// Addresses for the networks of an engine: of engines that run side by side each has its own.
fn own_networks() -> &'static [&'static str] {
    static POOLS: [[&str; 1]; 8] = [
        ["--default-address-pool=base=10.210.0.0/16,size=24"],
        ["--default-address-pool=base=10.211.0.0/16,size=24"],
        ["--default-address-pool=base=10.212.0.0/16,size=24"],
        ["--default-address-pool=base=10.213.0.0/16,size=24"],
        ["--default-address-pool=base=10.214.0.0/16,size=24"],
        ["--default-address-pool=base=10.215.0.0/16,size=24"],
        ["--default-address-pool=base=10.216.0.0/16,size=24"],
        ["--default-address-pool=base=10.217.0.0/16,size=24"],
    ];
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    &POOLS[NEXT.fetch_add(1, Ordering::Relaxed) % POOLS.len()]
}

/// What curl got over TLS.
pub(super) struct Secure {
    pub(super) status: u16,
    body: String,
}

impl Secure {
    pub(super) fn text(&self) -> String {
        self.body.clone()
    }
}

/// The appliance ends before the engine does.
pub(super) struct Site {
    pub(super) appliance: Appliance,
    pub(super) engine: Engine,
    ports: BTreeMap<String, u16>,
    folder: TempDir,
}

impl Site {
    /// Entrypoints called as people call theirs, nothing exposed by default.
    pub(super) fn start(name: &str, more: &str) -> Self {
        let names = ["web", "websecure", "http", "https"];
        let ports = names.map(|name| (name, free_port()));
        let entrypoints: Vec<String> = ports
            .iter()
            .map(|(name, port)| format!("[proxy.entrypoints.{name}]\naddress = \"127.0.0.1:{port}\"\n"))
            .collect();
        Self::start_on(name, Home::new().with(&format!("{more}{}", entrypoints.concat())), &ports)
    }

    /// Likewise with a dynamic file.
    pub(super) fn start_with_file(name: &str, file: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.yml");
        fs::write(&path, file).unwrap();
        let site = Self::start(name, &format!("[proxy]\ntraefik_files = [\"{}\"]\n", path.display()));
        Self { folder, ..site }
    }

    pub(super) fn start_on(name: &str, home: Home, ports: &[(&str, u16)]) -> Self {
        let engine = Engine::start_with(own_networks());
        let appliance = home.docker(&engine).start();
        let folder = tempfile::Builder::new().prefix(&format!("porthole-{name}-")).tempdir().unwrap();
        let ports = ports.iter().map(|(name, port)| ((*name).to_owned(), *port)).collect();
        Self { appliance, engine, ports, folder }
    }

    pub(super) fn port(&self, entrypoint: &str) -> u16 {
        self.ports[entrypoint]
    }

    /// Starts all services of a compose project.
    pub(super) fn up(&self, project: &str, file: &str, variables: &[(&str, &str)]) {
        self.compose(project, file, variables, &["up", "--detach"]);
    }

    /// `docker-compose <arguments>` on a project.
    pub(super) fn compose(&self, project: &str, file: &str, variables: &[(&str, &str)], arguments: &[&str]) {
        let folder = self.folder.path().join(project);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("docker-compose.yml"), file).unwrap();
        fs::write(folder.join("serve.sh"), projects::SERVE).unwrap();
        let output = Command::new("docker-compose")
            .args(["--project-name", project])
            .args(arguments)
            .current_dir(&folder)
            .env("DOCKER_HOST", self.engine.host())
            .envs(variables.iter().copied())
            .output()
            .expect("docker-compose: apt-get install docker-compose");
        assert!(output.status.success(), "{project}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A container in a project's network that compose knows nothing of.
    pub(super) fn run_beside(&self, project: &str, labels: &[&str], script: &str) {
        let network = format!("{project}_default");
        let mount = format!("{}:/serve.sh:ro", self.folder.path().join(project).join("serve.sh").display());
        let mut options = vec!["--network", network.as_str(), "--volume", &mount];
        for label in labels {
            options.extend(["--label", label]);
        }
        let image = crate::harness::images::BUSYBOX;
        let arguments = [&["run", "--detach"], options.as_slice(), &[image, "sh", "-c", script]].concat();
        self.engine.docker(&arguments);
    }

    /// Asks in plain text, once.
    pub(super) fn ask(&self, entrypoint: &str, host: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let client = Client::new(format!("http://127.0.0.1:{}", self.port(entrypoint)));
        let headers = [&[("host", host)], headers].concat();
        client.send(Method::GET, path, &headers, Vec::new())
    }

    /// Asks until the status is the expected one: containers and routes need a moment.
    pub(super) fn expect(&self, entrypoint: &str, host: &str, path: &str, status: u16) -> Answer {
        let mut last = 0;
        let what = format!("{entrypoint}: http://{host}{path} answers {status}");
        eventually(&what, || {
            let answer = self.ask(entrypoint, host, path, &[]);
            if std::mem::replace(&mut last, answer.status) != answer.status {
                println!("{entrypoint}: http://{host}{path}: {} {}", answer.status, answer.text());
            }
            (answer.status == status).then_some(answer)
        })
    }

    /// Asks over TLS, once, whatever the certificate is.
    pub(super) fn ask_tls(&self, entrypoint: &str, host: &str, path: &str) -> Secure {
        let port = self.port(entrypoint);
        let output = Command::new("curl")
            .args(["--silent", "--insecure", "--max-time", "20", "--noproxy", "*"])
            .args(["--write-out", "\n%{http_code}"])
            .args(["--resolve", &format!("{host}:{port}:127.0.0.1")])
            .arg(format!("https://{host}:{port}{path}"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (body, status) = text.rsplit_once('\n').unwrap_or(("", "0"));
        Secure { status: status.parse().unwrap_or(0), body: body.to_owned() }
    }

    /// Asks over TLS until the status is the expected one.
    pub(super) fn expect_tls(&self, entrypoint: &str, host: &str, path: &str, status: u16) -> Secure {
        let what = format!("{entrypoint}: https://{host}{path} answers {status}");
        eventually(&what, || {
            let answer = self.ask_tls(entrypoint, host, path);
            (answer.status == status).then_some(answer)
        })
    }

    /// Waits until the page of routes says this.
    pub(super) fn says(&self, words: &str) {
        let client = self.appliance.client();
        eventually(&format!("the page says {words}"), || {
            client.get("/app/v1/routes").expect(200).text().contains(words).then_some(())
        });
    }
}
