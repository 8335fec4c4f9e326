//! Who uses which broker, as containers' commands and environment tell it.
//!
//! A command `celery … worker` or `rq worker` makes a container a user of a broker, and so does a variable that says
//! so by its name. The broker's address is looked for in the command, in variables in the order of how surely they
//! mean a broker, and last among the containers beside it: where there is one Redis only, it is that.

use model::Workload;

use super::Kind;
use super::address::Address;

mod command;

pub(super) use command::Command;

/// Variables that mean a broker of Celery's by their name alone.
const OF_CELERY: [&str; 4] = ["CELERY_BROKER_URL", "CELERY_BROKER", "CELERY_BROKER_READ_URL", "BROKER_URL"];
/// Likewise of RQ.
const OF_RQ: [&str; 2] = ["RQ_REDIS_URL", "RQ_URL"];
/// Variables whose Redis is used for something else.
const OF_OTHERS: [&str; 5] = ["RESULT", "CACHE", "SESSION", "CHANNEL", "LOCK"];
/// Programs that speak Redis's protocol and can be its stead.
const SERVERS: [&str; 6] = ["redis", "valkey", "keydb", "dragonfly", "redis-stack", "redis-stack-server"];

/// A container that uses a broker.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct User<'a> {
    pub(super) kind: Kind,
    pub(super) workload: &'a Workload,
    pub(super) command: Command,
    pub(super) broker: Broker,
}

/// Where a container's broker is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Broker {
    /// There.
    At(Address),
    /// Somewhere that is not read: its address without secrets, and why not.
    Unreadable(String, String),
}

/// The users among the containers. One-off containers are none: what they start is theirs alone.
pub(super) fn users(workloads: &[Workload]) -> Vec<User<'_>> {
    let lasting = workloads.iter().filter(|workload| {
        workload.labels.get("com.docker.compose.oneoff").is_none_or(|oneoff| oneoff != "True")
    });
    lasting.filter_map(|workload| user(workload, workloads)).collect()
}

fn user<'a>(workload: &'a Workload, all: &[Workload]) -> Option<User<'a>> {
    let command = Command::of(&workload.process.command);
    let kind = command.kind.or_else(|| named_kind(workload))?;
    let broker = broker(kind, &command, workload, all)?;
    Some(User { kind, workload, command, broker })
}

/// What a container uses that runs something else: its variables say so.
fn named_kind(workload: &Workload) -> Option<Kind> {
    let names_any =
        |names: &[&str]| names.iter().any(|name| workload.process.environment.contains_key(*name));
    if names_any(&OF_CELERY) {
        return Some(Kind::Celery);
    }
    names_any(&OF_RQ).then_some(Kind::Rq)
}

fn broker(kind: Kind, command: &Command, workload: &Workload, all: &[Workload]) -> Option<Broker> {
    if let Some(url) = command.broker.as_deref().or_else(|| url_of(kind, workload)) {
        return Some(match Address::parse(url) {
            Ok(address) => Broker::At(address),
            Err(why) => Broker::Unreadable(shown(url), why),
        });
    }
    // Without a command of its kind a container has no broker but the one that it names.
    command.kind?;
    host_of(workload).or_else(|| beside(workload, all)).map(Broker::At)
}

/// The variable that means the broker most surely.
fn url_of(kind: Kind, workload: &Workload) -> Option<&str> {
    let environment = &workload.process.environment;
    let surely: &[&str] = match kind {
        Kind::Celery => &OF_CELERY,
        Kind::Rq => &OF_RQ,
    };
    let urls = || environment.iter().filter(|(_, value)| value.contains("://"));
    let is_of_others = |name: &str| OF_OTHERS.iter().any(|other| name.contains(other));
    let named = surely.iter().find_map(|name| environment.get(*name).filter(|url| !url.trim().is_empty()));
    let likely = || urls().find(|(name, _)| name.ends_with("BROKER_URL")).map(|(_, url)| url);
    let usual = || environment.get("REDIS_URL").filter(|url| url.contains("://"));
    let possible = || {
        let mut of_redis = urls().filter(|(name, _)| name.contains("REDIS") && !is_of_others(name));
        of_redis.next().map(|(_, url)| url)
    };
    named.or_else(likely).or_else(usual).or_else(possible).map(|url| url.trim())
}

/// `REDIS_HOST` and its kin.
fn host_of(workload: &Workload) -> Option<Address> {
    let value = |name: &str| {
        let of_rq = workload.process.environment.get(&format!("RQ_REDIS_{name}"));
        of_rq.or_else(|| workload.process.environment.get(&format!("REDIS_{name}"))).map(String::as_str)
    };
    let (host, port) = (value("HOST")?, value("PORT").unwrap_or("6379"));
    let mut address =
        Address::parse(&format!("redis://{host}:{port}/{}", value("DB").unwrap_or("0"))).ok()?;
    address.password = value("PASSWORD").filter(|text| !text.is_empty()).map(settings::Secret::new);
    Some(address)
}

/// The one Redis of the container's project, or of its networks.
fn beside(workload: &Workload, all: &[Workload]) -> Option<Address> {
    let is_beside = |other: &&Workload| {
        let same_project =
            !other.identity.project.is_empty() && other.identity.project == workload.identity.project;
        let shares = |network: &model::Network| workload.networks.iter().any(|own| own.name == network.name);
        same_project || other.networks.iter().any(shares)
    };
    let mut servers = all.iter().filter(|other| is_server(other)).filter(is_beside);
    let server = servers.next().filter(|_| servers.next().is_none())?;
    Address::parse(&format!("redis://{}:6379/0", server.identity.service)).ok()
}

/// `docker.io/library/redis:7-alpine`
fn is_server(workload: &Workload) -> bool {
    let name = workload.image.rsplit('/').next().unwrap_or_default();
    let name = name.split([':', '@']).next().unwrap_or_default();
    SERVERS.contains(&name)
}

/// An address without what stands before its host or behind it. Secrets may hold any sign, so their end is looked for
/// first.
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "its broker".to_owned() };
    let open = rest.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{}", open.split(['/', '?', ';']).next().unwrap_or_default())
}

#[cfg(test)]
pub(super) mod tests;
