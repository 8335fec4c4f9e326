//! The kernel itself.

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

/// `node_uname_info`, which is always 1.
pub(super) fn names(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let told = |name: &str| host.read(&format!("sys/kernel/{name}")).map(|text| text.trim_end().to_owned());
    let names =
        [told("hostname")?, told("ostype")?, told("osrelease")?, told("version")?, told("domainname")?];
    let [node, system, release, version, domain] = &names;
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
