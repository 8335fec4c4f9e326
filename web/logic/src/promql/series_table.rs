//! The values of one instant as a table: a column for each label that tells series apart.

use api::NumberSeries;

/// A table of series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesTable {
    /// Labels that all series share, `job="web"`.
    pub common: Vec<(String, String)>,
    /// Labels in which they differ.
    pub columns: Vec<String>,
    /// For each series the values of the columns, and its number.
    pub rows: Vec<(Vec<String>, f64)>,
}

/// More labels stand together in the last column.
const COLUMNS_MAX: usize = 8;
const OTHERS: &str = "others";

/// The table of what a query answered.
pub fn series_table(series: &[NumberSeries]) -> SeriesTable {
    let mut names: Vec<&String> = Vec::new();
    for name in series.iter().flat_map(|series| series.labels.keys()) {
        let place = names.partition_point(|known| *known < name);
        if names.get(place) != Some(&name) {
            names.insert(place, name);
        }
    }
    let value = |series: &NumberSeries, name: &str| series.labels.get(name).cloned().unwrap_or_default();
    // One series alone has nothing to be told from: its labels are its columns.
    let is_common = |name: &&&String| {
        series.len() > 1 && series.iter().all(|other| value(other, name) == value(&series[0], name))
    };
    let common =
        names.iter().filter(is_common).map(|name| ((*name).clone(), value(&series[0], name))).collect();
    let telling: Vec<&String> = names.iter().filter(|name| !is_common(name)).copied().collect();
    let own = if telling.len() > COLUMNS_MAX { COLUMNS_MAX - 1 } else { telling.len() };
    let row = |one: &NumberSeries| {
        let mut cells: Vec<String> = telling[..own].iter().map(|name| value(one, name)).collect();
        if own < telling.len() {
            let pair = |name: &&String| one.labels.get(*name).map(|value| format!("{name}={value}"));
            cells.push(telling[own..].iter().filter_map(pair).collect::<Vec<_>>().join(", "));
        }
        Some((cells, one.points.last()?.1))
    };
    let mut columns: Vec<String> = telling[..own].iter().map(|name| (*name).clone()).collect();
    if own < telling.len() {
        columns.push(OTHERS.to_owned());
    }
    SeriesTable { common, columns, rows: series.iter().filter_map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(labels: &[(&str, &str)], value: f64) -> NumberSeries {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        NumberSeries { labels, points: vec![(0, value)] }
    }

    #[test]
    fn what_all_share_stands_apart() {
        let both = [
            series(&[("job", "web"), ("code", "200"), ("a", "x")], 1.0),
            series(&[("job", "web"), ("code", "500")], 2.0),
        ];
        let table = series_table(&both);
        assert_eq!(table.common, [("job".to_owned(), "web".to_owned())]);
        assert_eq!(table.columns, ["a", "code"]);
        let row = |cells: [&str; 2], value| (cells.map(str::to_owned).to_vec(), value);
        assert_eq!(table.rows, [row(["x", "200"], 1.0), row(["", "500"], 2.0)]);
        assert_eq!(series_table(&[]), SeriesTable::default());
        assert_eq!(series_table(&both[..1]).columns, ["a", "code", "job"]);
    }

    #[test]
    fn many_labels_share_the_last_column() {
        let labels = |value: &'static str| -> Vec<(String, &str)> {
            (0..10).map(|at| (format!("l{at}"), value)).collect()
        };
        let made = |value| {
            let labels = labels(value);
            series(&labels.iter().map(|(name, value)| (name.as_str(), *value)).collect::<Vec<_>>(), 1.0)
        };
        let table = series_table(&[made("a"), made("b")]);
        assert_eq!(table.columns, ["l0", "l1", "l2", "l3", "l4", "l5", "l6", "others"]);
        assert_eq!(table.rows[1].0[7], "l7=b, l8=b, l9=b");
    }
}
