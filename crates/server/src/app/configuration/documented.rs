//! Keys with their defaults, from the file that documents them: `#key = value` is a key, `# prose` tells what it is
//! for, and a sentence that begins with `Default:` what it is where the value is only an example.

use std::sync::OnceLock;

const FILE: &str = include_str!("../../../../../config/porthole.toml");

/// A key that may be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Documented {
    /// Its section.
    pub(super) section: String,
    /// What the section is for.
    pub(super) what: String,
    /// The key.
    pub(super) key: String,
    /// What it is by default, as TOML or in words; empty: nothing.
    pub(super) default: String,
}

/// All of them, in the file's order. Sections that are only examples are left out.
pub(super) fn documented() -> &'static [Documented] {
    static ALL: OnceLock<Vec<Documented>> = OnceLock::new();
    ALL.get_or_init(|| read(FILE))
}

fn read(file: &str) -> Vec<Documented> {
    let mut all = Vec::new();
    let (mut section, mut what) = (None::<String>, String::new());
    let mut prose: Vec<&str> = Vec::new();
    for line in file.lines() {
        let key = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && !rest.is_empty());
        match key {
            _ if line.trim().is_empty() => {}
            // `#[[probe]]`, `#[proxy.entrypoints.web]`: how one is written, not one that is there.
            Some(example) if example.starts_with('[') => (section, prose) = (None, Vec::new()),
            Some(key) => {
                if let (Some(section), Some((key, value))) = (&section, key.split_once(" = ")) {
                    let default = default_in(&prose).unwrap_or_else(|| value.to_owned());
                    let (section, what, key) = (section.clone(), what.clone(), key.to_owned());
                    all.push(Documented { section, what, key, default });
                }
                prose.clear();
                continue;
            }
            None if line.starts_with('[') => {
                section = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')).map(str::to_owned);
                section = section.filter(|name| !name.starts_with('['));
                what = prose.join(" ");
                prose.clear();
            }
            None => prose.push(line.trim_start_matches('#').trim()),
        }
        if line.trim().is_empty() {
            prose.clear();
        }
    }
    all
}

fn default_in(prose: &[&str]) -> Option<String> {
    let text = prose.join(" ");
    let (_, told) = text.split_once("Default: ")?;
    let told = told.split(['.', ';']).next().unwrap_or(told).trim();
    Some(if told == "none" { String::new() } else { told.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_with_their_defaults() {
        let file = "# Porthole's settings.\n\n# Who may come in.\n[auth]\n\n# The mode.\n#mode = \"password\"\n\n\
                    # Better not. Default: none.\n#admin_password = \"x\"\n\n# Default: the machine's name.\n#host = \"a\"\n\
                    #\n#[[probe]]\n#name = \"a\"\n[logs]\n#max_size = \"20GiB\"\n";
        let told: Vec<String> =
            read(file).iter().map(|one| format!("{}.{} = {}", one.section, one.key, one.default)).collect();
        assert_eq!(
            told,
            [
                "auth.mode = \"password\"",
                "auth.admin_password = ",
                "auth.host = the machine's name",
                "logs.max_size = \"20GiB\""
            ]
        );
        assert_eq!(read(file)[0].what, "Who may come in.");
    }

    #[test]
    fn what_the_stores_keep_is_documented() {
        for (section, key, default) in [
            ("server", "listen", "\"0.0.0.0:4100\""),
            ("logs", "retention", "\"30d\""),
            ("metrics", "retention", "\"1y\""),
            ("issues", "retention", "\"90d\""),
        ] {
            let found = documented().iter().find(|one| one.section == section && one.key == key);
            assert_eq!(found.map(|one| one.default.as_str()), Some(default), "{section}.{key}");
        }
    }
}
