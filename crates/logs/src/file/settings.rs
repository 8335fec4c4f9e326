//! One `[[logs.file]]` of the settings.

use std::path::Path;

use model::{Labels, Multiline, label};
use settings::Section;

use super::glob::Glob;

/// Which files are read, and whose they are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileSettings {
    pub(crate) paths: Vec<Glob>,
    pub(crate) exclude: Vec<Glob>,
    labels: Vec<(&'static str, String)>,
    pub(crate) multiline: Multiline,
    /// Whether files that are there at the first start are read from their beginning.
    pub(crate) from_beginning: bool,
}

impl FileSettings {
    /// Reads the section; what is faulty is recorded there, and `None` if nothing can be done without it.
    pub(crate) fn read(section: &Section<'_>) -> Option<Self> {
        for (key, instead) in [
            ("paths", "write the files, such as paths = [\"/var/log/app/*.log\"]"),
            ("service", "write whose they are, such as service = \"app\""),
        ] {
            if !section.is_set(key) {
                section.fault(key, "it is missing", instead);
            }
        }
        let paths = globs(section, "paths");
        let exclude = globs(section, "exclude");
        let names = [label::SERVICE, label::PROJECT, label::ENVIRONMENT, label::CONTAINER, label::STREAM];
        let labels: Vec<_> =
            names.into_iter().filter_map(|name| Some((name, section.string(name)?))).collect();
        let multiline = section.string("multiline").unwrap_or_default();
        let from = section.choice("from", &[("beginning", true), ("end", false)]);
        let is_whole = !paths.is_empty() && section.is_set("service");
        is_whole.then(|| Self {
            paths,
            exclude,
            labels,
            multiline: Multiline::from_text(&multiline),
            from_beginning: from.unwrap_or(true),
        })
    }

    /// Whether a file of this path is one of them.
    pub(crate) fn names(&self, path: &Path) -> bool {
        self.paths.iter().any(|glob| glob.is_match(path)) && !self.excludes(path)
    }

    pub(crate) fn excludes(&self, path: &Path) -> bool {
        self.exclude.iter().any(|glob| glob.is_match(path))
    }

    /// The labels of the files' streams.
    pub(crate) fn labels(&self, base: &Labels) -> Labels {
        let labels = base.with(label::STREAM, "file");
        self.labels.iter().fold(labels, |labels, (name, value)| labels.with(name, value))
    }
}

fn globs(section: &Section<'_>, key: &str) -> Vec<Glob> {
    let mut globs = Vec::new();
    for text in section.strings(key).unwrap_or_default() {
        match Glob::parse(&text) {
            Ok(glob) => globs.push(glob),
            Err(error) => {
                let (problem, instead) = error.split_once("; ").unwrap_or((&error, "write an absolute path"));
                section.fault(key, format!("`{text}`: {problem}"), instead);
            }
        }
    }
    globs
}
