//! A page of a list.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

const NEXT: &str = "x-next-page";
const PER_PAGE: usize = 100;

/// Which part of a list.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    page: usize,
    per_page: usize,
    /// Only objects in whose name or rule this stands, whatever the case.
    search: String,
    /// `enabled`, `warning`, `disabled`; empty: all.
    status: String,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { page: 1, per_page: PER_PAGE, search: String::new(), status: String::new() }
    }
}

impl Wanted {
    /// That part.
    pub(super) fn page(&self, mut all: Vec<Value>) -> Response {
        all.retain(|one| self.admits(one));
        let per_page = self.per_page.clamp(1, 1_000);
        let start = self.page.max(1).saturating_sub(1).saturating_mul(per_page);
        if start >= all.len() && start > 0 {
            let message = format!("invalid request: page: {}, per_page: {per_page}", self.page);
            return (StatusCode::BAD_REQUEST, Json(json!({ "message": message }))).into_response();
        }
        let more = start + per_page < all.len();
        let page: Vec<Value> = all.into_iter().skip(start).take(per_page).collect();
        let mut response = Json(page).into_response();
        let next = if more { self.page.max(1) + 1 } else { 1 };
        response.headers_mut().insert(NEXT, HeaderValue::from(next as u64));
        response
    }

    fn admits(&self, one: &Value) -> bool {
        let search = self.search.to_lowercase();
        let holds = |key: &str| one[key].as_str().is_some_and(|text| text.to_lowercase().contains(&search));
        let is_found = search.is_empty() || ["name", "rule", "service"].into_iter().any(holds);
        is_found && (self.status.is_empty() || one["status"] == self.status.as_str())
    }
}
