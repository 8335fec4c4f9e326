//! Spans that came without their root.

use rusqlite::params;

use super::*;

fn part(number: u8, segment: u8) -> ContainedSpan {
    ContainedSpan {
        span: span(number, segment, "db", 10..30),
        segment: Some(id(segment)),
        trace: TraceId([7; 16]),
        ..ContainedSpan::default()
    }
}

fn root() -> ContainedSpan {
    ContainedSpan {
        is_segment: true,
        transaction: Some("/orders".to_owned()),
        span: Span { parent: None, ..span(1, 0, "http.server", 0..100) },
        ..part(1, 1)
    }
}

impl Bench {
    fn take_spans(&mut self, spans: Vec<ContainedSpan>) {
        let commit = self.connection.transaction().unwrap();
        apply_spans(&commit, &received(), SpanContainer { spans, faulty: 0 }).unwrap();
        commit.commit().unwrap();
    }

    fn expire(&mut self, before_ms: i64) {
        let commit = self.connection.transaction().unwrap();
        while expire(&commit, before_ms, 2).unwrap() {}
        commit.commit().unwrap();
    }

    fn number(&self, sql: &str) -> i64 {
        self.connection
            .query_row(&format!("SELECT {sql} FROM performance_orphan"), [], |row| row.get(0))
            .unwrap()
    }

    /// What is left of the only transaction: as it is in the list, and whole.
    fn kept(&self) -> Example {
        example(&self.connection, self.examples(Selection::default())[0].id).unwrap().unwrap()
    }

    fn insert(&self, id: i64, bytes: i64) {
        let sql = "INSERT INTO performance_orphan VALUES (?, 3, x'07', x'09', 0, 1, ?, 0, x'')";
        self.connection.execute(sql, params![id, bytes]).unwrap();
    }
}

#[test]
fn spans_find_their_root_whichever_came_first() {
    let mut bench = Bench::new();
    bench.take_spans(vec![part(10, 1), part(11, 5)]);
    bench.take_spans(vec![root(), part(12, 1)]);
    bench.take_spans(vec![part(13, 1)]);
    let rows = bench.rows(Selection::default(), "", Sort::Time);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].operations[0].time_ms, 40.0, "of the two that were there by then");
    let kept = bench.kept();
    let drawn: Vec<u8> = kept.steps.iter().map(|step| step.span.id.0[0]).collect();
    assert_eq!((drawn, kept.row.spans), (vec![1, 12, 10, 13], 3));
    assert_eq!(kept.transaction.spans_cut, 0);
    assert_eq!(bench.number("count(*)"), 2);
    bench.expire(received().received_ms + 1);
    assert_eq!(bench.number("count(*)"), 0);
}

#[test]
fn of_one_root_no_more_is_kept_than_it_may_have() {
    let check = |containers: usize, spans: usize, bytes: usize, (groups, kept): (i64, i64)| {
        let sent = || {
            let mut one = part(10, 1);
            one.span.description = "x".repeat(bytes);
            vec![one; spans]
        };
        let all = (containers * spans) as i64;
        let mut bench = Bench::new();
        (0..containers).for_each(|_| bench.take_spans(sent()));
        let found = (bench.number("count(*)"), bench.number("sum(spans)"), bench.number("sum(cut)"));
        assert_eq!(found, (groups, kept, all - kept), "{containers} of {spans} of {bytes}");
        assert!(bench.number("sum(bytes)") <= 1 << 20);
        // The root takes them up, and those that come after it are added as long as there is room.
        bench.take_spans(vec![root(), part(11, 1)]);
        assert_eq!(bench.number("count(*)"), 0);
        (0..containers).for_each(|_| bench.take_spans(sent()));
        let whole = bench.kept();
        let expected = (1 + 2 * kept).min(1000);
        assert_eq!(whole.transaction.spans.len() as i64, expected, "{containers} of {spans} of {bytes}");
        assert_eq!(i64::from(whole.row.spans), expected);
        assert_eq!(i64::from(whole.transaction.spans_cut), 1 + 2 * all - expected);
    };
    check(1, 1, 0, (1, 1));
    check(20, 2, 0, (20, 40));
    check(23, 2, 0, (20, 40));
    check(7, 300, 0, (4, 1000));
    check(2, 1, 2 << 20, (1, 0));
    check(9, 2, 200 << 10, (3, 5));
}

#[test]
fn of_all_roots_the_oldest_go() {
    let mut bench = Bench::new();
    bench.insert(1, 10);
    bench.insert(11, 10);
    bench.insert(20_009, 10);
    bench.take_spans(vec![part(10, 1)]);
    assert_eq!((bench.number("min(id)"), bench.number("count(*)")), (11, 3));

    let mut bench = Bench::new();
    (1..=8).for_each(|id| bench.insert(id, 100 << 20));
    bench.expire(0);
    assert_eq!((bench.number("min(id)"), bench.number("count(*)")), (4, 5));
}
