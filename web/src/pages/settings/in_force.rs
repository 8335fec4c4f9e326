//! The configuration in force, and where each value comes from.

use crate::prelude::*;
use api::{ConfigKey, ConfigSection, Configuration, KeyOrigin};

use crate::dom::{El, button, el};
use crate::state::Fetched;

/// What is set; on demand everything that could be.
pub(super) fn in_force(answer: Fetched<Configuration>) -> El {
    let all = RwSignal::new(false);
    let told = move || {
        let file = answer.get().map(|known| known.file.clone()).unwrap_or_default();
        if file.is_empty() {
            return "No porthole.toml was found: everything is as it is by default, or set by the environment.".to_owned();
        }
        format!(
            "Read from {file} and the environment, which wins. Change it there; values of secrets are never shown."
        )
    };
    let rows = move || {
        let Some(known) = answer.get() else { return Vec::new() };
        known.sections.iter().filter_map(|one| section(one, all.get())).collect()
    };
    let toggle = button("button", "")
        .pressed_of(move || all.get())
        .text_of(move || {
            if all.get() { "Only what is set" } else { "Everything, with its default" }.to_owned()
        })
        .click(move || all.update(|all| *all = !*all));
    el("section", "card")
        .add(el("header", "setting-head").add(el("h2", "").text("Configuration in force")).add(toggle))
        .add(el("p", "hint").text_of(told))
        .add(el("div", "setting-sections").children_of(rows))
}

fn section(section: &ConfigSection, all: bool) -> Option<El> {
    let shown: Vec<&ConfigKey> =
        section.keys.iter().filter(|key| all || key.origin != KeyOrigin::Default).collect();
    if shown.is_empty() {
        return None;
    }
    let name = if section.name.is_empty() { "(top)".to_owned() } else { format!("[{}]", section.name) };
    let head =
        el("h3", "").add(el("code", "").text(&name)).text(" ").add(el("span", "hint").text(&section.what));
    Some(el("section", "").add(head).add(el("dl", "settings-keys").each(shown.into_iter().map(key))))
}

fn key(key: &ConfigKey) -> El {
    let value = match (key.secret, key.value.as_str()) {
        (true, _) => el("span", "hint").text("set; it is a secret"),
        (false, "") => el("span", "hint").text("none"),
        (false, value) => el("code", "").text(value),
    };
    let place = match key.origin {
        KeyOrigin::Default => "by default".to_owned(),
        KeyOrigin::File | KeyOrigin::Environment => key.place.clone(),
    };
    let differs = key.origin != KeyOrigin::Default
        && !key.default.is_empty()
        && key.default != key.value
        && !key.secret;
    let default = differs.then(|| el("span", "hint").text(&format!("default {}", key.default)));
    let restart = (key.restart && key.origin != KeyOrigin::Default)
        .then(|| el("span", "tag").text("at start").attr("title", "A change takes effect at the next start"));
    el("div", "")
        .class_if("setting-set", key.origin != KeyOrigin::Default)
        .add(el("dt", "").add(el("code", "").text(&key.key)))
        .add(el("dd", "").add(value).each(default).each(restart))
        .add(el("dd", "hint").text(&place))
}
