//! The proxies, each set up to do the same: pass everything on to one server, over connections that are kept.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::load::appliance::{Appliance, Site};
use crate::process;

/// The load and the server share one core; the proxy has the other.
pub(super) const LOAD_CORE: &str = "0";
const PROXY_CORE: &str = "1";
const PATIENCE: Duration = Duration::from_secs(20);

/// A proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    Nginx,
    NginxLog,
    Haproxy,
    Caddy,
    PortholeNoLog,
    Porthole,
}

impl Peer {
    pub(super) const ALL: [Self; 6] =
        [Self::Nginx, Self::NginxLog, Self::Haproxy, Self::Caddy, Self::PortholeNoLog, Self::Porthole];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::NginxLog => "nginx with an access log",
            Self::Haproxy => "HAProxy",
            Self::Caddy => "Caddy",
            Self::PortholeNoLog => "Porthole without its access log",
            Self::Porthole => "Porthole",
        }
    }

    /// Starts it on the proxy's core.
    pub(super) fn start(self, binary: &Path, folder: &Path, server: &Server) -> Result<Running> {
        let [plain, tls] = [free_address()?, free_address()?];
        let program = match self {
            Self::Nginx | Self::NginxLog => {
                let log =
                    if self == Self::NginxLog { access_log(folder) } else { "access_log off;".to_owned() };
                let text = nginx(folder, plain, tls, server.address, &log);
                Program::Peer(spawn_nginx(folder, "proxy", &text, PROXY_CORE)?)
            }
            Self::Haproxy => {
                let file = folder.join("haproxy.cfg");
                fs::write(&file, haproxy(folder, plain, tls, server.address))?;
                Program::Peer(spawn(
                    folder,
                    PROXY_CORE,
                    Command::new("haproxy").args(["-db", "-f"]).arg(file),
                )?)
            }
            Self::Caddy => {
                let file = folder.join("Caddyfile");
                fs::write(&file, caddy(folder, plain, tls, server.address))?;
                let mut command = Command::new("caddy");
                command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
                command.env("GOMAXPROCS", "1").env("HOME", folder);
                Program::Peer(spawn(folder, PROXY_CORE, &mut command)?)
            }
            Self::PortholeNoLog | Self::Porthole => {
                let site = Site::fresh(binary, &folder.join("porthole"))?;
                let text = porthole(folder, plain, tls, server.address, self == Self::Porthole);
                fs::write(site.folder.join("porthole.toml"), text)?;
                let appliance = Appliance::start(&site)?;
                let pid = appliance.pid().to_string();
                let mut pin = Command::new("taskset");
                let pinned = pin.args(["-a", "-p", "-c", PROXY_CORE, &pid]).stdout(Stdio::null()).status()?;
                if !pinned.success() {
                    bail!("the appliance could not be put on core {PROXY_CORE}");
                }
                Program::Porthole(appliance)
            }
        };
        await_listener(plain)?;
        await_listener(tls)?;
        Ok(Running { plain: format!("http://{plain}"), tls: format!("https://{tls}"), program })
    }
}

/// A proxy at work; it ends with this value.
pub(super) struct Running {
    pub(super) plain: String,
    pub(super) tls: String,
    program: Program,
}

enum Program {
    Peer(Spawned),
    Porthole(Appliance),
}

impl Running {
    pub(super) fn pid(&self) -> u32 {
        match &self.program {
            Program::Peer(spawned) => spawned.0.id(),
            Program::Porthole(appliance) => appliance.pid(),
        }
    }
}

struct Spawned(Child);

impl Drop for Spawned {
    fn drop(&mut self) {
        // Politely, so that workers end too.
        let _ = process::signal(self.0.id(), "TERM");
        let _ = self.0.wait();
    }
}

fn spawn(folder: &Path, core: &str, command: &mut Command) -> Result<Spawned> {
    let log = File::options().create(true).append(true).open(folder.join("peers.log"))?;
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", core]).arg(command.get_program()).args(command.get_args()).current_dir(folder);
    let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    pinned.envs(set).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    Ok(Spawned(pinned.spawn().with_context(|| process::describe(command))?))
}

fn spawn_nginx(folder: &Path, name: &str, text: &str, core: &str) -> Result<Spawned> {
    let file = folder.join(format!("{name}.nginx"));
    fs::write(&file, text)?;
    spawn(folder, core, Command::new("nginx").arg("-p").arg(folder).arg("-c").arg(file))
}

/// The server behind all of them: nginx with files in memory.
pub(super) struct Server {
    address: SocketAddr,
    _process: Spawned,
}

impl Server {
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let address = free_address()?;
        let files = folder.join("files");
        fs::create_dir_all(&files)?;
        fs::write(files.join("small"), vec![b'a'; 1024])?;
        fs::write(files.join("large"), vec![b'a'; 100 << 10])?;
        let text = format!(
            "{}\nhttp {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; {}\n\
             open_file_cache max=10; server {{ listen {address} backlog=4096; root {}; }} }}\n",
            nginx_head("server"),
            temporary_paths(),
            files.display()
        );
        let process = spawn_nginx(folder, "server", &text, LOAD_CORE)?;
        await_listener(address)?;
        Ok(Self { address, _process: process })
    }
}

