//! The network interfaces of a container, as one of its processes sees them.

use std::fs;
use std::path::Path;

use model::usage::{Interface, Traffic};

/// The interfaces in the network of a process; `None` if the process is gone.
pub(super) fn interfaces(proc: &Path, process: u32) -> Option<Vec<Interface>> {
    let text = fs::read_to_string(proc.join(process.to_string()).join("net/dev")).ok()?;
    Some(text.lines().filter_map(interface).collect())
}

/// A line of `net/dev`: eight numbers of what came in, eight of what went out.
fn interface(line: &str) -> Option<Interface> {
    let (name, counts) = line.split_once(':')?;
    let name = name.trim();
    // What a container sends to itself is no traffic.
    if name == "lo" {
        return None;
    }
    let counts: Vec<u64> = counts.split_ascii_whitespace().map_while(|count| count.parse().ok()).collect();
    let traffic = |counts: &[u64]| match counts {
        [bytes, packets, errors, dropped, ..] => {
            Some(Traffic { bytes: *bytes, packets: *packets, errors: *errors, dropped: *dropped })
        }
        _ => None,
    };
    let (received, sent) = counts.split_at_checked(8)?;
    Some(Interface { name: name.to_owned(), received: traffic(received)?, sent: traffic(sent)? })
}
