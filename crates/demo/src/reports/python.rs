//! Python's tracebacks, taken apart into the frames that its SDK sends.

use serde_json::{Map, Value, json};

/// What is before the path of a module that was installed.
const PACKAGES: &str = "/usr/local/lib/python3.12/site-packages/";

/// What is before the path of the shop's own modules.
const OWN: &str = "/app/";

/// The exception that a traceback ends with, in the form of an event.
pub(super) fn exception(traceback: &str, mechanism: &str, locals: &[(&'static str, String)]) -> Value {
    let last = traceback.lines().last().unwrap_or_default();
    let (class, text) = last.split_once(": ").unwrap_or((last, ""));
    let (module, name) = class.rsplit_once('.').unwrap_or(("builtins", class));
    json!({
        "type": name,
        "module": module,
        "value": text,
        "mechanism": { "type": mechanism, "handled": false },
        "stacktrace": { "frames": frames(traceback, locals) },
    })
}

/// The frames, outermost first. The innermost of the shop's own code has the variables.
fn frames(traceback: &str, locals: &[(&'static str, String)]) -> Vec<Value> {
    let mut frames = Vec::new();
    let mut lines = traceback.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(place) = line.strip_prefix("  File \"") else { continue };
        let source = lines.next_if(|next| next.starts_with("    ")).map_or("", str::trim);
        frames.extend(frame(place, source));
    }
    let own = frames.iter_mut().rfind(|frame| frame["in_app"] == true);
    if let Some(own) = own {
        own["vars"] = locals.iter().map(|(name, value)| (*name, value.as_str())).collect();
    }
    frames
}

/// `/app/shop/tasks.py", line 27, in capture_payment` and the line of source below it.
fn frame(place: &str, source: &str) -> Option<Value> {
    let (path, rest) = place.split_once("\", line ")?;
    let (line, function) = rest.split_once(", in ")?;
    let own = path.strip_prefix(OWN);
    let file = own.or_else(|| path.strip_prefix(PACKAGES)).unwrap_or(path);
    let module = file.trim_end_matches(".py").replace('/', ".");
    let indent = if function == "<module>" { "    " } else { "        " };
    Some(json!({
        "filename": file,
        "abs_path": path,
        "module": module,
        "function": function,
        "lineno": line.parse::<u32>().ok()?,
        "context_line": format!("{indent}{source}"),
        "pre_context": [format!("    def {function}(self, *args, **kwargs):")],
        "in_app": own.is_some(),
        "vars": Value::Object(Map::new()),
    }))
}
