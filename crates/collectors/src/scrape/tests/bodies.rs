//! What becomes of an answer's lines.

use model::Labels;
use model::relabel::{Action, Rule, RuleText};

use super::program::{Memory, at, job, target, worker};
use crate::exposition::Format;
use crate::scrape::report::{Health, Report};
use crate::scrape::session::Session;
use crate::scrape::{Job, Target};

/// A target whose answers are given by the test.
struct Told {
    session: Session<Memory>,
    target: Target,
    memory: Memory,
    format: Format,
}

impl Told {
    fn new(job: Job) -> Self {
        let target = target("nowhere:1", job);
        Self { session: Session::new(), target, memory: Memory::default(), format: Format::Text }
    }

    /// What is stored of a body: lines such as `a{x="y"} 1`, sorted.
    fn read(&mut self, body: &str) -> (Vec<String>, Report) {
        let mut report = Report::default();
        let Self { session, target, memory, format } = self;
        let samples = session.take(body, *format, target, memory, &mut report);
        let own_time = samples.own_time.into_iter();
        let own_time =
            own_time.flat_map(|(at, samples)| samples.into_iter().map(move |(s, v)| (s, v, Some(at))));
        let now = samples.now.into_iter().map(|(series, value)| (series, value, None));
        let mut lines: Vec<String> =
            now.chain(own_time).map(|(series, value, at)| line(&series, value, at)).collect();
        lines.sort();
        (lines, report)
    }
}

fn line(labels: &Labels, value: f64, at: Option<i64>) -> String {
    let name = labels.get("__name__").unwrap_or_default();
    let rest = labels.filter(|name| !matches!(name, "__name__" | "job" | "instance")).to_string();
    let rest = if rest == "{}" { String::new() } else { rest };
    let at = at.map(|at| format!(" @{at}")).unwrap_or_default();
    let value = if value.to_bits() == crate::STALE.to_bits() { "ends".to_owned() } else { value.to_string() };
    format!("{name}{rest} {value}{at}")
}

#[test]
fn a_series_ends_when_it_is_no_longer_there() {
    let mut told = Told::new(job());
    let check = |told: &mut Told, body: &str, expected: &[&str], added: usize| {
        let (lines, report) = told.read(body);
        assert_eq!(
            (lines, report.added),
            (expected.iter().map(|line| (*line).to_owned()).collect(), added),
            "{body}"
        );
    };
    check(&mut told, "a 1\nb{x=\"y\"} 2\n", &["a 1", "b{x=\"y\"} 2"], 2);
    check(&mut told, "a 3\nb{x=\"y\"} 4\n", &["a 3", "b{x=\"y\"} 4"], 0);
    // In another order, and with blanks.
    check(&mut told, "b{x=\"y\"}  5 \na 6", &["a 6", "b{x=\"y\"} 5"], 0);
    check(&mut told, "c 7\na 8\n", &["a 8", "b{x=\"y\"} ends", "c 7"], 1);
    check(&mut told, "b{x=\"y\"} 9\n", &["a ends", "b{x=\"y\"} 9", "c ends"], 1);
    let ended = told.session.end_all();
    assert_eq!(
        ended.iter().map(|(series, value)| line(series, *value, None)).collect::<Vec<_>>(),
        ["b{x=\"y\"} ends"]
    );
    // It ends once, and is remembered.
    assert_eq!(told.session.end_all().len(), 0);
    check(&mut told, "b{x=\"y\"} 10\n", &["b{x=\"y\"} 10"], 0);
}

#[test]
fn bad_lines_and_twins_are_told_and_cost_no_other() {
    let mut told = Told::new(job());
    let check = |told: &mut Told, body: &str, stored: &[&str], (bad, twins): (usize, usize), first: &str| {
        // The second time everything is known.
        for _ in 0..2 {
            let (lines, report) = told.read(body);
            let lines: Vec<String> = lines.into_iter().filter(|line| !line.ends_with("ends")).collect();
            assert_eq!(lines, stored, "{body}");
            assert_eq!((report.bad_lines, report.twins), (bad, twins), "{body}");
            assert!(
                report.first_fault.as_deref().unwrap_or_default().starts_with(first),
                "{:?}",
                report.first_fault
            );
        }
    };
    check(
        &mut told,
        "a 1\na 2\nbad line here\nc 5\n",
        &["a 1", "c 5"],
        (1, 1),
        "line 2: the series is there already",
    );
    // Written in two ways it is one series all the same.
    check(&mut told, "a{x=\"y\",z=\"\"} 1\na{x=\"y\"} 2\n", &["a{x=\"y\"} 1"], (0, 1), "line 2: the series");
    check(&mut told, "a{b=\"c\",b=\"d\"} 1\ne 2\n", &["e 2"], (1, 0), "line 1: a label is given twice");
    check(&mut told, "{x=\"y\"} 1\ne 2\n", &["e 2"], (1, 0), "line 1: a metric's name");
}

