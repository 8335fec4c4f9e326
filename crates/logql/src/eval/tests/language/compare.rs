//! Compares answers with what a script expects.

use ::model::Labels;

use super::read::Cursor;

/// Labels, `None` for a plain number, and a number or nothing for each instant.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    pub(super) labels: Option<Labels>,
    pub(super) points: Vec<Option<f64>>,
}

impl Numbers {
    /// `{a="b"} 1 2 _`, or `5`
    pub(super) fn read(row: &str) -> Self {
        let mut cursor = Cursor(row);
        let labels = row.starts_with('{').then(|| cursor.labels());
        let words = cursor.0.split(" #").next().unwrap_or_default().split_whitespace();
        Self { labels, points: words.flat_map(points).collect() }
    }

    pub(super) fn text(&self) -> String {
        let labels = self.labels.as_ref().map(|labels| format!("{labels} ")).unwrap_or_default();
        let points = self.points.iter().map(|point| point.map_or("_".to_owned(), |point| point.to_string()));
        format!("{labels}{}", points.collect::<Vec<_>>().join(" "))
    }

    fn is(&self, other: &Self) -> bool {
        let close = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
            (Some(a), Some(b)) => {
                a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
            }
            (a, b) => a.is_none() && b.is_none(),
        };
        self.labels == other.labels
            && self.points.len() == other.points.len()
            && self.points.iter().zip(&other.points).all(close)
    }
}

/// What is wrong with the answer, if anything is.
pub(super) fn differs(mut found: Vec<Numbers>, rows: &[String], ordered: bool) -> Option<String> {
    let mut expected: Vec<Numbers> = rows.iter().map(|row| Numbers::read(row)).collect();
    if !ordered {
        found.sort_by(|a, b| a.labels.cmp(&b.labels));
        expected.sort_by(|a, b| a.labels.cmp(&b.labels));
    }
    let same = found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| a.is(b));
    (!same).then(|| format!("  expected\n{}\n  found\n{}", text(&expected), text(&found)))
}

fn text(numbers: &[Numbers]) -> String {
    numbers.iter().map(|numbers| format!("    {}", numbers.text())).collect::<Vec<_>>().join("\n")
}

/// `1`, `1/3`, `_`, `1x3` or `1+2x3`
fn points(word: &str) -> Vec<Option<f64>> {
    if word.starts_with('_') {
        let count = word.strip_prefix("_x").map_or(0, |count| count.parse().expect("a count"));
        return vec![None; count + 1];
    }
    let Some((start, count)) = word.split_once('x') else { return vec![Some(number(word))] };
    let count: usize = count.parse().expect("a count");
    let sign = start[1..].find(['+', '-']).map(|at| at + 1);
    let (start, step) = start.split_at(sign.unwrap_or(start.len()));
    let (start, step) = (number(start), if step.is_empty() { 0.0 } else { number(step) });
    (0..=count).map(|index| Some(start + step * index as f64)).collect()
}

fn number(text: &str) -> f64 {
    match text.split_once('/') {
        Some((above, below)) => number(above) / number(below),
        None => text.parse().unwrap_or_else(|_| panic!("{text} is no number")),
    }
}
