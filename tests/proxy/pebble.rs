//! Pebble, the CA of Let's Encrypt's tests, and the DNS server that it asks: every name is on this machine unless told
//! otherwise.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::harness::eventually;
use crate::harness::home::free_port;
use crate::harness::http::Client;
use crate::harness::process::Process;

/// A running CA. It forgets everything when it is started again.
pub(crate) struct Pebble {
    directory: TempDir,
    environment: Vec<(&'static str, String)>,
    acme: u16,
    management: u16,
    dns: u16,
    names: Client,
    pebble: Option<Process>,
    _challtestsrv: Process,
}

impl Pebble {
    /// Starts one that looks for names at `http` and `https`, with these variables in its environment.
    pub(crate) fn start(http: SocketAddr, https: SocketAddr, environment: &[(&'static str, &str)]) -> Self {
        let directory = tempfile::Builder::new().prefix("porthole-test-pebble-").tempdir().unwrap();
        let [acme, management, dns, names] = [(); 4].map(|()| free_port());
        own_certificate(directory.path());
        let settings = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{acme}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": directory.path().join("ca.pem"),
            "privateKey": directory.path().join("ca.key"),
            "httpPort": http.port(),
            "tlsPort": https.port(),
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        fs::write(directory.path().join("pebble.json"), settings.to_string()).unwrap();
        let mut challtestsrv = Command::new("pebble-challtestsrv");
        challtestsrv.args([
            "-defaultIPv4",
            "127.0.0.1",
            "-defaultIPv6",
            "",
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
        ]);
        challtestsrv.args([
            "-dns01",
            &format!("127.0.0.1:{dns}"),
            "-management",
            &format!("127.0.0.1:{names}"),
        ]);
        let log = File::create(directory.path().join("challtestsrv.log")).unwrap();
        challtestsrv.stdout(log.try_clone().unwrap()).stderr(log).stdin(Stdio::null());
        let mut started = Self {
            _challtestsrv: Process::start(&mut challtestsrv),
            environment: environment.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            names: Client::new(format!("http://127.0.0.1:{names}")),
            pebble: None,
            directory,
            acme,
            management,
            dns,
        };
        started.again();
        started
    }

    /// Starts it anew: it knows no account and signs with other keys.
    pub(crate) fn again(&mut self) {
        self.end();
        let log = File::options().create(true).append(true).open(self.log_path()).unwrap();
        let mut command = Command::new("pebble");
        command.arg("-config").arg(self.directory.path().join("pebble.json"));
        command.args(["-dnsserver", &format!("127.0.0.1:{}", self.dns)]).env("PEBBLE_VA_NOSLEEP", "1");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdout(log.try_clone().unwrap()).stderr(log).stdin(Stdio::null());
        self.pebble = Some(Process::start(&mut command));
        let _ = self.root();
    }

    /// Ends it, without a word.
    pub(crate) fn end(&mut self) {
        self.pebble = None;
    }

    /// `[proxy.acme.<name>]` that asks it.
    pub(crate) fn resolver(&self, name: &str, challenge: &str) -> String {
        let ca_file = self.directory.path().join("ca.pem");
        format!(
            "[proxy.acme.{name}]\nemail = \"ops@example.com\"\nchallenge = \"{challenge}\"\n\
             directory = \"https://127.0.0.1:{}/dir\"\nca_file = \"{}\"\n",
            self.acme,
            ca_file.display()
        )
    }

    /// Moves a name to another address.
    pub(crate) fn move_name(&self, name: &str, address: &str) {
        let to = json!({ "host": format!("{name}."), "addresses": [address] });
        self.names.post_json("/add-a", &to).expect(200);
    }

    /// A file with the certificate of those who sign.
    pub(crate) fn root(&self) -> PathBuf {
        let file = self.directory.path().join("root.pem");
        let text = eventually("pebble is there", || {
            let mut curl = Command::new("curl");
            curl.args(["--silent", "--insecure", "--fail"])
                .arg(format!("https://127.0.0.1:{}/roots/0", self.management));
            let answer = curl.output().unwrap();
            answer.status.success().then_some(answer.stdout)
        });
        fs::write(&file, text).unwrap();
        file
    }

    /// How many orders it has been asked for, by all its lives.
    pub(crate) fn orders(&self) -> usize {
        fs::read_to_string(self.log_path()).unwrap().matches("Added order").count()
    }

    fn log_path(&self) -> PathBuf {
        self.directory.path().join("pebble.log")
    }
}

/// The certificate of Pebble's own address.
fn own_certificate(directory: &Path) {
    let mut openssl = Command::new("openssl");
    openssl.args("req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=pebble".split(' '));
    openssl.args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.arg("-keyout").arg(directory.join("ca.key")).arg("-out").arg(directory.join("ca.pem"));
    let made = openssl.output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
