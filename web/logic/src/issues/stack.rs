//! Which frames of a stack are seen at once: the program's own, and where it ended; libraries' are folded in groups.

use api::{Exception, Frame};

/// So many frames of the program's own are unfolded by themselves; the others take a line.
const OPEN_MAX: usize = 4;

/// What is drawn of a stack, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A frame by itself, and whether its source is seen at once.
    Frame(usize, bool),
    /// Frames of libraries, one after the other.
    Libraries(Vec<usize>),
    /// So many were left out when it came.
    Omitted(u32),
}

/// The steps of a stack, its frames innermost last as they were sent; `omitted`: so many were left out after so many.
pub fn steps(frames: &[Frame], omitted: Option<(u32, u32)>) -> Vec<Step> {
    let has_own = frames.iter().any(|frame| frame.in_app);
    let mut steps: Vec<Step> = Vec::new();
    let mut open = 0;
    for (at, frame) in frames.iter().enumerate().rev() {
        if let Some((after, count)) = omitted
            && after as usize == at + 1
        {
            steps.push(Step::Omitted(count));
        }
        let is_last = at + 1 == frames.len();
        if frame.in_app || is_last {
            let opens = (frame.in_app || !has_own) && open < OPEN_MAX;
            open += usize::from(opens);
            steps.push(Step::Frame(at, opens));
            continue;
        }
        match steps.last_mut() {
            Some(Step::Libraries(run)) => run.push(at),
            _ => steps.push(Step::Libraries(vec![at])),
        }
    }
    steps
}

/// What a frame is called: its function, or what else tells it.
pub fn name(frame: &Frame) -> &str {
    [&frame.function, &frame.module, &frame.file]
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or("?", String::as_str)
}

/// Where a frame is: `shop/views.py:42`.
pub fn place(frame: &Frame) -> String {
    let file = if frame.file.is_empty() { &frame.module } else { &frame.file };
    match (frame.line, frame.column) {
        (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
        (Some(line), None) => format!("{file}:{line}"),
        _ => file.clone(),
    }
}

/// What stands above an exception: `shop.pay.CardError`, or what is known instead.
pub fn kind(exception: &Exception) -> String {
    match (exception.module.as_str(), exception.kind.as_str()) {
        (_, "") => "Error".to_owned(),
        ("" | "builtins" | "__builtin__" | "exceptions", kind) => kind.to_owned(),
        (module, kind) => format!("{module}.{kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter for each frame, the outermost first: `a` the program's own, `l` a library's.
    fn stack(letters: &str) -> Vec<Frame> {
        letters.chars().map(|letter| Frame { in_app: letter == 'a', ..Frame::default() }).collect()
    }

    #[test]
    fn own_frames_are_open_and_libraries_folded() {
        use Step::{Frame, Libraries, Omitted};
        let check = |letters: &str, omitted, wanted: &[Step]| {
            assert_eq!(steps(&stack(letters), omitted), wanted, "{letters}");
        };
        check("", None, &[]);
        check("llaa", None, &[Frame(3, true), Frame(2, true), Libraries(vec![1, 0])]);
        // Where it was thrown is seen even in a library, folded while there is something of the program's own.
        check("alll", None, &[Frame(3, false), Libraries(vec![2, 1]), Frame(0, true)]);
        check("lll", None, &[Frame(2, true), Libraries(vec![1, 0])]);
        check(
            "aaaaa",
            None,
            &[Frame(4, true), Frame(3, true), Frame(2, true), Frame(1, true), Frame(0, false)],
        );
        check(
            "alla",
            Some((2, 900)),
            &[Frame(3, true), Libraries(vec![2]), Omitted(900), Libraries(vec![1]), Frame(0, true)],
        );
    }

    #[test]
    fn frames_are_called_by_what_is_known() {
        let frame = api::Frame { file: "shop/views.py".into(), line: Some(42), ..api::Frame::default() };
        assert_eq!((name(&frame), place(&frame).as_str()), ("shop/views.py", "shop/views.py:42"));
        let frame =
            api::Frame { function: "pay".into(), module: "shop.views".into(), ..api::Frame::default() };
        assert_eq!((name(&frame), place(&frame).as_str()), ("pay", "shop.views"));
        assert_eq!(name(&api::Frame::default()), "?");
        let thrown = |module: &str, kind: &str| {
            super::kind(&Exception { module: module.into(), kind: kind.into(), ..Exception::default() })
        };
        assert_eq!(thrown("builtins", "ValueError"), "ValueError");
        assert_eq!(thrown("shop.pay", "CardError"), "shop.pay.CardError");
        assert_eq!(thrown("", ""), "Error");
    }
}
