//! What does it cost to look through a line? In nanoseconds, of lines without and with a secret.
//!
//! ```text
//! cargo bench -p mask
//! ```

#![allow(clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use mask::{Config, Masker};

const LINES: [(&str, &str); 6] = [
    (
        "JSON of an application",
        r#"{"ts":"2026-11-22T10:00:00.123456Z","level":"info","logger":"django.request","msg":"GET /api/orders/4711 200","request_id":"3f2a1c9d-8e7b-4a5f-9e3d-2c1b0a9f8e7d","user_id":31337,"path":"/api/orders/","status":200,"duration_ms":123.4,"db_queries":12,"db_ms":37.0,"remote_addr":"11.22.33.7","b":12345}"#,
    ),
    (
        "JSON of a proxy",
        r#"{"ts":"2026-11-22T10:00:00.123456Z","level":"info","msg":"GET /login/ HTTP/1.1","remote_addr":"11.22.33.7","path":"/login/","status":200,"bytes":31337,"request_time":0.123,"upstream":"shop-3:8000","request_id":"3f2a1c9d-8e7b-4a5f-9e3d-2c1b0a9f8e7d","ua":"Mozilla/5.0 (X11; Linux x86_64; rv:131.0)"}"#,
    ),
    (
        "JSON of a queue",
        r#"{"ts":"2026-11-22T10:00:00.123456Z","level":"info","logger":"celery.app.trace","msg":"Task orders.tasks.send_confirmation[3f2a1c9d-8e7b-4a5f-9e3d-2c1b0a9f8e7d] succeeded in 0.123s: None","task_id":"3f2a1c9d-8e7b-4a5f-9e3d-2c1b0a9f8e7d","task":"orders.tasks.send_confirmation","retries":0}"#,
    ),
    (
        "access log",
        r#"203.0.113.7 - - [22/Nov/2026:10:00:00 +0000] "GET /static/app.3f2a1c9d8e7b.js HTTP/1.1" 200 51234 "https://shop.example.com/cart/?page=2&sort=price" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36" rt=0.012 uct="0.001" urt="0.011" id=88"#,
    ),
    (
        "a key without a secret",
        r#"2026-11-22 10:00:00,123 INFO shop.auth the token of user 31337 was renewed: passed all checks, valid for 3600 s more, origin https://shop.example.com/account/, agent Mozilla/5.0 (X11; Linux x86_64; rv:131.0), session of 12 pages, locale de_DE, referrer https://shop.example.com/account/settings/ and done."#,
    ),
    (
        "a password",
        r#"{"ts":"2026-11-22T10:00:00.123456Z","level":"info","logger":"django.request","msg":"POST /login/ 200","request_id":"3f2a1c9d-8e7b-4a5f-9e3d-2c1b0a9f8e7d","user_id":31337,"path":"/login/","status":200,"duration_ms":123.4,"db_queries":12,"body":{"user":"ada","password":"correct horse battery"}}"#,
    ),
];

fn main() {
    let masker = Masker::new(Config::default());
    let scope = masker.of("web");
    for (name, line) in LINES {
        let nanoseconds = (0..7).map(|_| measure(|| scope.mask(black_box(line)).hits.len())).min();
        println!("{name:<24} {:>4} B {:>6} ns", line.len(), nanoseconds.expect("seven runs"));
    }
}

/// Nanoseconds of one call, on average over many.
fn measure(mut call: impl FnMut() -> usize) -> u128 {
    const CALLS: u32 = 20_000;
    let started = Instant::now();
    for _ in 0..CALLS {
        black_box(call());
    }
    started.elapsed().as_nanos() / u128::from(CALLS)
}
