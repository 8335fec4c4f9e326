use model::Labels;

use super::*;
use crate::sort_by_labels;

/// Nothing.
const O: f64 = f64::MIN;

fn series(labels: &str, numbers: &[f64]) -> Series {
    let points = Points::from_fn(numbers.len(), |index| Some(numbers[index]).filter(|number| *number != O));
    Series { labels: Labels::parse(labels).expect("labels"), points }
}

fn matching(on: bool, labels: &[&str], group: Option<Group>) -> Matching {
    Matching { on, labels: labels.iter().map(|label| (*label).to_owned()).collect(), group }
}

fn left(labels: &[&str]) -> Option<Group> {
    Some(Group::Left(labels.iter().map(|label| (*label).to_owned()).collect()))
}

fn check(binary: &Binary, left: &[Series], right: &[Series], expected: Result<&[Series], &str>) {
    let found = binary.vectors(left.to_vec(), right.to_vec(), &Rules::default());
    let found = found.map(|mut found| {
        found.retain(|series| !series.points.is_empty());
        sort_by_labels(&mut found);
        found
    });
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{binary:?}"),
        (Err(error), Err(expected)) => {
            assert!(error.to_string().contains(expected), "{error}, not {expected}");
        }
        (found, expected) => panic!("{found:?}, not {expected:?}"),
    }
}

fn plain(operator: Operator, matching: Matching) -> Binary {
    Binary { operator, returns_bool: false, matching }
}

#[test]
fn numbers_meet_numbers() {
    let number =
        |operator, left, right| plain(operator, Matching::default()).scalars(left, right, &Rules::default());
    assert_eq!(number(Operator::Add, 1.0, 2.0), 3.0);
    assert_eq!(number(Operator::Subtract, 1.0, 2.0), -1.0);
    assert_eq!(number(Operator::Multiply, 3.0, 2.0), 6.0);
    assert_eq!(number(Operator::Divide, 1.0, 0.0), f64::INFINITY);
    assert_eq!(number(Operator::Modulo, -7.0, 3.0), -1.0);
    assert_eq!(number(Operator::Power, 2.0, 10.0), 1024.0);
    assert_eq!(number(Operator::Atan2, 1.0, 1.0), std::f64::consts::FRAC_PI_4);
    assert_eq!(number(Operator::Equal, f64::NAN, f64::NAN), 0.0);
    assert_eq!(number(Operator::NotEqual, f64::NAN, f64::NAN), 1.0);
    assert_eq!(number(Operator::GreaterOrEqual, 2.0, 2.0), 1.0);
    let rules = Rules { zero_divides_to_nan: true, ..Rules::default() };
    assert!(plain(Operator::Divide, Matching::default()).scalars(1.0, 0.0, &rules).is_nan());
}

#[test]
fn comparisons_keep_the_vector_s_numbers() {
    let vector = || vec![series("{__name__=\"x\", a=\"1\"}", &[1.0, 5.0, O])];
    let scalar = Points::constant(3.0, 3);
    let less = |returns_bool, scalar_first| {
        let binary = Binary { operator: Operator::Less, returns_bool, matching: Matching::default() };
        binary.with_scalar(vector(), &scalar, scalar_first, &Rules::default()).expect("an answer")
    };
    assert_eq!(less(false, false), [series("{__name__=\"x\", a=\"1\"}", &[1.0, O, O])]);
    assert_eq!(less(false, true), [series("{__name__=\"x\", a=\"1\"}", &[O, 5.0, O])]);
    assert_eq!(less(true, true), [series("{a=\"1\"}", &[0.0, 1.0, O])]);
}

#[test]
fn series_find_their_partner_by_labels() {
    let a = series("{__name__=\"x\", a=\"1\", b=\"1\"}", &[1.0, 2.0]);
    let b = series("{__name__=\"y\", a=\"1\", b=\"1\"}", &[10.0, O]);
    let c = series("{__name__=\"y\", a=\"2\", c=\"z\"}", &[100.0, 100.0]);
    let add = |matching| plain(Operator::Add, matching);
    let (a, b, c) = (&[a], &[b], &[c]);
    check(&add(Matching::default()), a, b, Ok(&[series("{a=\"1\", b=\"1\"}", &[11.0, O])]));
    check(&add(Matching::default()), a, c, Ok(&[]));
    check(&add(matching(true, &["a"], None)), a, b, Ok(&[series("{a=\"1\"}", &[11.0, O])]));
    check(&add(matching(true, &[], None)), a, c, Ok(&[series("{}", &[101.0, 102.0])]));
    check(&add(matching(false, &["a", "b", "c"], None)), a, c, Ok(&[series("{}", &[101.0, 102.0])]));
    check(
        &add(matching(true, &[], left(&["c"]))),
        a,
        c,
        Ok(&[series("{a=\"1\", b=\"1\", c=\"z\"}", &[101.0, 102.0])]),
    );
    check(&add(matching(true, &[], left(&["b"]))), a, c, Ok(&[series("{a=\"1\"}", &[101.0, 102.0])]));
    // The right side has many: its labels stay, the order of the operands does too.
    let subtract = plain(Operator::Subtract, matching(true, &[], Some(Group::Right(vec!["b".to_owned()]))));
    check(&subtract, a, c, Ok(&[series("{a=\"2\", b=\"1\", c=\"z\"}", &[-99.0, -98.0])]));
}

