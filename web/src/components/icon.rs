//! Small pictures, drawn as lines in a square of 24 units. They stand beside words or on labelled buttons.

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Porthole,
    Now,
    Logs,
    Issues,
    Services,
    Routes,
    Metrics,
    Alerts,
    Settings,
    Search,
    Clock,
    Refresh,
    Live,
    Link,
    Copy,
    Wrap,
    Left,
    Right,
    Down,
    Close,
    Plus,
    Minus,
    Filter,
    Warning,
    Info,
    Check,
    Around,
    Exit,
    Columns,
    Download,
    Star,
    Bin,
    User,
    Archive,
    First,
    Last,
}

impl Sign {
    fn path(self) -> &'static str {
        match self {
            Self::Porthole => {
                "M12 2.500a9.500 9.500 0 1 0 0 19 9.500 9.500 0 0 0 0-19M4 14c2.500-2.200 4.500-2.200 7 0s6 2.200 9 0"
            }
            Self::Now => "M3 12h4l3-8 4 16 3-8h4",
            Self::Logs => "M4 6h16M4 10h11M4 14h16M4 18h8",
            Self::Issues => "M8.500 3h7l5.500 5.500v7L15.500 21h-7L3 15.500v-7zM12 8v5m0 3v.1",
            Self::Services => "M4 5h16v5H4zM4 14h16v5H4zM7.500 7.500v.1M7.500 16.500v.1",
            Self::Routes => "M4 12h5l4-6h7M9 12l4 6h7M17 3l3 3-3 3M17 15l3 3-3 3",
            Self::Metrics => "M4 4v16h16M7.500 15l4-5 3 3 5-7",
            Self::Alerts => "M6 17v-6a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10 21h4",
            Self::Settings => "M4 7h9m4 0h3M4 17h3m4 0h9M15 4.500v5M9 14.500v5",
            Self::Search => "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13M15.500 15.500 20 20",
            Self::Clock => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.500 2",
            Self::Refresh => "M20 11a8 8 0 1 0-2.300 6.300M20 5v6h-6",
            Self::Live => "M8 5.500v13l11-6.500z",
            Self::Link => {
                "M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1"
            }
            Self::Copy => "M9 9h11v11H9zM5 15H4V4h11v1",
            Self::Wrap => "M4 6h16M4 12h13a3.500 3.500 0 0 1 0 7h-4m2-2.500L12.500 19l2.500 2.500M4 18h4",
            Self::Left => "m14 6-6 6 6 6",
            Self::Right => "m10 6 6 6-6 6",
            Self::Down => "m6 9 6 6 6-6",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Minus => "M5 12h14",
            Self::Filter => "M4 5h16l-6 8v6l-4-2v-4z",
            Self::Warning => "M12 4 2.500 20h19zM12 10v5m0 2.500v.1",
            Self::Info => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5.500m0-9v.1",
            Self::Check => "m5 13 4.500 4.500L19 7",
            Self::Around => "M12 4v5m0 6v5M9 7l3-3 3 3M9 17l3 3 3-3M4 12h16",
            Self::Exit => "M10 4H5v16h5M9 12h11m-4-4 4 4-4 4",
            Self::Columns => "M4 5h16v14H4zM9.500 5v14M14.500 5v14",
            Self::Download => "M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 20h14",
            Self::Star => "m12 4 2.500 5.200 5.500.8-4 4 1 5.700-5-2.700-5 2.700 1-5.700-4-4 5.500-.8z",
            Self::First => "m17 6-6 6 6 6M7 6v12",
            Self::Last => "m7 6 6 6-6 6M17 6v12",
            Self::User => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.500 20a7.500 7.500 0 0 1 15 0",
            Self::Archive => "M4 5h16v4H4zM5.500 9v10h13V9M10 13h4",
            Self::Bin => "M5 7h14M10 4h4M7 7l1 13h8l1-13M10.500 10.500v6M13.500 10.500v6",
        }
    }
}

/// The lines of a picture.
pub(crate) fn path(sign: Sign) -> &'static str {
    sign.path()
}
