//! All that a page shows depends on its address alone: [`ViewState`] is what stands behind the `?`.

use crate::choice::Choice;
use crate::columns::Columns;
use crate::explore::Explore;
use crate::level::LevelSet;
use crate::query_string;
use crate::route::Page;
use crate::time::{Moment, Range};

/// What is looked at, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewState {
    /// `env`: one environment; `None`: all.
    pub environment: Option<String>,
    /// `svc`: services.
    pub services: Choice,
    /// `ctr`: containers.
    pub containers: Choice,
    /// `lvl`: levels; none: all.
    pub levels: LevelSet,
    /// `from`, `to`.
    pub range: Range,
    /// `live`: new lines are added as they come.
    pub live: bool,
    /// `q`: what was typed into the query box.
    pub query: String,
    /// `show`: lines, or the patterns they follow.
    pub show: Show,
    /// `cols`: fields that have a column of their own.
    pub columns: Columns,
    /// `sel`: the row that is marked.
    pub selected: Option<String>,
    /// `wrap`: long lines are broken.
    pub wrap: bool,
    /// `tz`: times are in UTC instead of the browser's zone.
    pub utc: bool,
    /// `one`: the thing that a page of many is opened at, as the page names it.
    pub one: Option<String>,
    /// `open`: the row of a table that is unfolded.
    pub open: Option<String>,
    /// `sort`: by which column a table is sorted, `-` before it: the greatest first.
    pub sort: String,
    /// What the page of metrics is asked.
    pub explore: Explore,
    /// `charts`: the metrics whose charts are opened.
    pub charts: Vec<String>,
    /// `project`: one project that events are sent to, by its name; `None`: all.
    pub project: Option<String>,
    /// `all`: an empty query means everything, and not what the page asks by itself.
    pub all: bool,
    /// `cursor`: where a list that is given page by page goes on.
    pub cursor: String,
}

/// What is shown of the lines that are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// The lines themselves.
    #[default]
    Lines,
    /// `patterns`: what they look like, and how many look so.
    Patterns,
}

impl Show {
    /// What is not shown now.
    #[must_use]
    pub fn other(self) -> Self {
        if self == Self::Lines { Self::Patterns } else { Self::Lines }
    }
}

impl ViewState {
    /// Reads what stands behind the `?` of a page that shows the last hour where nothing else is written. What is
    /// not understood counts as not written.
    pub fn from_address(search: &str) -> Self {
        Self::read(Page::Logs, search)
    }

    /// Reads what stands behind the `?` of a page.
    pub fn read(page: Page, search: &str) -> Self {
        let mut view = Self { range: page.range(), ..Self::default() };
        for (name, value) in query_string::read(search) {
            view.set(&name, value);
        }
        view
    }

    fn set(&mut self, name: &str, value: String) {
        let filled = |value: String| (!value.is_empty()).then_some(value);
        if self.explore.set(name, &value) {
            return;
        }
        match name {
            "env" => self.environment = filled(value),
            "svc" => self.services = Choice::from_text(&value),
            "ctr" => self.containers = Choice::from_text(&value),
            "lvl" => self.levels = LevelSet::from_text(&value),
            "from" => self.range.from = Moment::from_address(&value).unwrap_or(self.range.from),
            "to" => self.range.to = Moment::from_address(&value).unwrap_or(self.range.to),
            "live" => self.live = value == "1",
            "q" => self.query = value,
            "show" if value == "patterns" => self.show = Show::Patterns,
            "cols" => self.columns = Columns::from_text(&value),
            "sel" => self.selected = filled(value),
            "wrap" => self.wrap = value == "1",
            "tz" => self.utc = value == "utc",
            "one" => self.one = filled(value),
            "open" => self.open = filled(value),
            "sort" => self.sort = value,
            "charts" => {
                self.charts = value.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            }
            "project" => self.project = filled(value),
            "all" => self.all = value == "1",
            "cursor" => self.cursor = value,
            _ => {}
        }
    }

    /// What to write behind the `?`; what is as always is left out, so that most addresses are short.
    pub fn to_address(&self) -> String {
        self.written(Page::Logs)
    }

