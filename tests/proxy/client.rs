//! Clients that others wrote: curl and OpenSSL.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Gets `https://<name>/<path>` at `address` with curl, which trusts `root` alone: the status, or why there is none.
pub(crate) fn get(
    address: SocketAddr,
    name: &str,
    path: &str,
    root: &Path,
    more: &[&str],
) -> Result<u16, String> {
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--max-time",
        "30",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
    ]);
    curl.arg("--cacert").arg(root);
    curl.args(["--resolve", &format!("{name}:{}:{}", address.port(), address.ip())]).args(more);
    curl.arg(format!("https://{name}:{}{path}", address.port()));
    let answer = curl.output().unwrap();
    match answer.status.success() {
        true => Ok(String::from_utf8_lossy(&answer.stdout).parse().unwrap()),
        false => Err(String::from_utf8_lossy(&answer.stderr).into_owned()),
    }
}

/// What OpenSSL says of a handshake for `name` at `address`.
pub(crate) fn handshake(address: SocketAddr, name: &str, more: &[&str]) -> Output {
    let mut openssl = Command::new("openssl");
    openssl.args(["s_client", "-connect", &address.to_string(), "-servername", name]).args(more);
    let mut child =
        openssl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // `Q` on a line of its own ends it.
    let _ = child.stdin.take().unwrap().write_all(b"Q\n");
    child.wait_with_output().unwrap()
}

/// The line of the certificate's subject that OpenSSL sees.
pub(crate) fn subject(address: SocketAddr, name: &str) -> String {
    let text = String::from_utf8_lossy(&handshake(address, name, &[]).stdout).into_owned();
    text.lines().find(|line| line.starts_with("subject=")).unwrap_or_default().to_owned()
}
