//! `format_query`: the query in its normal form.

use axum::response::Response;

use super::answer::{PromFault, success};
use super::params::Params;

/// The handler.
pub(super) async fn format(params: Params) -> Result<Response, PromFault> {
    Ok(success(params.query()?.expr().node.pretty()))
}
