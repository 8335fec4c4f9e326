//! Logs over HTTP, byte by byte.

use super::client::{Following, frames, get, log};
use super::*;

#[tokio::test]
async fn both_streams_come_framed_and_in_order() {
    let (shop, _dir) = open(minutes(10)).await;
    let all = log(&shop, "shop-web-1", "").await;
    assert!(all.len() > 100, "{}", all.len());
    assert!(all.is_sorted_by(|a, b| a.at < b.at));
    assert!(all.iter().all(|frame| frame.text.ends_with('\n')));
    let (stdout, stderr): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|frame| frame.stream == 1);
    assert!(stderr.iter().all(|frame| frame.stream == 2) && !stderr.is_empty());
    assert!(stdout.iter().all(|frame| serde_json::from_str::<serde_json::Value>(&frame.text).is_ok()));

    let path = "/containers/shop-web-1/logs?timestamps=1&";
    assert_eq!(frames(&get(&shop, &format!("{path}stdout=1")).await.1), stdout);
    assert_eq!(frames(&get(&shop, &format!("{path}stderr=true&stdout=0")).await.1), stderr);
    assert_eq!(log(&shop, "shop-web-1", "&tail=7").await, all[all.len() - 7..]);
    assert_eq!(log(&shop, "shop-web-1", "&tail=all").await, all);
    assert_eq!(log(&shop, "shop-web-1", "&tail=0").await, []);
}

#[tokio::test]
async fn since_is_inclusive_to_the_nanosecond() {
    let (shop, _dir) = open(minutes(10)).await;
    let all = log(&shop, "shop-edge-1", "").await;
    let middle = all.len() / 2;
    let at = Timestamp::parse_rfc3339(&all[middle].at).expect("a time").nanos();
    let text = |nanos: i64| format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    assert_eq!(log(&shop, "shop-edge-1", &format!("&since={}", text(at))).await, all[middle..]);
    assert_eq!(log(&shop, "shop-edge-1", &format!("&since={}", text(at + 1))).await, all[middle + 1..]);
    assert_eq!(log(&shop, "shop-edge-1", &format!("&until={}", text(at))).await, all[..=middle]);
    assert_eq!(log(&shop, "shop-edge-1", "&since=0&until=0").await, all);
    assert_eq!(log(&shop, "shop-edge-1", &format!("&since={}", NOON.seconds() + 1)).await, []);
}

#[tokio::test]
async fn a_terminal_is_raw() {
    let (shop, _dir) = open(minutes(1)).await;
    let (_, body) = get(&shop, "/containers/shop-console-1/logs?stdout=1&stderr=1&timestamps=1").await;
    let text = String::from_utf8(body.to_vec()).expect("UTF-8");
    assert!(text.ends_with("\r\n"));
    let lines: Vec<_> = text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 12);
    assert!(lines.iter().all(|line| line.as_bytes()[29] == b'Z' && line.contains("\u{1b}[1m")));
}

#[tokio::test]
async fn a_long_line_comes_in_pieces_of_one_instant() {
    let (shop, _dir) = open(minutes(11)).await;
    let all = log(&shop, "shop-billing-1", "").await;
    let start = all.iter().position(|frame| !frame.text.ends_with('\n')).expect("a long line");
    let [first, second] = &all[start..start + 2] else { panic!("no second piece") };
    assert_eq!((first.text.len(), &first.at, first.stream), (16_384, &second.at, second.stream));
    assert!(second.text.ends_with("]}\"\n") && first.text.contains("webhook received"));
}

#[tokio::test]
async fn following_goes_on_with_what_is_written_next() {
    let (shop, _dir) = open(minutes(2)).await;
    let before = log(&shop, "shop-edge-1", "").await;
    let path = "/containers/shop-edge-1/logs?stdout=1&stderr=1&timestamps=1&follow=1";
    let mut following = Following::open(&shop, &format!("{path}&tail=3")).await;
    assert_eq!(following.frames(3).await, before[before.len() - 3..]);
    shop.advance(minutes(1)).await;
    let after = log(&shop, "shop-edge-1", "").await;
    let fresh = &after[before.len()..];
    assert!(fresh.len() > 20);
    assert_eq!(following.frames(fresh.len()).await, fresh);
}

#[tokio::test]
async fn following_ends_with_the_container() {
    let (shop, _dir) = open(minutes(1)).await;
    let path = "/containers/shop-cleanup-1/logs?stdout=1&stderr=1&timestamps=1&follow=1";
    let running = Following::open(&shop, path).await;
    shop.advance(Duration::from_secs(30)).await;
    let lines = frames(&running.rest().await);
    assert_eq!(lines.len(), 3);
    assert!(lines[2].text.ends_with("cleanup_sessions finished\n"));
    // It has ended: its log is told, and that is all.
    assert_eq!(frames(&Following::open(&shop, path).await.rest().await), lines);
    // Its next run belongs to the same log.
    shop.advance(minutes(1)).await;
    let both = frames(&Following::open(&shop, path).await.rest().await);
    assert_eq!((both.len(), &both[..3]), (6, &lines[..]));
}

#[tokio::test]
async fn following_ends_when_a_release_removes_the_container() {
    let (shop, _dir) = open(Duration::ZERO).await;
    let mut followed = Following::open(&shop, "/containers/shop-web-1/logs?stdout=1&stderr=1&follow=1").await;
    let ended = async { while followed.more().await {} };
    let passing = async {
        loop {
            shop.advance(minutes(1)).await;
        }
    };
    tokio::select! {
        () = ended => {}
        () = passing => {}
    }
}
