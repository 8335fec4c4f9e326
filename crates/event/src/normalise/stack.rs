//! Exceptions, threads and their frames.

use super::intake::PATH_BYTES_MAX;
use super::{Intake, Place, tree};
use crate::event::{Event, Exception, Frame, Mechanism, Thread};
use crate::value::Value;

/// Of more exceptions the middle is cut out.
const EXCEPTIONS_MAX: usize = 50;

/// Of more threads the last are cut off.
const THREADS_MAX: usize = 100;

/// No file has more lines; whoever counts on from here does not run over.
const LINE_MAX: u32 = 1 << 30;

/// Of more frames the middle is cut out: both ends of a runaway recursion tell something, its middle nothing.
const FRAMES_MAX: usize = 250;

/// So many lines of source before and after.
const CONTEXT_LINES_MAX: usize = 20;

pub(super) fn exceptions(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Exception> {
    let mut sent = intake.list(value, at);
    let cut = cut_middle(&mut sent, EXCEPTIONS_MAX);
    if cut > 0 {
        intake.fault(at, format!("{} exceptions, of which {EXCEPTIONS_MAX} are kept", sent.len() + cut));
    }
    let each = sent.into_iter().enumerate();
    each.filter_map(|(index, value)| exception(intake, value, &at.index(index))).collect()
}

/// Takes the middle out of what is longer; gives how many that were.
fn cut_middle<T>(members: &mut Vec<T>, count_max: usize) -> usize {
    let cut = members.len().saturating_sub(count_max);
    if cut > 0 {
        let from = count_max / 2;
        members.drain(from..from + cut);
    }
    cut
}

fn exception(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Exception> {
    let mut exception = Exception::default();
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "type" => exception.ty = intake.path(value, at),
            "value" => exception.value = exception_text(intake, value, at),
            "module" => exception.module = intake.path(value, at),
            "mechanism" => exception.mechanism = mechanism(intake, value, at),
            "thread_id" => exception.thread_id = intake.word(value, at),
            "stacktrace" => (exception.frames, exception.frames_cut) = trace(intake, value, at),
            _ => {}
        }
    }
    let says_nothing = exception.ty.is_none() && exception.value.is_none() && exception.frames.is_empty();
    (!says_nothing).then_some(exception)
}

/// Some programs raise what is no text.
fn exception_text(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<String> {
    match value {
        Value::List(_) | Value::Object(_) => {
            let text = tree::branch(intake, value, at, tree::EXTRA).to_string();
            Some(intake.fitting(text, at, super::intake::TEXT_BYTES_MAX))
        }
        _ => intake.text(value, at),
    }
}

fn mechanism(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Mechanism> {
    if let Value::Text(_) = value {
        return Some(Mechanism { ty: intake.word(value, at)?, ..Mechanism::default() });
    }
    let mut mechanism = Mechanism::default();
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "type" => mechanism.ty = intake.word(value, at).unwrap_or_default(),
            "handled" => mechanism.handled = intake.boolean(value, at),
            "synthetic" => mechanism.synthetic = intake.boolean(value, at).unwrap_or_default(),
            "exception_id" => mechanism.exception_id = intake.count(value, at),
            "parent_id" => mechanism.parent_id = intake.count(value, at),
            "is_exception_group" => {
                mechanism.is_exception_group = intake.boolean(value, at).unwrap_or_default();
            }
            "source" => mechanism.source = intake.word(value, at),
            "description" => mechanism.description = intake.text(value, at),
            "data" => mechanism.data = tree::pairs(intake, value, at, tree::VARS),
            _ => {}
        }
    }
    Some(mechanism)
}

pub(super) fn threads(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Thread> {
    let mut sent = intake.list(value, at);
    if sent.len() > THREADS_MAX {
        intake.fault(at, format!("{} threads, of which {THREADS_MAX} are kept", sent.len()));
        sent.truncate(THREADS_MAX);
    }
    let each = sent.into_iter().enumerate();
    each.filter_map(|(index, value)| thread(intake, value, &at.index(index))).collect()
}

fn thread(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Thread> {
    let mut thread = Thread::default();
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "id" => thread.id = intake.word(value, at),
            "name" => thread.name = intake.word(value, at),
            "crashed" => thread.crashed = intake.boolean(value, at).unwrap_or_default(),
            "current" => thread.current = intake.boolean(value, at).unwrap_or_default(),
            "stacktrace" => thread.frames = trace(intake, value, at).0,
            _ => {}
        }
    }
    Some(thread)
}

