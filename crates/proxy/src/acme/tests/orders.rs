//! Orders, from the wish to the certificate, and what happens when they fail.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, SystemTime};

use model::Timestamp;

use super::fake::Fake;
use super::{Bench, config, resolver, tries, wanted};
use crate::acme::stored::{Try, write_now};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}

#[tokio::test]
async fn a_wish_becomes_a_certificate_that_stays() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    let config = config([resolver("le", &fake.directory())]);
    let bench =
        Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example", "www.shop.example"])]);
    let listed = bench.issued("shop.example").await;
    assert_eq!(listed.names, ["shop.example", "www.shop.example"]);
    assert_eq!(listed.issued.unwrap().issuer, "Fake CA");
    let sixty_days = listed.renew_at.unwrap().since(now());
    assert!(sixty_days > 59 * DAY && sixty_days < 61 * DAY, "{sixty_days:?}");
    assert!(bench.certificates.find("www.shop.example").is_some());
    drop(bench);

    // Keys are nobody else's to read.
    for name in ["accounts", "certificates"] {
        for entry in std::fs::read_dir(directory.path().join(name)).unwrap() {
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    // The next process serves it without asking, and adds to the account what is new.
    let bench =
        Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example"]), wanted(&["api.example"])]);
    assert!(bench.certificates.find("shop.example").is_some(), "from the very beginning");
    bench.issued("api.example").await;
    assert_eq!(fake.orders(), ["shop.example www.shop.example", "api.example"]);
    assert_eq!(fake.script(|script| script.accounts), 1);
}

#[tokio::test]
async fn what_is_tried_is_on_disk_before_it_is_tried() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    fake.script(|script| script.looks_at = Some(directory.path().join("tries.json")));
    let config = config([resolver("le", &fake.directory())]);
    let bench = Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example"])]);
    bench.issued("shop.example").await;
    let read = fake.script(|script| script.read.clone());
    assert!(read[0].contains("shop.example") && read[0].contains("\"failures\": 1"), "{}", read[0]);
    bench.wanted.send(vec![wanted(&["shop.example"]), wanted(&["api.example"])]).unwrap();
    bench.issued("api.example").await;
    let read = fake.script(|script| script.read.clone());
    assert!(!read[1].contains("shop.example"), "a success is forgotten: {}", read[1]);
}

/// A process that dies in the middle of each try, again and again, asks no CA more often than one that does not.
#[tokio::test]
async fn a_crash_loop_is_quiet() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    fake.script(|script| script.unseen.insert("shop.example".to_owned()));
    let config = config([resolver("le", &fake.directory())]);
    let first = Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example"])]);
    while fake.orders().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(first);
    let second =
        Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example"]), wanted(&["api.example"])]);
    second.issued("api.example").await;
    assert_eq!(fake.orders(), ["shop.example", "api.example"]);
    let shop = &tries(directory.path()).names["le"]["shop.example"];
    assert!(shop.failures == 1 && shop.next > now(), "{shop:?}");
}

#[tokio::test]
async fn one_name_that_fails_keeps_no_other_waiting() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    fake.script(|script| script.unseen.insert("bad.example".to_owned()));
    let config = config([resolver("le", &fake.directory())]);
    let names = [wanted(&["a.example", "bad.example", "c.example"])];
    let bench = Bench::new(&config, &directory, Some(&fake), &names);
    let good = bench.issued("a.example").await;
    assert_eq!(good.names, ["a.example", "c.example"]);
    let bad = bench.failed("bad.example").await;
    assert_eq!((bad.names.len(), bad.failures, bad.issued), (1, 1, None));
    let what = bad.last_failure.unwrap().what;
    assert!(what.contains("bad.example: nobody answers on port 80 (connection)"), "{what}");
    assert!(what.contains("this machine finds no address"), "{what}");
    let wait = bad.next_try.unwrap().since(now());
    assert!(wait > Duration::from_secs(30) && wait <= Duration::from_secs(60), "{wait:?}");
    assert_eq!(fake.orders(), ["a.example bad.example c.example", "a.example c.example"]);
}

