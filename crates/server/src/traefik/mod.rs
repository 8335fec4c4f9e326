//! Traefik's API, as dashboards and scripts read it: routers, services and middlewares as they are in force.
//!
//! Lists are cut into pages by `page` and `per_page`; `X-Next-Page` tells the next one (1: there is none). `search` and
//! `status` narrow them. Porthole routes no TCP and no UDP, so those lists are empty.

mod list;
mod middlewares;
mod objects;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use model::Timestamp;
use route::shown::Shown;
use serde_json::{Map, Value, json};

use list::Wanted;
use objects::Objects;

/// The version of Traefik whose answers these are like.
const LIKE: &str = "3.7.0";

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Traefik {
    proxy: Arc<dyn Shown>,
    build: &'static str,
    started: Timestamp,
}

/// Which kind of objects.
#[derive(Clone, Copy)]
enum Kind {
    Routers,
    Services,
    Middlewares,
}

impl Traefik {
    pub(crate) fn new(proxy: Arc<dyn Shown>, build: &'static str, started: Timestamp) -> Self {
        Self { proxy, build, started }
    }

    /// The routes; each stands in the table of `access` too.
    pub(crate) fn router(self) -> Router {
        let list = |kind: Kind| {
            get(move |State(traefik): State<Self>, Query(wanted): Query<Wanted>| async move {
                wanted.page(traefik.objects().list(kind))
            })
        };
        let one = |kind: Kind| {
            get(move |State(traefik): State<Self>, Path(name): Path<String>| async move {
                found(traefik.objects().one(kind, &name), &name)
            })
        };
        let mut router = Router::new()
            .route("/api/version", get(version))
            .route("/api/overview", get(overview))
            .route("/api/rawdata", get(raw_data))
            .route("/api/entrypoints", get(entrypoints))
            .route("/api/entrypoints/{name}", get(entrypoint))
            .route("/api/http/routers", list(Kind::Routers))
            .route("/api/http/routers/{name}", one(Kind::Routers))
            .route("/api/http/services", list(Kind::Services))
            .route("/api/http/services/{name}", one(Kind::Services))
            .route("/api/http/middlewares", list(Kind::Middlewares))
            .route("/api/http/middlewares/{name}", one(Kind::Middlewares));
        for path in ["tcp/routers", "tcp/services", "tcp/middlewares", "udp/routers", "udp/services"] {
            router = router
                .route(&format!("/api/{path}"), get(nothing))
                .route(&format!("/api/{path}/{{name}}"), get(not_there));
        }
        router.with_state(self)
    }

    fn objects(&self) -> Objects {
        Objects::new(self.proxy.picture())
    }
}

async fn version(State(traefik): State<Traefik>) -> Json<Value> {
    let started = traefik.started.to_string();
    Json(json!({ "Version": LIKE, "Codename": format!("porthole {}", traefik.build), "startDate": started }))
}

async fn overview(State(traefik): State<Traefik>) -> Json<Value> {
    let objects = traefik.objects();
    let none = || json!({ "total": 0, "warnings": 0, "errors": 0 });
    let counted = |kind: Kind| {
        let all = objects.list(kind);
        let errors = all.iter().filter(|one| one["status"] == "disabled").count();
        let warnings = all.iter().filter(|one| one["status"] == "warning").count();
        json!({ "total": all.len(), "warnings": warnings, "errors": errors })
    };
    Json(json!({
        "http": {
            "routers": counted(Kind::Routers),
            "services": counted(Kind::Services),
            "middlewares": counted(Kind::Middlewares),
        },
        "tcp": { "routers": none(), "services": none(), "middlewares": none() },
        "udp": { "routers": none(), "services": none() },
        "features": { "tracing": "", "metrics": "Prometheus", "accessLog": true },
        "providers": ["Docker", "File"],
    }))
}

async fn raw_data(State(traefik): State<Traefik>) -> Json<Value> {
    let objects = traefik.objects();
    let by_name = |kind: Kind| {
        let named = |mut one: Value| {
            let map = one.as_object_mut()?;
            // There the name is the key, and the kind is not told.
            ["provider", "type"].into_iter().for_each(|key| drop(map.remove(key)));
            let Some(Value::String(name)) = map.remove("name") else { return None };
            Some((name, one))
        };
        Value::Object(objects.list(kind).into_iter().filter_map(named).collect::<Map<_, _>>())
    };
    Json(json!({
        "routers": by_name(Kind::Routers),
        "middlewares": by_name(Kind::Middlewares),
        "services": by_name(Kind::Services),
    }))
}

async fn entrypoints(State(traefik): State<Traefik>, Query(wanted): Query<Wanted>) -> Response {
    wanted.page(traefik.objects().entrypoints())
}

async fn entrypoint(State(traefik): State<Traefik>, Path(name): Path<String>) -> Response {
    let found = traefik.objects().entrypoints().into_iter().find(|one| one["name"] == name.as_str());
    found_or(found, format!("entry point not found: {name}"))
}

async fn nothing(Query(wanted): Query<Wanted>) -> Response {
    wanted.page(Vec::new())
}

async fn not_there(Path(name): Path<String>) -> Response {
    found(None, &name)
}

fn found(one: Option<Value>, name: &str) -> Response {
    found_or(one, format!("object not found: {name}"))
}

fn found_or(one: Option<Value>, message: String) -> Response {
    match one {
        Some(one) => Json(one).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "message": message }))).into_response(),
    }
}

#[cfg(test)]
mod tests;
