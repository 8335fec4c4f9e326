//! Compose projects that Traefik serves go on working when Porthole takes its place: shapes that people and platforms
//! write, each a real project on a real engine, asked through the entrypoints.

mod projects;
mod site;

use std::collections::BTreeSet;
use std::time::Duration;

use site::Site;

use crate::harness::home::free_port;
use crate::harness::http::Answer;
use crate::harness::{Home, eventually, until};

tests! {
    [Docker, Curl]:
        a_router_pair_shares_a_service,
        a_dashboard_stays_behind_its_password_and_a_catch_all_catches,
        chains_of_a_file_and_rules_of_version_two_go_on_working,
        what_platforms_generate_goes_on_working,
        routers_over_several_ports_want_a_service_each,
        replicas_stay_when_one_has_other_labels,
        a_dynamic_file_with_static_keys_is_all_that_django_needs;
    []: check_reads_dynamic_files_too;
}

/// `$apr1$abcdefgh$…` of swarm.yml is that of `admin:secret`.
const ADMIN: (&str, &str) = ("authorization", "Basic YWRtaW46c2VjcmV0");

/// Where an answer sends its reader.
fn location(answer: &Answer) -> Option<&str> {
    answer.headers.get("location").and_then(|value| value.to_str().ok())
}

fn a_router_pair_shares_a_service() {
    let site = Site::start("fastapi", "");
    site.engine.docker(&["network", "create", "traefik-public"]);
    site.up("stack", projects::FASTAPI, &[("STACK_NAME", "stack"), ("DOMAIN", "fast.example")]);
    let moved = site.expect("http", "api.fast.example", "/users?page=2", 301);
    assert_eq!(location(&moved), Some("https://api.fast.example/users?page=2"));
    assert_eq!(site.expect_tls("https", "api.fast.example", "/", 200).text(), "backend /index.html\n");
    // TLS on a router means TLS alone.
    assert_eq!(site.ask("https", "api.fast.example", "/", &[]).status, 404);
    assert_eq!(site.ask("http", "other.fast.example", "/", &[]).status, 404);
    let echo = site.expect_tls("https", "api.fast.example", "/cgi-bin/echo", 200).text();
    assert!(echo.contains("HTTP_X_FORWARDED_PROTO=https"), "{echo}");
    assert!(echo.contains("HTTP_HOST=api.fast.example"), "{echo}");
    // While it is made anew a known service is unavailable, not unknown.
    site.engine.docker(&["stop", "--time", "0", "stack_backend_1"]);
    site.expect_tls("https", "api.fast.example", "/", 503);
    site.engine.docker(&["start", "stack_backend_1"]);
    site.expect_tls("https", "api.fast.example", "/", 200);
}

fn a_dashboard_stays_behind_its_password_and_a_catch_all_catches() {
    let site = Site::start("swarm", "");
    site.engine.docker(&["network", "create", "traefik-public"]);
    site.up("swarm", projects::SWARM, &[]);
    site.expect("http", "traefik.swarm.example", "/api/version", 401);
    let version = site.ask("http", "traefik.swarm.example", "/api/version", &[ADMIN]);
    assert_eq!(version.status, 200, "{}", version.text());
    let wrong = ("authorization", "Basic YWRtaW46d3Jvbmc=");
    assert_eq!(site.ask("http", "traefik.swarm.example", "/api/version", &[wrong]).status, 401);
    assert_eq!(site.expect("http", "anything.example", "/", 200).text(), "everything /index.html\n");
}

fn chains_of_a_file_and_rules_of_version_two_go_on_working() {
    let site = Site::start_with_file("homelab", projects::HOMELAB_RULES);
    site.engine.docker(&["network", "create", "t1_proxy"]);
    site.up("homelab", projects::HOMELAB, &[]);
    let refused = site.expect("web", "radarr.home.example", "/", 401);
    assert_eq!(refused.text(), "who are you?\n");
    let pass = ("traefik-auth-bypass-key", "letmein");
    assert_eq!(site.ask("web", "radarr.home.example", "/", &[pass]).text(), "radarr /index.html\n");
    for host in ["sonarr.home.example", "tv.home.example"] {
        assert_eq!(site.expect("web", host, "/", 200).text(), "sonarr /index.html\n");
    }
}

