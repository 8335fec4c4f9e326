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

#[test]
fn devices_temperatures_and_raid() {
    let directory = tempfile::TempDir::new().unwrap();
    let root = directory.path();
    for (file, text) in [
        ("operstate", "up\n"),
        ("mtu", "1500\n"),
        ("speed", "1000\n"),
        ("address", "02:42:ac:11:00:02\n"),
        ("duplex", "full\n"),
    ] {
        write(root, &format!("class/net/eth0/{file}"), text);
    }
    write(root, "class/net/lo/speed", "-1\n");
    write(root, "class/net/veth12/operstate", "up\n");
    write(root, "devices/platform/coretemp.0/x", "");
    write(root, "class/hwmon/hwmon0/name", "coretemp\n");
    write(root, "class/hwmon/hwmon0/temp1_input", "45500\n");
    write(root, "class/hwmon/hwmon0/temp1_crit", "100000\n");
    write(root, "class/hwmon/hwmon0/temp1_label", "Core 0\n");
    let device = root.join("devices/platform/coretemp.0");
    std::os::unix::fs::symlink(device, root.join("class/hwmon/hwmon0/device")).unwrap();
    let mdstat = "Personalities : [raid1]\n\
        md0 : active raid1 sdb1[1](F) sda1[0]\n      1000 blocks super 1.2 [2/1] [U_]\n\n\
        md1 : active raid1 sdb2[2] sda2[0]\n      2000 blocks [2/1] [U_]\n      \
        [==>.....]  recovery = 12.6% (252/2000) finish=1.0min speed=1K/sec\n\n\
        md2 : active raid0 sda3[0] sdb3[1]\n      3000 blocks 64k chunks\n\nunused devices: <none>\n";
    write(root, "mdstat", mdstat);
    let found = collected(&Host { proc: root.into(), sys: root.into(), ..Host::default() });
    let check = |series: &str, value: f64| assert_eq!(found.get(series), Some(&value), "{series}");
    check("node_network_up{device=\"eth0\"}", 1.0);
    check("node_network_up{device=\"lo\"}", 0.0);
    check("node_network_mtu_bytes{device=\"eth0\"}", 1500.0);
    check("node_network_speed_bytes{device=\"eth0\"}", 125e6);
    check(
        "node_network_info{address=\"02:42:ac:11:00:02\",device=\"eth0\",duplex=\"full\",operstate=\"up\"}",
        1.0,
    );
    check("node_hwmon_temp_celsius{chip=\"platform_coretemp_0\",sensor=\"temp1\"}", 45.5);
    check("node_hwmon_temp_crit_celsius{chip=\"platform_coretemp_0\",sensor=\"temp1\"}", 100.0);
    check("node_hwmon_sensor_label{chip=\"platform_coretemp_0\",label=\"Core 0\",sensor=\"temp1\"}", 1.0);
    check("node_md_state{device=\"md0\",state=\"active\"}", 1.0);
    check("node_md_disks{device=\"md0\",state=\"failed\"}", 1.0);
    check("node_md_disks{device=\"md0\",state=\"active\"}", 1.0);
    check("node_md_disks_required{device=\"md0\"}", 2.0);
    check("node_md_blocks_synced{device=\"md0\"}", 1000.0);
    check("node_md_state{device=\"md1\",state=\"recovering\"}", 1.0);
    check("node_md_blocks_synced{device=\"md1\"}", 252.0);
    check("node_md_disks{device=\"md2\",state=\"active\"}", 2.0);
    check("node_md_disks_required{device=\"md2\"}", 2.0);
    assert!(
        !found.keys().any(|series| series.contains("veth12")
            || series.starts_with("node_network_speed_bytes{device=\"lo\""))
    );
}