#[test]
fn of_two_ways_to_write_a_series_one_may_go() {
    let mut told = Told::new(job());
    told.read("a{x=\"y\"} 1\na{x=\"y\",} 2\n");
    assert_eq!(told.read("a{x=\"y\",} 3\n").0, ["a{x=\"y\"} 3"]);
    assert_eq!(told.read("a{x=\"y\"} 4\n").0, ["a{x=\"y\"} 4"]);
    assert_eq!(told.read("").0, ["a{x=\"y\"} ends"]);
}

#[test]
fn timestamps_of_the_program_count_unless_they_may_not() {
    let mut told = Told::new(job());
    assert_eq!(told.read("a 1 777\n").0, ["a 1 @777"]);
    // Nothing new.
    assert_eq!(told.read("a 1 777\n").0, Vec::<String>::new());
    let (lines, report) = told.read("a 1 776\n");
    assert_eq!((lines, report.too_old), (Vec::new(), 1));
    assert_eq!(told.read("a 2 778\na 3 779\n").0, ["a 2 @778", "a 3 @779"]);
    // When such a series ends is for the program to say.
    assert_eq!(told.read("").0, Vec::<String>::new());
    let mut told = Told::new(Job { honor_timestamps: false, ..job() });
    assert_eq!(told.read("a 1 777\n").0, ["a 1"]);
    assert_eq!(told.read("").0, ["a ends"]);
}

