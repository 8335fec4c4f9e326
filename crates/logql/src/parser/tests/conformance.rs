//! Queries of other projects, read where they lie; see [`folder`].

use std::path::PathBuf;

use crate::parse;

/// Where the test data of others is: `$PORTHOLE_CONFORMANCE`, or beside the checkout.
fn folder() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance");
    std::env::var_os("PORTHOLE_CONFORMANCE").map_or_else(|| beside.into(), PathBuf::from).join("logql")
}

pub(crate) fn file(name: &str) -> Option<String> {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

/// Those that differ from what the file says, which must be exactly the known ones.
fn check(file: &str, differing: Vec<String>, known: &[&str]) {
    assert_eq!(differing, known, "queries of {file} that are not read as it says");
}

/// The syntax trees of Grafana's editor; `⚠` in one means a fault. An editor does not ask what a query means, so
/// that Loki, and this parser, refuse a few that it draws a tree for.
#[test]
fn the_editor_s_queries() {
    let name = "lezer-expression.txt";
    let Some(text) = file(name) else { return };
    let mut differing = Vec::new();
    let mut count = 0;
    // Every case is a `# title`, the query, `==>` and the tree.
    for case in text.split("\n==>").zip(text.split("\n==>").skip(1)) {
        let (_, query) = case.0.rsplit_once("\n# ").unwrap_or(("", case.0));
        let query = query.split_once('\n').map_or("", |(_title, query)| query).trim();
        let tree = case.1.split("\n#").next().unwrap_or_default();
        count += 1;
        if parse(query).is_ok() == tree.contains('⚠') {
            differing.push(query.to_owned());
        }
    }
    assert!(count >= 75, "only {count} cases found");
    let known = [
        // Selects every stream.
        "{name !~ `mysql-\\d+`}",
        // Takes nothing out of the line.
        "{job=\"loki\"} | regexp \"regexp\"",
        // Selects every stream.
        "rate(({label=\"\"}) [1s] offset 1h | unwrap label)",
        "{label=\"\"} | drop name",
        "{label=\"\"} | drop name, other_name, some_name=\"some_value\"",
        "{label=\"\"} | keep name",
        "{label=\"\"} | keep name, other_name, some_name=\"some_value\"",
        // Sorting takes no grouping.
        "sort(rate(({app=~\"foo|bar\"} |~\".+bar\")[1m])) without (app)",
    ];
    check(name, differing, &known);
}

/// Queries that a complete implementation accepts; `{{ .x }}` in them stands for one word of a list.
#[test]
fn queries_of_a_compliance_test() {
    let name = "oteldb-logql-test-queries.yml";
    let Some(text) = file(name) else { return };
    let queries: Vec<String> = yaml_queries(&text).iter().flat_map(|template| expand(template)).collect();
    assert!(queries.len() >= 98, "only {} queries found", queries.len());
    let differing = queries.into_iter().filter(|query| parse(query).is_err()).collect();
    check(name, differing, &[]);
}

/// Queries with the kind of answer that Loki gives.
#[test]
fn queries_of_a_semantics_matrix() {
    let name = "lokivlproxy-query-semantics-matrix.json";
    let Some(text) = file(name) else { return };
    let matrix: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let cases = matrix["cases"].as_array().expect("cases");
    assert!(cases.len() >= 59, "only {} cases found", cases.len());
    let differs = |case: &&serde_json::Value| {
        let query = case["query"].as_str().expect("a query");
        parse(query).is_ok() != (case["expectation"] == "success")
    };
    let differing =
        cases.iter().filter(differs).map(|case| case["id"].as_str().unwrap_or_default().to_owned()).collect();
    // Lines are no answer to an instant query, which is not the parser's affair.
    check(name, differing, &["selector_exact_instant"]);
}

/// The `query:` values of a YAML list: quoted, or a block of deeper indented lines.
fn yaml_queries(text: &str) -> Vec<String> {
    let mut queries = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(value) = line.trim_start().strip_prefix("- query: ") else { continue };
        if value != "|-" {
            let single = value
                .strip_prefix('\'')
                .and_then(|value| value.strip_suffix('\''))
                .map(|v| v.replace("''", "'"));
            queries.push(single.unwrap_or_else(|| value.trim_matches('"').to_owned()));
            continue;
        }
        let mut block = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("      ") || line.is_empty()) {
            block.push(line.trim_start());
        }
        queries.push(block.join("\n"));
    }
    queries
}

const LISTS: [(&str, &[&str]); 12] = [
    ("{{ .simpleRangeAggOp }}", &["count_over_time", "rate", "bytes_over_time", "bytes_rate"]),
    ("{{ .range }}", &["5s", "1m"]),
    ("{{ .offset }}", &["1m", "-10s"]),
    (
        "{{ .unwrapRangeAggOp }}",
        &[
            "rate",
            "rate_counter",
            "sum_over_time",
            "avg_over_time",
            "max_over_time",
            "min_over_time",
            "first_over_time",
            "last_over_time",
            "stdvar_over_time",
            "stddev_over_time",
        ],
    ),
    ("{{ .groupRangeAggOp }}", &["avg_over_time", "max_over_time", "stddev_over_time", "first_over_time"]),
    ("{{ .unwrapExpr }}", &["unwrap status", "unwrap duration(took)", "unwrap bytes(size) | __error__=\"\""]),
    ("{{ .unwrapLabels }}", &["status,took,size"]),
    ("{{ .quantile }}", &["0.99", "0"]),
    ("{{ .simpleVecAggOp }}", &["sum", "avg", "max", "min", "count", "stddev", "stdvar"]),
    ("{{ .topBottomVecAggOp }}", &["topk", "bottomk"]),
    ("{{ .sortVecAggOp }}", &["sort", "sort_desc"]),
    ("{{ .cmpBinOp }}", &["==", "!=", ">", ">=", "<", "<="]),
];

fn expand(template: &str) -> Vec<String> {
    if let Some((list, words)) = LISTS.iter().find(|(list, _)| template.contains(list)) {
        return words.iter().flat_map(|word| expand(&template.replacen(list, word, 1))).collect();
    }
    let template = template.replace("{{ .topN }}", "2");
    // What is quoted twice is a template of the query itself.
    match template
        .split_once("{{ \"")
        .and_then(|(before, rest)| Some((before, rest.split_once("\" | quote }}")?)))
    {
        Some((before, (inner, after))) => vec![format!("{before}\"{inner}\"{after}")],
        None => vec![template],
    }
}
