//! The pages and their paths.

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// What runs and how it does.
    Now,
    /// Lines.
    Logs,
    /// Users, tokens, this browser.
    Settings,
    /// Name and password.
    SignIn,
    /// The first user.
    SetUp,
    /// There is none at this path.
    Unknown,
}

const PATHS: [(Page, &str, &str); 5] = [
    (Page::Now, "/", "Now"),
    (Page::Logs, "/logs", "Logs"),
    (Page::Settings, "/settings", "Settings"),
    (Page::SignIn, "/sign-in", "Sign in"),
    (Page::SetUp, "/setup", "Set-up"),
];

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

    /// Whether the context bar belongs on it.
    pub fn has_context(self) -> bool {
        matches!(self, Self::Now | Self::Logs)
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn paths_and_pages_belong_together() {
        for page in [Page::Now, Page::Logs, Page::Settings, Page::SignIn, Page::SetUp] {
            assert_eq!(Page::at(page.path()), page);
        }
        assert_eq!(Page::at("/logs/"), Page::Logs);
        assert_eq!(Page::at("/nowhere"), Page::Unknown);
        assert_eq!(Page::at(""), Page::Unknown);
    }
}
