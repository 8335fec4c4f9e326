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
const PROTOCOL_COUNTS: [&str; 33] = [
    "Icmp_InErrors", "Icmp_InMsgs", "Icmp_OutMsgs", "IpExt_InOctets", "IpExt_OutOctets", "Ip_Forwarding",
    "TcpExt_ListenDrops", "TcpExt_ListenOverflows", "TcpExt_SyncookiesFailed", "TcpExt_SyncookiesRecv",
    "TcpExt_SyncookiesSent", "TcpExt_TCPOFOQueue", "TcpExt_TCPRcvQDrop", "TcpExt_TCPSynRetrans",
    "TcpExt_TCPTimeouts", "Tcp_ActiveOpens", "Tcp_CurrEstab", "Tcp_InErrs", "Tcp_InSegs", "Tcp_OutRsts",
    "Tcp_OutSegs", "Tcp_PassiveOpens", "Tcp_RetransSegs", "UdpLite_InErrors", "Udp_InDatagrams", "Udp_InErrors",
    "Udp_NoPorts", "Udp_OutDatagrams", "Udp_RcvbufErrors", "Udp_SndbufErrors", "Icmp6_InErrors", "Icmp6_InMsgs",
    "Icmp6_OutMsgs",
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
    Ok(())
}

/// `node_sockstat_TCP_inuse` and its kin.
pub(super) fn sockets(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let page = rustix::param::page_size() as f64;
    for line in host.read_of_first("net/sockstat")?.lines() {
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
