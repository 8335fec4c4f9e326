//! Taking out of the wasm module what the first load does not need: each page that is loaded later becomes a module
//! of its own. The page's source marks where (`web/src/later.rs`); the relocations that the linker leaves say what
//! only such a page reaches.

use std::fs;

use anyhow::{Context as _, Result, anyhow, bail};
use walrus::ModuleConfig;
use wasm_split_cli_support::{Options, transform};

use super::Profile;
use super::lean::swept;
use super::page::Asset;

/// How the first module refers to the script that loads the others.
const LINK: &str = "./web_later.js";
/// How that script refers to the one of wasm-bindgen.
const GLUE: &str = "./web.js";

/// Whether a file of the page is none of the first load.
pub(super) fn is_later(name: &str) -> bool {
    ["split_", "chunk_", "later-"].iter().any(|beginning| name.starts_with(beginning))
}

/// A module in parts.
pub(super) struct Parts {
    /// What the first load needs; wasm-bindgen takes it on from here.
    pub(super) main: Vec<u8>,
    /// The rest, ready to be served.
    pub(super) later: Vec<Asset>,
    /// The script that loads the rest.
    link: String,
}

/// Takes apart a module that rustc wrote and the linker left its relocations in.
pub(super) fn split(module: &[u8], profile: Profile) -> Result<Parts> {
    let folder = tempfile::tempdir()?;
    let main = folder.path().join("main.wasm");
    let mut options = Options::new(module);
    options.output_dir = folder.path();
    options.main_out_path = &main;
    options.main_module = GLUE;
    options.link_name = LINK;
    let parts = transform(options).map_err(|fault| anyhow!("the page cannot be split: {fault:#}"))?;
    let later = parts.split_modules.iter().map(|path| {
        let name = path.file_name().context("a module has a name")?.to_string_lossy().into_owned();
        Ok(Asset { name, bytes: tidied(&fs::read(path)?, profile)? })
    });
    Ok(Parts {
        later: later.collect::<Result<_>>()?,
        main: fs::read(&main)?,
        link: fs::read_to_string(folder.path().join(LINK))?,
    })
}

impl Parts {
    /// The script of wasm-bindgen and the one that loads the rest as one: they import each other, so that neither
    /// could carry a hash of the other in its name.
    pub(super) fn join(&self, glue: &str) -> Result<String> {
        let own_import = format!("import {{ initSync }} from \"{GLUE}\";\n");
        let link =
            self.link.strip_prefix(&own_import).context("the loader does not begin with its import")?;
        let names: Vec<&str> = link
            .lines()
            .filter_map(|line| line.strip_prefix("export const ")?.split_once(" = ").map(|(name, _)| name))
            .collect();
        let mut joined = link.replace("export const ", "const ").replace("URL(\"./", "URL(\"/");
        joined.push_str(&format!("const later = {{ {} }};\n", names.join(", ")));
        let import = format!(" from \"{LINK}\"");
        for line in glue.lines() {
            // `import * as import1 from …`: one for each module that is loaded later.
            let name = line.trim_end_matches(';').strip_suffix(&import);
            match name.and_then(|line| line.strip_prefix("import * as ")) {
                Some(name) => joined.push_str(&format!("const {name} = later;")),
                None => joined.push_str(line),
            }
            joined.push('\n');
        }
        if joined.contains(&import) {
            bail!("wasm-bindgen's script imports the loader in a way that is not known here");
        }
        Ok(joined)
    }
}

/// A module written anew: the splitter keeps the linker's wide numbers, and names are for those who debug.
fn tidied(module: &[u8], profile: Profile) -> Result<Vec<u8>> {
    let keep = profile == Profile::Dev;
    let mut config = ModuleConfig::new();
    config.generate_name_section(keep).generate_producers_section(keep);
    let mut module = config.parse(module).context("the splitter wrote a module that cannot be read")?;
    if !keep {
        swept(&mut module);
    }
    Ok(module.emit_wasm())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_scripts_that_need_each_other_become_one() {
        let link = "import { initSync } from \"./web.js\";\n\nfunction wrap() {}\n\
                    export const __load_a = wrap(() => new URL(\"./split_a.wasm\", import.meta.url));\n";
        let parts = Parts { main: vec![], later: vec![], link: link.to_owned() };
        let glue = "import * as import1 from \"./web_later.js\"\nimport * as import2 from \"./web_later.js\"\n\
                    const imports = { \"./web_later.js\": import1 };";
        let joined = parts.join(glue).unwrap();
        assert_eq!(
            joined,
            "\nfunction wrap() {}\nconst __load_a = wrap(() => new URL(\"/split_a.wasm\", import.meta.url));\n\
             const later = { __load_a };\nconst import1 = later;\nconst import2 = later;\n\
             const imports = { \"./web_later.js\": import1 };\n"
        );
        assert!(parts.join("import { a } from \"./web_later.js\"").is_err());
    }
}
