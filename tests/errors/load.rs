//! Many events at once: while issues are deleted, and on a disk that is full.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

use super::ask::{home, issues, send};
use crate::harness::http::Client;
use crate::harness::{app, eventually, until};
use crate::storage::Disk;

tests! {
    []:
        a_bulk_delete_refuses_no_event;
    [Root]:
        a_full_disk_loses_no_event_that_was_taken;
}

/// Sends events until it is enough; gives how many were taken and how many refused.
fn sending(client: Client, enough: &Arc<AtomicBool>, event: fn(u32) -> Value) -> JoinHandle<(u64, u64)> {
    let enough = Arc::clone(enough);
    thread::spawn(move || {
        let (mut taken, mut refused) = (0, 0);
        for number in 1.. {
            if enough.load(Ordering::Relaxed) {
                break;
            }
            match send(&client, &event(number)).status {
                200 => taken += 1,
                429 | 503 | 507 => refused += 1,
                status => panic!("an event was answered {status}"),
            }
        }
        (taken, refused)
    })
}

fn one_of_many(number: u32) -> Value {
    json!({ "event_id": format!("{number:032x}"), "message": "one of many", "fingerprint": [number % 400] })
}

fn a_bulk_delete_refuses_no_event() {
    let appliance = home("new_issues_per_minute = 1000000").start();
    let admin = appliance.admin();
    let enough = Arc::new(AtomicBool::new(false));
    let sender = sending(appliance.anonymous().clone(), &enough, one_of_many);
    let delete_all = json!({ "query": {}, "change": { "do": "delete" } });
    for _ in 0..3 {
        eventually("there are many issues", || (issues(appliance.client(), "").len() >= 50).then_some(()));
        admin.post_json("/app/v1/issues/update", &delete_all).expect(200);
    }
    enough.store(true, Ordering::Relaxed);
    let (taken, refused) = sender.join().unwrap();
    assert!(taken > 100 && refused == 0, "{taken} taken, {refused} refused");
    eventually("all are gone", || {
        admin.post_json("/app/v1/issues/update", &delete_all).expect(200);
        issues(appliance.client(), "").is_empty().then_some(())
    });
}

/// An event that hardly compresses.
fn noise(number: u32) -> Value {
    let mut state = u64::from(number);
    let mut word = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        format!("{:016x}", state ^ (state >> 31))
    };
    let extra: Vec<String> = (0..40).map(|_| (0..12).map(|_| word()).collect()).collect();
    json!({ "event_id": format!("{number:032x}"), "message": "noise", "extra": { "words": extra } })
}

fn a_full_disk_loses_no_event_that_was_taken() {
    let disk = Disk::mount("size=48m");
    let ballast = disk.path().join("ballast");
    std::fs::write(&ballast, vec![0; 24 << 20]).unwrap();
    let appliance = home("sample_after = 1000000").data_in(&disk.path().join("data")).start();
    let enough = Arc::new(AtomicBool::new(false));
    let sender = sending(appliance.anonymous().clone(), &enough, noise);
    let faults = || app::faults(appliance.client()).to_lowercase();
    let is_told = || faults().contains("full") || faults().contains("space");
    until("the page tells the full disk", Duration::from_secs(120), || is_told().then_some(()));
    appliance.anonymous().get("/ready").expect(200);
    std::fs::remove_file(ballast).unwrap();
    until("the page tells it no more", Duration::from_secs(120), || (!is_told()).then_some(()));
    enough.store(true, Ordering::Relaxed);
    let (taken, _) = sender.join().unwrap();
    let all_are_there = |client: &Client| {
        eventually(&format!("{taken} events are there"), || {
            issues(client, "").first().filter(|row| row["events"] == taken).map(|_| ())
        });
    };
    all_are_there(appliance.client());
    all_are_there(appliance.restart().client());
}