fn nginx_head(name: &str) -> String {
    format!(
        "daemon off; worker_processes 1; pid {name}.pid; error_log stderr error; events {{ worker_connections 4096; }}"
    )
}

fn temporary_paths() -> String {
    ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path temporary;"))
        .concat()
}

fn access_log(folder: &Path) -> String {
    format!(
        "log_format j escape=json '{{\"t\":\"$time_iso8601\",\"m\":\"$request_method\",\"h\":\"$host\",\"u\":\"$uri\",\
         \"q\":\"$args\",\"s\":$status,\"d\":$request_time,\"b\":$body_bytes_sent,\"c\":\"$remote_addr\",\
         \"a\":\"$http_user_agent\",\"i\":\"$request_id\"}}'; access_log {} j buffer=64k flush=1s;",
        folder.join("access.log").display()
    )
}

fn nginx(folder: &Path, plain: SocketAddr, tls: SocketAddr, server: SocketAddr, log: &str) -> String {
    format!(
        "{head}\nhttp {{ {log} {temporary} keepalive_requests 1000000000; proxy_buffers 32 8k;\n\
         upstream s {{ server {server}; keepalive 128; keepalive_requests 1000000000; }}\n\
         server {{ listen {plain} backlog=4096; listen {tls} ssl http2 backlog=4096;\n\
         ssl_certificate {cert}; ssl_certificate_key {key}; ssl_protocols TLSv1.3; ssl_session_tickets off;\n\
         location / {{ proxy_pass http://s; proxy_http_version 1.1; proxy_set_header Connection \"\";\n\
         proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
         proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Request-ID $request_id; }} }} }}\n",
        head = nginx_head("proxy"),
        temporary = temporary_paths(),
        cert = folder.join("cert.pem").display(),
        key = folder.join("key.pem").display(),
    )
}

fn haproxy(folder: &Path, plain: SocketAddr, tls: SocketAddr, server: SocketAddr) -> String {
    let both = folder.join("both.pem");
    format!(
        "global\n nbthread 1\n maxconn 8192\n tune.ssl.cachesize 0\n\
         defaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n option forwardfor\n\
         frontend f\n bind {plain}\n bind {tls} ssl crt {} alpn h2,http/1.1 no-tls-tickets\n\
         http-request set-header X-Forwarded-Proto http\n default_backend b\n\
         backend b\n http-reuse always\n server s {server} pool-max-conn 256\n",
        both.display()
    )
}

fn caddy(folder: &Path, plain: SocketAddr, tls: SocketAddr, server: SocketAddr) -> String {
    format!(
        "{{\n admin off\n auto_https off\n}}\nhttp://:{} {{\n reverse_proxy {server}\n}}\n\
         https://:{} {{\n tls {} {}\n reverse_proxy {server}\n}}\n",
        plain.port(),
        tls.port(),
        folder.join("cert.pem").display(),
        folder.join("key.pem").display(),
    )
}

fn porthole(folder: &Path, plain: SocketAddr, tls: SocketAddr, server: SocketAddr, log: bool) -> String {
    format!(
        "[metrics]\ncontainers = false\nqueues = false\n[metrics.host]\nenabled = false\n\
         [proxy]\naccess_log = {log}\n[proxy.entrypoints.web]\naddress = \"{plain}\"\n\
         [proxy.entrypoints.websecure]\naddress = \"{tls}\"\ntls = \"default\"\n\
         [proxy.tls.default_certificate]\ncert_file = \"{cert}\"\nkey_file = \"{key}\"\n\
         [[proxy.route]]\nrule = \"PathPrefix(`/`)\"\nto = \"http://{server}\"\n",
        cert = folder.join("cert.pem").display(),
        key = folder.join("key.pem").display(),
    )
}

/// A key of P-256 and a certificate for it, also in one file.
pub(super) fn make_certificate(folder: &Path) -> Result<()> {
    let [cert, key]: [PathBuf; 2] = ["cert.pem", "key.pem"].map(|name| folder.join(name));
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    command.args(["-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]);
    command.arg("-keyout").arg(&key).arg("-out").arg(&cert);
    let made = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !made.success() {
        bail!("openssl made no certificate: {made}");
    }
    fs::write(folder.join("both.pem"), fs::read_to_string(cert)? + &fs::read_to_string(key)?)?;
    Ok(())
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn await_listener(address: SocketAddr) -> Result<()> {
    let started = Instant::now();
    while TcpStream::connect(address).is_err() {
        if started.elapsed() > PATIENCE {
            bail!("nobody listens on {address}; see peers.log");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// CPU time of a process and of its children.
pub(super) fn cpu_of_all(pid: u32) -> Result<Duration> {
    let mut spent = process::cpu_time(pid)?;
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    for child in children.split_whitespace().filter_map(|word| word.parse().ok()) {
        spent += process::cpu_time(child)?;
    }
    Ok(spent)
}
