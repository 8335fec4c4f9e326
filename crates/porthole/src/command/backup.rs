//! `porthole backup DIR` and `porthole restore DIR`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::say;
use crate::arguments::Place;
use crate::control::{BACKUP_MARK, Client};
use crate::data_dir::DataDir;

pub(super) async fn backup(to: &Path, place: &Place) -> anyhow::Result<ExitCode> {
    // The appliance that answers may run in another directory, so it is given the whole path.
    let to = std::path::absolute(to).context("reading the current directory")?;
    Client::connect(place).await?.backup(&to).await?;
    say(format_args!("backup written to {}", to.display()));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(from: &Path, place: &Place) -> anyhow::Result<ExitCode> {
    if !from.join(BACKUP_MARK).is_file() {
        bail!(
            "{} is no backup: it holds no {BACKUP_MARK}; name a directory that `porthole backup` wrote",
            from.display()
        );
    }
    let data = DataDir::open(&place.data)?;
    if let Some(found) = first_stored(data.path())? {
        bail!(
            "{} already holds {}; a backup is only put into an empty data directory: move that one away first",
            data.path().display(),
            found.display()
        );
    }
    copy_tree(from, data.path())?;
    fs::remove_file(data.path().join(BACKUP_MARK)).context("removing the backup's mark")?;
    say(format_args!("{} holds the backup now", data.path().display()));
    Ok(ExitCode::SUCCESS)
}

/// Anything in the directory besides the lock that was just taken and a socket left behind.
fn first_stored(data: &Path) -> anyhow::Result<Option<PathBuf>> {
    for entry in fs::read_dir(data).with_context(|| format!("reading {}", data.display()))? {
        let name = entry.context("reading the data directory")?.file_name();
        if name != "lock" && name != "control.sock" {
            return Ok(Some(name.into()));
        }
    }
    Ok(None)
}

fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry.with_context(|| format!("reading {}", from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().with_context(|| format!("reading {}", source.display()))?.is_dir() {
            copy_tree(&source, &target)?;
        } else {
            fs::copy(&source, &target).with_context(|| format!("copying {}", source.display()))?;
            fs::File::open(&target)
                .and_then(|file| file.sync_all())
                .with_context(|| format!("writing {}", target.display()))?;
        }
    }
    Ok(())
}
