//! `kill -9` between two scrapes.

use std::sync::atomic::{AtomicU64, Ordering};

use super::parts::{await_value, job, program, samples, text, value};
use crate::harness::{Home, eventually};

tests! {
    []:
        what_was_read_before_a_kill_is_there_after_it_once;
}

fn what_was_read_before_a_kill_is_there_after_it_once() {
    let count = AtomicU64::new(0);
    let address = program(move |connection| {
        let count = count.fetch_add(1, Ordering::Relaxed);
        text(connection, &format!("# TYPE asked_total counter\nasked_total {count}\n"))
    });
    let mut home = Home::new().with(&job("counted", &address, ""));
    let mut before: Vec<(f64, String)> = Vec::new();
    for round in 1..=3 {
        let appliance = home.start();
        let client = appliance.client();
        eventually("it is scraped again", || {
            (value(client, "count_over_time(asked_total[10m])")? >= f64::from(round * 4)).then_some(())
        });
        await_value(client, "up{job=\"counted\"}", 1.0);
        let now = samples(client, "asked_total[10m]");
        assert_eq!(now[..before.len()], before, "what was answered before the kill stays as it was");
        assert!(now.windows(2).all(|pair| pair[0].0 < pair[1].0), "{now:?}");
        before = now;
        home = appliance.kill();
    }
    // Every answer of the program that was stored is there once: its numbers only grow.
    let numbers: Vec<u64> = before.iter().map(|(_, number)| number.parse().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
}
