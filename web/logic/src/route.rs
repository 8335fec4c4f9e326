//! The pages, their paths, and what belongs on them. A page of many things has each of them at a path below its own.

use crate::time::{DAY, Range};

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// What runs and how it does.
    Now,
    /// What is broken, or was; one of them.
    Incidents,
    /// What the set-up should have.
    Checklist,
    /// Lines.
    Logs,
    /// What each service uses; one of them with all that is known of it.
    Services,
    /// Probes.
    Uptime,
    /// Queues of tasks and their workers.
    Queues,
    /// What is scraped.
    Targets,
    /// The proxy's routers; one of them.
    Routes,
    /// What went through the proxy and is worth a look; one request.
    Requests,
    /// What the proxy serves over TLS with.
    Certificates,
    /// Errors, grouped; one of them, one of its events.
    Issues,
    /// Requests and tasks by name: how long they take, and how many fail.
    Performance,
    /// Versions, and what each brought.
    Releases,
    /// Jobs that report when they run.
    Monitors,
    /// What events are sent to, and how.
    Projects,
    /// What fires; one alert.
    Alerts,
    /// What fired.
    History,
    /// What is kept quiet.
    Silences,
    /// What is watched; one rule.
    Rules,
    /// Where messages go.
    Receivers,
    /// How the week was.
    Report,
    /// Numbers over time.
    Metrics,
    /// Panels of numbers and lines.
    Dashboards,
    /// Users, tokens, this browser.
    Settings,
    /// Name and password.
    SignIn,
    /// The first user.
    SetUp,
    /// There is none at this path.
    Unknown,
}

const PATHS: [(Page, &str, &str); 27] = [
    (Page::Now, "/", "Now"),
    (Page::Incidents, "/incidents", "Incidents"),
    (Page::Checklist, "/checklist", "Checklist"),
    (Page::Logs, "/logs", "Logs"),
    (Page::Services, "/services", "Services"),
    (Page::Uptime, "/uptime", "Uptime"),
    (Page::Queues, "/queues", "Queues"),
    (Page::Targets, "/targets", "Targets"),
    (Page::Routes, "/routes", "Routes"),
    (Page::Requests, "/requests", "Requests"),
    (Page::Certificates, "/certificates", "Certificates"),
    (Page::Issues, "/issues", "Issues"),
    (Page::Performance, "/performance", "Performance"),
    (Page::Releases, "/releases", "Releases"),
    (Page::Monitors, "/monitors", "Monitors"),
    (Page::Projects, "/projects", "Projects"),
    (Page::Alerts, "/alerts", "Alerts"),
    (Page::History, "/history", "History"),
    (Page::Silences, "/silences", "Silences"),
    (Page::Rules, "/rules", "Rules"),
    (Page::Receivers, "/receivers", "Receivers"),
    (Page::Report, "/report", "Report"),
    // `/metrics` is where Porthole's own are scraped.
    (Page::Metrics, "/explore", "Metrics"),
    (Page::Dashboards, "/dashboards", "Dashboards"),
    (Page::Settings, "/settings", "Settings"),
    (Page::SignIn, "/sign-in", "Sign in"),
    (Page::SetUp, "/setup", "Set-up"),
];

const FAMILIES: [&[Page]; 6] = [
    &[Page::Now, Page::Incidents, Page::Checklist],
    &[Page::Routes, Page::Requests, Page::Certificates],
    &[Page::Services, Page::Uptime, Page::Queues, Page::Targets],
    &[Page::Issues, Page::Performance, Page::Releases, Page::Monitors, Page::Projects],
    &[Page::Alerts, Page::History, Page::Silences, Page::Rules, Page::Receivers, Page::Report],
    &[Page::Metrics, Page::Dashboards],
];

impl Page {
    /// The page at a path.
    pub fn at(path: &str) -> Self {
        let is_it = |(page, known, _): &&(Self, &str, &str)| match path.strip_prefix(known) {
            Some("" | "/") => true,
            Some(rest) => page.has_things() && rest.starts_with('/'),
            None => false,
        };
        PATHS.iter().find(is_it).map_or(Self::Unknown, |(page, ..)| *page)
    }

