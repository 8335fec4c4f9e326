//! Making a project, and changing one.

use crate::prelude::*;
use web_logic::route::Page;
use web_sys::Event;

use crate::dom::{El, button, el, text_field};
use crate::history::Visit;
use crate::state::{Shared, shared};

/// The form; of a project that is there it changes name and service.
pub(super) fn project_form(of: Option<(u64, &str, &str)>) -> El {
    let Shared { client, history, view, .. } = shared();
    let fault = RwSignal::new(String::new());
    let (name_field, name) = text_field(
        "Name",
        &[
            ("autocomplete", "off"),
            ("placeholder", "shop"),
            ("pattern", "[a-z0-9_\\-]{1,50}"),
            ("title", "Small letters, digits, - and _"),
        ],
    );
    let (service_field, service) = text_field(
        "Service whose errors come here, if it is one",
        &[("autocomplete", "off"), ("placeholder", "web")],
    );
    service.set_required(false);
    if let Some((_, slug, known)) = of {
        name.set_value(slug);
        service.set_value(known);
    }
    let id = of.map(|(id, ..)| id);
    let submit = move |event: Event| {
        event.prevent_default();
        fault.set(String::new());
        let kept = client.keep_project(id, name.value().trim(), service.value().trim());
        spawn_local(async move {
            match kept.await {
                Ok(project) => {
                    let path = format!("{}/{}", Page::Projects.path(), project.row.id);
                    history.go(&view.state.with_untracked(|state| state.on(&path)), Visit::New);
                    view.refresh();
                }
                Err(failure) => {
                    fault.set(failure.to_string());
                }
            }
        });
    };
    let words = if id.is_some() { "Change" } else { "Add" };
    let form = el("form", "form-row")
        .add(name_field)
        .add(service_field)
        .add(button("button button-main", words).attr("type", "submit"))
        .on("submit", submit);
    el("div", "host").add(form).add(el("p", "fault").attr("role", "alert").text_of(move || fault.get()))
}
