//! `web/dist`: writing the page there, knowing whether it is current, and its budget.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use super::page::Asset;
use super::sources::Inputs;
use super::{Profile, compress, split};
use crate::project;

/// What a first visit may load, compressed with brotli: all files but those of pages that are loaded later.
const FIRST_LOAD_BYTES_MAX: u64 = 300_000;

/// What the whole page may come to, compressed with brotli.
const ALL_BYTES_MAX: u64 = 450_000;

/// The folder that the server embeds, and which inputs it should hold the page of.
pub(super) struct Dist {
    folder: PathBuf,
    /// Keeps the fingerprint of the inputs that the folder was last made from.
    stamp: PathBuf,
    fingerprint: String,
}

impl Dist {
    /// The project's, for these inputs.
    pub(super) fn of(inputs: &Inputs) -> Result<Self> {
        let stamp = project::scratch().join("page.stamp");
        Ok(Self { folder: project::dist(), stamp, fingerprint: fingerprint(inputs)? })
    }

    /// Whether the page of these inputs is there already.
    pub(super) fn is_current(&self) -> bool {
        fs::read_to_string(&self.stamp).is_ok_and(|stamp| stamp == self.fingerprint)
            && self.folder.join("index.html").is_file()
    }

    /// Puts the page and its compressed siblings there and takes away what else there was.
    pub(super) fn write(&self, profile: Profile, assets: &[Asset]) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut names = BTreeSet::new();
        for asset in assets {
            if let Some(sibling) = compress::sibling(asset, profile)? {
                self.write_file(&sibling)?;
                names.insert(sibling.name);
            }
            self.write_file(asset)?;
            names.insert(asset.name.clone());
        }
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !names.contains(&*entry.file_name().to_string_lossy()) {
                fs::remove_file(entry.path()).with_context(|| entry.path().display().to_string())?;
            }
        }
        fs::create_dir_all(self.stamp.parent().context("the stamp lies in a folder")?)?;
        fs::write(&self.stamp, &self.fingerprint)?;
        Ok(())
    }

    /// A file that has not changed keeps its time, so that cargo does not build the server anew for it.
    fn write_file(&self, file: &Asset) -> Result<()> {
        let path = self.folder.join(&file.name);
        if fs::read(&path).is_ok_and(|present| present == file.bytes) {
            return Ok(());
        }
        fs::write(&path, &file.bytes).with_context(|| path.display().to_string())
    }

    /// Prints what is there, and gives the bytes of a first visit; too many of them are a failure.
    pub(super) fn report(&self, profile: Profile) -> Result<u64> {
        let files = sizes(&self.folder)?;
        println!("{:>10} {:>9} {:>9}  web/dist", "bytes", "gzip", "brotli");
        for file in &files {
            println!("{:>10} {:>9} {:>9}  {}", file.plain, column(file.gzip), column(file.brotli), file.name);
        }
        let all = files.iter().map(FileSize::smallest).sum();
        let first_load =
            files.iter().filter(|file| !split::is_later(&file.name)).map(FileSize::smallest).sum();
        if profile == Profile::Release {
            within("the first load", first_load, FIRST_LOAD_BYTES_MAX)?;
            within("the whole page", all, ALL_BYTES_MAX)?;
        }
        Ok(first_load)
    }
}

fn within(what: &str, bytes: u64, allowed: u64) -> Result<()> {
    println!("{what}: {bytes} bytes of {allowed}");
    if bytes > allowed {
        bail!("{what} is over its budget: {bytes} bytes, {allowed} are allowed");
    }
    Ok(())
}

/// A file's size in every form that it is there in.
struct FileSize {
    name: String,
    plain: u64,
    gzip: Option<u64>,
    brotli: Option<u64>,
}

impl FileSize {
    fn smallest(&self) -> u64 {
        self.brotli.or(self.gzip).unwrap_or(self.plain)
    }
}

fn sizes(folder: &Path) -> Result<Vec<FileSize>> {
    let size = |name: &str| fs::metadata(folder.join(name)).ok().map(|file| file.len());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".br") && !name.ends_with(".gz") {
            let (gzip, brotli) = (size(&format!("{name}.gz")), size(&format!("{name}.br")));
            files.push(FileSize { plain: size(&name).unwrap_or(0), gzip, brotli, name });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn column(size: Option<u64>) -> String {
    size.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string())
}

/// Changes when any input does, or this program, which makes the page from them.
fn fingerprint(inputs: &Inputs) -> Result<String> {
    let program = fs::metadata(std::env::current_exe()?)?;
    let built = program.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    part(format!("{:?} {built}", inputs.profile).as_bytes());
    part(&inputs.module);
    part(inputs.index.as_bytes());
    part(inputs.style.as_bytes());
    part(inputs.later_style.as_bytes());
    for file in &inputs.files {
        part(file.name.as_bytes());
        part(&file.bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(name: &str, text: &str) -> Asset {
        Asset { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn names(folder: &Path) -> Vec<String> {
        sizes(folder).unwrap().into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn a_new_page_takes_the_place_of_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let dist = |fingerprint: &str| Dist {
            folder: folder.path().join("dist"),
            stamp: folder.path().join("page.stamp"),
            fingerprint: fingerprint.to_owned(),
        };
        assert!(!dist("1").is_current());
        let kept = asset("boot-1.js", "boot()");
        dist("1")
            .write(Profile::Release, &[asset("app-1.css", "a{}"), kept.clone(), asset("index.html", "1")])
            .unwrap();
        assert!(dist("1").is_current() && !dist("2").is_current());
        let written = || fs::metadata(dist("").folder.join("boot-1.js")).unwrap().modified().unwrap();
        let before = written();
        dist("2")
            .write(Profile::Release, &[asset("app-2.css", "b{}"), kept, asset("index.html", "2")])
            .unwrap();
        assert!(dist("2").is_current());
        assert_eq!(names(&dist("").folder), ["app-2.css", "boot-1.js", "index.html"]);
        assert_eq!(fs::read_dir(dist("").folder).unwrap().count(), 6);
        assert_eq!(written(), before);
    }

    #[test]
    fn a_page_over_its_budget_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let dist = Dist {
            folder: folder.path().into(),
            stamp: folder.path().join("stamp"),
            fingerprint: String::new(),
        };
        fs::write(folder.path().join("web.wasm"), vec![0; 400_000]).unwrap();
        fs::write(folder.path().join("web.wasm.br"), vec![0; 300_000]).unwrap();
        fs::write(folder.path().join("split_settings-1.wasm"), vec![0; 150_000]).unwrap();
        assert_eq!(dist.report(Profile::Release).unwrap(), 300_000);
        fs::write(folder.path().join("index.html"), "x").unwrap();
        let fault = || dist.report(Profile::Release).unwrap_err().to_string();
        assert!(fault().contains("first load is over its budget: 300001 bytes"), "{}", fault());
        fs::write(folder.path().join("index.html"), "").unwrap();
        fs::write(folder.path().join("chunk_2-1.wasm"), "x").unwrap();
        assert!(fault().contains("whole page is over its budget: 450001 bytes"), "{}", fault());
        assert!(dist.report(Profile::Dev).is_ok());
    }
}