    /// What stands in a path behind that of its page, part by part, as it is written there.
    pub fn rest(path: &str) -> Vec<&str> {
        let rest = path.strip_prefix(Self::at(path).path()).unwrap_or_default();
        rest.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// Whether what it shows one by one has paths below its own.
    fn has_things(self) -> bool {
        Self::Issues.family().contains(&self)
            || matches!(
                self,
                Self::Routes | Self::Requests | Self::Services | Self::Incidents | Self::Alerts | Self::Rules
            )
    }

    /// Its path.
    pub fn path(self) -> &'static str {
        PATHS.iter().find(|(page, ..)| *page == self).map_or("/", |(_, path, _)| path)
    }

    /// Its name in the navigation and the window's title.
    pub fn name(self) -> &'static str {
        PATHS.iter().find(|(page, ..)| *page == self).map_or("Not found", |(.., name)| name)
    }

    /// Whether one must be signed in to see it.
    pub fn is_private(self) -> bool {
        !matches!(self, Self::SignIn | Self::SetUp)
    }

    /// Pages that belong together, this one among them: one entry of the navigation leads to the first.
    pub fn family(self) -> &'static [Self] {
        FAMILIES.into_iter().find(|family| family.contains(&self)).unwrap_or_default()
    }

    /// Whether the context bar belongs on it.
    pub fn has_context(self) -> bool {
        self == Self::Now || self.has_services() || self.has_time()
    }

    /// Whether the choice of environment and services narrows it.
    pub fn has_services(self) -> bool {
        matches!(
            self,
            Self::Now
                | Self::Incidents
                | Self::Checklist
                | Self::Logs
                | Self::Services
                | Self::Uptime
                | Self::Queues
                | Self::Targets
                | Self::Routes
                | Self::Requests
                | Self::Alerts
        )
    }

    /// Whether it shows the time range of the address.
    pub fn has_time(self) -> bool {
        self.can_be_live()
            || matches!(
                self,
                Self::Incidents
                    | Self::Services
                    | Self::Uptime
                    | Self::Routes
                    | Self::Requests
                    | Self::Issues
                    | Self::Performance
                    | Self::Releases
                    | Self::Monitors
                    | Self::History
            )
    }

    /// The time that it shows where none is chosen: errors are rarer than lines.
    pub fn range(self) -> Range {
        match self {
            Self::Issues | Self::Releases => Range::last(14 * DAY),
            Self::Performance | Self::Monitors => Range::last(DAY),
            Self::History | Self::Incidents => Range::last(7 * DAY),
            _ => Range::default(),
        }
    }

    /// Whether the choice of a project goes along to it.
    pub fn has_project(self) -> bool {
        Self::Issues.family().contains(&self)
    }

    /// Whether it can follow the clock.
    pub fn can_be_live(self) -> bool {
        matches!(self, Self::Logs | Self::Metrics | Self::Dashboards)
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn paths_and_pages_belong_together() {
        for (page, path, _) in super::PATHS {
            assert_eq!((Page::at(path), page.path()), (page, path));
        }
        assert_eq!(Page::at("/logs/"), Page::Logs);
        assert_eq!(Page::at("/nowhere"), Page::Unknown);
        assert_eq!(Page::at(""), Page::Unknown);
    }

    #[test]
    fn things_have_paths_below_their_page() {
        let check = |path: &str, page, rest: &[&str]| {
            assert_eq!((Page::at(path), Page::rest(path)), (page, rest.to_vec()), "{path}");
        };
        check("/issues", Page::Issues, &[]);
        check("/issues/12", Page::Issues, &["12"]);
        check("/issues/12/events/ab/", Page::Issues, &["12", "events", "ab"]);
        check("/releases/shop%401.2", Page::Releases, &["shop%401.2"]);
        check("/routes/web@docker", Page::Routes, &["web@docker"]);
        check("/requests/r-1/1795348800000", Page::Requests, &["r-1", "1795348800000"]);
        check("/services/web/deploy", Page::Services, &["web", "deploy"]);
        check("/incidents/web-1", Page::Incidents, &["web-1"]);
        check("/issuesome", Page::Unknown, &["issuesome"]);
        check("/logs/12", Page::Unknown, &["logs", "12"]);
    }
}
