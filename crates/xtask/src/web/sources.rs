//! The page's files as they lie in `web/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::Profile;
use super::page::Asset;

/// What lies in `web/` and goes to the browser as it is, by the ending of its name.
const SERVED: [&str; 6] = ["js", "svg", "png", "ico", "webmanifest", "txt"];

/// Loads each new page by itself while somebody works on it. No part of the page that is shipped.
const RELOAD: &str = include_str!("reload.js");

/// Everything that the finished page is made from.
pub(super) struct Inputs {
    /// How it is built.
    pub(super) profile: Profile,
    /// The wasm module as rustc wrote it.
    pub(super) module: Vec<u8>,
    /// `index.html`
    pub(super) index: String,
    /// Scripts and pictures.
    pub(super) files: Vec<Asset>,
    /// All style sheets of the first load, one after the other.
    pub(super) style: String,
    /// Those of pages that are loaded later.
    pub(super) later_style: String,
}

impl Inputs {
    /// Scripts and pictures, with what only a page under work has.
    pub(super) fn all_files(&self) -> Vec<Asset> {
        let mut files = self.files.clone();
        if self.profile == Profile::Dev {
            files.push(Asset { name: "reload.js".to_owned(), bytes: RELOAD.into() });
        }
        files
    }

    /// `index.html`, with what only a page under work has.
    pub(super) fn full_index(&self) -> Result<String> {
        match self.profile {
            Profile::Release => Ok(self.index.clone()),
            Profile::Dev => before_end_of_head(&self.index, "<script src=\"/reload.js\" defer></script>\n"),
        }
    }
}

/// Puts `what` at the end of the head.
pub(super) fn before_end_of_head(index: &str, what: &str) -> Result<String> {
    let at = index.find("</head>").context("index.html has no `</head>`")?;
    Ok(format!("{}{what}{}", &index[..at], &index[at..]))
}

/// `index.html`
pub(super) fn index(web: &Path) -> Result<String> {
    read(&web.join("index.html"))
}

/// Scripts and pictures that lie beside `index.html`, by name.
pub(super) fn files(web: &Path) -> Result<Vec<Asset>> {
    let served = listing(web)?.into_iter().filter(|path| ends_with_one_of(path, &SERVED));
    served
        .map(|path| {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            Ok(Asset { name: file_name(&path), bytes })
        })
        .collect()
}

/// Every `*.css` of the folder, in the order of their names: the cascade's order is seen in a listing.
pub(super) fn style(folder: &Path) -> Result<String> {
    let sheets: Vec<PathBuf> =
        listing(folder)?.into_iter().filter(|path| ends_with_one_of(path, &["css"])).collect();
    if sheets.is_empty() {
        bail!("{} has no style sheets", folder.display());
    }
    let mut style = String::new();
    for sheet in sheets {
        style.push_str(read(&sheet)?.trim_end());
        style.push('\n');
    }
    Ok(style)
}

fn listing(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn ends_with_one_of(path: &Path, endings: &[&str]) -> bool {
    path.is_file() && path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_come_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in
            [("20-logs.css", "b{}\n\n"), ("00-base.css", "a{}"), ("notes.md", "x"), ("30.css", "c{}\n")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(style(folder.path()).unwrap(), "a{}\nb{}\nc{}\n");
    }

    #[test]
    fn a_folder_without_sheets_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        assert!(style(folder.path()).unwrap_err().to_string().contains("no style sheets"));
    }

    #[test]
    fn only_what_a_browser_loads_is_served() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["start.js", "boot.js", "Cargo.toml", "index.html", "favicon.svg", ".hidden"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        fs::create_dir(folder.path().join("src.js")).unwrap();
        let names: Vec<String> = files(folder.path()).unwrap().into_iter().map(|file| file.name).collect();
        assert_eq!(names, ["boot.js", "favicon.svg", "start.js"]);
    }
}
