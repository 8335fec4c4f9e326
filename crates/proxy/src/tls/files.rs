//! Certificates in files, read again when they change.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use model::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::certificates::{Certificates, Failure, Listed, Source};
use super::served::Served;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How often it is asked which certificates still hold.
const REFRESH_LOOKS: u32 = 1800;
/// No chain or key is longer.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// PEM: in a file, or written in place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pem {
    /// The file.
    File(PathBuf),
    /// The text itself.
    Text(Arc<str>),
}

impl Pem {
    /// The text; the file with what is wrong with it otherwise.
    pub(super) fn read(&self) -> Result<Vec<u8>, (PathBuf, io::Error)> {
        match self {
            Self::Text(text) => Ok(text.as_bytes().to_vec()),
            Self::File(path) => read(path).map_err(|error| (path.clone(), error)),
        }
    }

    /// What changes when the file does.
    fn stamp(&self) -> Option<(i64, i64, u64, u64)> {
        let Self::File(path) = self else { return None };
        let about = fs::metadata(path).ok()?;
        Some((about.mtime(), about.mtime_nsec(), about.size(), about.ino()))
    }
}

fn read(path: &PathBuf) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is longer than 1 MiB"));
    }
    fs::read(path)
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// The chain, the host's own certificate first.
    pub certificate: Pem,
    /// Its key.
    pub key: Pem,
    /// Whether names without a certificate of their own get this one.
    pub default: bool,
    /// Where the pair is declared: shown where the text is written in place.
    pub place: String,
}

type Stamps = (Option<(i64, i64, u64, u64)>, Option<(i64, i64, u64, u64)>);

/// Keeps [`Certificates`] as the files are.
pub struct Files {
    certificates: Certificates,
    loaded: Vec<Loaded>,
}

/// A pair and the last that could be made of it.
struct Loaded {
    pair: Pair,
    stamps: Stamps,
    served: Option<Arc<Served>>,
    failure: Option<Failure>,
}

impl Files {
    /// None yet.
    pub fn new(certificates: Certificates) -> Self {
        Self { certificates, loaded: Vec::new() }
    }

    /// Reads what is new or has changed among `pairs`, and serves it. A pair that can no longer be read stays as it was
    /// and is shown with what is wrong. Blocks.
    pub fn load(&mut self, pairs: &[Pair]) {
        let mut changed = pairs.len() != self.loaded.len();
        let mut loaded = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let old = self.loaded.iter().position(|loaded| loaded.pair == *pair);
            let old = old.map(|index| self.loaded.swap_remove(index));
            let stamps = (pair.certificate.stamp(), pair.key.stamp());
            match old {
                Some(old) if old.stamps == stamps => loaded.push(old),
                old => {
                    changed = true;
                    loaded.push(Loaded::read(pair.clone(), stamps, old.and_then(|old| old.served)));
                }
            }
        }
        self.loaded = loaded;
        if changed {
            self.publish();
        }
    }

    /// Looks at the files of the latest `pairs` until `shutdown`.
    pub async fn run(mut self, mut pairs: watch::Receiver<Vec<Pair>>, shutdown: CancellationToken) {
        let mut looks = 0_u32;
        let mut ticks = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                changed = pairs.changed() => if changed.is_err() { return },
                _ = ticks.tick() => looks = looks.wrapping_add(1),
            }
            let wanted = pairs.borrow_and_update().clone();
            let refresh = looks.is_multiple_of(REFRESH_LOOKS);
            let looked = tokio::task::spawn_blocking(move || {
                self.load(&wanted);
                if refresh {
                    self.certificates.refresh();
                }
                self
            });
            let Ok(back) = looked.await else { return };
            self = back;
        }
    }

    fn publish(&self) {
        let served = |default: bool| {
            let chosen = self.loaded.iter().filter(move |loaded| loaded.pair.default == default);
            chosen.filter_map(|loaded| loaded.served.clone())
        };
        let unreadable = self.loaded.iter().filter(|loaded| loaded.failure.is_some()).map(Loaded::listed);
        // The default certificate is also served to the names that it is for.
        let files = served(false).chain(served(true)).collect();
        self.certificates.set_files(files, served(true).next_back(), unreadable.collect());
    }
}

impl Loaded {
    fn read(pair: Pair, stamps: Stamps, before: Option<Arc<Served>>) -> Self {
        match serve(&pair) {
            Ok(served) => Self { pair, stamps, served: Some(Arc::new(served)), failure: None },
            Err(what) => {
                tracing::warn!(certificate = %source(&pair), "the certificate cannot be served: {what}");
                let failure = Failure { at: Timestamp::from(SystemTime::now()), what };
                Self { pair, stamps, served: before, failure: Some(failure) }
            }
        }
    }

    fn listed(&self) -> Listed {
        Listed {
            names: self.served.as_ref().map(|served| served.facts.names.clone()).unwrap_or_default(),
            source: source(&self.pair),
            default: self.pair.default,
            issued: None,
            renew_at: None,
            next_try: None,
            failures: 1,
            last_failure: self.failure.clone(),
        }
    }
}

fn serve(pair: &Pair) -> Result<Served, String> {
    let read = |pem: &Pem| pem.read().map_err(|(path, error)| format!("{}: {error}", path.display()));
    let (chain, key) = (read(&pair.certificate)?, read(&pair.key)?);
    Served::from_pem(&chain, &key, source(pair)).map_err(|error| error.to_string())
}

fn source(pair: &Pair) -> Source {
    let certificate = match &pair.certificate {
        Pem::File(path) => path.clone(),
        Pem::Text(_) => PathBuf::from(&pair.place),
    };
    Source::File { certificate }
}