    fn written(&self, page: Page) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        let mut put = |name: &'static str, value: String| {
            if !value.is_empty() {
                pairs.push((name, value));
            }
        };
        let flag = |set: bool| if set { "1".to_owned() } else { String::new() };
        if self.range != page.range() {
            put("from", self.range.from.to_string());
            put("to", self.range.to.to_string());
        }
        put("env", self.environment.clone().unwrap_or_default());
        put("project", self.project.clone().unwrap_or_default());
        put("svc", self.services.to_text());
        put("ctr", self.containers.to_text());
        put("lvl", self.levels.to_text());
        put("q", self.query.clone());
        put("all", flag(self.all));
        put("cursor", self.cursor.clone());
        put("live", flag(self.live));
        put("show", if self.show == Show::Patterns { "patterns".to_owned() } else { String::new() });
        put("cols", self.columns.to_text());
        put("wrap", flag(self.wrap));
        put("tz", if self.utc { "utc".to_owned() } else { String::new() });
        put("one", self.one.clone().unwrap_or_default());
        put("sort", self.sort.clone());
        put("charts", self.charts.join(","));
        put("open", self.open.clone().unwrap_or_default());
        put("sel", self.selected.clone().unwrap_or_default());
        self.explore.put(put);
        query_string::write(&pairs)
    }

    /// `path` with this view behind it.
    pub fn on(&self, path: &str) -> String {
        let address = self.written(Page::at(path));
        if address.is_empty() { path.to_owned() } else { format!("{path}?{address}") }
    }

    /// What goes along to another page: where and when, not what was searched for there. Now shows every
    /// service: whoever looked at one must not miss another.
    #[must_use]
    pub fn carried_to(&self, page: Page) -> Self {
        let services = if page == Page::Now { Choice::default() } else { self.services.clone() };
        Self {
            environment: self.environment.clone(),
            project: self.project.clone().filter(|_| page.has_project()),
            services,
            range: self.range_on(page),
            wrap: self.wrap,
            utc: self.utc,
            ..Self::default()
        }
    }

    /// The time goes along; what a page showed by itself does not.
    fn range_on(&self, page: Page) -> Range {
        let is_by_itself = [Page::Logs, Page::Issues, Page::Performance, Page::History]
            .map(Page::range)
            .contains(&self.range);
        if is_by_itself { page.range() } else { self.range }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::tests::any_moment;

    #[test]
    fn the_address_is_short_and_readable() {
        assert_eq!(ViewState::default().on("/logs"), "/logs");
        let mut view = ViewState { live: true, query: "time out".to_owned(), ..ViewState::default() };
        view.services.toggle("web");
        view.services.toggle_exclude("nginx");
        view.levels = LevelSet::ERRORS;
        view.range = Range::last(15 * 60_000);
        assert_eq!(
            view.on("/logs"),
            "/logs?from=now-15m&to=now&svc=web,!nginx&lvl=fatal,critical,error&q=time+out&live=1"
        );
    }

    #[test]
    fn what_is_not_understood_counts_as_not_written() {
        let view = ViewState::from_address("?from=someday&to=&live=yes&lvl=loud&colour=red&env=&tz=mars");
        assert_eq!(view, ViewState::default());
        let view = ViewState::from_address("?from=now-2d");
        assert_eq!(view.range, Range::last(2 * 86_400_000));
    }

    #[test]
    fn each_page_has_a_range_of_its_own_until_one_is_chosen() {
        let issues = ViewState::read(Page::Issues, "");
        assert_eq!((issues.range, issues.on("/issues/12").as_str()), (Page::Issues.range(), "/issues/12"));
        assert_eq!(issues.carried_to(Page::Logs).on("/logs"), "/logs");
        let hour = ViewState { range: Range::default(), ..issues };
        assert_eq!(hour.on("/issues"), "/issues?from=now-1h&to=now");
        assert_eq!(ViewState::read(Page::Issues, "from=now-1h&to=now"), hour);
        let chosen = ViewState { range: Range::last(2 * 86_400_000), ..hour };
        assert_eq!(chosen.carried_to(Page::Logs).on("/logs"), "/logs?from=now-2d&to=now");
    }

    #[test]
    fn pages_share_where_and_when() {
        let view = ViewState::from_address(
            "from=now-2h&env=staging&svc=web&ctr=web-1&lvl=error&q=x&live=1&sel=1.a.0&tz=utc",
        );
        assert_eq!(view.carried_to(Page::Logs).to_address(), "from=now-2h&to=now&env=staging&svc=web&tz=utc");
        assert_eq!(view.carried_to(Page::Now).to_address(), "from=now-2h&to=now&env=staging&tz=utc");
    }

    fn any_choice() -> impl Strategy<Value = Choice> {
        let values = || prop::collection::btree_set("\\PC{1,8}", 0..3);
        (values(), values()).prop_map(|(include, exclude)| Choice { include, exclude })
    }

    prop_compose! {
        fn any_view()(
            environment in prop::option::of("\\PC{1,8}"),
            services in any_choice(),
            containers in any_choice(),
            levels in prop::collection::vec(0_u8..8, 0..4),
            from in any_moment(),
            to in any_moment(),
            query in any::<String>(),
            selected in prop::option::of("[0-9a-f.]{1,40}"),
            columns in prop::collection::vec(("[a-z_,:\\\\]{1,6}", 40_u16..1_000), 0..4),
            flags in any::<[bool; 5]>(),
            (project, cursor) in (prop::option::of("\\PC{1,8}"), "[0-9a-z.]{0,8}"),
            (one, open, sort, charts) in (
                prop::option::of("\\PC{1,8}"), prop::option::of("\\PC{1,8}"), "-?[a-z]{0,8}",
                prop::collection::vec("[a-z_:]{1,8}", 0..3),
            ),
        ) -> ViewState {
            let levels = levels.into_iter().fold(LevelSet::default(), LevelSet::toggled);
            let [live, wrap, utc, patterns, all] = flags;
            let show = if patterns { Show::Patterns } else { Show::Lines };
            let mut chosen = Columns::default();
            for (name, width) in columns {
                if !chosen.contains(&name) {
                    chosen.toggle(&name);
                    chosen.resize(&name, f64::from(width));
                }
            }
            ViewState {
                environment, services, containers, levels, range: Range { from, to }, live, query, selected, wrap, utc,
                show, columns: chosen, one, open, sort, explore: Explore::default(), charts,
                project, all, cursor,
            }
        }
    }

    proptest! {
        #[test]
        fn every_view_survives_the_address(view in any_view()) {
            prop_assert_eq!(ViewState::from_address(&view.to_address()), view);
        }
    }
}
