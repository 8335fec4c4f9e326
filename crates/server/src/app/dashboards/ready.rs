//! The dashboards that come with Porthole: `config/dashboards/*.json`, each in the form in which one is sent.

use api::{Dashboard, DashboardRow, NewDashboard};

/// By what names them, in the order in which they are listed.
const FILES: [(&str, &str); 6] = [
    ("celery", include_str!("../../../../../config/dashboards/celery.json")),
    ("containers", include_str!("../../../../../config/dashboards/containers.json")),
    ("django", include_str!("../../../../../config/dashboards/django.json")),
    ("host", include_str!("../../../../../config/dashboards/host.json")),
    ("postgresql", include_str!("../../../../../config/dashboards/postgresql.json")),
    ("redis", include_str!("../../../../../config/dashboards/redis.json")),
];

/// All of them. A test reads each file.
fn all() -> impl Iterator<Item = Dashboard> {
    FILES.iter().filter_map(|(id, json)| {
        let NewDashboard { title, panels } = serde_json::from_str(json).ok()?;
        Some(Dashboard {
            id: (*id).to_owned(),
            title,
            ready_made: true,
            panels,
            by: String::new(),
            changed: 0,
        })
    })
}

/// All of them, for the list.
pub(super) fn rows() -> Vec<DashboardRow> {
    let row = |Dashboard { id, title, ready_made, by, changed, .. }| DashboardRow {
        id,
        title,
        ready_made,
        by,
        changed,
    };
    all().map(row).collect()
}

/// The one of this id.
pub(super) fn named(id: &str) -> Option<Dashboard> {
    all().find(|dashboard| dashboard.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use api::{Panel, PanelKind, QueryLanguage};

    use super::*;
    use crate::accounts::checked_dashboard;

    #[test]
    fn each_file_is_listed_and_every_query_can_be_asked() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/dashboards");
        let files =
            std::fs::read_dir(directory).expect("a directory").map(|file| file.expect("a file").path());
        let stems: BTreeSet<String> =
            files.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
        assert_eq!(stems, FILES.iter().map(|(id, _)| (*id).to_owned()).collect());
        for (id, json) in FILES {
            let new: NewDashboard =
                serde_json::from_str(json).unwrap_or_else(|error| panic!("{id}: {error}"));
            let panels = checked_dashboard(new).unwrap_or_else(|error| panic!("{id}: {error}")).panels;
            assert!((6..=10).contains(&panels.len()), "{id}: {} panels", panels.len());
            panels.iter().for_each(|panel| check(id, panel));
        }
        assert!(rows().is_sorted_by(|a, b| a.title < b.title));
    }

    fn check(id: &str, panel: &Panel) {
        for query in &panel.queries {
            let fault = match panel.language {
                QueryLanguage::Promql => promql::parse(&query.query).err().map(|error| error.to_string()),
                QueryLanguage::Logql => logql::parse(&query.query).err().map(|error| error.to_string()),
            };
            assert_eq!(fault, None, "{id}, {}: {}", panel.title, query.query);
        }
        assert_eq!(
            panel.kind == PanelKind::Lines,
            panel.language == QueryLanguage::Logql,
            "{id}, {}",
            panel.title
        );
    }
}
