//! The pages. Those that not every visit needs are functions that are loaded when they are first called: see
//! [`later`](crate::later). A word names the module that each is part of.

mod dashboards;
mod logs;
mod metrics;
mod not_found;
mod now;
mod queues;
mod services;
mod set_up;
mod settings;
mod sign_in;
mod targets;
mod things;
mod uptime;

pub(crate) use logs::LogsPage;
pub(crate) use not_found::NotFound;
pub(crate) use now::NowPage;

use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

use crate::dom::of_view;
use crate::later::Drawing;

/// What each service uses; one of them with all that is known of it.
#[wasm_split(fleet, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn services() -> Drawing {
    Ok(services::services_page)
}

/// Probes.
#[wasm_split(fleet, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn uptime() -> Drawing {
    Ok(uptime::uptime_page)
}

/// Queues and their workers.
#[wasm_split(fleet, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn queues() -> Drawing {
    Ok(queues::queues_page)
}

/// What is scraped.
#[wasm_split(fleet, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn targets() -> Drawing {
    Ok(targets::targets_page)
}

/// Numbers over time.
#[wasm_split(charts, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn metrics() -> Drawing {
    Ok(metrics::metrics_page)
}

/// Panels of numbers and lines.
#[wasm_split(charts, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn dashboards() -> Drawing {
    Ok(dashboards::dashboards_page)
}

/// Who one is, and who may do what.
#[wasm_split(account, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn settings() -> Drawing {
    Ok(|| of_view(|| settings::SettingsPage().into_any()))
}

/// Name and password.
#[wasm_split(account, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn sign_in() -> Drawing {
    Ok(|| of_view(|| sign_in::SignInPage().into_any()))
}

/// The first user.
#[wasm_split(account, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn set_up() -> Drawing {
    Ok(|| of_view(|| set_up::SetUpPage().into_any()))
}
