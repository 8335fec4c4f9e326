//! Queries that no machine can answer, and bodies that no honest sender sends: nothing but a 4xx with a reason comes
//! of them.

use crate::harness::Home;
use crate::harness::mutation::Random;
use crate::harness::prometheus;
use crate::harness::promql::value;

tests! {
    []: queries_that_explode_name_the_limit, bodies_that_are_no_samples_do_no_harm;
}

const PUSHES: u64 = 3_000;

/// How much more memory than before is no leak.
const GROWTH_MAX: u64 = 96 << 20;

fn queries_that_explode_name_the_limit() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let now = prometheus::now_ms();
    let series: Vec<[(&str, String); 2]> =
        (0..2000).map(|i| [("__name__", "many".to_owned()), ("number", i.to_string())]).collect();
    let samples: Vec<(i64, f64)> = (0..10).map(|i| (now - i * 1000, i as f64)).collect();
    let borrowed: Vec<Vec<(&str, &str)>> = series
        .iter()
        .map(|labels| labels.iter().map(|(name, value)| (*name, value.as_str())).collect())
        .collect();
    let all: Vec<prometheus::Series<'_>> =
        borrowed.iter().map(|labels| (&labels[..], &samples[..])).collect();
    prometheus::write(client, prometheus::body(&all)).expect(204);
    let before = appliance.resident_bytes();
    let too_many = "query processing would load too many samples into memory";
    for (query, error) in [
        ("count_over_time(vector(1)[20000d:1ms])", too_many),
        ("sum(count_over_time(many[9y:1s]))", too_many),
        ("max_over_time(rate(many[5m])[1y:1s])", too_many),
        ("many * on () many", "many-to-many matching not allowed"),
    ] {
        let answer = client.ask("/api/v1/query", &[("query", query)]);
        assert_eq!(answer.status, 422, "{query}: {}", answer.text());
        let told = answer.json();
        assert_eq!(told["errorType"], "execution", "{told}");
        assert!(told["error"].as_str().unwrap().contains(error), "{told}");
    }
    let steps = [("query", "many"), ("start", "0"), ("end", "20000"), ("step", "1")];
    let answer = client.ask("/api/v1/query_range", &steps);
    assert_eq!(answer.status, 400);
    assert!(
        answer.text().contains("exceeded maximum resolution of 11,000 points per timeseries"),
        "{}",
        answer.text()
    );
    let deep = format!("{}1{}", "(".repeat(50_000), ")".repeat(50_000));
    let answer = client.ask("/app/v1/metrics/check", &[("query", &deep[..2000])]).expect(200).json();
    assert!(!answer["fault"].is_null(), "{answer}");
    let long = client.post(
        "/api/v1/query",
        &[("content-type", "application/x-www-form-urlencoded")],
        format!("query={deep}").into_bytes(),
    );
    assert_eq!(long.status, 400, "{}", long.text());
    let after = appliance.resident_bytes();
    assert!(after < before + 4 * GROWTH_MAX, "memory grew from {before} to {after} bytes");
    assert_eq!(value(client, "count(many)"), Some(2000.0));
}

fn bodies_that_are_no_samples_do_no_harm() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let now = prometheus::now_ms();
    let labels = [("__name__", "mutant"), ("job", "test"), ("zone", "some place")];
    let samples: Vec<(i64, f64)> = (0..20).map(|i| (now - i * 1000, i as f64)).collect();
    let good = prometheus::body(&[(&labels, &samples)]);
    let plain = snap::raw::Decoder::new().decompress_vec(&good).unwrap();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut refused, mut before) = (0, 0);
    for number in 0..PUSHES {
        // Half of them are wrong behind the compression.
        let body = if number % 2 == 0 {
            let mut plain = plain.clone();
            random.mutate(&mut plain);
            snap::raw::Encoder::new().compress_vec(&plain).unwrap()
        } else {
            let mut body = good.clone();
            random.mutate(&mut body);
            body
        };
        let answer = prometheus::write(client, body);
        match answer.status {
            204 => {}
            400..=499 => {
                refused += 1;
                assert!(!answer.text().trim().is_empty(), "{number}: {} without a reason", answer.status);
            }
            other => panic!("{number} answered {other}: {}", answer.text()),
        }
        if number == PUSHES / 5 {
            before = appliance.resident_bytes();
        }
    }
    assert!(refused > PUSHES / 2, "only {refused} of {PUSHES} were refused: the mutations are too weak");
    let after = appliance.resident_bytes();
    assert!(after < before + GROWTH_MAX, "memory grew from {before} to {after} bytes");
    large_bodies(&appliance);
    let survivor = [("__name__", "survivor")];
    prometheus::write(client, prometheus::body(&[(&survivor, &[(prometheus::now_ms(), 1.0)])])).expect(204);
    assert_eq!(value(client, "survivor"), Some(1.0));
}

fn large_bodies(appliance: &crate::harness::Appliance) {
    let client = appliance.client();
    let now = prometheus::now_ms();
    let long = "x".repeat(10 << 20);
    let labels = [("__name__", "long"), ("text", long.as_str())];
    let answer = prometheus::write(client, prometheus::body(&[(&labels, &[(now, 1.0)])]));
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("with a label that is too long") && answer.text().len() < 1000);
    // A few bytes that say they become 4 GiB, and 40 MiB of zeros in two.
    let claim = prometheus::write(client, vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]);
    assert_eq!((claim.status, claim.text().contains("larger than 32 MiB unpacked")), (413, true));
    let zeros = snap::raw::Encoder::new().compress_vec(&vec![0; 40 << 20]).unwrap();
    assert_eq!(prometheus::write(client, zeros).status, 413);
    assert_eq!(prometheus::write(client, vec![0; 17 << 20]).status, 413);
    let packed = client.post("/api/v1/write", &[("content-encoding", "gzip")], vec![0x1f, 0x8b, 8]);
    assert_eq!(packed.status, 415, "{}", packed.text());
}
