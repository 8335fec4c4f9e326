use super::*;

fn usage(json: &str) -> Option<Usage> {
    serde_json::from_str::<ContainerStats>(json).unwrap().usage()
}

/// What an engine of version 20.10 answered on a machine with control groups of version 1.
#[test]
fn version_one_is_read() {
    let found = usage(include_str!("../../testdata/stats/v1.json")).unwrap();
    let received = Traffic { bytes: 1226, packets: 15, errors: 0, dropped: 0 };
    let sent = Traffic { bytes: 378, packets: 5, errors: 0, dropped: 0 };
    let expected = Usage {
        cpu: Some(Cpu { total_seconds: 2.633855417, user_seconds: 2.61, system_seconds: 0.01 }),
        throttling: Some(Throttling { periods: 56, throttled_periods: 50, throttled_seconds: 1.188034288 }),
        memory: Some(Memory {
            usage: 688_128,
            working_set: 688_128,
            rss: 61_440,
            usage_max: Some(3_825_664),
            ..Memory::default()
        }),
        memory_limit_bytes: Some(64 << 20),
        threads: Some(1),
        threads_max: Some(100),
        disks: vec![Disk {
            device: "254:0".to_owned(),
            read_bytes: 20_971_520,
            written_bytes: 41_943_040,
            reads: 20,
            writes: 40,
        }],
        interfaces: vec![Interface { name: "eth0".to_owned(), received, sent }],
        ..Usage::default()
    };
    assert_eq!(found, expected);
}

/// The shape of engines on machines with control groups of version 2: no counts per processor, other names in
/// `stats`, operations in small letters, and a limit of all bits where there is none.
#[test]
fn version_two_is_read() {
    let found = usage(include_str!("../../testdata/stats/v2.json")).unwrap();
    let expected = Usage {
        cpu: Some(Cpu { total_seconds: 12.345678, user_seconds: 10.0, system_seconds: 2.345678 }),
        throttling: Some(Throttling { periods: 1200, throttled_periods: 300, throttled_seconds: 4.5 }),
        memory: Some(Memory {
            usage: 104_857_600,
            working_set: 73_400_320,
            rss: 41_943_040,
            cache: 52_428_800,
            mapped_file: 10_485_760,
            ..Memory::default()
        }),
        memory_limit_bytes: Some(25_276_514_304),
        threads: Some(7),
        threads_max: Some(0),
        disks: vec![
            Disk {
                device: "254:0".to_owned(),
                read_bytes: 1_048_576,
                written_bytes: 2_097_152,
                ..Disk::default()
            },
            Disk { device: "259:1".to_owned(), read_bytes: 512, ..Disk::default() },
        ],
        ..Usage::default()
    };
    assert_eq!(found, expected);
}

#[test]
fn a_container_that_does_not_run_uses_nothing() {
    let check = |json: &str| assert_eq!(usage(json), None, "{json}");
    check("{}");
    check(r#"{"read":"0001-01-01T00:00:00Z","pids_stats":{},"cpu_stats":{},"memory_stats":{}}"#);
    check(
        r#"{"read":"0001-01-01T00:00:00Z","blkio_stats":{"io_service_bytes_recursive":null},"networks":null}"#,
    );
}

#[test]
fn what_is_missing_costs_itself_only() {
    let found = usage(r#"{"read":"2026-11-23T07:19:12Z","memory_stats":{"usage":5}}"#).unwrap();
    assert_eq!(found.memory.map(|memory| (memory.usage, memory.working_set)), Some((5, 5)));
    assert_eq!((found.memory_limit_bytes, found.threads, found.threads_max), (None, None, None));
}