fn what_platforms_generate_goes_on_working() {
    let site = Site::start("platforms", "");
    site.engine.docker(&["network", "create", "dokploy-network"]);
    site.up("cool", projects::COOLIFY, &[]);
    site.up("dok", projects::DOKPLOY, &[]);
    site.up("fort", projects::AUTHELIA, &[]);
    site.up("tcp", projects::TCP, &[]);
    // The same middlewares on every container are one.
    for name in ["app", "api"] {
        let host = format!("{name}.cool.example");
        let moved = site.expect("http", &host, "/", 302);
        assert_eq!(location(&moved), Some(format!("https://{host}/").as_str()));
        assert_eq!(site.expect_tls("https", &host, "/", 200).text(), format!("{name} /index.html\n"));
    }
    let bare = site.expect("http", "www.app.cool.example", "/x", 302);
    assert_eq!(location(&bare), Some("http://app.cool.example/x"));
    // A prefix taken off, and one put on.
    assert_eq!(site.expect("web", "shop.dok.example", "/api/users", 200).text(), "web /users\n");
    let echo = site.expect("web", "shop.dok.example", "/api/cgi-bin/echo", 200).text();
    assert!(echo.contains("HTTP_X_FORWARDED_PREFIX=/api"), "{echo}");
    assert_eq!(site.expect("web", "static.dok.example", "/logo", 200).text(), "web /public/logo\n");
    // A login that adds headers; `&&` binds tighter than `||`.
    let echo = site.expect("web", "one.fort.example", "/cgi-bin/echo", 200).text();
    assert!(echo.contains("HTTP_REMOTE_USER=ada") && echo.contains("HTTP_REMOTE_GROUPS=ops"), "{echo}");
    assert_eq!(site.ask("web", "two.fort.example", "/open", &[]).status, 404);
    assert_eq!(site.expect("web", "two.fort.example", "/admin/x", 200).text(), "secure /admin/x\n");
    // Routers of TCP do not cost the container its router of HTTP, and it is said that they are not served.
    assert_eq!(site.expect("web", "mqtt.tcp.example", "/", 200).text(), "broker /index.html\n");
    site.says("routers of TCP are not supported: nothing listens for `mqtt`");
}

fn routers_over_several_ports_want_a_service_each() {
    let site = Site::start("ports", "");
    site.up("ports", projects::PORTS, &[]);
    assert_eq!(site.expect("web", "git.ports.example", "/", 200).text(), "ui /index.html\n");
    assert_eq!(site.expect("web", "git.ports.example", "/metrics", 200).text(), "metrics /index.html\n");
    site.says("the container has several services, and it is not said which this router is for");
    // Which service is meant cannot be told: nobody is sent to the wrong one.
    for path in ["/", "/metrics"] {
        let refused = site.expect("web", "twin.ports.example", path, 503);
        assert!(!refused.text().contains("index.html"), "{}", refused.text());
    }
}

fn replicas_stay_when_one_has_other_labels() {
    let site = Site::start("replicas", "");
    site.compose("scaled", projects::REPLICAS, &[], &["up", "--detach", "--scale", "web=3"]);
    let names = || -> BTreeSet<String> {
        let answers = (0..12).map(|_| site.ask("web", "scaled.example", "/", &[]));
        answers.filter(|answer| answer.status == 200).map(|answer| answer.text()).collect()
    };
    eventually("all three replicas answer", || (names().len() == 3).then_some(()));
    let labels = [
        "com.docker.compose.project=scaled",
        "com.docker.compose.service=web",
        "com.docker.compose.oneoff=False",
        "com.docker.compose.container-number=4",
        "traefik.enable=true",
        "traefik.http.routers.scaled.rule=Host(`scaled.example`) || Host(`also.scaled.example`)",
        "traefik.http.services.scaled.loadbalancer.server.port=8000",
    ];
    site.run_beside("scaled", &labels, "sh /serve.sh fourth 8000");
    let also = site.expect("web", "also.scaled.example", "/", 200);
    assert!(also.text().ends_with("/index.html\n"));
    // Nobody is lost: not the old name, and not one of the replicas.
    eventually("all four replicas answer", || (names().len() == 4).then_some(()));
    // One that `docker-compose run` starts is none.
    let run = ["run", "--detach", "--rm", "web", "sh", "/serve.sh", "one-off", "8000"];
    site.compose("scaled", projects::REPLICAS, &[], &run);
    site.engine.remove(&["scaled_web_1", "scaled_web_2", "scaled_web_3"]);
    until("only the one started by hand answers", Duration::from_secs(60), || {
        (names() == BTreeSet::from(["fourth /index.html\n".to_owned()])).then_some(())
    });
}