#[test]
fn labels_of_program_target_and_identity_meet() {
    let check = |honor_labels: bool, line: &str, expected: &str| {
        let mut told = Told::new(Job { honor_labels, ..job() });
        told.target.identity = Labels::from_pairs([("service", "web"), ("host", "h1")]);
        let mut report = Report::default();
        let samples = told.session.take(line, Format::Text, &told.target, &told.memory, &mut report);
        assert_eq!(samples.now[0].0.to_string(), expected, "{line}");
    };
    check(false, "a 1", r#"{__name__="a", host="h1", instance="i", job="j", service="web"}"#);
    check(
        false,
        "a{job=\"mine\",service=\"own\"} 1",
        r#"{__name__="a", exported_job="mine", host="h1", instance="i", job="j", service="own"}"#,
    );
    check(
        false,
        "a{job=\"mine\",exported_job=\"x\"} 1",
        r#"{__name__="a", exported_exported_job="mine", exported_job="x", host="h1", instance="i", job="j", service="web"}"#,
    );
    check(true, "a{job=\"mine\"} 1", r#"{__name__="a", host="h1", instance="i", job="mine", service="web"}"#);
    // As a Pushgateway says that nothing of its own belongs to a series.
    check(true, "a{instance=\"\",host=\"\"} 1", r#"{__name__="a", job="j", service="web"}"#);
    check(false, "a{instance=\"\"} 1", r#"{__name__="a", host="h1", instance="i", job="j", service="web"}"#);
}

fn rule(source: &[&str], regex: &str, action: Action) -> Rule {
    let text = RuleText {
        source_labels: source.iter().map(|name| (*name).to_owned()).collect(),
        regex: Some(regex.to_owned()),
        action: Some(action),
        ..RuleText::default()
    };
    Rule::new(text).unwrap()
}

#[test]
fn rules_drop_and_rename() {
    let metric_relabel = vec![rule(&["__name__"], "b", Action::Drop), rule(&[], "pod", Action::LabelDrop)];
    let mut told = Told::new(Job { metric_relabel, ..job() });
    for _ in 0..2 {
        let (lines, report) = told.read("a{pod=\"1\"} 1\na{pod=\"2\"} 2\nb 3\nc 4\n");
        // Without the label they are one series.
        assert_eq!(lines, ["a 1", "c 4"]);
        assert_eq!((report.scraped, report.stored, report.twins), (4, 2, 1));
    }
}

#[test]
fn what_is_too_much_is_left_out_and_told() {
    let many = |count: usize| (0..count).map(|n| format!("many{{n=\"{n}\"}} 1\n")).collect::<String>();
    let mut limited = job();
    limited.limits.series = 10;
    let mut told = Told::new(limited);
    told.read(&(many(3) + "few 1\n"));
    let (lines, report) = told.read(&(many(50) + "few 1\nfew{x=\"1\"} 2\n"));
    assert_eq!((report.scraped, report.stored, report.cut), (52, 10, 42));
    // Those that were there before stay.
    assert!(lines.contains(&"few 1".to_owned()));
    let reason = report.cut_reason.unwrap();
    assert_eq!(
        reason,
        "42 samples are left out, 41 of them of many: there are more series than sample_limit = 10"
    );
    // What has gone makes room.
    let (_, report) = told.read("few{x=\"1\"} 2\n");
    assert_eq!((report.stored, report.cut), (0, 1));
    let (lines, report) = told.read("few{x=\"1\"} 2\n");
    assert_eq!((lines, report.cut), (vec!["few{x=\"1\"} 2".to_owned()], 0));
}

#[test]
fn labels_that_are_too_long_or_too_many() {
    let check = |line: &str, reason: &str| {
        let mut limited = job();
        limited.limits.labels = 5;
        limited.limits.label_name = 10;
        let mut told = Told::new(limited);
        let (lines, report) = told.read(&format!("{line}\nok 1\n"));
        assert_eq!((lines, report.cut), (vec!["ok 1".to_owned()], 1));
        let found = report.cut_reason.unwrap();
        assert!(found.contains(reason), "{found}");
    };
    let long = "x".repeat(10 << 20);
    check(
        &format!("a{{b=\"{long}\"}} 1"),
        "1 samples are left out, 1 of them of a: values of labels are longer than label_value_length_limit = 4096",
    );
    check(&format!("{long} 1"), "values of labels are longer");
    check("a{a_long_name=\"x\"} 1", "names of labels are longer than label_name_length_limit = 10");
    check("a{b=\"1\",c=\"2\",d=\"3\"} 1", "series have more labels than label_limit = 5");
}

#[test]
fn what_is_said_of_metrics_is_handed_on_once() {
    let mut told = Told::new(job());
    told.format = Format::OpenMetrics;
    let body = "# HELP a what it\\nis\n# TYPE a counter\n# UNIT a seconds\na_total 1 # {trace_id=\"x\"} 0.5 1.5\n# EOF\n";
    for _ in 0..2 {
        let (lines, report) = told.read(body);
        assert_eq!((lines, report.bad_lines), (vec!["a_total 1".to_owned()], 0));
    }
    assert_eq!(told.memory.said(), ["j/i a: counter \"what it\\nis\" \"seconds\""]);
    assert_eq!(told.memory.exemplars(), ["a_total {trace_id=\"x\"} 0.5 Some(1500)"]);
    told.read("# HELP a something else\na_total 1 # {trace_id=\"y\"} 0.5\n# EOF\n");
    assert_eq!(told.memory.said().last().unwrap(), "j/i a: counter \"something else\" \"seconds\"");
    assert_eq!(told.memory.exemplars().len(), 2);
}

#[test]
fn lines_are_remembered_as_long_as_they_come() {
    let mut told = Told::new(job());
    let body = "# HELP a what\n# TYPE a gauge\na 1\n# a comment\na{x=\"y\"} 2\nb 3\n";
    for _ in 0..4 {
        told.read(body);
        assert_eq!(told.session.remembered(), 5);
    }
    told.read("# TYPE a gauge\na 1\n");
    assert_eq!(told.session.remembered(), 2);
}

#[test]
fn names_in_quotes() {
    let mut told = Told::new(job());
    let mut report = Report::default();
    let body = "{\"http.requests\",\"a.b\"=\"ü\"} 1\n";
    let samples = told.session.take(body, Format::Text, &told.target, &told.memory, &mut report);
    assert_eq!(
        samples.now[0].0,
        Labels::from_pairs([("__name__", "http.requests"), ("a.b", "ü"), ("job", "j"), ("instance", "i")])
    );
}

#[tokio::test]
async fn a_target_within_porthole() {
    let make = std::sync::Arc::new(|| "a 1\n".to_owned());
    let identity = Labels::from_pairs([("host", "h1")]);
    let target = Target::within("porthole", "h1", identity, std::time::Duration::from_secs(15), make);
    let (mut worker, memory) = worker(target);
    worker.scrape(at(1000)).await;
    assert_eq!(memory.at(1000), ["a{host=\"h1\"} 1"]);
    assert_eq!(memory.own(1000, "up"), "1");
}

#[tokio::test]
async fn a_look_that_takes_too_long_is_waited_for_the_next_time() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let make = std::sync::Arc::new(move || {
        let _ = released.lock().unwrap().recv();
        "a 1\n".to_owned()
    });
    let interval = std::time::Duration::from_millis(100);
    let target = Target::within("node", "h1", Labels::default(), interval, make);
    let (mut worker, memory) = worker(target);
    for millis in [1000, 2000] {
        let report = worker.scrape(at(millis)).await;
        let Health::Down(why) = report.health else { panic!("it cannot be there") };
        assert_eq!(why, "a file of the machine cannot be read within 100ms: does a disk hang?");
    }
    // The one look that was begun ends, and no other was.
    release.send(()).unwrap();
    let mut millis = 3000;
    while worker.scrape(at(millis)).await.health != Health::Up {
        millis += 1;
    }
    assert_eq!(memory.at(millis), ["a 1"]);
}
