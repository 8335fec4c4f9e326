//! Frames, with numbered source lines.

use ::event::Frame;

use super::{texts, told};

/// The frames of one stack.
pub(super) fn all(frames: &[Frame]) -> Vec<api::Frame> {
    // An SDK that marks none does not know; then all are the program's.
    let are_marked = frames.iter().any(|frame| frame.in_app == Some(true));
    frames.iter().map(|frame| one(frame, frame.in_app.unwrap_or(!are_marked))).collect()
}

fn one(frame: &Frame, in_app: bool) -> api::Frame {
    let file = frame.filename.as_ref().or(frame.abs_path.as_ref()).or(frame.package.as_ref());
    let path = frame.abs_path.as_ref().filter(|path| Some(*path) != file);
    api::Frame {
        function: told(&frame.function),
        file: file.cloned().unwrap_or_default(),
        path: path.cloned().unwrap_or_default(),
        module: told(&frame.module),
        line: frame.lineno,
        column: frame.colno,
        in_app,
        source: source(frame),
        locals: texts(&frame.vars),
    }
}

/// The lines around the frame's own. Without its number they are counted from the first.
fn source(frame: &Frame) -> Vec<(u32, String)> {
    let Some(line) = &frame.context_line else { return Vec::new() };
    let before = frame.pre_context.len() as u32;
    let first = frame.lineno.unwrap_or_default().saturating_sub(before).max(1);
    let lines = frame.pre_context.iter().chain([line]).chain(&frame.post_context);
    (first..).zip(lines.cloned()).collect()
}
