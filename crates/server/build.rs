//! Builds the crate anew when the page changes that a release build embeds. Debug builds read it from disk.

fn main() {
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    // While there is no page, cargo takes it for changed each time: it may come.
    let watched = if is_release { "../../web/dist" } else { "build.rs" };
    println!("cargo::rerun-if-changed={watched}");
}
