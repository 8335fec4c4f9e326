use super::super::*;

const COLUMNS: [Column; 3] = [
    Column { id: "state", name: "State", hint: "", width: 100, is_figure: false },
    Column { id: "name", name: "Name", hint: "", width: 0, is_figure: false },
    Column { id: "size", name: "Size", hint: "", width: 80, is_figure: true },
];

fn row(name: &str, tone: Tone, size: Option<f64>) -> Row {
    let cells =
        vec![Cell::state(tone, tone.class()), Cell::text(name), Cell::figure(size, |size| size.to_string())];
    Row { key: name.to_owned(), tone, cells, also: format!("job={name}-job"), ..Row::default() }
}

fn rows() -> Vec<Row> {
    vec![
        row("beta", Tone::Good, Some(10.0)),
        row("Alpha", Tone::Good, None),
        row("delta", Tone::Critical, Some(9.0)),
        row("gamma", Tone::Idle, Some(-1.0)),
    ]
}

fn check(filter: &str, order: &str, expected: &[&str]) {
    let shown = arranged(rows(), Wish { filter, order: Order::from_text(order, &COLUMNS) });
    let names: Vec<&str> = shown.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(names, expected, "filter {filter:?}, order {order:?}");
}

#[test]
fn what_is_down_stands_on_top_unless_another_order_is_wanted() {
    check("", "", &["delta", "Alpha", "beta", "gamma"]);
    check("", "nonsense", &["delta", "Alpha", "beta", "gamma"]);
    check("", "name", &["Alpha", "beta", "delta", "gamma"]);
    check("", "-name", &["gamma", "delta", "beta", "Alpha"]);
    check("", "size", &["gamma", "delta", "beta", "Alpha"]);
    check("", "-size", &["beta", "delta", "gamma", "Alpha"]);
    check("", "-state", &["gamma", "Alpha", "beta", "delta"]);
}

#[test]
fn every_word_of_the_filter_must_be_found() {
    check("ALPHA", "", &["Alpha"]);
    check("ok a", "", &["Alpha", "beta"]);
    check("gamma-job", "", &["gamma"]);
    check("alpha beta", "", &[]);
    check("  ", "", &["delta", "Alpha", "beta", "gamma"]);
}

#[test]
fn clicks_turn_the_order_and_the_third_takes_it_back() {
    let check = |column: usize, expected: [&str; 3]| {
        let mut order = None;
        for text in expected {
            order = Order::clicked(order, column, &COLUMNS);
            assert_eq!(order.map_or_else(String::new, |order| order.to_text(&COLUMNS)), text);
        }
    };
    check(1, ["name", "-name", ""]);
    check(2, ["-size", "size", ""]);
    let other = Order::clicked(Order::from_text("-size", &COLUMNS), 1, &COLUMNS);
    assert_eq!(other, Order::from_text("name", &COLUMNS));
}

#[test]
fn the_sentence_says_how_many_are_down() {
    let check = |tones: &[Tone], tone: Tone, text: &str| {
        let rows: Vec<Row> = tones.iter().map(|tone| row("a", *tone, None)).collect();
        assert_eq!(sentence(&rows, ("target", "targets"), "down"), (tone, text.to_owned()));
    };
    let (down, look, good, waiting) = (Tone::Critical, Tone::Warning, Tone::Good, Tone::Waiting);
    check(&[good], Tone::Good, "1 target, and nothing is wrong with it.");
    check(&[good, Tone::Idle], Tone::Good, "2 targets, and nothing is wrong with them.");
    check(&[waiting, waiting], Tone::Waiting, "2 targets, not asked yet.");
    check(&[down], Tone::Critical, "1 of 1 target is down.");
    check(&[down, good, good], Tone::Critical, "1 of 3 targets is down.");
    check(&[look, good], Tone::Warning, "1 of 2 targets needs a look.");
    check(&[down, down, look, look], Tone::Critical, "2 of 4 targets are down, 2 more need a look.");
}
