//! The frames of a stack, innermost first: the program's own open with their source, libraries' folded.

use api::Frame;
use web_logic::issues::stack::{Step, name, place, steps};
use web_logic::number::plural;

use super::super::parts::{fold, pairs, summary};
use crate::dom::{El, el};

pub(super) fn frames(frames: &[Frame], omitted: Option<(u32, u32)>) -> El {
    let step = |step: Step| match step {
        Step::Frame(at, opens) => frame(&frames[at], opens),
        Step::Libraries(run) => libraries(frames, &run),
        Step::Omitted(count) => {
            el("p", "frames-omitted hint").text(&format!("{} left out.", plural(u64::from(count), "frame")))
        }
    };
    el("div", "frames").each(steps(frames, omitted).into_iter().map(step))
}

fn libraries(frames: &[Frame], run: &[usize]) -> El {
    if let [only] = run {
        return frame(&frames[*only], false);
    }
    let mut packages: Vec<&str> = Vec::new();
    for at in run {
        let package = frames[*at].module.split('.').next().unwrap_or_default();
        if !package.is_empty() && !packages.contains(&package) {
            packages.push(package);
        }
    }
    let head = el("summary", "")
        .text(&plural(run.len() as u64, "library frame"))
        .add(el("span", "hint").text(&format!(" {}", packages.join(", "))));
    fold("frames-library", head, false).each(run.iter().map(|at| frame(&frames[*at], false)))
}

fn frame(frame: &Frame, opens: bool) -> El {
    let class = if frame.in_app { "frame frame-own" } else { "frame" };
    let is_empty = frame.source.is_empty() && frame.locals.is_empty();
    let path = if frame.path.is_empty() { &frame.file } else { &frame.path };
    let named = el("code", "frame-name").text(name(frame));
    let placed = el("span", "frame-place").attr("title", path).text(&place(frame));
    let head = el(if is_empty { "div" } else { "summary" }, "frame-head").add(named).add(placed);
    if is_empty {
        return el("div", class).add(head);
    }
    let body = fold(class, head, opens).add(source(frame));
    if frame.locals.is_empty() {
        return body;
    }
    body.add(fold("frame-locals", summary("Locals", frame.locals.len()), false).add(pairs(&frame.locals)))
}

/// Lines of the program around where it was; that line is marked.
fn source(frame: &Frame) -> El {
    let line = |(number, text): &(u32, String)| {
        let is_it = Some(*number) == frame.line;
        let row = el("div", if is_it { "source-line source-it" } else { "source-line" })
            .add(el("span", "source-number").text(&number.to_string()))
            .add(el("code", "").text(if text.is_empty() { " " } else { text }));
        if is_it { row.attr("aria-current", "true") } else { row }
    };
    el("div", "source")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-label", "Source")
        .each(frame.source.iter().map(line))
}
