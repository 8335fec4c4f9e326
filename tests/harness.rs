//! What the tests are made of: one module per real part.
//!
//! [`home`] and [`appliance`] run the binary, [`engine`] and [`images`] a Docker engine of our own, [`browser`]
//! Chromium; [`http`], [`loki`], [`promql`] and [`app`] speak to the appliance, [`prometheus`] runs a real one; [`wait`] awaits; [`skip`] names what is
//! missing. Everything is blocking: a test reads from top to bottom.

pub(crate) mod app;
pub(crate) mod appliance;
pub(crate) mod browser;
pub(crate) mod engine;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod home;
pub(crate) mod http;
pub(crate) mod images;
pub(crate) mod loki;
pub(crate) mod mutation;
pub(crate) mod process;
pub(crate) mod prometheus;
pub(crate) mod promql;
pub(crate) mod python;
pub(crate) mod shared;
#[macro_use]
pub(crate) mod skip;
pub(crate) mod wait;

pub(crate) use appliance::Appliance;
pub(crate) use engine::Engine;
pub(crate) use home::Home;
pub(crate) use shared::stop_shared_parts;
pub(crate) use skip::Part;
pub(crate) use wait::{eventually, until};

use std::path::{Path, PathBuf};

/// The root of the checkout.
pub(crate) fn checkout() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Where the tests leave what is worth looking at afterwards.
pub(crate) fn output(name: &str) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| checkout().join("target"), PathBuf::from);
    let directory = target.join(name);
    std::fs::create_dir_all(&directory).expect("the target directory is writable");
    directory
}
