//! What is kept on disk: accounts, certificates, and what was tried when.
//!
//! ```text
//! acme/tries.json                 failures and next tries of names and CAs
//! acme/accounts/<ca>-<hash>.json  an account at one directory, with its key
//! acme/certificates/<name>.json   a chain, its key and what the CA suggests about its renewal
//! ```
//!
//! Directories are 0700, files 0600, each replaced in one step.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Ordered as _;
use model::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// What was tried when, and with what outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tries {
    /// By CA, then by name.
    pub(super) names: BTreeMap<String, BTreeMap<String, Try>>,
    /// By CA: failures that were about no name.
    pub(super) cas: BTreeMap<String, Try>,
}

/// The last tries of one name, or of one CA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Try {
    /// Failures since the last success; a try that was begun counts until it has succeeded.
    pub(super) failures: u32,
    /// Not before this is there another.
    #[serde(with = "instant")]
    pub(super) next: Timestamp,
    /// When the last one began.
    #[serde(with = "instant")]
    pub(super) at: Timestamp,
    /// What came of it; `None` while it is running, and for ever if the process ended in it.
    pub(super) what: Option<String>,
}

/// A certificate of a CA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredCertificate {
    /// Which CA gave it.
    pub(super) resolver: String,
    /// The directory of that CA; none where the certificate was taken over.
    pub(super) directory: Option<String>,
    /// The account that it belongs to; none where it was taken over.
    pub(super) account: Option<String>,
    /// When it came.
    #[serde(with = "instant")]
    pub(super) obtained: Timestamp,
    /// PEM, the host's own certificate first.
    pub(super) chain: String,
    /// PEM.
    pub(super) key: String,
    /// What the CA says about its renewal.
    #[serde(default)]
    pub(super) renewal: Option<StoredRenewal>,
}

/// What a CA says about the renewal of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredRenewal {
    /// When it is asked again.
    #[serde(with = "instant")]
    pub(super) next_look: Timestamp,
    /// The window that it suggests.
    pub(super) window: Option<StoredWindow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredWindow {
    #[serde(with = "instant")]
    pub(super) start: Timestamp,
    #[serde(with = "instant")]
    pub(super) end: Timestamp,
}

/// The directory.
#[derive(Clone, Debug)]
pub(super) struct Store {
    root: PathBuf,
    /// Held while an account is looked for, made or forgotten.
    pub(super) accounts: Arc<Mutex<()>>,
}

impl Store {
    /// Makes the directories that are missing. Those that are there are closed to others: keys lie in them.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        for directory in [root.to_owned(), root.join("accounts"), root.join("certificates")] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
            if fs::metadata(&directory)?.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(&directory, fs::Permissions::from_mode(0o700))?;
            }
        }
        Ok(Self { root: root.to_owned(), accounts: Arc::default() })
    }

    /// What was tried; nothing where the file is missing. A damaged one is put aside and told as an error: whoever goes
    /// on without it should not ask at once, or could run into a CA's limits.
    pub(super) fn tries(&self) -> Result<Tries, io::Error> {
        let path = self.tries_path();
        let read = read(&path);
        if let Err(error) = &read
            && error.kind() == io::ErrorKind::InvalidData
        {
            fs::rename(&path, path.with_extension("json.damaged"))?;
        }
        Ok(read?.unwrap_or_default())
    }

    pub(super) fn tries_path(&self) -> PathBuf {
        self.root.join("tries.json")
    }

    /// The file of the account at `directory`.
    pub(super) fn account_path(&self, resolver: &str, directory: &str) -> PathBuf {
        self.root.join("accounts").join(format!("{resolver}-{}.json", short_hash(directory.as_bytes())))
    }

    /// The file of the certificate (in DER) for `name`.
    pub(super) fn certificate_path(&self, name: &str, certificate: &[u8]) -> PathBuf {
        let name = name.replace('*', "_").replace(['/', '\0'], "-");
        self.root.join("certificates").join(format!("{name}-{}.json", short_hash(certificate)))
    }

    /// All certificates with their files; those that cannot be read are told in the log and stay where they are.
    pub(super) fn certificates(&self) -> io::Result<Vec<(PathBuf, StoredCertificate)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.root.join("certificates"))? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            match read(&path) {
                Ok(Some(stored)) => found.push((path, stored)),
                Ok(None) => {}
                Err(error) => tracing::error!("{}: the certificate cannot be read: {error}", path.display()),
            }
        }
        found.order_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }
}

/// What a file holds; `None` if it is missing.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(
            serde_json::from_slice(&bytes)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?,
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts `value` in place of what a file holds, in one step that survives loss of power.
pub(super) async fn write<T: Serialize>(path: PathBuf, value: &T) -> io::Result<()> {
    let bytes = serde_json::to_vec_pretty(value)?;
    let written = tokio::task::spawn_blocking(move || replace(&path, &bytes));
    written.await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// The same, blocking.
pub(super) fn write_now<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    replace(path, &serde_json::to_vec_pretty(value)?)
}

/// Deletes a file that may be gone already.
pub(super) async fn remove(path: PathBuf) -> io::Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("json.new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::File::open(parent)?.sync_all()
}

/// Eight hexadecimal digits that tell texts apart.
fn short_hash(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref()[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Instants as RFC 3339.
mod instant {
    use model::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse_rfc3339(&text).map_err(de::Error::custom)
    }
}
