use model::Labels;

use super::*;
use crate::sort_by_labels;

const N: f64 = f64::NAN;
/// Nothing.
const O: f64 = f64::MIN;

fn points(numbers: &[f64]) -> Points {
    Points::from_fn(numbers.len(), |index| Some(numbers[index]).filter(|number| *number != O))
}

fn series(labels: &str, numbers: &[f64]) -> Series {
    Series { labels: Labels::parse(labels).expect("labels"), points: points(numbers) }
}

fn check(op: &Aggregation, grouping: &Grouping, vector: &[Series], expected: &[Series]) {
    let plain = Rules { name_labels: &[], zero_divides_to_nan: true, compensated_sums: false };
    for rules in [Rules::default(), plain] {
        let mut found = aggregate(op, grouping, vector.to_vec(), &rules);
        sort_by_labels(&mut found);
        assert_eq!(found, expected, "{op:?} {grouping:?} {rules:?}");
    }
}

fn by(names: &[&str]) -> Grouping {
    Grouping::By(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn numbers_of_one_instant_become_one() {
    let vector = [
        series("{a=\"1\"}", &[1.0, O, N, 2.0, f64::INFINITY]),
        series("{a=\"2\"}", &[3.0, O, 4.0, 4.0, 1.0]),
        series("{a=\"3\"}", &[8.0, O, 2.0, O, 1.0]),
    ];
    let one = |op: Aggregation, expected: &[f64]| {
        check(&op, &Grouping::default(), &vector, &[series("{}", expected)]);
    };
    let infinity = f64::INFINITY;
    one(Aggregation::Sum, &[12.0, O, N, 6.0, infinity]);
    one(Aggregation::Avg, &[4.0, O, N, 3.0, infinity]);
    one(Aggregation::Min, &[1.0, O, 2.0, 2.0, 1.0]);
    one(Aggregation::Max, &[8.0, O, 4.0, 4.0, infinity]);
    one(Aggregation::Count, &[3.0, O, 3.0, 2.0, 3.0]);
    one(Aggregation::Group, &[1.0, O, 1.0, 1.0, 1.0]);
    // Distances 3, 1, 4 to the mean 4: (9 + 1 + 16) / 3.
    one(Aggregation::Stdvar, &[26.0 / 3.0, O, N, 1.0, N]);
    one(Aggregation::Stddev, &[(26.0_f64 / 3.0).sqrt(), O, N, 1.0, N]);
    // Sorted 1, 3, 8; the rank is 0.75 × 2 = 1.5. NaN is the least: NaN, 2, 4 gives 3.
    one(Aggregation::Quantile(points(&[0.75; 5])), &[5.5, O, 3.0, 3.5, infinity]);
    // Infinity times no weight is NaN, as in Prometheus.
    one(Aggregation::Quantile(points(&[-0.1, 0.0, 1.1, 0.0, 1.0])), &[-infinity, O, infinity, 2.0, N]);
}

#[test]
fn groups_are_told_apart_by_labels() {
    let vector = [
        series("{__name__=\"x\", a=\"1\", b=\"1\"}", &[1.0]),
        series("{__name__=\"x\", a=\"1\", b=\"2\"}", &[2.0]),
        series("{__name__=\"x\", a=\"2\"}", &[4.0]),
    ];
    let sum = Aggregation::Sum;
    check(&sum, &by(&["a"]), &vector, &[series("{a=\"1\"}", &[3.0]), series("{a=\"2\"}", &[4.0])]);
    check(&sum, &by(&["c"]), &vector, &[series("{}", &[7.0])]);
    let without = Grouping::Without(vec!["a".to_owned(), "b".to_owned()]);
    let named = |rules: Rules| aggregate(&sum, &without, vector.to_vec(), &rules);
    assert_eq!(named(Rules::default()), [series("{}", &[7.0])]);
    assert_eq!(named(Rules { name_labels: &[], ..Rules::default() }), [series("{__name__=\"x\"}", &[7.0])]);
}

#[test]
fn the_first_of_each_group_keep_their_labels() {
    let vector = [
        series("{a=\"1\", g=\"x\"}", &[1.0, 9.0, N]),
        series("{a=\"2\", g=\"x\"}", &[2.0, O, N]),
        series("{a=\"3\", g=\"x\"}", &[2.0, 1.0, 5.0]),
        series("{a=\"4\", g=\"y\"}", &[0.0, O, O]),
    ];
    let top = |k: f64| Aggregation::Topk(points(&[k; 3]));
    let bottom = |k: f64| Aggregation::Bottomk(points(&[k; 3]));
    // Of two equal numbers the one with the lesser labels is first.
    check(
        &top(1.0),
        &by(&["g"]),
        &vector,
        &[
            series("{a=\"1\", g=\"x\"}", &[O, 9.0, O]),
            series("{a=\"2\", g=\"x\"}", &[2.0, O, O]),
            series("{a=\"3\", g=\"x\"}", &[O, O, 5.0]),
            series("{a=\"4\", g=\"y\"}", &[0.0, O, O]),
        ],
    );
    check(
        &bottom(2.0),
        &Grouping::default(),
        &vector,
        &[
            series("{a=\"1\", g=\"x\"}", &[1.0, 9.0, N]),
            series("{a=\"3\", g=\"x\"}", &[O, 1.0, 5.0]),
            series("{a=\"4\", g=\"y\"}", &[0.0, O, O]),
        ],
    );
    check(&top(0.0), &Grouping::default(), &vector, &[]);
}

#[test]
fn equal_numbers_are_counted() {
    let vector =
        [series("{a=\"1\"}", &[1.0, 2.0]), series("{a=\"2\"}", &[1.0, O]), series("{a=\"3\"}", &[2.5, 2.0])];
    let found =
        count_values("n", |n| n.to_string(), &Grouping::default(), vector.to_vec(), &Rules::default());
    let expected =
        [series("{n=\"1\"}", &[2.0, O]), series("{n=\"2\"}", &[O, 2.0]), series("{n=\"2.5\"}", &[1.0, O])];
    assert_eq!(found, expected);
}

#[test]
fn prometheus_sums_lose_nothing() {
    let vector: Vec<Series> = [1e100, 1.0, -1e100]
        .iter()
        .enumerate()
        .map(|(n, x)| series(&format!("{{a=\"{n}\"}}"), &[*x]))
        .collect();
    let sum = |rules| aggregate(&Aggregation::Sum, &Grouping::default(), vector.clone(), &rules);
    assert_eq!(sum(Rules::default())[0].points, points(&[1.0]));
    let huge = [series("{a=\"1\"}", &[f64::MAX]), series("{a=\"2\"}", &[f64::MAX])];
    check(&Aggregation::Avg, &Grouping::default(), &huge, &[series("{}", &[f64::MAX])]);
}
