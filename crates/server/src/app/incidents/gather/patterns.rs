//! What lines of errors look like, against how they looked before. Read only while a service writes some.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use answers::seen::{Pattern, Service, Who};
use logql::{Direction, Miner, Page};
use logs::ServiceActivity;
use model::Ordered as _;
use model::{Level, TimeRange, Timestamp};

use super::{Look, entry};
use crate::app::evaluator::quoted;
use crate::app::logs::log_query;

/// Lines are mined so often, of so many services in one look.
const EVERY: Duration = Duration::from_secs(15);
const SERVICES_MAX: usize = 3;
const RECENT: Duration = Duration::from_secs(120);
/// Lines just before these are of the same story.
const APART: Duration = Duration::from_secs(180);
const BEFORE: Duration = Duration::from_secs(86_400);
/// What was before is read anew so often.
const BEFORE_FOR: Duration = Duration::from_secs(600);
const RECENT_MAX: usize = 300;
const BEFORE_MAX: usize = 1_000;
/// Of a line, for telling what it looks like.
const CHARACTERS: usize = 300;
const ERRORS: &str = "fatal,critical,error";
/// Fewer lines are not worth a look.
const LINES_MIN: u32 = 3;
/// A service that has written for less has no past to compare with.
const KNOWN_MINUTES: usize = 6;
const PATTERNS_MAX: usize = 5;

#[derive(Default)]
pub(super) struct Memory {
    services: HashMap<Who, Known>,
}

#[derive(Default)]
struct Known {
    mined: Option<Timestamp>,
    patterns: Vec<Pattern>,
    before: Option<(Timestamp, Vec<(Timestamp, String)>)>,
}

impl Memory {
    pub(super) fn look(&mut self, look: &Look<'_>, services: &mut BTreeMap<Who, Service>) {
        let activity = look.sources.logs.activity();
        let noisy: Vec<&ServiceActivity> = activity.services.iter().filter(|one| is_noisy(one)).collect();
        let who = |one: &ServiceActivity| Who {
            environment: one.environment.clone(),
            project: one.project.clone(),
            service: one.service.clone(),
        };
        self.services.retain(|known, _| noisy.iter().any(|one| who(one) == *known));
        let mut left = SERVICES_MAX;
        for one in noisy {
            let who = who(one);
            let known = self.services.entry(who.clone()).or_default();
            if left > 0 && known.mined.is_none_or(|at| look.at.since(at) >= EVERY) {
                left -= 1;
                known.mine(look, &who);
            }
            entry(services, who).patterns.clone_from(&known.patterns);
        }
    }
}

/// Whether it writes errors now and has written anything before.
fn is_noisy(one: &ServiceActivity) -> bool {
    let errors: u32 = one.error_lines.iter().rev().take(3).sum();
    errors >= LINES_MIN && one.lines.iter().rev().skip(KNOWN_MINUTES).any(|lines| *lines > 0)
}

impl Known {
    fn mine(&mut self, look: &Look<'_>, who: &Who) {
        self.mined = Some(look.at);
        let recent = TimeRange { start: look.at.minus(RECENT), end: look.at.plus(Duration::from_secs(1)) };
        let lines = read(look, who, recent, RECENT_MAX);
        if self.before.as_ref().is_none_or(|(at, _)| look.at.since(*at) >= BEFORE_FOR) {
            let until = look.at.minus(APART);
            let range = TimeRange { start: until.minus(BEFORE), end: until };
            let before = read(look, who, range, BEFORE_MAX);
            // Cut short, everything would be new.
            if !look.allowance.lasts() {
                return;
            }
            self.before = Some((look.at, before));
        }
        let before = self.before.as_ref().map(|(_, lines)| lines.as_slice()).unwrap_or_default();
        self.patterns = patterns(before, &lines);
    }
}

fn read(look: &Look<'_>, who: &Who, range: TimeRange, limit: usize) -> Vec<(Timestamp, String)> {
    let mut matchers = format!("service={}", quoted(&who.service));
    if !who.project.is_empty() {
        matchers.push_str(&format!(",project={}", quoted(&who.project)));
    }
    let Ok(query) = log_query(&format!("{{{matchers},stream!~\"access|event\"}}"), ERRORS) else {
        return Vec::new();
    };
    let page = Page { range, direction: Direction::Backward, limit, after: None };
    let found = look.allowance.spend(|budget| query.rows(&look.sources.logs, &page, budget));
    let rows = found.map(|found| found.rows).unwrap_or_default();
    rows.into_iter().map(|row| (row.timestamp, row.line.chars().take(CHARACTERS).collect())).collect()
}

/// Both are mined together, so that one pattern is one; the first bucket is what was before, the second what is now.
fn patterns(before: &[(Timestamp, String)], now: &[(Timestamp, String)]) -> Vec<Pattern> {
    let Some(first) = now.last().map(|(at, _)| *at) else { return Vec::new() };
    let mut miner = Miner::new(Timestamp::from_millis(0), Duration::from_secs(1), 2);
    let bucket = |second: i64| Timestamp::from_seconds(second);
    before.iter().for_each(|(_, line)| miner.add(Level::Error, bucket(0), line));
    now.iter().for_each(|(_, line)| miner.add(Level::Error, bucket(1), line));
    let span = match (before.first(), before.last()) {
        (Some((newest, _)), Some((oldest, _))) => newest.since(*oldest).max(RECENT),
        _ => RECENT,
    };
    let windows = span.as_secs_f64() / RECENT.as_secs_f64();
    let mut found: Vec<Pattern> = miner
        .finish()
        .into_iter()
        .filter(|mined| mined.buckets[1] > 0)
        .map(|mined| Pattern {
            example: newest_like(&mined.example, now),
            pattern: mined.pattern,
            lines: mined.buckets[1],
            usual: mined.buckets[0] as f64 / windows,
            since: first.millis(),
        })
        .collect();
    found.order_by(|a, b| b.lines.cmp(&a.lines));
    found.truncate(PATTERNS_MAX);
    found
}

/// The miner keeps the first line of a pattern, which may be an old one: where a new one begins alike it is told.
fn newest_like(example: &str, now: &[(Timestamp, String)]) -> String {
    let beginning: String = example.chars().take(12).collect();
    let alike = now.iter().find(|(_, line)| line.starts_with(&beginning));
    alike.map_or_else(|| example.to_owned(), |(_, line)| line.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_lines_are_told_from_old_ones() {
        let lines = |text: &str, from: i64, many: i64| -> Vec<(Timestamp, String)> {
            (0..many).map(|at| (Timestamp::from_seconds(from - at * 60), format!("{text} {at}"))).collect()
        };
        let before = lines("could not send mail to user", 10_000, 61);
        let now = [
            lines("could not send mail to user", 20_000, 4),
            lines("disk quota exceeded on volume", 20_000, 12),
        ]
        .concat();
        let found = patterns(&before, &now);
        let told: Vec<(u64, f64)> = found.iter().map(|one| (one.lines, one.usual.round())).collect();
        assert_eq!(told, [(12, 0.0), (4, 2.0)], "{found:?}");
        assert!(patterns(&before, &[]).is_empty());
    }
}
