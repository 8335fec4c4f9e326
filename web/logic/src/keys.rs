//! What a key does. Single keys and sequences such as `g l` can be switched off; they never act while typing.

use api::Millis;

use crate::route::Page;

/// A key that was pressed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Press<'a> {
    /// As the browser names it: `k`, `ArrowLeft`, `?`.
    pub key: &'a str,
    /// Control, or Command on a Mac.
    pub command: bool,
    /// Alt.
    pub alt: bool,
    /// The focus is where text is written.
    pub typing: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens the palette.
    Palette,
    /// Goes to the query box.
    Query,
    /// Shows the keys.
    Help,
    /// Opens a page.
    Go(Page),
    /// The row below.
    Down,
    /// The row above.
    Up,
    /// Opens or unfolds the row, or folds it.
    Open,
    /// Chooses the row among others; where rows are not chosen, unfolds it or folds it.
    Pick,
    /// What is chosen is done with.
    Resolve,
    /// What is chosen should not be told for now.
    Archive,
    /// The event before.
    Before,
    /// The event after.
    After,
    /// Live on or off; resumes when paused.
    Live,
    /// Long lines broken or not.
    Wrap,
    /// Lines or their patterns.
    Patterns,
    /// Copies a link to what is seen.
    CopyLink,
    /// Asks again.
    Refresh,
    /// Closes what is open.
    Escape,
    /// Half a range earlier.
    Earlier,
    /// Half a range later.
    Later,
    /// Twice the range.
    ZoomOut,
    /// Makes the range fixed.
    Freeze,
    /// Copies the range.
    CopyRange,
    /// Takes the range from the clipboard.
    PasteRange,
}

/// The keys and what they do, for the help.
pub const HELP: [(&str, &str); 33] = [
    ("Ctrl K", "Go anywhere: pages, services, containers, times"),
    ("/", "Write a query"),
    ("?", "Show these keys"),
    ("Esc", "Close"),
    ("g n", "Go to Now"),
    ("g l", "Go to Logs"),
    ("g s", "Go to Services"),
    ("g i", "Go to Issues"),
    ("g u", "Go to Uptime"),
    ("g q", "Go to Queues"),
    ("g t", "Go to Targets"),
    ("g m", "Go to Metrics"),
    ("g d", "Go to Dashboards"),
    ("g ,", "Go to Settings"),
    ("j   k", "Next and previous line or row"),
    ("Enter", "Open the row; unfold or fold the line"),
    ("x", "Choose the issue; unfold or fold the line"),
    ("e   a", "Resolve or archive the issues that are chosen"),
    ("[   ]", "Event before and after"),
    ("l", "Live on or off; resume when paused"),
    ("w", "Break long lines or not"),
    ("p", "Lines or their patterns; chart or table"),
    ("y", "Copy a link to exactly this view"),
    ("r", "Refresh; with an event: its trace as it was sent"),
    ("t ←   t →", "Earlier, later"),
    ("t z", "Zoom out"),
    ("t a", "Fix the time range"),
    ("t c", "Copy the time range"),
    ("t v", "Paste a time range"),
    ("← →", "In the histogram: move the cursor; Enter zooms in. On a column’s edge: its width"),
    ("↓ ↑", "In the query: go through what is offered; Enter takes it"),
    ("Tab", "In the query: take what is offered"),
    ("Ctrl Space", "In the query: offer what fits"),
];

/// A second key counts only so soon after the first.
const SEQUENCE_MILLIS_MAX: i64 = 1_500;

/// Remembers the first key of a sequence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keys {
    first: Option<(char, Millis)>,
}

impl Keys {
    /// What a key does; `single_keys`: whether keys without Control act at all.
    pub fn press(&mut self, press: Press<'_>, now: Millis, single_keys: bool) -> Option<Action> {
        let first = self.first.take().filter(|(_, at)| now - at <= SEQUENCE_MILLIS_MAX).map(|(key, _)| key);
        if press.command {
            return press.key.eq_ignore_ascii_case("k").then_some(Action::Palette);
        }
        if press.key == "Escape" {
            return Some(Action::Escape);
        }
        if press.typing || press.alt || !single_keys {
            return None;
        }
        match (first, press.key) {
            (Some(first), second) => sequence(first, second),
            (None, "g" | "t") => {
                self.first = press.key.chars().next().map(|key| (key, now));
                None
            }
            (None, key) => single(key),
        }
    }
}

fn sequence(first: char, second: &str) -> Option<Action> {
    Some(match (first, second) {
        ('g', "n") => Action::Go(Page::Now),
        ('g', "l") => Action::Go(Page::Logs),
        ('g', "s") => Action::Go(Page::Services),
        ('g', "i") => Action::Go(Page::Issues),
        ('g', "u") => Action::Go(Page::Uptime),
        ('g', "q") => Action::Go(Page::Queues),
        ('g', "t") => Action::Go(Page::Targets),
        ('g', "m") => Action::Go(Page::Metrics),
        ('g', "d") => Action::Go(Page::Dashboards),
        ('g', ",") => Action::Go(Page::Settings),
        ('t', "ArrowLeft") => Action::Earlier,
        ('t', "ArrowRight") => Action::Later,
        ('t', "z") => Action::ZoomOut,
        ('t', "a") => Action::Freeze,
        ('t', "c") => Action::CopyRange,
        ('t', "v") => Action::PasteRange,
        _ => return None,
    })
}

fn single(key: &str) -> Option<Action> {
    Some(match key {
        "/" => Action::Query,
        "?" => Action::Help,
        "j" => Action::Down,
        "k" => Action::Up,
        "Enter" => Action::Open,
        "x" => Action::Pick,
        "e" => Action::Resolve,
        "a" => Action::Archive,
        "[" => Action::Before,
        "]" => Action::After,
        "l" => Action::Live,
        "w" => Action::Wrap,
        "p" => Action::Patterns,
        "y" => Action::CopyLink,
        "r" => Action::Refresh,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Press<'_> {
        Press { key, ..Press::default() }
    }

    #[test]
    fn keys_and_sequences_act() {
        let mut keys = Keys::default();
        assert_eq!(keys.press(press("l"), 0, true), Some(Action::Live));
        assert_eq!(keys.press(press("g"), 0, true), None);
        assert_eq!(keys.press(press("l"), 1_000, true), Some(Action::Go(Page::Logs)));
        assert_eq!(keys.press(press("l"), 1_001, true), Some(Action::Live));
        assert_eq!(keys.press(press("g"), 0, true), None);
        assert_eq!(keys.press(press("l"), 9_000, true), Some(Action::Live));
        assert_eq!(keys.press(press("t"), 9_000, true), None);
        assert_eq!(keys.press(press("q"), 9_001, true), None);
        assert_eq!(keys.press(press("z"), 9_002, true), None);
    }

    #[test]
    fn typing_is_never_taken_for_a_command() {
        let mut keys = Keys::default();
        let typing = |key| Press { key, typing: true, ..Press::default() };
        assert_eq!(keys.press(typing("l"), 0, true), None);
        assert_eq!(keys.press(typing("g"), 0, true), None);
        assert_eq!(keys.press(press("n"), 1, true), None);
        assert_eq!(keys.press(typing("Escape"), 0, true), Some(Action::Escape));
        assert_eq!(keys.press(Press { command: true, ..typing("K") }, 0, false), Some(Action::Palette));
        assert_eq!(keys.press(Press { command: true, ..press("l") }, 0, true), None);
        assert_eq!(keys.press(Press { alt: true, ..press("l") }, 0, true), None);
        assert_eq!(keys.press(press("l"), 0, false), None);
    }
}
