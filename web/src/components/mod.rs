//! Parts that more than one page uses, one to a file.

mod banners;
mod context_bar;
mod environment_picker;
mod icon;
mod key_help;
mod library;
mod modal;
mod navigation;
mod notice;
mod palette;
mod pieces;
mod popover;
mod query_field;
mod select;
mod service_picker;
mod theme_picker;
mod time_picker;
mod toast_line;

pub(crate) use banners::banners;
pub(crate) use context_bar::{context_bar, toggle_live};
pub(crate) use icon::{Sign, path};
pub(crate) use key_help::key_help;
pub(crate) use library::library;
pub(crate) use navigation::{navigation, tabs};
pub(crate) use notice::{notice, notice_with};
pub(crate) use palette::palette;
pub(crate) use pieces::{pieced, put, put_pieces};
pub(crate) use popover::{Opener, popover};
pub(crate) use query_field::{Language, Offers, QueryField, query_field};
pub(crate) use select::{all_or_one, select};
pub(crate) use theme_picker::theme_picker;
pub(crate) use toast_line::toast_line;
