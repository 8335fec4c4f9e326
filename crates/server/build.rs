//! Builds the crate anew when the page changes that a release build embeds. Debug builds read it from disk.

use std::path::Path;

fn main() {
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let page = Path::new("../../web/dist");
    // A path that does not exist would count as changed each time.
    let watched = if is_release && page.exists() { "../../web/dist" } else { "build.rs" };
    println!("cargo::rerun-if-changed={watched}");
}
