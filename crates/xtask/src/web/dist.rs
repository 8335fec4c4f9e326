//! `web/dist`: writing the page there, knowing whether it is current, and its budget.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use super::page::Asset;
use super::sources::Inputs;
use super::{Profile, compress};
use crate::project;

/// What a first visit may load: all files of the page, compressed with brotli.
const FIRST_LOAD_BYTES_MAX: u64 = 300_000;

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
            for sibling in compress::siblings(asset, profile)? {
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
        fs::create_dir_all(project::scratch())?;
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
        let first_load = files.iter().map(FileSize::smallest).sum();
        if profile == Profile::Release {
            println!("first load: {first_load} bytes of {FIRST_LOAD_BYTES_MAX}");
            if first_load > FIRST_LOAD_BYTES_MAX {
                bail!("the page is over its budget: {first_load} bytes, {FIRST_LOAD_BYTES_MAX} are allowed");
            }
        }
        Ok(first_load)
    }
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
    for file in &inputs.files {
        part(file.name.as_bytes());
        part(&file.bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
