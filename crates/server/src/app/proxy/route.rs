//! `GET routes/{name}`: one router with all that is known of it.

use std::collections::BTreeSet;

use ::route::shown::Picture;
use api::{Chart, Pair, RoutePage, RouteRow, RoutesRequest};
use axum::Json;
use axum::extract::State;
use http::StatusCode;

use super::middlewares::describe;
use super::requests::{Look, Which};
use super::{HOUR, numbers, rows};
use crate::app::App;
use crate::app::errors::range;
use crate::app::evaluator::{Evaluator, quoted};
use crate::app::extract::{Asked, Named};
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;

/// The handler.
pub(super) async fn page(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(request): Asked<RoutesRequest>,
) -> Result<Json<RoutePage>, QueryRefusal> {
    let range = range(request.start, request.end, HOUR, app.clock.now())?;
    let picture = app.proxy.picture();
    let router = picture.plan.routers.iter().find(|router| router.name.to_string() == name);
    let router = router.ok_or_else(|| unknown(&name))?;
    let mut row = rows::row(&picture, router, &mut BTreeSet::new());
    row.issues = rows::project_of(&app.issues, &row.service);
    let middlewares = middlewares(&picture, &row);
    let live = picture.live_routers.get(&row.name).cloned();
    let (logs, metrics) = (app.logs.clone(), app.metrics.clone());
    let found = app.queries.run(move |allowance| {
        let measured = numbers::of_all(&Evaluator { metrics: &metrics, allowance }, range)?;
        let measured = measured.get(&row.name);
        numbers::fill(&mut row, measured, live.as_ref());
        let which = Which::of("", "", &row.name, range);
        let look = Look { logs: &logs, allowance, which: &which };
        let total = look.total()?;
        Ok::<_, QueryRefusal>(RoutePage {
            charts: charts(&row.name),
            failing: look.failing()?,
            slowest: look.slowest(total)?,
            middlewares,
            row,
            access_query: which.query,
        })
    });
    Ok(Json(found.await??))
}

fn unknown(name: &str) -> Fault {
    let name: String = name.chars().take(200).collect();
    Fault::new(
        StatusCode::NOT_FOUND,
        format!("there is no router `{name}`; write it with its provider: web@docker"),
    )
}

fn middlewares(picture: &Picture, row: &RouteRow) -> Vec<Pair> {
    let told = |name: &String| {
        let known = picture.plan.middlewares.iter().find(|(other, _)| other.to_string() == *name);
        let words = known.map(|(_, middleware)| {
            let (kind, what) = describe(middleware);
            format!("{kind}: {what}")
        });
        (name.clone(), words.unwrap_or_else(|| "there is none of this name".to_owned()))
    };
    row.middlewares.iter().map(told).collect()
}

fn charts(router: &str) -> Vec<Chart> {
    let of = format!("{{router={}}}", quoted(router));
    let chart = |title: &str, unit: &str, query: String, legend: &str| Chart {
        title: title.into(),
        unit: unit.into(),
        query,
        legend: legend.into(),
        limit: String::new(),
    };
    let quantile = |share: f64| {
        format!(
            "label_replace(histogram_quantile({share}, sum by (le) (rate(\
             porthole_proxy_router_request_duration_seconds_bucket{of}[2m]))), \"q\", \"p{}\", \"\", \"\")",
            share * 100.0
        )
    };
    vec![
        chart(
            "Requests by status",
            "1/s",
            format!("sum by (class) (rate(porthole_proxy_router_requests_total{of}[2m]))"),
            "{{class}}",
        ),
        chart(
            "How long they take",
            "seconds",
            format!("{} or {} or {}", quantile(0.99), quantile(0.95), quantile(0.5)),
            "{{q}}",
        ),
    ]
}
