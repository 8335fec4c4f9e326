//! What can be asked of the shop, and how it may turn out.

use super::style::python;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Static,
    Home,
    Product,
    Search,
    Cart,
    Checkout,
    Order,
    Login,
    /// Somebody tries the doors.
    Bot,
}

/// How a request turned out inside the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Fine,
    /// No such product.
    Missing,
    /// A wrong password.
    Denied,
    /// The database takes no more connections.
    NoDatabase,
    /// The payment provider does not answer.
    NoPayment,
    /// The search service does not answer.
    NoSearch,
    /// The release does not know what it should.
    BadRelease,
    /// One of those that are always there.
    Oddity,
}

impl Route {
    /// Each as often as it is asked for.
    pub(super) const WEIGHTED: [Self; 33] = [
        Self::Static,
        Self::Static,
        Self::Static,
        Self::Static,
        Self::Static,
        Self::Static,
        Self::Home,
        Self::Home,
        Self::Home,
        Self::Home,
        Self::Home,
        Self::Home,
        Self::Product,
        Self::Product,
        Self::Product,
        Self::Product,
        Self::Product,
        Self::Product,
        Self::Product,
        Self::Product,
        Self::Search,
        Self::Search,
        Self::Search,
        Self::Cart,
        Self::Cart,
        Self::Cart,
        Self::Checkout,
        Self::Checkout,
        Self::Checkout,
        Self::Checkout,
        Self::Order,
        Self::Login,
        Self::Bot,
    ];

    pub(super) fn method(self) -> &'static str {
        match self {
            Self::Cart | Self::Checkout | Self::Login => "POST",
            _ => "GET",
        }
    }

    /// The view of the application that answers.
    pub(super) fn view(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Home => "shop.views.home",
            Self::Product => "shop.views.product",
            Self::Search => "shop.views.search",
            Self::Cart => "shop.views.cart",
            Self::Checkout => "shop.views.checkout",
            Self::Order => "shop.views.order",
            Self::Login => "shop.views.login",
            Self::Bot => "none",
        }
    }

    /// The status of a request that went well.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Cart | Self::Checkout | Self::Login => 302,
            Self::Bot => 404,
            _ => 200,
        }
    }

    /// How long the application takes, in milliseconds.
    pub(super) fn millis(self) -> std::ops::Range<u64> {
        match self {
            Self::Static | Self::Bot => 1..4,
            Self::Home => 18..70,
            Self::Product => 25..120,
            Self::Search => 60..260,
            Self::Cart => 30..110,
            Self::Checkout => 240..900,
            Self::Order => 20..80,
            Self::Login => 90..200,
        }
    }
}

impl Outcome {
    pub(super) fn status(self, route: Route) -> u16 {
        match self {
            Self::Fine => route.status(),
            Self::Missing => 404,
            Self::Denied => 403,
            Self::NoPayment | Self::NoSearch => 503,
            Self::NoDatabase | Self::BadRelease | Self::Oddity => 500,
        }
    }

    /// The error that it leaves in the log: logger, message and traceback.
    pub(super) fn failure(self) -> Option<(&'static str, &'static str, &'static str)> {
        match self {
            Self::NoDatabase => Some(("django.request", "database connection failed", python::NO_DATABASE)),
            Self::NoPayment => Some(("shop.payments", "payment provider timed out", python::NO_PAYMENT)),
            Self::NoSearch => Some(("shop.search", "search is not available", python::NO_SEARCH)),
            Self::BadRelease => Some(("django.request", "Internal Server Error", python::BAD_RELEASE)),
            Self::Oddity => Some(("django.request", "Internal Server Error", python::ODDITY)),
            Self::Fine | Self::Missing | Self::Denied => None,
        }
    }
}
