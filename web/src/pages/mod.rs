//! The pages. Those that not every visit needs are functions that are loaded when they are first called: see
//! [`later`](crate::later). A word names the module that each is part of.

mod alerts;
mod certificates;
mod checklist;
mod dashboards;
mod incidents;
mod issues;
mod logs;
mod metrics;
mod monitors;
mod not_found;
mod now;
mod performance;
mod projects;
mod queues;
mod releases;
mod requests;
mod routes;
mod services;
mod set_up;
mod settings;
mod sign_in;
mod targets;
mod things;
mod uptime;

pub(crate) use logs::logs_page;
pub(crate) use not_found::not_found;
pub(crate) use now::now_page;

use leptos::wasm_split::wasm_split;

use crate::later::Drawing;

/// What is broken, or was; one of them.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn incidents() -> Drawing {
    Ok(incidents::incidents_page)
}

/// What the set-up should have.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn checklist() -> Drawing {
    Ok(checklist::checklist_page)
}

/// What each service uses; one of them with all that is known of it.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn services() -> Drawing {
    Ok(services::services_page)
}

/// Probes.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn uptime() -> Drawing {
    Ok(uptime::uptime_page)
}

/// Queues and their workers.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn queues() -> Drawing {
    Ok(queues::queues_page)
}

/// Issues; one of them with an event.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn issues() -> Drawing {
    Ok(issues::issues_page)
}

/// What is done again and again, and how long it takes.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn performance() -> Drawing {
    Ok(performance::performance_page)
}

/// Versions, and what each brought.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn releases() -> Drawing {
    Ok(releases::releases_page)
}

/// Jobs that report when they run.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn monitors() -> Drawing {
    Ok(monitors::monitors_page)
}

/// What events are sent to, and how.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn projects() -> Drawing {
    Ok(projects::projects_page)
}

/// The proxy's routers; one of them.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn routes() -> Drawing {
    Ok(routes::routes_page)
}

/// What went through the proxy; one request.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn requests() -> Drawing {
    Ok(requests::requests_page)
}

/// What is served over TLS with.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn certificates() -> Drawing {
    Ok(certificates::certificates_page)
}

/// What fires, what is watched, and who is told.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn alerts() -> Drawing {
    Ok(alerts::alerts_page)
}

/// What is scraped.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn targets() -> Drawing {
    Ok(targets::targets_page)
}

/// Numbers over time.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn metrics() -> Drawing {
    Ok(metrics::metrics_page)
}

/// Panels of numbers and lines.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn dashboards() -> Drawing {
    Ok(dashboards::dashboards_page)
}

/// Who one is, and who may do what.
#[wasm_split(account, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn settings() -> Drawing {
    Ok(settings::settings_page)
}

/// Name and password.
#[wasm_split(account, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn sign_in() -> Drawing {
    Ok(sign_in::sign_in_page)
}

/// The first user.
#[wasm_split(account, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn set_up() -> Drawing {
    Ok(set_up::set_up_page)
}
