use super::*;

fn new(text: &str, starts_ms: i64, ends_ms: i64) -> NewSilence {
    let matchers = text.split(',').filter(|text| !text.is_empty()).map(|text| {
        let (name, value) = text.split_once('=').expect("a matcher");
        match value.strip_prefix('~') {
            Some(value) => Matcher::new(name, MatchOp::Regex, value).expect("an expression"),
            None => Matcher::equal(name, value),
        }
    });
    let (by, reason) = ("ann".to_owned(), "a deploy".to_owned());
    NewSilence { id: None, matchers: matchers.collect(), starts_ms, ends_ms, by, reason }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let check = |new: NewSilence, expected: &str| {
        let refused = put(&mut Silences::new(), new, "1".to_owned(), 100).expect_err(expected);
        assert!(refused.to_string().contains(expected), "{refused}");
    };
    check(new("", 100, 200), "needs one to 50 matchers");
    check(new("a=~.*", 100, 200), "would silence everything");
    check(new("=b", 100, 200), "no label name");
    check(new("a=b", 300, 200), "must not be before the start");
    check(new("a=b", 10, 50), "can't be in the past");
    check(NewSilence { by: " ".to_owned(), ..new("a=b", 100, 200) }, "say who");
    check(NewSilence { reason: String::new(), ..new("a=b", 100, 200) }, "say why");
    check(NewSilence { id: Some("9".to_owned()), ..new("a=b", 100, 200) }, "there is no silence 9");
}

/// What becomes of a silence from 100 to 200 over `a="b"` that is changed at `now_ms`: the id stays or another is made,
/// and what is in force at that time.
fn check_change(changed: NewSilence, now_ms: i64, expected_id: &str, in_force: &[&str]) {
    let mut silences = Silences::new();
    put(&mut silences, new("a=b", 100, 200), "1".to_owned(), 0).expect("a silence");
    let changed = NewSilence { id: Some("1".to_owned()), ..changed };
    let id = put(&mut silences, changed, "2".to_owned(), now_ms).expect("a change");
    assert_eq!(id, expected_id);
    let labels = Labels::from_pairs([("a", "b"), ("c", "d")]);
    assert_eq!(fitting(&silences, &labels, now_ms.max(100)), in_force);
}

#[test]
fn a_change_keeps_the_id_where_it_is_about_the_same() {
    check_change(new("a=b", 100, 900), 150, "1", &["1"]);
    check_change(new("a=b", 120, 900), 50, "1", &[]);
    check_change(new("c=d", 100, 900), 150, "2", &["2"]);
    check_change(new("a=b", 100, 900), 250, "2", &["2"]);
    check_change(new("x=y", 100, 900), 50, "2", &[]);
}

#[test]
fn a_silence_ends_once() {
    let mut silences = Silences::new();
    put(&mut silences, new("a=b", 100, 200), "1".to_owned(), 0).expect("a silence");
    expire(&mut silences, "1", 150).expect("it is in force");
    let labels = Labels::from_pairs([("a", "b")]);
    assert!(fitting(&silences, &labels, 160).is_empty());
    assert_eq!(expire(&mut silences, "1", 160), Err(SilenceError::Expired("1".to_owned())));
    put(&mut silences, new("a=b", 500, 600), "2".to_owned(), 300).expect("a silence");
    expire(&mut silences, "2", 400).expect("it has not begun");
    assert!(fitting(&silences, &labels, 550).is_empty(), "and never will");
}

#[test]
fn matchers_are_read_back_as_they_were() {
    let matchers = vec![
        Matcher::equal("a", "b\"c"),
        Matcher::not_equal("d", ""),
        Matcher::new("e", MatchOp::Regex, "f.*").expect("an expression"),
        Matcher::new("g", MatchOp::NotRegex, "h|i").expect("an expression"),
    ];
    assert_eq!(matchers_of(&matchers_json(&matchers)), Ok(matchers));
    assert!(matchers_of("{").is_err());
}

#[test]
fn ids_are_uuids() {
    assert_eq!(fresh_id([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}
