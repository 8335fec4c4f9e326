//! The pages.

mod logs;
mod not_found;
mod now;
mod set_up;
mod settings;
mod sign_in;

pub(crate) use logs::LogsPage;
pub(crate) use not_found::NotFound;
pub(crate) use now::NowPage;
pub(crate) use set_up::SetUpPage;
pub(crate) use settings::SettingsPage;
pub(crate) use sign_in::SignInPage;