fn a_dynamic_file_with_static_keys_is_all_that_django_needs() {
    let [plain, secure, flower] = std::array::from_fn(|_| free_port());
    let file = projects::DJANGO_TRAEFIK
        .replace(":80'", &format!(":{plain}'"))
        .replace(":443'", &format!(":{secure}'"))
        .replace(":5555'", &format!(":{flower}'"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traefik.yml");
    std::fs::write(&path, file).unwrap();
    let settings = format!("[proxy]\ntraefik_files = [\"{}\"]\n", path.display());
    let ports = [("web", plain), ("web-secure", secure), ("flower", flower)];
    let site = Site::start_on("django", Home::new().with(&settings), &ports);
    site.up("django", projects::DJANGO, &[]);
    assert_eq!(site.expect_tls("web-secure", "site.example", "/", 200).text(), "django /index.html\n");
    assert_eq!(
        site.expect_tls("web-secure", "www.site.example", "/accounts", 200).text(),
        "django /accounts\n"
    );
    let cat = site.expect_tls("web-secure", "www.site.example", "/media/cat.png", 200);
    assert_eq!(cat.text(), "nginx /media/cat.png\n");
    assert_eq!(site.expect_tls("flower", "site.example", "/", 200).text(), "flower /index.html\n");
    let moved = site.expect("web", "site.example", "/", 301);
    assert_eq!(location(&moved), Some(format!("https://site.example:{secure}/").as_str()));
    // A file that breaks changes nothing, one that is mended does.
    std::fs::write(&path, "http: [").unwrap();
    site.says("this is no YAML");
    assert_eq!(site.ask_tls("web-secure", "site.example", "/").text(), "django /index.html\n");
    let mended = projects::DJANGO_TRAEFIK.replace("/media/", "/accounts");
    std::fs::write(&path, mended).unwrap();
    eventually("the mended file is in force", || {
        let answer = site.ask_tls("web-secure", "site.example", "/accounts");
        (answer.status == 404).then_some(())
    });
}

fn check_reads_dynamic_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yml");
    let check = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let home = Home::new().with(&format!("[proxy]\ntraefik_files = [\"{}\"]\n", path.display()));
        let output = home.run(&["check"]);
        let said = String::from_utf8_lossy(&output.stdout).replace(&path.display().to_string(), "rules.yml");
        (output.status.code(), said)
    };
    let good = "http: {routers: {a: {rule: \"Host(`a.example`)\", service: web@docker, middlewares: [auth@docker]}}}";
    let (code, said) = check(good);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("no faults\n"), "{said}");
    let (code, said) =
        check("http:\n  routers:\n    a:\n      rule: Host('a')\n      entrypoint: [web]\nlog: {}\n");
    assert_eq!(code, Some(1), "{said}");
    for line in [
        "error: rules.yml:4: the rule cannot be read: ",
        "error: rules.yml:5: `entrypoint` is no option here; did you mean `entryPoints`?",
        "note: rules.yml:6: `log` is static configuration and does nothing here: ",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let (code, said) = check("http: [");
    assert_eq!((code, said.contains("error: rules.yml:1: this is no YAML: ")), (Some(1), true), "{said}");
}
