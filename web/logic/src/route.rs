//! The pages and their paths.

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// What runs and how it does.
    Now,
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

const PATHS: [(Page, &str, &str); 11] = [
    (Page::Now, "/", "Now"),
    (Page::Logs, "/logs", "Logs"),
    (Page::Services, "/services", "Services"),
    (Page::Uptime, "/uptime", "Uptime"),
    (Page::Queues, "/queues", "Queues"),
    (Page::Targets, "/targets", "Targets"),
    // `/metrics` is where Porthole's own are scraped.
    (Page::Metrics, "/explore", "Metrics"),
    (Page::Dashboards, "/dashboards", "Dashboards"),
    (Page::Settings, "/settings", "Settings"),
    (Page::SignIn, "/sign-in", "Sign in"),
    (Page::SetUp, "/setup", "Set-up"),
];

const FAMILIES: [&[Page]; 2] =
    [&[Page::Services, Page::Uptime, Page::Queues, Page::Targets], &[Page::Metrics, Page::Dashboards]];

impl Page {
    /// The page at a path.
    pub fn at(path: &str) -> Self {
        let trimmed = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        PATHS.iter().find(|(_, known, _)| *known == trimmed).map_or(Self::Unknown, |(page, ..)| *page)
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
        matches!(self, Self::Now | Self::Logs | Self::Services | Self::Uptime | Self::Queues | Self::Targets)
    }

    /// Whether it shows the time range of the address.
    pub fn has_time(self) -> bool {
        self.can_be_live() || matches!(self, Self::Services | Self::Uptime)
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
}
