//! Dashboards: panels over PromQL and LogQL, common to all users.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET dashboards` | list of [`DashboardRow`]: ready-made ones first, each part by title | everybody |
//! | `GET dashboards/{id}` | [`Dashboard`] | everybody |
//! | `POST dashboards` [`NewDashboard`] | 201 [`Dashboard`] | editors |
//! | `PUT dashboards/{id}` [`NewDashboard`] | [`Dashboard`]; 403 for a ready-made one | editors |
//! | `DELETE dashboards/{id}` | 204; 403 for a ready-made one | editors |
//!
//! What is sent may be what was read: members that are not expected ([`Dashboard::id`], …) are left.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// Panels of one dashboard.
pub const DASHBOARD_PANELS_MAX: usize = 100;
/// Queries of one panel.
pub const PANEL_QUERIES_MAX: usize = 10;

/// A dashboard in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardRow {
    /// Names it: a number, or the name of a ready-made one.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// It comes with Porthole; it can be copied, not changed.
    pub ready_made: bool,
    /// Who changed it last; empty where nobody signs in.
    pub by: String,
    /// When; 0 for a ready-made one.
    pub changed: Millis,
}

/// A dashboard whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    /// As in the list.
    pub id: String,
    /// As in the list.
    pub title: String,
    /// As in the list.
    pub ready_made: bool,
    /// In reading order.
    pub panels: Vec<Panel>,
    /// As in the list.
    pub by: String,
    /// As in the list.
    pub changed: Millis,
}

/// A dashboard to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDashboard {
    /// 1 to 100 characters.
    pub title: String,
    /// At most [`DASHBOARD_PANELS_MAX`].
    pub panels: Vec<Panel>,
}

/// A part of a dashboard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// What it shows; at most 100 characters.
    pub title: String,
    /// How.
    pub kind: PanelKind,
    /// The language of its queries. Lines are asked in LogQL.
    pub language: QueryLanguage,
    /// 1 to [`PANEL_QUERIES_MAX`].
    pub queries: Vec<PanelQuery>,
    /// Of its numbers: `cores`, `bytes`, `bytes/s`, `seconds`, `1/s`, `ratio`, or empty; at most 32 characters.
    #[serde(default)]
    pub unit: String,
    /// Quarters of the page's width, 1 to 4.
    pub width: u8,
}

/// A query of a panel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelQuery {
    /// What is asked; at most 8000 bytes.
    pub query: String,
    /// What its series are called: a text in which `{{label}}` stands for the label's value; empty: all labels.
    #[serde(default)]
    pub legend: String,
}

/// How a panel shows its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PanelKind {
    /// Numbers over time.
    #[default]
    Line,
    /// The newest number, large.
    Stat,
    /// The newest number of each series, in rows.
    Table,
    /// Lines of logs.
    Lines,
}

/// Which language a query is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueryLanguage {
    /// Of metrics.
    #[default]
    Promql,
    /// Of logs.
    Logql,
}
