//! Programs that answer too much, for too long, or nothing that can be read: each is told, and costs no other.

use std::io::Write as _;

use super::parts::{await_value, job, program, target, text, value};
use crate::harness::{Home, eventually};

tests! {
    []:
        alone rude_programs_are_cut_and_told,
        jobs_that_are_written_while_it_runs_are_scraped;
}

/// What the appliance may grow by over what it takes at rest.
const MORE_BYTES_MAX: u64 = 250 << 20;

fn rude_programs_are_cut_and_told() {
    let endless = program(|connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\na 1\n")?;
        loop {
            connection.write_all(&[b'#'; 64 << 10])?;
        }
    });
    let packed = packed_breaks(200 << 20);
    let bomb = program(move |connection| {
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n";
        write!(connection, "{head}content-length: {}\r\n\r\n", packed.len())?;
        connection.write_all(&packed)
    });
    let long = program(|connection| {
        text(connection, &format!("fine 1\nlong{{x=\"{}\"}} 1\n", "x".repeat(10 << 20)))
    });
    let many = program(|connection| {
        let lines: String = (0..60_000).map(|n| format!("many{{n=\"{n}\"}} 1\n")).collect();
        text(connection, &(lines + "fine 1\n"))
    });
    let twice = program(|connection| text(connection, "fine 1\nfine 2\nno metric at all\n"));
    let slow = program(|connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\na 1\n")?;
        loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
    });
    let polite = program(|connection| text(connection, "fine 1\n"));
    let jobs = [
        job("endless", &endless, "body_size_limit = \"10MiB\""),
        job("bomb", &bomb, ""),
        job("long", &long, ""),
        job("many", &many, "sample_limit = 1000"),
        job("twice", &twice, ""),
        job("slow", &slow, ""),
        job("polite", &polite, ""),
    ];
    let appliance = Home::new().with(&jobs.concat()).start();
    let client = appliance.client();
    let begin = appliance.resident_bytes();
    for (job, error) in [
        ("endless", "the answer is longer than 10485760 bytes: body_size_limit"),
        ("bomb", "the answer unpacks to more than body_size_limit = 32MiB"),
        ("slow", "no answer within the timeout of 1s"),
    ] {
        eventually(&format!("{job} is told"), || {
            let target = target(client, job)?;
            (target["lastError"].as_str()? == error).then_some(())
        });
        await_value(client, &format!("up{{job=\"{job}\"}}"), 0.0);
    }
    for job in ["long", "twice", "polite"] {
        await_value(client, &format!("fine{{job=\"{job}\"}}"), 1.0);
        await_value(client, &format!("up{{job=\"{job}\"}}"), 1.0);
    }
    await_value(client, "count(many)", 1000.0);
    await_value(client, "scrape_samples_scraped{job=\"many\"}", 60_001.0);
    await_value(client, "scrape_samples_post_metric_relabeling{job=\"many\"}", 1000.0);
    await_value(client, "count(long) or vector(0)", 0.0);
    let grown = appliance.resident_bytes().saturating_sub(begin);
    assert!(grown < MORE_BYTES_MAX, "it takes {grown} bytes more than at its start");
}

/// So many line breaks, packed.
fn packed_breaks(count: usize) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..count >> 20 {
        packed.write_all(&[b'\n'; 1 << 20]).unwrap();
    }
    packed.finish().unwrap()
}

fn jobs_that_are_written_while_it_runs_are_scraped() {
    let [first, second] =
        [1, 2].map(|number| program(move |connection| text(connection, &format!("told {number}\n"))));
    let appliance = Home::new().with(&job("first", &first, "")).start();
    await_value(appliance.client(), "told{job=\"first\"}", 1.0);
    let file = appliance.home().config();
    let written = std::fs::read_to_string(&file).unwrap();
    let more = format!("{written}\n{}\n[metrics.host]\nenabled = false\n", job("second", &second, ""));
    std::fs::write(&file, more).unwrap();
    appliance.signal("HUP");
    await_value(appliance.client(), "told{job=\"second\"}", 2.0);
    await_value(appliance.client(), "told{job=\"first\"}", 1.0);
    eventually("what waits for the next start is told", || {
        appliance.log().contains("these take effect at the next start: [metrics.host]").then_some(())
    });
    // And no more.
    std::fs::write(&file, written).unwrap();
    appliance.signal("HUP");
    eventually("the second job is gone", || {
        value(appliance.client(), "told{job=\"second\"}").is_none().then_some(())
    });
}
