//! The page: what a person sees of Porthole.
//!
//! Everything it shows depends on its address and on what the server answers. The logic that needs no browser
//! is in `web_logic`; here are the browser ([`browser`], [`history`]), the server ([`client`], [`live`]), what
//! all parts share ([`state`]), and the parts themselves ([`components`], [`pages`]).
//!
//! Views use classes and `style:property=` only: the content security policy forbids inline styles, and text
//! of log lines is never taken for markup.

#![forbid(unsafe_code)]

mod app;
mod browser;
mod charts;
mod client;
mod components;
mod dom;
mod history;
mod later;
mod live;
mod pages;
mod prelude;
mod reactive;
mod shortcuts;
mod signals;
mod state;

fn main() {
    std::panic::set_hook(Box::new(browser::report_panic));
    leptos::mount::mount_to_body(|| dom::show(&app::app()));
    browser::remove("skeleton");
}
