//! A dynamic file in YAML and in TOML: none panics, a plan can be made of any, and what static keys become can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use route::configured::Configured;
use route::file::{DynamicFile, Statics};
use route::plan::{DockerOptions, EntrypointFacts, Inputs};

fuzz_target!(|text: &str| {
    let files = [DynamicFile::new("a.yml", text), DynamicFile::new("a.toml", text)];
    for file in &files {
        file.check();
        assert!(file.updated("").fault().is_none());
    }
    let statics = Statics::of(&files).toml();
    assert_eq!(
        settings::Tree::parse("a", &statics, []).finish().iter().filter(|fault| fault.key.is_empty()).count(),
        0
    );
    let web = EntrypointFacts { name: "web".to_owned(), ..EntrypointFacts::default() };
    let inputs = Inputs {
        containers: &[],
        own: None,
        files: &files,
        configured: &Configured::default(),
        docker: &DockerOptions::default(),
        entrypoints: &[web],
        resolvers: &[],
        tls_options: &[],
        page: None,
    };
    assert_eq!(route::plan(&inputs), route::plan(&inputs));
});
