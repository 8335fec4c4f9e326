use api::{ProbeHealth, ProbeRow, Uptime};

use super::super::uptime::{row, sections, told as told_at};
use super::*;
use crate::time::{DAY, HOUR, MINUTE};

fn probe(change: impl FnOnce(&mut ProbeRow)) -> ProbeRow {
    let mut probe = ProbeRow {
        name: "site".to_owned(),
        url: "https://example.com/".to_owned(),
        state: ProbeHealth::Up,
        since: Some(NOW - 3 * HOUR),
        last: Some(NOW - 8_000),
        seconds: Some(0.045),
        status: Some(200),
        certificate_ends: Some(NOW + 80 * DAY),
        interval: 30_000,
        origin: "porthole.toml:3".to_owned(),
        day: Some(1.0),
        week: Some(0.999_5),
        month: None,
        strip: vec![Some(1.0), Some(0.5), None],
        ..ProbeRow::default()
    };
    change(&mut probe);
    probe
}

#[test]
fn a_probe_is_told_in_a_line() {
    let check = |change: fn(&mut ProbeRow), tone: Tone, expected: &str| {
        let row = row(&probe(change), &ViewState::default(), CLOCK);
        assert_eq!((row.tone, told(&row).as_str()), (tone, expected));
    };
    let site = "site (https://example.com/)";
    check(|_| {}, Tone::Good, &format!("up | {site} |  | 45 ms | 100 % | 99.95 % | – | 80 d | 8 s ago"));
    check(
        |probe| {
            probe.state = ProbeHealth::Down;
            probe.day = Some(0.5);
            probe.seconds = None;
        },
        Tone::Critical,
        &format!("down! | {site} |  | – | 50 %! | 99.95 % | – | 80 d | 8 s ago"),
    );
    check(
        |probe| probe.certificate_ends = Some(NOW + 20 * DAY),
        Tone::Warning,
        &format!("expiring! | {site} |  | 45 ms | 100 % | 99.95 % | – | 20 d! | 8 s ago"),
    );
    check(
        |probe| probe.certificate_ends = Some(NOW + 5 * HOUR + 10),
        Tone::Warning,
        &format!("expiring! | {site} |  | 45 ms | 100 % | 99.95 % | – | 5 h! | 8 s ago"),
    );
    check(
        |probe| probe.certificate_ends = Some(NOW - MINUTE),
        Tone::Warning,
        &format!("expiring! | {site} |  | 45 ms | 100 % | 99.95 % | – | has ended! | 8 s ago"),
    );
    check(
        |probe| {
            *probe =
                ProbeRow { name: "tcp".to_owned(), url: "tcp://db:5432".to_owned(), ..ProbeRow::default() }
        },
        Tone::Waiting,
        "not tried | tcp (tcp://db:5432) |  | – | – | – | – | – | –",
    );
}

#[test]
fn a_probe_unfolds_to_its_reasons_and_facts() {
    let change = |probe: &mut ProbeRow| {
        probe.state = ProbeHealth::Down;
        probe.status = Some(502);
        probe.problem = "status 502 instead of 200".to_owned();
        probe.certificate_ends = Some(NOW + 3 * DAY);
    };
    let row = row(&probe(change), &ViewState::default(), CLOCK);
    assert_eq!(
        unfolded(&row),
        [
            "Status 502 instead of 200",
            "Its certificate ends 25 Nov 12:00: see why it was not renewed.",
            "What is probed: https://example.com/",
            "Last answer: status 502, in 45 ms, at 11:59:52",
            "Down: since 09:00",
            "Certificate ends: 2026-11-25 12:00:00.000",
            "How often: every 30 s",
            "Named by: porthole.toml:3",
        ]
    );
}

#[test]
fn a_bar_says_when_and_how_much() {
    let strip = [Some(1.0), Some(0.0), Some(0.25), None];
    let check = |part: f64, expected: &str| {
        assert_eq!(told_at(&strip, part, (NOW - 4 * MINUTE, MINUTE), CLOCK).as_deref(), Some(expected));
    };
    check(-1.0, "11:56 – 11:57: every try passed");
    check(0.3, "11:57 – 11:58: every try failed");
    check(0.5, "11:58 – 11:59: 25 % of the tries passed");
    check(1.0, "11:59 – 12:00: not tried");
    assert_eq!(told_at(&[], 0.5, (NOW, MINUTE), CLOCK), None);
    let hover = |strip: &[Option<f64>]| {
        let row = row(&probe(|probe| probe.strip = strip.to_vec()), &ViewState::default(), CLOCK);
        row.cells[2].hover.clone()
    };
    assert_eq!(hover(&strip), "Tries failed in 2 of 3 parts of this time");
    assert_eq!(hover(&[Some(1.0), None]), "Every try passed");
    assert_eq!(hover(&[None]), "Not tried in this time");
}

#[test]
fn each_probe_has_a_row() {
    let probes = vec![probe(|_| {}), probe(|probe| probe.name = "shop".to_owned())];
    let uptime = Uptime { probes, ..Uptime::default() };
    check_shape(&sections(&uptime, &ViewState::default(), CLOCK));
}