/// Gives exceptions without a stack that of their thread: some SDKs send the stacks of all threads only there.
pub(super) fn lend_threads(event: &mut Event) {
    let is_alone = event.exceptions.len() == 1;
    for exception in event.exceptions.iter_mut().filter(|exception| exception.frames.is_empty()) {
        let same = |thread: &Thread| thread.id.is_some() && thread.id == exception.thread_id;
        let place = event.threads.iter().position(same).or_else(|| {
            let running = |thread: &Thread| thread.crashed || thread.current;
            is_alone.then(|| event.threads.iter().position(running)).flatten()
        });
        if let Some(place) = place {
            exception.frames = std::mem::take(&mut event.threads[place].frames);
        }
    }
}

/// A stack, and how many frames were cut out of it: `{"frames": […]}`, or the list itself.
pub(super) fn trace(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> (Vec<Frame>, u32) {
    let frames = match value {
        Value::Object(fields) => {
            let frames = fields.into_iter().find(|(name, _)| name == "frames").map(|(_, value)| value);
            frames.unwrap_or_default()
        }
        other => other,
    };
    let mut frames = intake.list(frames, at);
    let cut = cut_middle(&mut frames, FRAMES_MAX);
    let each = frames.into_iter().enumerate();
    let frames = each.filter_map(|(index, value)| frame(intake, value, &at.index(index))).collect();
    (frames, u32::try_from(cut).unwrap_or(u32::MAX))
}

pub(super) fn frame(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Frame> {
    let mut frame = Frame::default();
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "function" => frame.function = intake.path(value, at),
            "module" => frame.module = intake.path(value, at),
            "filename" => frame.filename = intake.path(value, at),
            "abs_path" => frame.abs_path = intake.path(value, at),
            "lineno" => frame.lineno = intake.count(value, at).filter(|line| (1..=LINE_MAX).contains(line)),
            "colno" => frame.colno = intake.count(value, at),
            "in_app" => frame.in_app = intake.boolean(value, at),
            "pre_context" => frame.pre_context = source(intake, value, at),
            "context_line" => frame.context_line = line(intake, value, at),
            "post_context" => frame.post_context = source(intake, value, at),
            "vars" => frame.vars = tree::pairs(intake, value, at, tree::VARS),
            "platform" => frame.platform = intake.word(value, at),
            "package" => frame.package = intake.path(value, at),
            _ => {}
        }
    }
    scrub_source(intake, &mut frame, at);
    Some(frame)
}

fn source(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<String> {
    let mut lines = match value {
        Value::List(lines) => lines,
        Value::Null => Vec::new(),
        other => vec![other],
    };
    lines.truncate(CONTEXT_LINES_MAX);
    lines.into_iter().map(|value| line(intake, value, at).unwrap_or_default()).collect()
}

fn line(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<String> {
    match value {
        // Blank lines count, and a minified file is one long line: no fault of the sender's.
        Value::Text(mut line) => {
            super::intake::cut(&mut line, PATH_BYTES_MAX);
            Some(intake.fitting(line, at, PATH_BYTES_MAX))
        }
        other => intake.path(other, at),
    }
}

/// Masks secrets in the source: all its lines in one look, for hardly any has one.
fn scrub_source(intake: &mut Intake<'_>, frame: &mut Frame, at: &Place<'_>) {
    let lines = || frame.pre_context.iter().chain(&frame.context_line).chain(&frame.post_context);
    let bytes = lines().map(|line| line.len() + 1).sum();
    if bytes == 0 {
        return;
    }
    let mut whole = String::with_capacity(bytes);
    for line in lines() {
        whole.push_str(line);
        whole.push('\n');
    }
    if intake.scrubber.text(&whole).is_none() {
        return;
    }
    let lines = frame.pre_context.iter_mut().chain(&mut frame.context_line).chain(&mut frame.post_context);
    for line in lines {
        *line = intake.scrubbed(std::mem::take(line), &at.name("context_line"));
    }
}