#[tokio::test]
async fn a_ca_that_has_enough_is_left_alone_as_long_as_it_says() {
    let by_date = format!("too many certificates for example; retry after {} UTC", "2099-01-01 00:00:00");
    // Detail and Retry-After; whether it is about the name or the CA; for how long.
    let rows = [
        ("too many new orders", Some("7200"), false, 2 * HOUR),
        ("too many failed authorizations for \"shop.example\" recently", Some("7200"), true, 2 * HOUR),
        ("too many certificates for \"example.com\"", None, false, 6 * HOUR),
        (by_date.as_str(), None, false, 8 * DAY),
    ];
    for (detail, retry_after, of_name, wait) in rows {
        let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
        fake.script(|script| script.refusal = Some((429, "rateLimited", detail.to_owned(), retry_after)));
        let config = config([resolver("le", &fake.directory())]);
        let bench = Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example"])]);
        let listed = bench.failed("shop.example").await;
        assert!(listed.last_failure.unwrap().what.contains("(rateLimited)"));
        let waits = listed.next_try.unwrap().since(now());
        assert!(waits <= wait && waits + HOUR > wait, "{detail}: {waits:?}");
        drop(bench);
        let tries = tries(directory.path());
        assert_eq!((tries.names.len(), tries.cas.len()), if of_name { (1, 0) } else { (0, 1) }, "{detail}");

        // Another process, which knows nothing but what is on disk.
        let bench = Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example"])]);
        bench.failed("shop.example").await;
        assert_eq!(fake.orders().len(), 1, "{detail}");
    }
}

#[tokio::test]
async fn certificates_are_served_though_the_ca_is_down() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    // So old already that it is to be renewed as soon as it has rested.
    fake.script(|script| script.life = (80 * DAY, 10 * DAY));
    let config = config([resolver("le", &fake.directory())]);
    let names = [wanted(&["shop.example"])];
    Bench::new(&config, &directory, Some(&fake), &names).issued("shop.example").await;
    age(directory.path(), 2 * DAY);
    drop(fake);
    let bench = Bench::new(&config, &directory, None, &names);
    let listed = bench.failed("shop.example").await;
    assert!(listed.issued.is_some() && bench.certificates.find("shop.example").is_some());
    let what = listed.last_failure.unwrap().what;
    assert!(what.contains("cannot connect"), "{what}");
    assert!(tries(directory.path()).names.is_empty(), "it is not the name's fault");
}

/// Makes all certificates on disk look as if they had come so long ago.
fn age(directory: &std::path::Path, by: Duration) {
    use crate::acme::stored::{StoredCertificate, read};
    for entry in std::fs::read_dir(directory.join("certificates")).unwrap() {
        let path = entry.unwrap().path();
        let mut stored: StoredCertificate = read(&path).unwrap().unwrap();
        stored.obtained = stored.obtained.minus(by);
        stored.renewal = None;
        write_now(&path, &stored).unwrap();
    }
}

#[tokio::test]
async fn the_ca_says_when_to_renew_and_is_told_what_is_replaced() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    let config = config([resolver("le", &fake.directory())]);
    let names = [wanted(&["shop.example"])];
    let later = (now().plus(40 * DAY), now().plus(42 * DAY));
    fake.script(|script| script.window = Some(later));
    let bench = Bench::new(&config, &directory, Some(&fake), &names);
    let listed = bench
        .until("shop.example", |listed| listed.renew_at.is_some_and(|at| at < now().plus(50 * DAY)))
        .await;
    assert!((later.0..=later.1).contains(&listed.renew_at.unwrap()));
    let first = listed.issued.unwrap().serial;
    drop(bench);

    // It has revoked it, say, and wants everybody to come now.
    fake.script(|script| script.window = Some((now().minus(DAY), now().minus(HOUR))));
    age(directory.path(), DAY);
    let bench = Bench::new(&config, &directory, Some(&fake), &names);
    let renewed =
        |listed: &crate::tls::Listed| listed.issued.as_ref().is_some_and(|issued| issued.serial != first);
    bench.until("shop.example", renewed).await;
    let orders = fake.script(|script| script.orders.clone());
    assert!(orders[0].get("replaces").is_none());
    assert!(orders[1]["replaces"].as_str().unwrap().split_once('.').is_some(), "{}", orders[1]);
    assert_eq!(
        std::fs::read_dir(directory.path().join("certificates")).unwrap().count(),
        1,
        "the old one is gone"
    );
}

