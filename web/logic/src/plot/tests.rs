use super::*;

fn series(labels: &[(&str, &str)], points: &[(Millis, f64)]) -> NumberSeries {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    NumberSeries { labels, points: points.to_vec() }
}

#[test]
fn lines_break_where_points_are_missing() {
    let points = [(0, 0.0), (10, 5.0), (40, 10.0), (50, 7.0)];
    let named = Named { series: vec![series(&[], &points)], step: 10, ..Named::default() };
    let plot = Plot::new(&named, |_| true, "", (0, 100), (200.0, 100.0));
    assert_eq!(plot.lines, [(0, vec![vec![(0.0, 100.0), (20.0, 50.0)], vec![(80.0, 0.0), (100.0, 30.0)]])]);
    let ticks: Vec<&str> = plot.ticks.iter().map(|tick| tick.1.as_str()).collect();
    assert_eq!(ticks, ["0", "5", "10"]);
    assert_eq!((plot.time_at(100.0), plot.x_of(25)), (50, 50.0));
    assert_eq!(Plot::new(&named, |_| false, "", (0, 100), (200.0, 100.0)).lines, []);
}

#[test]
fn axes_are_marked_at_round_values() {
    let check_in = |unit: &str, values: &[f64], expected: &[&str]| {
        let points: Vec<(Millis, f64)> = (0..).zip(values.iter().copied()).collect();
        let named = Named { series: vec![series(&[], &points)], step: 1, ..Named::default() };
        let plot = Plot::new(&named, |_| true, unit, (0, 10), (100.0, 100.0));
        let ticks: Vec<&str> = plot.ticks.iter().map(|tick| tick.1.as_str()).collect();
        assert_eq!(ticks, expected, "{values:?} {unit}");
    };
    let check = |values: &[f64], expected: &[&str]| check_in("", values, expected);
    check(&[], &["0", "1"]);
    check(&[0.0], &["0", "1"]);
    check(&[3.0, 7.0], &["0", "2", "4", "6", "8"]);
    check(&[0.003], &["0", "0.001", "0.002", "0.003"]);
    check(&[-3.0, 9.0], &["-5", "0", "5", "10"]);
    check(&[12_000.0], &["0", "5k", "10k", "15k"]);
    // What differs little is still seen to differ.
    check(&[501.0, 508.0], &["500", "502", "504", "506", "508"]);
    check(&[-508.0, -501.0], &["-508", "-506", "-504", "-502", "-500"]);
    check(&[7.0, 7.0], &["0", "2", "4", "6", "8"]);
    check_in("bytes", &[3.0 * 1_048_576.0], &["0 B", "1 MiB", "2 MiB", "3 MiB"]);
    check_in("ratio", &[1.0], &["0 %", "50 %", "100 %"]);
    check_in("seconds", &[0.004], &["0 s", "1 ms", "2 ms", "3 ms", "4 ms"]);
}

#[test]
fn series_are_named_by_what_tells_them_apart() {
    let both = |level: &str| series(&[("level", level), ("service", "web")], &[]);
    assert_eq!(names(&[both("error"), both("info")]), ["error", "info"]);
    assert_eq!(names(&[both("error")]), ["level=error, service=web"]);
    assert_eq!(names(&[series(&[], &[])]), ["value"]);
    let mixed = [both("error"), series(&[("service", "db")], &[])];
    assert_eq!(names(&mixed), ["web", "db"]);
    let cpu = |cpu: &str, mode: &str| series(&[("cpu", cpu), ("mode", mode), ("job", "node")], &[]);
    let all = [cpu("0", "idle"), cpu("0", "user"), cpu("1", "user")];
    assert_eq!(names(&all), ["cpu=0, mode=idle", "cpu=0, mode=user", "cpu=1, mode=user"]);
    let up = |service: &str, instance: &str| series(&[("service", service), ("instance", instance)], &[]);
    assert_eq!(names(&[up("web", "a:1"), up("web", "b:1")]), ["a:1", "b:1"]);
    assert_eq!(names(&[up("web", "a:1"), up("db", "b:1")]), ["web", "db"]);
    assert_eq!(names(&[up("web", "a:1"), up("", "")]), ["instance=a:1, service=web", "instance=, service="]);
}

#[test]
fn eight_series_have_eight_colours() {
    let names: Vec<String> = (0..10).map(|number| format!("series {number}")).collect();
    let colours = colours(&names);
    let mut used: Vec<usize> = colours.iter().copied().flatten().collect();
    used.sort_unstable();
    assert_eq!(used, (0..COLOURS).collect::<Vec<_>>());
    assert_eq!(colours[8..], [None, None]);
}

#[test]
fn the_nearest_value_is_read() {
    let one = series(&[], &[(0, 1.0), (10, 2.0), (20, 6.0)]);
    assert_eq!(value_at(&one, 14, 10), Some((10, 2.0)));
    assert_eq!(value_at(&one, 16, 10), Some((20, 6.0)));
    assert_eq!(value_at(&one, 50, 10), None);
    assert_eq!(figures(&one), Some([6.0, 1.0, 3.0, 6.0]));
    assert_eq!(figures(&series(&[], &[])), None);
    let small = series(&[("a", "b")], &[(0, 2.0)]);
    let numbers = Numbers { series: vec![series(&[], &[]), small, one], step: 10, warnings: Vec::new() };
    let limit = Numbers { series: vec![series(&[("x", "y")], &[(0, 9.0)])], ..Numbers::default() };
    let named = Named::new(&[("", &numbers)], Some(&limit));
    assert_eq!(named.names, ["value", "b", "value", "limit"]);
    assert_eq!((named.is_limit(2), named.is_limit(3), named.step), (false, true, 10));
}

#[test]
fn a_legend_names_series_by_their_labels() {
    let check = |template: &str, among_others: bool, labels: &[&[(&str, &str)]], expected: &[&str]| {
        let all: Vec<NumberSeries> = labels.iter().map(|labels| series(labels, &[])).collect();
        assert_eq!(legend(template, &all, among_others), expected, "{template}");
    };
    let web: &[(&str, &str)] = &[("service", "web"), ("le", "1")];
    let db: &[(&str, &str)] = &[("service", "db")];
    check("{{service}} at {{ .le }}", true, &[web, db], &["web at 1", "db at "]);
    check("p95", false, &[web], &["p95"]);
    check("A", true, &[web, db], &["A web", "A db"]);
    check("", false, &[web], &["le=1, service=web"]);
    check("{{service", false, &[web], &["{{service"]);
}
