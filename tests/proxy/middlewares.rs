//! Middlewares as teams use them: passwords made by the usual programs, a service that decides who passes, limits that
//! say who refused, and Django's static files without a web server beside it.

use std::fs;
use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::parts::{Answer, Browser, python, with_entrypoint};
use crate::harness::home::free_port;
use crate::harness::process::Process;
use crate::harness::{Appliance, Home, checkout, loki, output, until};

tests! {
    [Openssl]: passwords_of_the_usual_programs_let_in;
    []: another_service_decides, limits_say_who_refused;
    [Django]: django_s_static_files_need_no_web_server;
}

const LIMIT: Duration = Duration::from_secs(30);
const HOST: &str = "app.example";

/// An appliance with a route to itself through one middleware.
fn guarded(middleware: &str) -> (Appliance, SocketAddr) {
    let home = Home::new();
    let port = home.port();
    let route = format!(
        "[proxy.middlewares.guard]\n{middleware}\n[[proxy.route]]\nrule = \"Host(`{HOST}`)\"\n\
         to = \"http://127.0.0.1:{port}\"\nmiddlewares = [\"guard\"]\n"
    );
    with_entrypoint(home, &route)
}

fn ask(address: SocketAddr, path: &str, headers: &str) -> Answer {
    let mut browser = Browser::connect(address);
    browser.write(format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{headers}\r\n"));
    browser.answer()
}

/// What a program says.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn passwords_of_the_usual_programs_let_in() {
    let apr1 = said("openssl", &["passwd", "-apr1", "the secret"]);
    // The system's own library hashes as `htpasswd -B` does.
    let bcrypt = said("perl", &["-e", "print crypt('the secret', q($2y$05$abcdefghijklmnopqrstuu))"]);
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("# operators\nbob:{bcrypt}\n")).unwrap();
    let (_appliance, address) = guarded(&format!(
        "basicauth = {{ users = ['ann:{apr1}'], usersfile = '{}', removeheader = true }}",
        file.path().display()
    ));
    for (credentials, status) in
        [("ann:the secret", 200), ("bob:the secret", 200), ("ann:a guess", 401), ("eve:the secret", 401)]
    {
        let header = format!("Authorization: Basic {}\r\n", BASE64_STANDARD.encode(credentials));
        assert_eq!(ask(address, "/ready", &header).status, status, "{credentials}");
    }
    let refused = ask(address, "/ready", "");
    assert!(refused.head.contains("www-authenticate: basic realm=\"traefik\""), "{}", refused.head);
}

fn another_service_decides() {
    let port = free_port();
    let script = checkout().join("tests/proxy/guard.py");
    let process =
        Process::start(Command::new("python3").arg(script).arg(port.to_string()).stdin(Stdio::null()));
    until("the service listens", LIMIT, || TcpStream::connect(("127.0.0.1", port)).ok());
    let (_appliance, address) = guarded(&format!(
        "forwardauth = {{ address = \"http://127.0.0.1:{port}/check\", authresponseheaders = [\"X-Auth-User\"] }}"
    ));
    assert_eq!(ask(address, "/ready", "Cookie: session=good\r\n").status, 200);
    let sent_away = ask(address, "/ready?a=b", "");
    assert_eq!(sent_away.status, 302);
    let location = format!("location: http://127.0.0.1:{port}/login?next=http://{HOST}/ready?a=b\r\n");
    assert!(sent_away.head.contains(&location), "{}", sent_away.head);
    drop(process);
    assert_eq!(
        ask(address, "/ready", "Cookie: session=good\r\n").status,
        500,
        "nobody to ask, nobody passes"
    );
}

fn limits_say_who_refused() {
    let (appliance, address) = guarded("ratelimit = { average = 1, period = \"1m\", burst = 2 }");
    let statuses = [(); 3].map(|()| ask(address, "/ready", "").status);
    assert_eq!(statuses, [200, 200, 429]);
    let refused = ask(address, "/ready", "");
    assert!(refused.head.contains("retry-after: "), "{}", refused.head);
    let entry = until("the access entry", LIMIT, || {
        loki::texts(appliance.client(), "{stream=\"access\"} | json | status=`429`").pop()
    });
    let entry: serde_json::Value = serde_json::from_str(&entry).unwrap();
    assert_eq!(entry["why"], "middleware", "{entry}");
    assert_eq!(entry["detail"], "guard@porthole: more than 1 requests in 60s, 2 at once", "{entry}");
}

const SETTINGS: &str = "\
SECRET_KEY = 'for tests only'
INSTALLED_APPS = ['django.contrib.admin', 'django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.staticfiles']
STATIC_URL = '/static/'
STATIC_ROOT = 'collected'
STORAGES = {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}}
";

fn django_s_static_files_need_no_web_server() {
    let site = tempfile::tempdir_in(output("")).unwrap();
    collect(site.path());
    let folder = site.path().join("collected");
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("staticfiles.json")).unwrap()).unwrap();
    let hashed = manifest["paths"]["admin/css/base.css"].as_str().unwrap();
    let css = fs::read(folder.join(hashed)).unwrap();
    let route = format!(
        "[[proxy.route]]\nrule = \"Host(`{HOST}`) && PathPrefix(`/static/`)\"\nstatic = \"{}\"\n",
        folder.display()
    );
    let (_appliance, address) = with_entrypoint(Home::new(), &route);

    let plain = ask(address, &format!("/static/{hashed}"), "");
    assert_eq!((plain.status, &plain.body), (200, &css));
    for line in
        ["content-type: text/css; charset=utf-8", "cache-control: public, max-age=31536000, immutable"]
    {
        assert!(plain.head.contains(line), "{line} in {}", plain.head);
    }
    let tag = plain.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    assert_eq!(ask(address, &format!("/static/{hashed}"), &format!("If-None-Match: {tag}\r\n")).status, 304);
    let part = ask(address, &format!("/static/{hashed}"), "Range: bytes=10-19\r\n");
    assert_eq!((part.status, &part.body[..]), (206, &css[10..20]));
    let coded = ask(address, &format!("/static/{hashed}"), "Accept-Encoding: gzip\r\n");
    let mut inflated = Vec::new();
    flate2::read::GzDecoder::new(&coded.body[..]).read_to_end(&mut inflated).unwrap();
    assert_eq!(inflated, css);
    assert!(coded.body.len() < css.len() / 2);

    let unhashed = ask(address, "/static/admin/css/base.css", "");
    assert!(unhashed.head.contains("cache-control: max-age=60"), "{}", unhashed.head);
    for path in
        ["/static/admin/", "/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fsettings.py"]
    {
        assert_eq!(ask(address, path, "").status, 404, "{path}");
    }
}

/// `manage.py collectstatic` of a site with Django's own admin.
fn collect(site: &Path) {
    fs::write(site.join("settings.py"), SETTINGS).unwrap();
    let collected = Command::new(python().expect("it is a part").join("python"))
        .args(["-m", "django", "collectstatic", "--noinput", "--settings", "settings"])
        .current_dir(site)
        .env("PYTHONPATH", site)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(collected.status.success(), "{}", String::from_utf8_lossy(&collected.stderr));
}
