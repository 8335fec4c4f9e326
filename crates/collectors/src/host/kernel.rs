//! The kernel itself.

use std::time::{SystemTime, UNIX_EPOCH};

use super::files::{number, unreadable};
use super::{Host, Take, Unreadable};

/// `node_filefd_allocated`, `node_filefd_maximum`
pub(super) fn open_files(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let text = host.read("sys/fs/file-nr")?;
    let mut words = text.split_ascii_whitespace();
    let (allocated, _, maximum) = (number(words.next()), words.next(), number(words.next()));
    if let (Some(allocated), Some(maximum)) = (allocated, maximum) {
        take("node_filefd_allocated", &[], allocated);
        take("node_filefd_maximum", &[], maximum);
    }
    Ok(())
}

/// `node_time_seconds`
pub(super) fn time(_: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    take("node_time_seconds", &[], since.as_secs_f64());
    Ok(())
}

/// `node_entropy_available_bits`, `node_entropy_pool_size_bits`
pub(super) fn entropy(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for (file, name) in
        [("entropy_avail", "node_entropy_available_bits"), ("poolsize", "node_entropy_pool_size_bits")]
    {
        let text = host.read(&format!("sys/kernel/random/{file}"))?;
        if let Some(bits) = number(Some(text.trim())) {
            take(name, &[], bits);
        }
    }
    Ok(())
}

/// `node_nf_conntrack_entries`, `node_nf_conntrack_entries_limit`: connections that the firewall follows.
pub(super) fn connections(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for (file, name) in [
        ("nf_conntrack_count", "node_nf_conntrack_entries"),
        ("nf_conntrack_max", "node_nf_conntrack_entries_limit"),
    ] {
        // Without a firewall there are no such files.
        let Ok(text) = host.read(&format!("sys/net/netfilter/{file}")) else { return Ok(()) };
        if let Some(count) = number(Some(text.trim())) {
            take(name, &[], count);
        }
    }
    Ok(())
}

/// `node_os_info`: the distribution.
pub(super) fn distribution(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let paths = ["etc/os-release", "usr/lib/os-release"].map(|name| host.root.join(name));
    let Some(text) = paths.iter().find_map(|path| std::fs::read_to_string(path).ok()) else {
        return Err(unreadable(&paths[0], "cannot be read"));
    };
    let told = |key: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        value.unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned()
    };
    let labels = [
        ("id", told("ID")),
        ("name", told("NAME")),
        ("pretty_name", told("PRETTY_NAME")),
        ("version", told("VERSION")),
        ("version_codename", told("VERSION_CODENAME")),
        ("version_id", told("VERSION_ID")),
    ];
    take("node_os_info", &labels.each_ref().map(|(name, value)| (*name, value.as_str())), 1.0);
    Ok(())
}

/// `node_uname_info`, which is always 1.
pub(super) fn names(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let told = |name: &str| host.read(&format!("sys/kernel/{name}")).map(|text| text.trim_end().to_owned());
    let names =
        [told("hostname")?, told("ostype")?, told("osrelease")?, told("version")?, told("domainname")?];
    let [node, system, release, version, domain] = &names;
    let of_the_machine = host.name();
    let node = of_the_machine.as_ref().unwrap_or(node);
    let machine = rustix::system::uname();
    let machine = machine.machine().to_str().map_err(|error| unreadable(&host.proc, error))?;
    let labels = [
        ("domainname", domain.as_str()),
        ("machine", machine),
        ("nodename", node),
        ("release", release),
        ("sysname", system),
        ("version", version),
    ];
    take("node_uname_info", &labels, 1.0);
    Ok(())
}
