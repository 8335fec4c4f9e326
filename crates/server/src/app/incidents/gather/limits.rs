//! Certificates and disks.

use std::collections::BTreeMap;
use std::time::Duration;

use ::route::plan::Router;
use ::route::shown::Picture;
use answers::seen::{Certificate, Disk, Who};
use model::Ordered as _;
use model::{Labels, Timestamp};

use super::Look;
use crate::app::proxy::covers;

/// Disks are measured with every scrape of the host.
const DISKS_EVERY: Duration = Duration::from_secs(15);
/// How a disk filled in this time tells how it goes on.
const TREND: &str = "10m";
const TREND_S: f64 = 600.0;
/// Less than this of a disk, written in that time, says nothing.
const GROWTH_MIN: f64 = 0.01;
/// Smaller ones hold nothing that grows.
const SIZE_MIN: f64 = 8e6;
const WRITERS_MIN: f64 = 50_000.0;
const DAY_MS: i64 = 86_400_000;
/// The certificate that the proxy made itself is for nobody.
const OWN: &str = "own";
const FILES: &str = "files";

#[derive(Default)]
pub(super) struct Memory {
    disks: Vec<Disk>,
    asked: Option<Timestamp>,
}

impl Memory {
    pub(super) fn look(&mut self, look: &Look<'_>) -> (Vec<Certificate>, Vec<Disk>) {
        if self.asked.is_none_or(|at| look.at.since(at) >= DISKS_EVERY) {
            self.asked = Some(look.at);
            self.disks = disks(look);
        }
        (certificates(look), self.disks.clone())
    }
}

fn certificates(look: &Look<'_>) -> Vec<Certificate> {
    let picture = look.sources.proxy.picture();
    let served = picture.certificates.iter().filter(|one| one.source != OWN).filter_map(|one| {
        let (from, ends) = one.holds?;
        let name = one.names.first()?.clone();
        Some(Certificate {
            who: served_for(&picture, look, &one.names),
            from: from.millis(),
            ends: ends.millis(),
            resolver: if one.source == FILES { String::new() } else { one.source.clone() },
            failure: one.last_failure.as_ref().map(|(_, said)| said.clone()).unwrap_or_default(),
            place: "proxy".to_owned(),
            name,
        })
    });
    let mut all: Vec<Certificate> = served.collect();
    for probe in look.sources.collectors.probes() {
        let Some(ends) = probe.certificate_expires.map(Timestamp::millis) else { continue };
        if all.iter().any(|known| known.ends == ends) {
            continue;
        }
        let name = host(&probe.url).to_owned();
        let place = format!("what the probe {} asks", probe.name);
        let who = super::owner(&probe.labels);
        all.push(Certificate { who, name, from: ends - 90 * DAY_MS, ends, place, ..Certificate::default() });
    }
    all
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':', '?']).next().unwrap_or_default()
}

/// The service of the first route that one of the names is for.
fn served_for(picture: &Picture, look: &Look<'_>, names: &[String]) -> Who {
    let is_for = |router: &&Router| {
        let hosts = router.rule.as_ref().map(|rule| rule.hosts()).unwrap_or_default();
        hosts.iter().any(|host| names.iter().any(|name| covers(name, host)))
    };
    let Some(router) = picture.plan.routers.iter().find(is_for) else { return Who::default() };
    let project = Some(router.target.project.as_str()).filter(|project| !project.is_empty());
    if router.target.service.is_empty() {
        Who::default()
    } else {
        look.named(&router.target.service, project)
    }
}

/// Disks by mount point; what is mounted more than once is told once.
fn disks(look: &Look<'_>) -> Vec<Disk> {
    let ask = |query: &str| look.evaluator().at(look.at, query).unwrap_or_default();
    let mut disks: BTreeMap<(String, String), Disk> = BTreeMap::new();
    let key = |labels: &Labels| {
        let label = |name| labels.get(name).unwrap_or_default().to_owned();
        (label("instance"), label("mountpoint"))
    };
    let is_written =
        "node_filesystem_size_bytes unless on (instance, mountpoint) (node_filesystem_readonly == 1)";
    for (labels, size) in ask(is_written) {
        let host = labels.get("host").or(labels.get("instance")).unwrap_or_default().to_owned();
        let (instance, mount) = key(&labels);
        if size >= SIZE_MIN {
            disks.insert((instance, mount.clone()), Disk { host, mount, size, ..Disk::default() });
        }
    }
    for (labels, free) in ask("node_filesystem_avail_bytes") {
        if let Some(disk) = disks.get_mut(&key(&labels)) {
            disk.free = free;
        }
    }
    let mut told: Vec<Disk> = Vec::new();
    for (at, mut disk) in disks {
        if told.iter().any(|known| (known.size, known.free) == (disk.size, disk.free)) {
            continue;
        }
        // Only a disk that is not nearly empty is asked how it fills.
        if disk.free < disk.size * 0.6 {
            disk.full_in_s = fills(look, &at, &disk);
        }
        told.push(disk);
    }
    if told.iter().any(|disk| disk.full_in_s.is_some() || disk.free < disk.size * 0.1) {
        let writers = writers(look);
        told.iter_mut().for_each(|disk| disk.writers.clone_from(&writers));
    }
    told
}

fn fills(look: &Look<'_>, (instance, mount): &(String, String), disk: &Disk) -> Option<f64> {
    let quoted = crate::app::evaluator::quoted;
    let of = format!("{{instance={},mountpoint={}}}", quoted(instance), quoted(mount));
    let query = format!("max(deriv(node_filesystem_avail_bytes{of}[{TREND}]))");
    let slope = look.evaluator().at(look.at, &query).ok()?.first()?.1;
    let lost = -slope * TREND_S;
    (lost >= disk.size * GROWTH_MIN).then(|| disk.free / -slope)
}

/// Services that write most.
fn writers(look: &Look<'_>) -> Vec<(String, f64)> {
    let query = "topk(3, sum by (service) (rate(container_fs_writes_bytes_total{service!=\"\"}[5m])))";
    let found = look.evaluator().at(look.at, query).unwrap_or_default();
    let mut writers: Vec<(String, f64)> = found
        .into_iter()
        .filter(|(_, rate)| *rate >= WRITERS_MIN)
        .map(|(labels, rate)| (labels.get("service").unwrap_or_default().to_owned(), rate))
        .collect();
    writers.order_by(|a, b| b.1.total_cmp(&a.1));
    writers
}