#[test]
fn partners_must_be_unique_at_each_instant() {
    let many = [series("{a=\"1\", b=\"1\"}", &[1.0, O]), series("{a=\"1\", b=\"2\"}", &[2.0, 3.0])];
    let turns = [series("{a=\"1\", b=\"1\"}", &[1.0, O]), series("{a=\"1\", b=\"2\"}", &[O, 3.0])];
    let one = [series("{a=\"1\"}", &[10.0, 10.0])];
    let on_a = |group| plain(Operator::Multiply, matching(true, &["a"], group));
    check(&on_a(None), &turns, &one, Ok(&[series("{a=\"1\"}", &[10.0, 30.0])]));
    check(&on_a(None), &one, &turns, Ok(&[series("{a=\"1\"}", &[10.0, 30.0])]));
    check(
        &on_a(None),
        &many,
        &one,
        Err("multiple matches for labels: many-to-one matching must be explicit"),
    );
    check(
        &on_a(None),
        &one,
        &many,
        Err("found duplicate series for the match group {a=\"1\"} on the right hand-side"),
    );
    check(&on_a(left(&[])), &many, &many, Err("many-to-many matching not allowed"));
    check(
        &on_a(left(&[])),
        &many,
        &one,
        Ok(&[series("{a=\"1\", b=\"1\"}", &[10.0, O]), series("{a=\"1\", b=\"2\"}", &[20.0, 30.0])]),
    );
    check(&on_a(left(&["b"])), &many, &one, Err("grouping labels must ensure unique matches"));
}

#[test]
fn sets_keep_series_with_or_without_partner() {
    let a = series("{__name__=\"x\", a=\"1\"}", &[1.0, 2.0, O]);
    let b = series("{__name__=\"x\", a=\"2\"}", &[3.0, 4.0, 5.0]);
    let c = series("{__name__=\"y\", a=\"1\"}", &[O, 6.0, 7.0]);
    let set = |operator, matching: &Matching| {
        let (left, right) = (vec![a.clone(), b.clone()], vec![c.clone()]);
        let mut found = combine(operator, matching, left, right, &Rules::default()).expect("an answer");
        found.retain(|series| !series.points.is_empty());
        found
    };
    let own = Matching::default();
    assert_eq!(set(SetOperator::And, &own), [series("{__name__=\"x\", a=\"1\"}", &[O, 2.0, O])]);
    assert_eq!(
        set(SetOperator::Unless, &own),
        [series("{__name__=\"x\", a=\"1\"}", &[1.0, O, O]), b.clone()]
    );
    assert_eq!(
        set(SetOperator::Or, &own),
        [a.clone(), b.clone(), series("{__name__=\"y\", a=\"1\"}", &[O, O, 7.0])]
    );
    let any = matching(true, &[], None);
    assert_eq!(
        set(SetOperator::And, &any),
        [
            series("{__name__=\"x\", a=\"1\"}", &[O, 2.0, O]),
            series("{__name__=\"x\", a=\"2\"}", &[O, 4.0, 5.0]),
        ]
    );
    assert_eq!(set(SetOperator::Or, &any), [a.clone(), b.clone()]);
}

#[test]
fn relabelled_series_with_equal_labels_may_take_turns() {
    let a = series("{a=\"1\"}", &[1.0, O]);
    let b = series("{a=\"2\"}", &[O, 2.0]);
    let c = series("{a=\"3\"}", &[3.0, O]);
    let gone = |vector| crate::relabel(vector, |_| Labels::default());
    assert_eq!(gone(vec![a.clone(), b.clone()]), Ok(vec![series("{}", &[1.0, 2.0])]));
    assert_eq!(gone(vec![a, b, c]), Err(SeriesError::SameLabels(Labels::default())));
}
