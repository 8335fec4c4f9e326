//! Dashboards that were made on the page.

use api::{
    DASHBOARD_PANELS_MAX, Dashboard, DashboardRow, NewDashboard, PANEL_QUERIES_MAX, Panel, PanelKind,
    QueryLanguage,
};
use rusqlite::{OptionalExtension, Row, params};

use super::{Accounts, DashboardError};

const DASHBOARDS_MAX: usize = 500;
const TITLE_CHARACTERS_MAX: usize = 100;
const UNIT_CHARACTERS_MAX: usize = 32;
const QUERY_BYTES_MAX: usize = 8000;

impl Accounts {
    /// All of them, by title.
    pub(crate) fn dashboards(&self) -> Result<Vec<DashboardRow>, DashboardError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT id, title, changed_by, changed FROM dashboards ORDER BY title, id")?;
        let rows = statement.query_map([], |row| {
            Ok(DashboardRow {
                id: row.get::<_, i64>(0)?.to_string(),
                title: row.get(1)?,
                ready_made: false,
                by: row.get(2)?,
                changed: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One of them.
    pub(crate) fn dashboard(&self, id: &str) -> Result<Dashboard, DashboardError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT id, title, panels, changed_by, changed FROM dashboards WHERE id = ?")?;
        let found = statement.query_row([number(id)?], read).optional()?;
        found.ok_or_else(|| DashboardError::Unknown(id.to_owned()))
    }

    /// Keeps a new one.
    pub(crate) fn add_dashboard(&self, new: NewDashboard, by: String) -> Result<Dashboard, DashboardError> {
        let NewDashboard { title, panels } = checked(new)?;
        let changed = self.now_ms();
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let others: i64 = transaction.query_row("SELECT count(*) FROM dashboards", [], |row| row.get(0))?;
        if others as usize >= DASHBOARDS_MAX {
            return Err(DashboardError::Full(DASHBOARDS_MAX));
        }
        transaction.execute(
            "INSERT INTO dashboards (title, panels, changed_by, changed) VALUES (?, ?, ?, ?)",
            params![title, written(&panels), by, changed],
        )?;
        let id = transaction.last_insert_rowid().to_string();
        transaction.commit()?;
        Ok(Dashboard { id, title, ready_made: false, panels, by, changed })
    }

    /// Puts another one in its place.
    pub(crate) fn change_dashboard(
        &self,
        id: &str,
        new: NewDashboard,
        by: String,
    ) -> Result<Dashboard, DashboardError> {
        let NewDashboard { title, panels } = checked(new)?;
        let changed = self.now_ms();
        let rows = self.connection().execute(
            "UPDATE dashboards SET title = ?, panels = ?, changed_by = ?, changed = ? WHERE id = ?",
            params![title, written(&panels), by, changed, number(id)?],
        )?;
        if rows == 0 {
            return Err(DashboardError::Unknown(id.to_owned()));
        }
        Ok(Dashboard { id: id.to_owned(), title, ready_made: false, panels, by, changed })
    }

    /// Removes one.
    pub(crate) fn remove_dashboard(&self, id: &str) -> Result<(), DashboardError> {
        let removed = self.connection().execute("DELETE FROM dashboards WHERE id = ?", [number(id)?])?;
        if removed == 0 { Err(DashboardError::Unknown(id.to_owned())) } else { Ok(()) }
    }
}

fn number(id: &str) -> Result<i64, DashboardError> {
    id.parse().map_err(|_| DashboardError::Unknown(id.chars().take(TITLE_CHARACTERS_MAX).collect()))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Dashboard> {
    let panels: String = row.get(2)?;
    let unreadable =
        |error| rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, Box::new(error));
    Ok(Dashboard {
        id: row.get::<_, i64>(0)?.to_string(),
        title: row.get(1)?,
        ready_made: false,
        panels: serde_json::from_str(&panels).map_err(unreadable)?,
        by: row.get(3)?,
        changed: row.get(4)?,
    })
}

/// Panels are texts and numbers, which always have a form in JSON.
fn written(panels: &[Panel]) -> String {
    serde_json::to_string(panels).unwrap_or_default()
}

/// A dashboard that can be shown.
pub(crate) fn checked(new: NewDashboard) -> Result<NewDashboard, DashboardError> {
    let title = new.title.trim().to_owned();
    if !(1..=TITLE_CHARACTERS_MAX).contains(&title.chars().count()) {
        return Err(DashboardError::BadTitle);
    }
    if new.panels.len() > DASHBOARD_PANELS_MAX {
        return Err(DashboardError::TooManyPanels(DASHBOARD_PANELS_MAX));
    }
    for (index, panel) in new.panels.iter().enumerate() {
        let bad = |why| DashboardError::BadPanel {
            number: index + 1,
            title: panel.title.chars().take(TITLE_CHARACTERS_MAX).collect(),
            why,
        };
        fault_of(panel).map_or(Ok(()), |why| Err(bad(why)))?;
    }
    Ok(NewDashboard { title, ..new })
}

/// What is wrong with a panel. Whether its queries can be asked is seen where they are shown.
fn fault_of(panel: &Panel) -> Option<String> {
    if panel.title.chars().count() > TITLE_CHARACTERS_MAX {
        return Some(format!("a title has at most {TITLE_CHARACTERS_MAX} characters"));
    }
    if panel.unit.chars().count() > UNIT_CHARACTERS_MAX {
        return Some(format!("a unit has at most {UNIT_CHARACTERS_MAX} characters"));
    }
    if !(1..=4).contains(&panel.width) {
        return Some(format!("the width is {}; write 1 to 4 quarters of the page", panel.width));
    }
    if !(1..=PANEL_QUERIES_MAX).contains(&panel.queries.len()) {
        return Some(format!("a panel has 1 to {PANEL_QUERIES_MAX} queries"));
    }
    if panel.kind == PanelKind::Lines && panel.language != QueryLanguage::Logql {
        return Some("lines are asked in LogQL: the language has to be logql".to_owned());
    }
    let is_bad = |text: &str, min: usize| !(min..=QUERY_BYTES_MAX).contains(&text.len());
    let is_bad_query = |query: &api::PanelQuery| is_bad(query.query.trim(), 1) || is_bad(&query.legend, 0);
    let fault = || format!("a query has 1 to {QUERY_BYTES_MAX} bytes, and so many at most its legend");
    panel.queries.iter().any(is_bad_query).then(fault)
}
