//! A dashboard as JSON, in and out, and changing the order of its panels.

use api::{Dashboard, Panel, PanelKind, PanelQuery, QueryLanguage};

use crate::wire::{self, Object};

/// The kinds of panels, their words in JSON and on the page.
pub const KINDS: [(PanelKind, &str, &str); 4] = [
    (PanelKind::Line, "line", "Chart"),
    (PanelKind::Stat, "stat", "Newest number, large"),
    (PanelKind::Table, "table", "Newest numbers, in rows"),
    (PanelKind::Lines, "lines", "Lines of logs"),
];

/// The languages, their words in JSON and on the page.
pub const LANGUAGES: [(QueryLanguage, &str, &str); 2] =
    [(QueryLanguage::Promql, "promql", "PromQL"), (QueryLanguage::Logql, "logql", "LogQL")];

/// Panels are so many quarters of the page wide.
pub const WIDTHS: [u8; 4] = [1, 2, 3, 4];

/// What a dashboard is kept and handed on as: readable, a panel to a line.
pub fn to_json(title: &str, panels: &[Panel]) -> String {
    let panels: Vec<String> = panels.iter().map(|panel| format!("\n  {}", panel_json(panel))).collect();
    let end = if panels.is_empty() { "]" } else { "\n]" };
    Object::default().text("title", title).raw("panels", &format!("[{}{end}", panels.join(","))).end()
}

/// A panel alone.
pub fn panel_json(panel: &Panel) -> String {
    let kind = KINDS.iter().find(|(kind, ..)| *kind == panel.kind).map_or("line", |(_, word, _)| word);
    let language = LANGUAGES
        .iter()
        .find(|(language, ..)| *language == panel.language)
        .map_or("promql", |(_, word, _)| word);
    let query = |query: &PanelQuery| {
        Object::default().text("query", &query.query).text("legend", &query.legend).end()
    };
    let queries: Vec<String> = panel.queries.iter().map(query).collect();
    Object::default()
        .text("title", &panel.title)
        .text("kind", kind)
        .text("language", language)
        .raw("queries", &format!("[{}]", queries.join(",")))
        .text("unit", &panel.unit)
        .raw("width", &panel.width.to_string())
        .end()
}

/// Reads a dashboard that somebody pasted.
///
/// # Errors
/// What is wrong with it, in words.
pub fn from_json(text: &str) -> Result<Dashboard, String> {
    let dashboard: Dashboard = wire::read(text).map_err(|fault| format!("This is no JSON: {fault}."))?;
    if dashboard.title.trim().is_empty() && dashboard.panels.is_empty() {
        return Err("This is no dashboard: it has neither \"title\" nor \"panels\".".to_owned());
    }
    for (at, panel) in dashboard.panels.iter().enumerate() {
        if panel.queries.is_empty() {
            return Err(format!("Panel {} ({}) has no \"queries\".", at + 1, panel.title));
        }
    }
    let panels = dashboard.panels.into_iter().map(|panel| Panel { width: panel.width.clamp(1, 4), ..panel });
    Ok(Dashboard { panels: panels.collect(), ..dashboard })
}

/// A panel to begin with.
pub fn new_panel() -> Panel {
    Panel {
        title: "New panel".to_owned(),
        queries: vec![PanelQuery { query: "up".to_owned(), legend: String::new() }],
        width: 2,
        ..Panel::default()
    }
}

/// Moves an item one place earlier or later.
pub fn moved<T>(items: &mut [T], at: usize, later: bool) {
    let other = if later { at + 1 } else { at.wrapping_sub(1) };
    if at < items.len() && other < items.len() {
        items.swap(at, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dashboard_goes_out_and_comes_back() {
        let query = |query: &str| PanelQuery { query: query.to_owned(), legend: "{{a}} \"x\"\n".to_owned() };
        let panels = vec![
            new_panel(),
            Panel {
                title: "Ü".to_owned(),
                kind: PanelKind::Lines,
                language: QueryLanguage::Logql,
                queries: vec![query("{a=\"b\"}"), query("")],
                unit: "bytes".to_owned(),
                width: 4,
            },
        ];
        let json = to_json("My \"board\"", &panels);
        let read = from_json(&json).expect("what was written can be read");
        assert_eq!((read.title.as_str(), &read.panels), ("My \"board\"", &panels));
        assert_eq!(json.lines().count(), 4);
        // The server reads it too.
        let new: api::NewDashboard = serde_json::from_str(&json).expect("valid JSON");
        assert_eq!(new.panels, panels);
        assert!(serde_json::from_str::<api::NewDashboard>(&to_json("", &[])).is_ok());
    }

    #[test]
    fn what_is_pasted_is_looked_at() {
        let check = |text: &str, words: &str| {
            let fault = from_json(text).expect_err(text);
            assert!(fault.contains(words), "{fault}");
        };
        check("{", "no JSON");
        check("[]", "no dashboard");
        check("{\"title\":\"a\",\"panels\":[{\"title\":\"CPU\"}]}", "Panel 1 (CPU) has no \"queries\"");
        let wide = "{\"panels\":[{\"queries\":[{\"query\":\"up\"}],\"width\":24}]}";
        assert_eq!(from_json(wide).expect("a dashboard").panels[0].width, 4);
    }

    #[test]
    fn panels_change_places() {
        let check = |at: usize, later: bool, expected: [u8; 3]| {
            let mut items = [1, 2, 3];
            moved(&mut items, at, later);
            assert_eq!(items, expected);
        };
        check(0, true, [2, 1, 3]);
        check(2, false, [1, 3, 2]);
        check(0, false, [1, 2, 3]);
        check(2, true, [1, 2, 3]);
        check(9, true, [1, 2, 3]);
    }
}
