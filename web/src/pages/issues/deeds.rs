//! What is done with issues, those that are chosen in the list or the one that is looked at; and taking it back.

use std::pin::Pin;
use std::rc::Rc;

use crate::prelude::*;
use api::{IssueChange, IssueRow, Millis};
use web_logic::issues::change::{UNTIL_ESCALATING, told, undo};
use web_logic::time::DAY;

use super::asks::Which;
use crate::browser;
use crate::client::{Answer, Ask};
use crate::components::{Opener, Sign, popover};
use crate::dom::{El, button, careful_button, el, icon_button, sign};
use crate::state::shared;

/// Which issues are meant, and what is known of them.
pub(super) struct Meant {
    /// Which.
    pub(super) which: Which,
    /// How they are now, as far as they are on the page.
    pub(super) rows: Vec<IssueRow>,
}

/// How what was done is taken back.
type Undo = Vec<(Vec<i64>, IssueChange)>;

/// Does things with issues.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    meant: StoredValue<Rc<dyn Fn() -> Meant>>,
    after: StoredValue<Rc<dyn Fn()>>,
    done: RwSignal<Option<(String, Undo)>>,
}

impl Deeds {
    /// `meant` says with which; `after` is called when something was done.
    pub(super) fn new(meant: impl Fn() -> Meant + 'static, after: impl Fn() + 'static) -> Self {
        let meant: Rc<dyn Fn() -> Meant> = Rc::new(meant);
        let after: Rc<dyn Fn()> = Rc::new(after);
        Self { meant: StoredValue::new(meant), after: StoredValue::new(after), done: RwSignal::new(None) }
    }

    /// Which are meant now.
    pub(super) fn meant(self) -> Meant {
        untrack(|| self.meant.with_value(|meant| meant()))
    }

    /// Does something with them.
    pub(super) fn act(self, change: IssueChange) {
        let Meant { which, rows } = self.meant();
        if matches!(&which, Which::Ids(ids) if ids.is_empty()) {
            return;
        }
        let back = if matches!(which, Which::Ids(_)) { undo(&change, &rows) } else { Vec::new() };
        let asked = shared().client.update_issues(&which, &change);
        spawn_local(async move {
            if let Some(done) = self.heard(asked.await) {
                self.done.set(Some((told(&change, done.changed), back)));
            }
        });
    }

    /// Does something else; `words` say what was done.
    pub(super) fn ask<T>(self, asked: Ask<T>, words: &'static str) {
        self.wait(asked.text, words);
    }

    fn wait(self, answer: Pin<Box<dyn Future<Output = Answer<String>>>>, words: &'static str) {
        spawn_local(async move {
            if self.heard(answer.await).is_some() {
                self.done.set(Some((words.to_owned(), Vec::new())));
            }
        });
    }

    fn heard<T>(self, answer: Answer<T>) -> Option<T> {
        match answer {
            Ok(done) => {
                if let Some(after) = self.after.try_get_value() {
                    after();
                }
                Some(done)
            }
            Err(failure) => {
                shared().toast.show(failure.to_string());
                None
            }
        }
    }

    fn take_back(self) {
        let Some((_, back)) = self.done.get_untracked() else { return };
        self.done.set(None);
        spawn_local(async move {
            for (ids, change) in back {
                let asked = shared().client.update_issues(&Which::Ids(ids), &change);
                if self.heard(asked.await).is_none() {
                    return;
                }
            }
            self.done.set(Some(("Taken back.".to_owned(), Vec::new())));
        });
    }

    /// What was done last, and the way back.
    pub(super) fn told(self) -> El {
        el("div", "host").attr("role", "status").children_of(move || {
            let Some((words, back)) = self.done.get() else { return Vec::new() };
            let line = el("div", "done").add(el("span", "").text(&words));
            let line = if back.is_empty() {
                line
            } else {
                line.add(button("button", "Undo").click(move || self.take_back()))
            };
            vec![line.add(icon_button(Sign::Close, "Close").click(move || self.done.set(None)))]
        })
    }

