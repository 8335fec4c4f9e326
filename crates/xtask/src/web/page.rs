//! Giving every file a name that carries a hash of its content, and telling those who refer to it.
//!
//! A browser may then keep each file for ever, and a new page never meets a file of an old one. Only `index.html`
//! keeps its name.

use anyhow::{Result, bail};
use sha2::{Digest as _, Sha256};

use super::Profile;
use super::bindgen::Bound;
use super::lean::lean_style;
use super::sources::{Inputs, before_end_of_head};

/// A file of the page: its name without a slash, and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asset {
    /// Its name without a slash.
    pub(super) name: String,
    /// Its content.
    pub(super) bytes: Vec<u8>,
}

/// The finished page; `index.html` comes last, so that whoever writes the files in order never shows a page whose
/// files are not there yet.
pub(super) fn assemble(inputs: Inputs, bound: Bound) -> Result<Vec<Asset>> {
    let index = inputs.full_index()?;
    let (scripts, pictures): (Vec<_>, Vec<_>) =
        inputs.all_files().into_iter().partition(|file| file.name.ends_with(".js"));
    let style = |text: String| if inputs.profile == Profile::Release { lean_style(&text) } else { text };
    let (first, later) = (style(inputs.style), style(inputs.later_style));
    let mut page = Named::default();
    // What is referred to comes before what refers to it.
    pictures.into_iter().for_each(|picture| page.add(picture));
    page.add(Asset { name: "app.css".to_owned(), bytes: first.into_bytes() });
    page.add(Asset { name: "later.css".to_owned(), bytes: later.into_bytes() });
    bound.later.into_iter().for_each(|module| page.add(module));
    page.add(Asset { name: "web_bg.wasm".to_owned(), bytes: bound.module });
    page.add(Asset { name: "web.js".to_owned(), bytes: bound.glue.into_bytes() });
    scripts.into_iter().for_each(|script| page.add(script));

    let preload = "<link rel=\"modulepreload\" href=\"/web.js\">\n\
                   <link rel=\"preload\" href=\"/web_bg.wasm\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n";
    let index = page.rewrite(&before_end_of_head(&index, preload)?);
    page.assets.push(Asset { name: "index.html".to_owned(), bytes: index.into_bytes() });
    page.check()?;
    Ok(page.assets)
}

/// The files so far, and what became of their names.
#[derive(Default)]
struct Named {
    assets: Vec<Asset>,
    names: Vec<Name>,
}

struct Name {
    plain: String,
    hashed: String,
    used: bool,
}

impl Named {
    /// Takes a file in: first it is told the names known so far, then its own is made from what came of that.
    fn add(&mut self, file: Asset) {
        let bytes = match String::from_utf8(file.bytes) {
            Ok(text) => self.rewrite(&text).into_bytes(),
            Err(binary) => binary.into_bytes(),
        };
        let hashed = hashed_name(&file.name, &bytes);
        self.names.push(Name { plain: file.name, hashed: hashed.clone(), used: false });
        self.assets.push(Asset { name: hashed, bytes });
    }

    /// `text` with every reference to a known file made one to its new name.
    fn rewrite(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for name in &mut self.names {
            for (from, to) in references(&name.plain).into_iter().zip(references(&name.hashed)) {
                if text.contains(&from) {
                    text = text.replace(&from, &to);
                    name.used = true;
                }
            }
        }
        text
    }

    /// A file that nobody refers to, or by a name that it no longer has, is one that no browser finds.
    fn check(&self) -> Result<()> {
        for name in &self.names {
            if !name.used {
                bail!("nothing refers to \"/{}\": index.html or a file named there must", name.plain);
            }
            for asset in &self.assets {
                let text = String::from_utf8_lossy(&asset.bytes);
                if references(&name.plain).iter().any(|reference| text.contains(reference)) {
                    bail!("{} refers to \"/{}\", which gets its name later", asset.name, name.plain);
                }
            }
        }
        Ok(())
    }
}

/// How a file is referred to: quoted, or in a style sheet's `url(…)`; always from the root.
fn references(name: &str) -> [String; 3] {
    [format!("\"/{name}\""), format!("'/{name}'"), format!("(/{name})")]
}

/// `app.css` → `app-3f2a1c9d04.css`
fn hashed_name(name: &str, bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hash: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{hash}.{ending}"),
        None => format!("{name}-{hash}"),
    }
}

#[cfg(test)]
mod tests;
