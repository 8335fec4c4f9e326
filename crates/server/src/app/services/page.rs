//! `GET services/{name}`: one service whole.

use api::{ServicePage, ServiceRequest, ServiceTile};
use axum::Json;
use axum::extract::State;
use http::StatusCode;

use super::rows::{Seen, is_of, owner};
use super::{charts, own, usage};
use crate::app::evaluator::Evaluator;
use crate::app::extract::{Asked, Named};
use crate::app::uptime::{self, Strip};
use crate::app::who::Owner;
use crate::app::{App, queues, targets};
use crate::fault::Fault;

/// The handler.
pub(in crate::app) async fn page(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(request): Asked<ServiceRequest>,
) -> Result<Json<ServicePage>, Fault> {
    let (now, at) = (app.now.current(), app.clock.now());
    let is_wanted = |tile: &&ServiceTile| {
        let is_or_any = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        tile.service == name
            && is_or_any(&request.project, &tile.project)
            && is_or_any(&request.environment, &tile.environment)
    };
    let tile = now.services.iter().find(is_wanted).cloned().ok_or_else(|| {
        Fault::new(StatusCode::NOT_FOUND, format!("there is no service `{name}` here, nor lines of one"))
    })?;
    let (metrics, collectors, owner) = (app.metrics.clone(), app.collectors.clone(), owner(&tile));
    let found = app.queries.run(move |allowance| {
        let evaluator = Evaluator { metrics: &metrics, allowance };
        let seen = Seen { now: &now, usage: usage::of_all(&evaluator, at)?, collectors: &collectors };
        let rows = seen.rows();
        let row = rows.into_iter().find(|row| {
            (&row.service, &row.project, &row.environment)
                == (&owner.service, &owner.project, &owner.environment)
        });
        let service = row.ok_or_else(|| gone(&owner))?;
        let jobs = own::jobs(&metrics, &owner, at)?;
        let probes =
            collectors.probes().into_iter().filter(|probe| Owner::of(&probe.labels) == owner).collect();
        let probes = uptime::rows(&evaluator, probes, &owner.matchers(), Strip::of_a_day(at))?;
        let mut states = collectors.queues();
        states.retain(|state| queues::is_of(state, &owner));
        let queues = queues::rows(&evaluator, &states, at)?;
        Ok::<_, Fault>(ServicePage {
            charts: charts::of(&owner, &service, &queues, &jobs),
            service,
            workloads: tile.workloads,
            targets: targets::rows(&collectors).into_iter().filter(|target| is_of(target, &owner)).collect(),
            probes,
            queues,
            jobs,
            log_selector: format!("{{{}}}", owner.matchers()),
        })
    });
    Ok(Json(found.await??))
}

fn gone(owner: &Owner) -> Fault {
    Fault::new(StatusCode::NOT_FOUND, format!("the service `{}` has just gone", owner.service))
}
