//! Tables of things: one row is one thing, what is down stands on top. The pages of services, probes, queues,
//! targets, transactions, releases, monitors, projects, routes, certificates and requests are views of this; each says
//! in a module of its own which columns there are and what a thing's row is.
//!
//! ```ignore
//! let shown = rows::arranged(all, &COLUMNS, &rows::Wish { filter: "web", order: Order::from_text("-memory", &COLUMNS) });
//! ```

pub mod alerts;
mod arrange;
pub mod certificates;
pub mod monitors;
pub mod performance;
pub mod projects;
pub mod queues;
pub mod releases;
pub mod requests;
pub mod routes;
pub mod services;
pub mod targets;
#[cfg(test)]
mod tests;
pub mod uptime;

use api::{Millis, StreamLabels};

use crate::level::LevelSet;
use crate::time::{self, Clock};
use crate::view::ViewState;

pub use arrange::{Order, Wish, arranged};

/// How a thing does, from bad to good: the order of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// It does not work.
    Critical,
    /// It works in part, or will not work soon.
    Warning,
    /// Not known yet.
    Waiting,
    /// It works.
    Good,
    /// Nothing is expected of it.
    #[default]
    Idle,
}

impl Tone {
    /// The end of its class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Waiting => "info",
            Self::Good => "ok",
            Self::Idle => "muted",
        }
    }

    /// Its mark: colour is never alone.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Critical => "✕",
            Self::Warning => "▲",
            Self::Waiting => "◐",
            Self::Good => "●",
            Self::Idle => "○",
        }
    }
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the address; tables of a page that share one are sorted together.
    pub id: &'static str,
    /// Its words.
    pub name: &'static str,
    /// What it tells, in a sentence.
    pub hint: &'static str,
    /// In pixels; 0: it shares what is left.
    pub width: u16,
    /// Numbers: they stand at the right, and the first click puts the greatest on top.
    pub is_figure: bool,
}

impl Column {
    /// A column of words; `width` in pixels, 0: it shares what is left.
    pub const fn words(id: &'static str, name: &'static str, hint: &'static str, width: u16) -> Self {
        Self { id, name, hint, width, is_figure: false }
    }

    /// A column of numbers.
    pub const fn figures(id: &'static str, name: &'static str, hint: &'static str, width: u16) -> Self {
        Self { id, name, hint, width, is_figure: true }
    }
}

/// One of a page's tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its heading; the first table of a page has none.
    pub title: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// Its order where none is chosen, as it stands in an address; empty: the worst first, then by name.
    pub order: &'static str,
    /// Its rows, in any order.
    pub rows: Vec<Row>,
}

/// A thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Its name in the address; no two things of a table share one.
    pub key: String,
    /// How it does.
    pub tone: Tone,
    /// The page it has to itself; a row without one can be unfolded.
    pub link: Option<String>,
    /// One for each column; the first says how it does, the second what it is called.
    pub cells: Vec<Cell>,
    /// What is seen when it is unfolded.
    pub details: Vec<Detail>,
    /// What it is found by besides its cells' texts.
    pub also: String,
}

/// What stands in a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// In words.
    pub text: String,
    /// Below or behind it, less loudly.
    pub note: String,
    /// What a pointer that rests on it is told.
    pub hover: String,
    /// By what it is sorted; a text is sorted as text.
    pub size: Option<f64>,
    /// How it looks.
    pub tone: Tone,
    /// What is drawn with it.
    pub picture: Picture,
    /// Where its text leads.
    pub link: Option<String>,
}

/// A small drawing in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Picture {
    /// None.
    #[default]
    None,
    /// The mark of the row's tone.
    Mark,
    /// A part of a whole, 0 to 1.
    Meter(f64),
    /// Values over time, oldest first; `None`: not known.
    Line(Vec<Option<f64>>),
    /// How much of each span it was up, 0 to 1; `None`: not watched.
    Strip(Vec<Option<f64>>),
    /// What a whole is made of, beside each other.
    Parts(Vec<Part>),
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Which of the series' colours it has; `None`: none.
    pub look: Option<usize>,
    /// Of the whole, 0 to 1.
    pub share: f64,
}