#[tokio::test]
async fn a_name_that_failed_twice_is_shown_to_the_ca_for_trying_first() {
    let (fake, staging, directory) = (Fake::new().await, Fake::new().await, tempfile::tempdir().unwrap());
    let le =
        crate::acme::Resolver { staging: Some(staging.directory()), ..resolver("le", &fake.directory()) };
    let config = config([le]);
    let failed = |failures| {
        let mut all = crate::acme::stored::Tries::default();
        let past = now().minus(HOUR);
        let tried = Try { failures, next: past, at: past, what: Some("no".to_owned()) };
        all.names.entry("le".to_owned()).or_default().insert("shop.example".to_owned(), tried);
        write_now(&directory.path().join("tries.json"), &all).unwrap();
    };
    failed(2);
    let bench = Bench::new(&config, &directory, None, &[wanted(&["shop.example"])]);
    let listed =
        bench.until("shop.example", |listed| listed.failures == 3 && listed.last_failure.is_some()).await;
    assert!(listed.last_failure.unwrap().what.contains("first, as it failed before"));
    assert_eq!((staging.orders().len(), fake.orders().len()), (1, 0));
    drop(bench);

    failed(2);
    let certificates = crate::tls::Certificates::new().unwrap();
    let keeper = crate::acme::Keeper::open(&config, directory.path(), certificates.clone()).unwrap();
    for ca in [&fake, &staging] {
        ca.script(|script| script.challenges = Some(keeper.challenges()));
    }
    drop(keeper);
    let bench = Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example"])]);
    staging.script(|script| script.reuses = true);
    bench.issued("shop.example").await;
    assert_eq!((staging.orders().len(), fake.orders().len()), (2, 1));
}

#[tokio::test]
async fn a_lost_account_and_bad_nonces_are_mended() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    fake.script(|script| (script.bad_nonces, script.unknown_accounts, script.reuses) = (2, 1, true));
    let config = config([resolver("le", &fake.directory())]);
    let bench = Bench::new(&config, &directory, None, &[wanted(&["shop.example"])]);
    bench.issued("shop.example").await;
    assert_eq!(fake.script(|script| script.accounts), 2);
}

#[tokio::test]
async fn what_was_not_asked_for_is_no_success() {
    // Whether a name is missing, how long the certificate holds, and what is said.
    let rows = [(true, 90 * DAY, "is not for www.shop.example"), (false, Duration::ZERO, "holds until")];
    for (forgets, life, expected) in rows {
        let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
        fake.script(|script| (script.forgets, script.life) = (forgets, (DAY, life)));
        let config = config([resolver("le", &fake.directory())]);
        let names = [wanted(&["shop.example", "www.shop.example"])];
        let bench = Bench::new(&config, &directory, Some(&fake), &names);
        let listed = bench.failed("www.shop.example").await;
        let what = listed.last_failure.unwrap().what;
        assert!(what.contains(expected), "{what}");
        assert_eq!((listed.failures, fake.orders().len()), (1, 1));
    }
}

#[tokio::test]
async fn many_orders_at_once_share_an_account() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    let config = config([resolver("le", &fake.directory())]);
    let names: Vec<String> = (0..9).map(|number| format!("shop-{number}.example")).collect();
    let all: Vec<_> = names.iter().map(|name| wanted(&[name])).collect();
    let bench = Bench::new(&config, &directory, Some(&fake), &all);
    for name in &names {
        bench.issued(name).await;
    }
    assert_eq!((fake.script(|script| script.accounts), fake.orders().len()), (1, 9));
}

#[tokio::test]
async fn another_ca_of_the_same_name_is_asked_anew() {
    let (fake, other, directory) = (Fake::new().await, Fake::new().await, tempfile::tempdir().unwrap());
    let names = [wanted(&["shop.example"])];
    Bench::new(&config([resolver("le", &fake.directory())]), &directory, Some(&fake), &names)
        .issued("shop.example")
        .await;
    let bench = Bench::new(&config([resolver("le", &other.directory())]), &directory, Some(&other), &names);
    let first = bench.certificates.find("shop.example").unwrap().facts.serial_text();
    bench
        .until("shop.example", |listed| listed.issued.as_ref().is_some_and(|issued| issued.serial != first))
        .await;
    assert_eq!((fake.orders().len(), other.orders().len()), (1, 1));
}

#[tokio::test]
async fn a_damaged_file_of_tries_makes_cautious() {
    let (fake, directory) = (Fake::new().await, tempfile::tempdir().unwrap());
    std::fs::write(directory.path().join("tries.json"), b"{\"names\":").unwrap();
    let config = config([resolver("le", &fake.directory())]);
    let bench = Bench::new(&config, &directory, Some(&fake), &[wanted(&["shop.example"])]);
    let listed = bench.failed("shop.example").await;
    assert!(listed.last_failure.unwrap().what.contains("damaged"));
    assert!(fake.orders().is_empty());
    assert!(directory.path().join("tries.json.damaged").exists());
}
