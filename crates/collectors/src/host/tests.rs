use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Host;

/// Every number, written as in the text format.
fn collected(host: &Host) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    host.collect(&mut |name, labels, value| {
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let series =
            if labels.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", labels.join(",")) };
        assert!(found.insert(series.clone(), value).is_none(), "{series} is there twice");
    });
    found
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn numbers_are_those_of_the_files() {
    let directory = tempfile::TempDir::new().unwrap();
    let root = directory.path();
    write(root, "stat", "cpu 1 1 1\ncpu0 150 2 3 400 5 6 7 8 9 10\nintr 77 1 2\nctxt 5\nbtime 1700000000\n");
    write(root, "loadavg", "0.5 1.25 2 1/200 4242\n");
    write(root, "meminfo", "MemTotal:  16 kB\nActive(anon): 2 kB\nHugePages_Total: 3\n");
    write(root, "vmstat", "nr_free_pages 7\npgfault 8\noom_kill 1\n");
    write(root, "diskstats", " 254 0 vda 1 2 3 4000 5 6 7 8 9 10 11\n 254 1 vda1 1 2 3\n 7 0 loop0 1 2 3\n");
    write(root, "1/net/dev", "head\nhead |\n  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\nveth1: 1 2\n");
    write(root, "1/net/snmp", "Tcp: CurrEstab Other\nTcp: 4 5\n");
    write(root, "1/net/netstat", "TcpExt: ListenDrops X\nTcpExt: 6 7\n");
    write(root, "1/net/sockstat", "sockets: used 9\nTCP: inuse 3 mem 2\n");
    write(root, "sys/fs/file-nr", "100\t0\t2000\n");
    let host = Host { proc: root.into(), ..Host::default() };
    let found = collected(&host);
    let check = |series: &str, value: f64| assert_eq!(found.get(series), Some(&value), "{series}");
    check("node_cpu_seconds_total{cpu=\"0\",mode=\"user\"}", 1.5);
    check("node_cpu_guest_seconds_total{cpu=\"0\",mode=\"nice\"}", 0.1);
    check("node_intr_total", 77.0);
    check("node_boot_time_seconds", 1_700_000_000.0);
    check("node_load5", 1.25);
    check("node_memory_MemTotal_bytes", 16_384.0);
    check("node_memory_Active_anon_bytes", 2_048.0);
    check("node_memory_HugePages_Total", 3.0);
    check("node_vmstat_oom_kill", 1.0);
    check("node_disk_read_bytes_total{device=\"vda\"}", 1_536.0);
    check("node_disk_read_time_seconds_total{device=\"vda\"}", 4.0);
    check("node_network_transmit_bytes_total{device=\"eth0\"}", 9.0);
    check("node_netstat_Tcp_CurrEstab", 4.0);
    check("node_netstat_TcpExt_ListenDrops", 6.0);
    check("node_sockstat_TCP_inuse", 3.0);
    check("node_filefd_maximum", 2000.0);
    check("node_scrape_collector_success{collector=\"cpu\"}", 1.0);
    // Not there, and nothing else is missing for it.
    check("node_scrape_collector_success{collector=\"pressure\"}", 0.0);
    for absent in ["vda1", "loop0", "veth1", "nr_free_pages", "Tcp_Other"] {
        assert!(!found.keys().any(|series| series.contains(absent)), "{absent}");
    }
}

#[test]
fn this_machine_can_be_read() {
    let found = collected(&Host::default());
    for name in [
        "node_cpu_seconds_total",
        "node_memory_MemAvailable_bytes",
        "node_filesystem_size_bytes",
        "node_uname_info",
    ] {
        assert!(found.keys().any(|series| series.starts_with(name)), "{name}");
    }
}
