//! The machine: what a real node_exporter says of it, name by name.

use std::collections::{BTreeMap, BTreeSet};

use super::parts::{await_value, job, node_exporter, values};
use crate::harness::http::Client;
use crate::harness::{Home, eventually};

tests! {
    [NodeExporter]:
        node_exporter_says_nothing_of_the_machine_that_porthole_does_not_say;
}

/// Names of node_exporter that Porthole leaves out: what is told of node_exporter itself, of its settings, and what needs
/// more than reading files.
const LEFT_OUT: &[&str] = &[
    "node_arp_",
    "node_cooling_device_",
    "node_cpu_core_throttles_",
    "node_cpu_frequency_",
    "node_cpu_info",
    "node_cpu_package_throttles_",
    "node_cpu_scaling_",
    "node_disk_ata_",
    "node_disk_device_mapper_",
    "node_disk_filesystem_",
    "node_disk_info",
    "node_dmi_",
    "node_edac_",
    "node_exporter_",
    "node_hwmon_",
    "node_netstat_",
    "node_network_",
    "node_nf_conntrack_stat_",
    "node_os_version",
    "node_power_supply_",
    "node_rapl_",
    "node_schedstat_",
    "node_scrape_collector_duration_",
    "node_selinux_",
    "node_softnet_",
    "node_textfile_",
    "node_thermal_zone_",
    "node_time_clocksource_",
    "node_time_zone_",
    "node_timex_",
    "node_udp_queues",
    "node_nvme_info",
];

/// Of these families those that dashboards ask for are there.
const WANTED: &[&str] = &[
    "node_netstat_Tcp_CurrEstab",
    "node_netstat_Tcp_RetransSegs",
    "node_netstat_TcpExt_ListenDrops",
    "node_netstat_Udp_InErrors",
    "node_network_receive_bytes_total",
    "node_network_receive_drop_total",
    "node_network_receive_errs_total",
    "node_network_transmit_bytes_total",
    "node_network_transmit_packets_total",
    "node_network_up",
    "node_network_mtu_bytes",
    "node_softnet_dropped_total",
];

fn names(client: &Client, job: &str) -> BTreeSet<String> {
    let matcher = format!("{{job=\"{job}\", __name__=~\"node_.*\"}}");
    let answer = client.ask("/api/v1/label/__name__/values", &[("match[]", &matcher)]).expect(200).json();
    let names = answer["data"].as_array().expect("a list").iter();
    names.map(|name| name.as_str().expect("a name").to_owned()).collect()
}

/// The values of a metric of a job, by what else its series are labelled with.
fn told(client: &Client, metric: &str, job: &str) -> BTreeMap<String, f64> {
    let query = format!("sum without (job, instance, host, environment) ({metric}{{job=\"{job}\"}})");
    values(client, &query)
}

fn node_exporter_says_nothing_of_the_machine_that_porthole_does_not_say() {
    let (_exporter, address) = node_exporter();
    let settings = format!("[metrics]\nscrape_interval = \"1s\"\n{}", job("real", &address, ""));
    let appliance = Home::new().with(&settings).start();
    let client = appliance.client();
    await_value(client, "up{job=\"real\"}", 1.0);
    await_value(client, "up{job=\"node\", instance=\"testhost\", host=\"testhost\"}", 1.0);
    let (real, own) = (names(client, "real"), names(client, "node"));
    let is_wanted = |name: &&String| !LEFT_OUT.iter().any(|start| name.starts_with(start));
    let missing: Vec<&String> = real.difference(&own).filter(is_wanted).collect();
    assert!(missing.is_empty(), "not told: {missing:?}");
    let unknown: Vec<&str> =
        WANTED.iter().copied().filter(|name| real.contains(*name) && !own.contains(*name)).collect();
    assert!(unknown.is_empty(), "not told: {unknown:?}");
    assert!(real.contains("node_load1") && own.len() > 100, "{real:?} {own:?}");

    // What does not change, or hardly, is the same.
    for metric in
        ["node_memory_MemTotal_bytes", "node_boot_time_seconds", "node_filefd_maximum", "node_uname_info"]
    {
        assert_eq!(told(client, metric, "node"), told(client, metric, "real"), "{metric}");
    }
    for metric in
        ["node_cpu_seconds_total", "node_disk_read_bytes_total", "node_vmstat_pgfault", "node_time_seconds"]
    {
        eventually(&format!("{metric} is the same"), || {
            let (own, real) = (told(client, metric, "node"), told(client, metric, "real"));
            let near = |(labels, own): (&String, &f64)| {
                real.get(labels).is_some_and(|real| (own - real).abs() <= 5.0 + real.abs() * 0.01)
            };
            (!own.is_empty() && own.len() == real.len() && own.iter().all(near)).then_some(())
        });
    }
}