/// A part of what is seen when a row is unfolded.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// What is wrong, and what to do, in a sentence.
    Reason(Tone, String),
    /// A name and what it is.
    Fact(&'static str, String),
    /// Something as it came, letter by letter.
    Quote(&'static str, String),
    /// Labels.
    Labels(&'static str, Vec<(String, String)>),
    /// Other pages: what each is called, and its address.
    Links(Vec<(String, String)>),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A number as it is written, and by what it is sorted. A number that is not known is a dash.
    pub fn figure(size: Option<f64>, written: impl FnOnce(f64) -> String) -> Self {
        Self { text: size.map_or_else(|| "–".to_owned(), written), size, ..Self::default() }
    }

    /// How the row's thing does, in a word.
    pub fn state(tone: Tone, word: &str) -> Self {
        let size = Some(f64::from(tone as u8));
        Self { text: word.to_owned(), tone, size, picture: Picture::Mark, ..Self::default() }
    }

    /// With something said less loudly.
    #[must_use]
    pub fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// With words for a pointer that rests on it.
    #[must_use]
    pub fn with_hover(self, hover: impl Into<String>) -> Self {
        Self { hover: hover.into(), ..self }
    }

    /// Looking so.
    #[must_use]
    pub fn toned(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    /// Leading there.
    #[must_use]
    pub fn linked(self, link: Option<String>) -> Self {
        Self { link, ..self }
    }

    /// With a drawing.
    #[must_use]
    pub fn drawn(self, picture: Picture) -> Self {
        Self { picture, ..self }
    }
}

/// Whether what the page is narrowed to lets a thing through. What belongs to no service, or to no environment,
/// is shown unless one is chosen.
fn admits(view: &ViewState, service: &str, environment: &str) -> bool {
    let wanted = view.environment.as_deref();
    let environment = environment.is_empty() || wanted.is_none_or(|wanted| wanted == environment);
    environment && view.services.admits(service)
}

/// `12 s ago`, with the whole instant for a pointer; the latest is the greatest.
fn ago(at: Option<Millis>, clock: Clock<'_>) -> Cell {
    let hover = at.map(|at| time::full(at, clock.zone)).unwrap_or_default();
    Cell::figure(at.map(|at| at as f64), |_| at.map(|at| time::ago(at, clock.now)).unwrap_or_default())
        .with_hover(hover)
}

/// Where more is told of a service at the same time: its own page, and its lines.
fn links(view: &ViewState, which: &services::Which) -> Option<Detail> {
    if which.service.is_empty() {
        return None;
    }
    Some(Detail::Links(vec![
        (format!("All of {}", which.service), which.href(view)),
        ("Its lines".to_owned(), which.lines(view, LevelSet::default())),
    ]))
}

/// A message of the server's, as a sentence begins.
pub fn capitalised(sentence: &str) -> String {
    let mut sentence = sentence.to_owned();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

fn labels(labels: &StreamLabels) -> Vec<(String, String)> {
    labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn spaced(texts: &[&str]) -> String {
    texts.join(" ")
}

/// `2 of 14 targets are down.`, from the rows of a table: the sentence above it, and how bad that is.
pub fn sentence(rows: &[Row], (one, many): (&str, &str), trouble: &str) -> (Tone, String) {
    let all = rows.len();
    let of = |tone: Tone| rows.iter().filter(|row| row.tone == tone).count();
    let things = if all == 1 { one } else { many };
    let verb = |count: usize| if count == 1 { "is" } else { "are" };
    match (of(Tone::Critical), of(Tone::Warning)) {
        (0, 0) if all > 0 && of(Tone::Waiting) == all => {
            (Tone::Waiting, format!("{all} {things}, not asked yet."))
        }
        (0, 0) if all == 1 => (Tone::Good, format!("1 {one}, and nothing is wrong with it.")),
        (0, 0) => (Tone::Good, format!("{all} {things}, and nothing is wrong with them.")),
        (0, bad) => (
            Tone::Warning,
            format!("{bad} of {all} {things} {} a look.", if bad == 1 { "needs" } else { "need" }),
        ),
        (down, 0) => (Tone::Critical, format!("{down} of {all} {things} {} {trouble}.", verb(down))),
        (down, bad) => {
            let more = if bad == 1 { "needs" } else { "need" };
            (
                Tone::Critical,
                format!("{down} of {all} {things} {} {trouble}, {bad} more {more} a look.", verb(down)),
            )
        }
    }
}