    /// Resolved, from now on or from a release on.
    pub(super) fn resolve(self) -> El {
        let panel = move |open: RwSignal<bool>| {
            let release = self
                .meant()
                .rows
                .first()
                .map(|row| row.release.clone())
                .filter(|release| !release.is_empty());
            let named = match &release {
                Some(release) => format!("In {release}, the release of its last event"),
                None => "In the newest release".to_owned(),
            };
            let release = release.unwrap_or_default();
            vec![
                self.item(open, "Now: whatever comes after this is new again", IssueChange::Resolve),
                self.item(open, &named, IssueChange::ResolveInRelease { release }),
                self.item(open, "In the next release", IssueChange::ResolveInNext),
            ]
        };
        el("span", "split")
            .add(
                el("button", "button button-main")
                    .attr("type", "button")
                    .attr("title", "Resolve now (e)")
                    .add(sign(Sign::Check))
                    .text("Resolve")
                    .click(move || self.act(IssueChange::Resolve)),
            )
            .add(menu("Resolve in a release", Sign::Down, "", panel))
    }

    /// Archived, until something happens.
    pub(super) fn archive(self) -> El {
        let panel = move |open| {
            let archive = |until: Option<Millis>, events, users, hours| IssueChange::Archive {
                until: until.map(|millis| browser::now() + millis),
                events,
                users,
                hours,
                escalating: false,
            };
            vec![
                self.item(open, "Until it comes much more often", UNTIL_ESCALATING),
                self.item(open, "For a day", archive(Some(DAY), None, None, None)),
                self.item(open, "For a week", archive(Some(7 * DAY), None, None, None)),
                self.item(open, "For 30 days", archive(Some(30 * DAY), None, None, None)),
                self.item(open, "Until 100 more events", archive(None, Some(100), None, None)),
                self.item(open, "Until 100 in an hour", archive(None, Some(100), None, Some(1))),
                self.item(open, "Until 10 more users", archive(None, None, Some(10), None)),
                self.item(open, "For ever", archive(None, None, None, None)),
            ]
        };
        menu("Archive", Sign::Archive, "Archive", panel)
    }

    /// Given to somebody; `text` says whose it is.
    pub(super) fn assign(self, people: Rc<dyn Fn() -> Vec<String>>, text: Rc<dyn Fn() -> String>) -> El {
        let panel = move |open| {
            let give = |to: &String| self.item(open, to, IssueChange::Assign { to: to.clone() });
            let nobody = self.item(open, "Nobody", IssueChange::Assign { to: String::new() });
            people().iter().map(give).chain([nobody]).collect()
        };
        menu_of("Assign", Sign::User, text, Rc::new(panel))
    }

    /// Unresolved again.
    pub(super) fn unresolve(self) -> El {
        button("button", "Unresolve").click(move || self.act(IssueChange::Unresolve))
    }

    /// Deleted with all events.
    pub(super) fn delete(self) -> El {
        careful_button(("Delete", "Delete with all events?"), move || self.act(IssueChange::Delete))
    }

    fn item(self, open: RwSignal<bool>, words: &str, change: IssueChange) -> El {
        button("preset", words).click(move || {
            open.set(false);
            self.act(change.clone());
        })
    }
}

type Panel = Rc<dyn Fn(RwSignal<bool>) -> Vec<El>>;

fn menu(
    label: &'static str,
    picture: Sign,
    text: &'static str,
    panel: impl Fn(RwSignal<bool>) -> Vec<El> + 'static,
) -> El {
    menu_of(label, picture, Rc::new(move || text.to_owned()), Rc::new(panel))
}

fn menu_of(label: &'static str, sign: Sign, text: Rc<dyn Fn() -> String>, panel: Panel) -> El {
    let open = RwSignal::new(false);
    let draw = move || el("div", "host").each(panel(open));
    popover(Opener { label, sign, class: "menu" }, move || text(), open, draw)
}
