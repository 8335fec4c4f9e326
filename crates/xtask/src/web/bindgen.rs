//! The JavaScript side of the wasm module, made by wasm-bindgen in this process.

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::Profile;

/// A module that can be loaded, and the script that loads it.
pub(super) struct Bound {
    /// The wasm module without wasm-bindgen's own sections.
    pub(super) module: Vec<u8>,
    /// Its JavaScript side, an ES module.
    pub(super) glue: String,
}

/// Makes the JavaScript side of a module that rustc wrote.
pub(super) fn bind(module: &[u8], profile: Profile) -> Result<Bound> {
    let release = profile == Profile::Release;
    let mut output = Bindgen::new()
        .input_bytes("web", module.to_vec())
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
    let glue = output.js().to_owned();
    Ok(Bound { module: output.wasm_mut().emit_wasm(), glue })
}
