//! Network devices, protocols, sockets.

use super::files::number;
use super::{Host, Take, Unreadable};

/// The columns of `net/dev` after the device's name.
const COLUMNS: [&str; 16] = [
    "node_network_receive_bytes_total",
    "node_network_receive_packets_total",
    "node_network_receive_errs_total",
    "node_network_receive_drop_total",
    "node_network_receive_fifo_total",
    "node_network_receive_frame_total",
    "node_network_receive_compressed_total",
    "node_network_receive_multicast_total",
    "node_network_transmit_bytes_total",
    "node_network_transmit_packets_total",
    "node_network_transmit_errs_total",
    "node_network_transmit_drop_total",
    "node_network_transmit_fifo_total",
    "node_network_transmit_colls_total",
    "node_network_transmit_carrier_total",
    "node_network_transmit_compressed_total",
];

/// What each device has received and sent.
pub(super) fn devices(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for line in host.read_of_first("net/dev")?.lines() {
        let Some((device, counts)) = line.split_once(':') else { continue };
        let device = device.trim();
        // One for each container: they come and go, and each container's own counts are taken by its name.
        if device.starts_with("veth") {
            continue;
        }
        for (name, count) in COLUMNS.iter().zip(counts.split_ascii_whitespace()) {
            if let Some(count) = number(Some(count)) {
                take(name, &[("device", device)], count);
            }
        }
    }
    Ok(())
}

/// The counts that node_exporter takes from `net/snmp` and `net/netstat`.
#[rustfmt::skip]
const PROTOCOL_COUNTS: [&str; 30] = [
    "Icmp_InErrors", "Icmp_InMsgs", "Icmp_OutMsgs", "IpExt_InOctets", "IpExt_OutOctets", "Ip_Forwarding",
    "TcpExt_ListenDrops", "TcpExt_ListenOverflows", "TcpExt_SyncookiesFailed", "TcpExt_SyncookiesRecv",
    "TcpExt_SyncookiesSent", "TcpExt_TCPOFOQueue", "TcpExt_TCPRcvQDrop", "TcpExt_TCPSynRetrans",
    "TcpExt_TCPTimeouts", "Tcp_ActiveOpens", "Tcp_CurrEstab", "Tcp_InErrs", "Tcp_InSegs", "Tcp_OutRsts",
    "Tcp_OutSegs", "Tcp_PassiveOpens", "Tcp_RetransSegs", "UdpLite_InErrors", "Udp_InDatagrams", "Udp_InErrors",
    "Udp_NoPorts", "Udp_OutDatagrams", "Udp_RcvbufErrors", "Udp_SndbufErrors",
];

/// Lines come in pairs: names, then counts.
pub(super) fn protocols(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for file in ["net/netstat", "net/snmp"] {
        let text = host.read_of_first(file)?;
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.chunks_exact(2) {
            let (Some((protocol, names)), Some((_, counts))) =
                (pair[0].split_once(':'), pair[1].split_once(':'))
            else {
                continue;
            };
            for (name, count) in names.split_ascii_whitespace().zip(counts.split_ascii_whitespace()) {
                let name = format!("{protocol}_{name}");
                if let Some(count) = number(Some(count)).filter(|_| PROTOCOL_COUNTS.contains(&name.as_str()))
                {
                    take(&format!("node_netstat_{name}"), &[], count);
                }
            }
        }
    }
    version_6(host, take);
    Ok(())
}

/// The counts of IPv6 that node_exporter takes, one a line in `net/snmp6`.
#[rustfmt::skip]
const COUNTS_OF_6: [&str; 9] = [
    "Ip6InOctets", "Ip6OutOctets", "Icmp6InMsgs", "Icmp6InErrors", "Icmp6OutMsgs", "Udp6InDatagrams", "Udp6InErrors",
    "Udp6OutDatagrams", "Udp6NoPorts",
];

fn version_6(host: &Host, take: &mut Take<'_>) {
    let Ok(text) = host.read_of_first("net/snmp6") else { return };
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        let Some(name) = words.next().filter(|name| COUNTS_OF_6.contains(name)) else { continue };
        if let (Some((protocol, count)), Some(value)) = (name.split_once('6'), number(words.next())) {
            take(&format!("node_netstat_{protocol}6_{count}"), &[], value);
        }
    }
}

/// What the machine could not take in time: `node_softnet_dropped_total` and its kin, for each CPU.
pub(super) fn backlog(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for (cpu, line) in host.read("net/softnet_stat")?.lines().enumerate() {
        let names = ["processed", "dropped", "times_squeezed"];
        let cpu = cpu.to_string();
        for (name, count) in names.into_iter().zip(line.split_ascii_whitespace()) {
            if let Ok(count) = u32::from_str_radix(count, 16) {
                take(&format!("node_softnet_{name}_total"), &[("cpu", &cpu)], f64::from(count));
            }
        }
    }
    Ok(())
}

/// `node_sockstat_TCP_inuse` and its kin.
pub(super) fn sockets(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let page = rustix::param::page_size() as f64;
    let version_4 = host.read_of_first("net/sockstat")?;
    // Without IPv6 there is no such file.
    let version_6 = host.read_of_first("net/sockstat6").unwrap_or_default();
    for line in version_4.lines().chain(version_6.lines()) {
        let Some((protocol, counts)) = line.split_once(':') else { continue };
        let words: Vec<&str> = counts.split_ascii_whitespace().collect();
        for pair in words.chunks_exact(2) {
            let Some(count) = number(Some(pair[1])) else { continue };
            take(&format!("node_sockstat_{protocol}_{}", pair[0]), &[], count);
            if pair[0] == "mem" {
                take(&format!("node_sockstat_{protocol}_mem_bytes"), &[], count * page);
            }
        }
    }
    Ok(())
}
