//! Making the module and its script smaller, in ways that change nothing they do: a tenth of the script is names that
//! only the two of them know, and as much is comments and indentation.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail};
use walrus::{Module, passes};

/// Exports of a library for streams that the framework brings along; the page uses none of it.
const UNUSED: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// A smaller module, and the script that goes with it.
pub(super) fn lean(module: &mut Module, glue: &str) -> Result<String> {
    drop_unused(module);
    let names = rename_imports(module);
    let (script, found) = rewrite(glue, &names);
    if found != names.len() || script.lines().map(opened).sum::<i32>() != 0 {
        bail!("wasm-bindgen's script gives the module its functions in a way that is not known here");
    }
    Ok(script)
}

/// A module without what nothing in it uses, and without the linker's note on what the compiler was allowed to use.
pub(super) fn swept(module: &mut Module) {
    module.customs.remove_raw("target_features");
    passes::gc::run(module);
}

/// A style sheet without comments and indentation.
pub(super) fn lean_style(style: &str) -> String {
    let mut lean = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, behind)) = rest.split_once("/*") {
        lean.push_str(before);
        rest = behind.split_once("*/").map_or("", |(_, behind)| behind);
    }
    lean.push_str(rest);
    let lines = lean.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<String> = lines.map(|line| line.replace(" {", "{")).collect();
    lines.join("\n").replace(";\n}", "}").replace("{\n", "{").replace(";\n", ";").replace("}\n", "}")
}

fn drop_unused(module: &mut Module) {
    let unused: Vec<_> = module
        .exports
        .iter()
        .filter(|export| UNUSED.iter().any(|beginning| export.name.starts_with(beginning)))
        .map(walrus::Export::id)
        .collect();
    unused.into_iter().for_each(|export| module.exports.delete(export));
    swept(module);
}

/// Gives what the script provides short names; gives the new names by the old ones.
fn rename_imports(module: &mut Module) -> HashMap<String, String> {
    let mut names = HashMap::new();
    for import in module.imports.iter_mut().filter(|import| import.name.starts_with("__wb")) {
        let count = names.len();
        let short = names.entry(import.name.clone()).or_insert_with(|| short_name(count));
        import.name.clone_from(short);
    }
    names
}

/// `a` … `z`, `aa`, …
fn short_name(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'a' + (number % 26) as u8));
        match number / 26 {
            0 => return name,
            rest => number = rest - 1,
        }
    }
}

/// The script with the new names, without comments, indentation and functions that the module does not ask for; and how
/// many of the names it has.
fn rewrite(glue: &str, names: &HashMap<String, String>) -> (String, usize) {
    let (mut script, mut found) = (String::with_capacity(glue.len()), HashSet::new());
    // How many braces are open, and how many were where something began that is not asked for.
    let (mut depth, mut unused) = (0, None);
    let mut in_comment = false;
    for line in glue.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        if in_comment {
            in_comment = !line.ends_with("*/");
            continue;
        }
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        // `__wbg_fetch_9b47…: function(arg0) {`
        let provided = line.split_once(": ").filter(|(name, _)| name.starts_with("__wb"));
        if provided.is_some_and(|(name, _)| !names.contains_key(name)) {
            unused = Some(depth);
        }
        depth += opened(line);
        match provided.and_then(|(name, rest)| Some((names.get_key_value(name)?, rest))) {
            _ if unused.is_some() => unused = unused.filter(|before| depth > *before),
            Some(((name, short), rest)) => {
                found.insert(name);
                script.push_str(&format!("{short}: {rest}\n"));
            }
            None => {
                script.push_str(line);
                script.push('\n');
            }
        }
    }
    (script, found.len())
}

/// How many more braces a line opens than it closes.
fn opened(line: &str) -> i32 {
    let one = |letter| match letter {
        '{' => 1,
        '}' => -1,
        _ => 0,
    };
    line.chars().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_never_the_same() {
        let names: Vec<String> = (0..2_000).map(short_name).collect();
        assert_eq!((&*names[0], &*names[25], &*names[26], &*names[701]), ("a", "z", "aa", "zz"));
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }

    #[test]
    fn a_style_sheet_keeps_its_rules() {
        let style = "/* Now: a\n   tile. */\n.tile > a,\n.tile b {\n  color: var(--a, b);\n  margin:\n    0 1px;\n}\n\n\
                     @media (max-width: 9px) {\n  .a { top: 0; }\n}\n";
        assert_eq!(
            lean_style(style),
            ".tile > a,\n.tile b{color: var(--a, b);margin:\n0 1px}@media (max-width: 9px){.a{ top: 0; }}"
        );
    }

    #[test]
    fn the_script_keeps_what_the_module_asks_for() {
        let glue = "\
/**
 * @param {number} a
 */
export function go() {}
    const import0 = {
        __proto__: null,
        __wbg_fetch_12: function(arg0) {
            // Asks.
            return fetch(\"//host/*\");
        },
        __wbg_gone_34: function() { return handle(function () {
            const later = () => {
                return 1;
            };
            return later;
        }, arguments); },
    };
    const rest = 2; /* kept */
";
        let names = HashMap::from([("__wbg_fetch_12".to_owned(), "a".to_owned())]);
        let (script, found) = rewrite(glue, &names);
        assert_eq!(found, 1);
        assert_eq!(
            script,
            "export function go() {}\nconst import0 = {\n__proto__: null,\na: function(arg0) {\n\
             return fetch(\"//host/*\");\n},\n};\nconst rest = 2; /* kept */\n"
        );
    }
}
