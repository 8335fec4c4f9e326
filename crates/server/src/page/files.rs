//! Where the page's files are: in the binary, or in a test's table.

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// A file as it is stored.
pub(super) struct File {
    pub(super) bytes: Cow<'static, [u8]>,
    /// A strong entity tag without its quotes: it tells the content, not the encoding.
    pub(super) hash: String,
}

/// Files by name.
pub(super) trait Files {
    fn get(name: &str) -> Option<File>;
}

/// What `cargo xtask web` wrote; read from disk in debug builds. Absent until the page is built. Of large files one
/// compressed form is enough: whoever takes another gets that made from it.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[exclude = "*.wasm"]
#[allow_missing = true]
struct Dist;

/// The files in the binary.
pub(super) struct Embedded;

impl Files for Embedded {
    fn get(name: &str) -> Option<File> {
        let file = Dist::get(name)?;
        let hash = file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        Some(File { bytes: file.data, hash })
    }
}
