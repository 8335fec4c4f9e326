//! Traefik's dynamic files: read when they change, and looked through for what Traefik keeps in its static configuration.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use model::Ordered as _;
use route::file::{DynamicFile, Statics};
use route::finding::Finding;
use settings::Tree;

use crate::Config;

/// Larger files are none of Traefik's.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// More files than this in a folder are not read.
const FILES_MAX: usize = 500;

/// A dynamic file, and when it was last changed.
pub(crate) struct Watched {
    path: PathBuf,
    changed_at: Option<SystemTime>,
    bytes: u64,
    pub(crate) file: DynamicFile,
}

/// Looks at the files that `named` are and hold; tells whether any is another than before.
pub(crate) fn look(files: &mut Vec<Watched>, named: &[PathBuf]) -> bool {
    let paths = listed(named);
    let mut before = std::mem::take(files);
    let mut changed = before.len() != paths.len();
    for path in paths {
        let old = before.iter().position(|watched| watched.path == path).map(|at| before.swap_remove(at));
        let (watched, is_new) = Watched::look(path, old);
        changed |= is_new;
        files.push(watched);
    }
    changed
}

/// What is wrong with the dynamic files by themselves, file by file.
pub fn check_files(config: &Config) -> Vec<Finding> {
    let mut files = Vec::new();
    look(&mut files, &config.traefik_files);
    files.iter().flat_map(|watched| watched.file.check()).collect()
}

/// Where the settings write no entrypoint, those that stand in Traefik's files are taken, with their resolvers: a file that
/// served Traefik for everything serves Porthole likewise.
pub(crate) fn completed(config: Config) -> Config {
    if config.is_on() || config.traefik_files.is_empty() {
        return config;
    }
    let mut files = Vec::new();
    look(&mut files, &config.traefik_files);
    let files: Vec<DynamicFile> = files.into_iter().map(|watched| watched.file).collect();
    let tree = Tree::parse("traefik_files", &Statics::of(&files).toml(), []);
    let root = tree.root();
    let found = Config::read(&root);
    drop(root);
    for fault in tree.finish() {
        tracing::warn!("what Traefik's files say of entrypoints and resolvers: {fault}");
    }
    let mut acme = config.acme.clone();
    for (name, resolver) in found.acme.resolvers {
        acme.resolvers.entry(name).or_insert(resolver);
    }
    Config { entrypoints: found.entrypoints, acme, ..config }
}

impl Watched {
    /// The file as it is now, and whether it is another than before.
    fn look(path: PathBuf, old: Option<Self>) -> (Self, bool) {
        let name = path.display().to_string();
        let about = std::fs::metadata(&path);
        let (changed_at, bytes) = match &about {
            Ok(about) => (about.modified().ok(), about.len()),
            Err(_) => (None, 0),
        };
        let same = |old: &Self| about.is_ok() && (old.changed_at, old.bytes) == (changed_at, bytes);
        let old = match old {
            Some(old) if same(&old) => return (old, false),
            old => old.map(|old| old.file),
        };
        let text = match about {
            Ok(about) if about.len() > FILE_BYTES_MAX => Err("it is too large for a dynamic file".to_owned()),
            Ok(_) => std::fs::read_to_string(&path).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let file = match (&old, text) {
            (Some(old), Ok(text)) => old.updated(&text),
            (Some(old), Err(reason)) => old.unreadable(&reason),
            (None, Ok(text)) => DynamicFile::new(&name, &text),
            (None, Err(reason)) => DynamicFile::new(&name, "").unreadable(&reason),
        };
        let is_new = old.is_none_or(|old| old != file);
        (Self { path, changed_at, bytes, file }, is_new)
    }
}

/// The files that the settings name, folders replaced by what is in them.
fn listed(named: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside: Vec<PathBuf> = std::fs::read_dir(path)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| is_dynamic(path))
            .take(FILES_MAX)
            .collect();
        inside.order();
        files.extend(inside);
    }
    files
}

fn is_dynamic(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yml" | "yaml" | "toml")) && path.is_file()
}
