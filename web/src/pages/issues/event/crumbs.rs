//! What happened before the event, oldest first, as lines that end where it broke.

use api::{Breadcrumb, Event};
use web_logic::issues::words::{before, level};
use web_logic::number::plural;
use web_logic::rows::Tone;
use web_logic::time::full;

use super::super::parts::fold;
use crate::dom::{El, el};
use crate::state::{Shared, shared};

/// So many are seen at once; those before them unfold.
const SEEN: usize = 15;

pub(super) fn crumbs(event: &Event) -> El {
    let all = &event.breadcrumbs;
    let (earlier, last) = all.split_at(all.len().saturating_sub(SEEN));
    let list = |crumbs: &[Breadcrumb]| {
        el("ol", "crumbs").each(crumbs.iter().map(|crumb| self::crumb(crumb, event.time)))
    };
    let last = list(last).add(
        el("li", "crumb crumb-it")
            .add(el("span", "crumb-time").text("0 s"))
            .add(el("span", "").text("event"))
            .add(el("span", "crumb-text").text(&event.title).text(" ").text(&event.message)),
    );
    if earlier.is_empty() {
        return last;
    }
    let words = format!("{} earlier", plural(earlier.len() as u64, "step"));
    let fold = fold("issue-fold", el("summary", "").text(&words), false).add(list(earlier));
    el("div", "host").add(fold).add(last)
}

fn crumb(crumb: &Breadcrumb, event: api::Millis) -> El {
    let Shared { view, .. } = shared();
    let tone = if crumb.level == "error" { Tone::Critical } else { level(&crumb.level) };
    let category = [&crumb.category, &crumb.kind].into_iter().find(|word| !word.is_empty());
    let time = el("span", "crumb-time");
    let time = match crumb.time {
        Some(at) => time.text(&before(at, event)).attr_of("title", move || Some(full(at, view.clock().zone))),
        None => time,
    };
    let text = el("span", "crumb-text").text(&crumb.message);
    let data = |(name, value): &(String, String)| {
        el("span", "crumb-data").add(el("span", "hint").text(name)).text(" ").text(value)
    };
    el("li", "crumb")
        .attr("data-tone", tone.class())
        .add(time)
        .add(
            el("span", &format!("crumb-of state-{}", tone.class())).text(category.map_or("", String::as_str)),
        )
        .add(text.each(crumb.data.iter().map(data)))
}
