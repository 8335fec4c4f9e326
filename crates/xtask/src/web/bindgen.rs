//! The JavaScript side of the wasm module, made by wasm-bindgen in this process.

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::lean::lean;
use super::page::Asset;
use super::{Profile, split};

/// A module that can be loaded, and the script that loads it.
pub(super) struct Bound {
    /// The wasm module without wasm-bindgen's own sections.
    pub(super) module: Vec<u8>,
    /// Its JavaScript side, an ES module.
    pub(super) glue: String,
    /// Modules that are loaded later.
    pub(super) later: Vec<Asset>,
}

/// Makes the JavaScript side of a module that rustc wrote.
pub(super) fn bind(module: &[u8], profile: Profile) -> Result<Bound> {
    let release = profile == Profile::Release;
    let parts = split::split(module, profile)?;
    let mut output = Bindgen::new()
        .input_bytes("web", parts.main.clone())
        // The modules that are loaded later share these with the first.
        .keep_lld_exports(true)
        .demangle(false)
        .out_name("web")
        .web(true)?
        .typescript(false)
        // The start script says where the module lies: its name carries a hash that is not known yet.
        .omit_default_module_path(true)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate_output()
        .context("wasm-bindgen cannot read the module that cargo built")?;
    let mut snippets =
        output.snippets().iter().filter(|(_, scripts)| !scripts.is_empty()).map(|(name, _)| name);
    let extra = snippets.next().or_else(|| output.local_modules().keys().next());
    if let Some(name) = extra {
        bail!(
            "the page depends on `{name}`, which brings JavaScript of its own; it is not served. Use another crate"
        );
    }
    let mut glue = parts.join(output.js())?;
    let module = output.wasm_mut();
    if release {
        glue = lean(module, &glue)?;
    }
    Ok(Bound { module: module.emit_wasm(), glue, later: parts.later })
}
