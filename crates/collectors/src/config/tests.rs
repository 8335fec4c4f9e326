use settings::Tree;

use super::*;
use crate::scrape::{Authorization, Scheme};

fn read(text: &str) -> (Config, Vec<String>) {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    (config, tree.finish().iter().map(ToString::to_string).collect())
}

#[test]
fn without_settings_the_host_and_containers_are_looked_at() {
    let (config, faults) = read("");
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!((config.interval, config.jobs.len()), (INTERVAL, 0));
    assert!(config.host.is_some() && config.containers.is_some());
    assert_eq!(config.discovery.map(|job| (job.gzip, job.interval)), Some((false, INTERVAL)));
}

#[test]
fn everything_can_be_switched_off() {
    let (config, faults) = read(
        "[metrics]\nscrape_interval = \"30s\"\ncontainers = false\n[metrics.host]\nenabled = false\nproc = \"/host/proc\"\n\
         [metrics.discovery]\nenabled = false\n",
    );
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(config.interval, Duration::from_secs(30));
    assert!(config.host.is_none() && config.containers.is_none() && config.discovery.is_none());
}

#[test]
fn a_job_with_everything() {
    let (config, faults) = read(
        r#"
        [[metrics.scrape]]
        job = "web"
        targets = ["web:8000", "https://other.example.com:1234/numbers", "[::1]:9100"]
        path = "/m"
        scheme = "https"
        params = { "match[]" = ["a", "b"] }
        headers = { X-Scope = "team" }
        interval = "5s"
        timeout = "2s"
        honor_labels = true
        honor_timestamps = false
        follow_redirects = false
        gzip = false
        username = "me"
        password = "it"
        labels = { team = "core" }
        relabel = [{ source_labels = ["__address__"], regex = "o.*", action = "drop" }]
        metric_relabel = [{ regex = "pod", action = "labeldrop" }]
        sample_limit = 10
        body_size_limit = "1MiB"
        label_limit = 5
        label_name_length_limit = 6
        label_value_length_limit = 7
        tls = { server_name = "web", insecure_skip_verify = true }
        "#,
    );
    assert_eq!(faults, Vec::<String>::new());
    let [job] = config.jobs.as_slice() else { panic!("{:?}", config.jobs) };
    assert_eq!((job.name.as_str(), job.path.as_str(), job.scheme), ("web", "/m", Scheme::Https));
    let hosts: Vec<&str> = job.targets.iter().map(|address| address.host.as_str()).collect();
    assert_eq!(hosts, ["web:8000", "other.example.com:1234", "[::1]:9100"]);
    assert_eq!(job.targets[1].path.as_deref(), Some("/numbers"));
    assert_eq!((job.interval, job.timeout), (Duration::from_secs(5), Duration::from_secs(2)));
    assert!(job.honor_labels && !job.honor_timestamps && !job.follow_redirects && !job.gzip);
    assert!(matches!(&job.authorization, Some(Authorization::Basic { name, .. }) if name == "me"));
    assert_eq!((job.labels.get("team"), job.relabel.len(), job.metric_relabel.len()), (Some("core"), 1, 1));
    let limits = job.limits;
    assert_eq!((limits.body.0, limits.series, limits.labels), (1 << 20, 10, 5));
    assert_eq!((limits.label_name, limits.label_value), (6, 7));
    assert_eq!((job.tls.server_name.as_deref(), job.tls.insecure_skip_verify), (Some("web"), true));
    assert_eq!(job.line, Some(3));
}

#[test]
fn a_short_interval_shortens_the_timeout() {
    let (config, faults) = read("[[metrics.scrape]]\njob = \"a\"\ntargets = [\"a:1\"]\ninterval = \"3s\"\n");
    assert_eq!((faults, config.jobs[0].timeout), (Vec::new(), Duration::from_secs(3)));
}

#[test]
fn faults_name_the_place_and_the_mend() {
    let (_, faults) = read(
        r#"
        [metrics]
        scrape_interval = "10m"
        [metrics.discovery]
        targets = ["a:1"]
        [[metrics.scrape]]
        targets = ["web:port:8000", "ftp://web", "http://me@web", "web/m?x=1", "web:"]
        interval = "10s"
        timeout = "11s"
        path = "metrics"
        token = "a"
        username = "me"
        honour_labels = true
        [[metrics.scrape]]
        job = "web"
        password = "x"
        labels = { "a-b" = "c" }
        headers = { "a b" = "c" }
        tls = { cert_file = "nowhere.pem", ca_file = "nowhere.pem" }
        relabel = [{ action = "keep" }]
        sample_limit = 0
        body_size_limit = "2GiB"
        [[metrics.scrape]]
        job = "web"
        targets = []
        "#,
    );
    let all = faults.join("\n");
    for part in [
        "porthole.toml:3:27: metrics.scrape_interval: too seldom: graphs would have gaps; write a duration from 1s to 4m",
        "metrics.discovery.targets: no such section or key",
        "metrics.scrape[0].job: it is missing; write a name such as job = \"web\"",
        ":7:19: metrics.scrape[0].targets: `web:port:8000` is no address; write one such as \"web:8000\"",
        "metrics.scrape[0].targets: `ftp://web` is no address",
        "metrics.scrape[0].targets: `…@web` holds a user's name; write it as username and password",
        "metrics.scrape[0].targets: `web/m?x=1` has a question mark; write what follows it as params",
        "metrics.scrape[0].targets: `web:` is no address",
        "metrics.scrape[0].timeout: longer than the interval; write at most timeout = \"10s\"",
        "metrics.scrape[0].path: `metrics` is no path; write one such as \"/metrics\"",
        "metrics.scrape[0].token: is set beside a name and a password; keep one of the two",
        "metrics.scrape[0].honour_labels: no such key; write `honor_labels`",
        "metrics.scrape[1].targets: it is missing; write where to ask, such as targets = [\"web:8000\"]",
        "metrics.scrape[1].password: is set without a username; write username too",
        "metrics.scrape[1].labels.a-b: no label has this name",
        "metrics.scrape[1].headers.\"a b\": no header has this name",
        "metrics.scrape[1].tls.cert_file: is set without key_file; write both",
        "metrics.scrape[1].tls: nowhere.pem cannot be used as PEM",
        "metrics.scrape[1].relabel[0].source_labels: it is missing",
        "metrics.scrape[1].sample_limit: ",
        "metrics.scrape[1].body_size_limit: out of bounds; write a size from 1KiB to 1GiB",
        "metrics.scrape[2].job: there is another job `web`; write its targets there, or another name",
    ] {
        assert!(all.contains(part), "{part} not in\n{all}");
    }
    assert_eq!(faults.len(), 22, "{all}");
}
