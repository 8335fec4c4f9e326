//! Names of files with wildcards: `*`, `?`, `[a-z]` within a name, `**` for any depth of directories.

use std::fs;
use std::path::{Path, PathBuf};

/// `**` goes no deeper.
const DEPTH_MAX: usize = 16;

/// A pattern of absolute paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Name(String),
    Pattern(String),
    Deep,
}

impl Glob {
    /// Reads a pattern. The error says what to write instead.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Some(path) = text.strip_prefix('/') else {
            return Err("it is no absolute path; write one such as \"/var/log/app/*.log\"".to_owned());
        };
        if path.is_empty() || path.ends_with('/') {
            return Err(
                "it names a directory; write the files in it, such as \"/var/log/app/*.log\"".to_owned()
            );
        }
        if path.ends_with("**") {
            return Err("it ends with `**`; write `**/*` for all files at any depth".to_owned());
        }
        let parts = path.split('/').filter(|part| !part.is_empty()).map(|part| match part {
            "**" => Part::Deep,
            _ if part.contains(['*', '?', '[']) => Part::Pattern(part.to_owned()),
            _ => Part::Name(part.to_owned()),
        });
        Ok(Self(parts.collect()))
    }

    /// Gives every regular file that fits.
    pub(crate) fn walk(&self, take: &mut impl FnMut(PathBuf)) {
        walk(Path::new("/"), &self.0, 0, take);
    }

    /// Whether the path fits.
    pub(crate) fn is_match(&self, path: &Path) -> bool {
        let names: Option<Vec<&str>> = path.iter().skip(1).map(|name| name.to_str()).collect();
        names.is_some_and(|names| fits_path(&self.0, &names))
    }
}

fn walk(directory: &Path, parts: &[Part], depth: usize, take: &mut impl FnMut(PathBuf)) {
    let Some((part, rest)) = parts.split_first() else { return };
    let mut enter = |path: PathBuf| match rest {
        [] if path.is_file() => take(path),
        [] => {}
        _ => walk(&path, rest, depth, take),
    };
    match part {
        Part::Name(name) => enter(directory.join(name)),
        Part::Pattern(pattern) => {
            names(directory).filter(|name| fits(pattern, name)).for_each(|name| enter(directory.join(name)));
        }
        Part::Deep => {
            walk(directory, rest, depth, take);
            if depth < DEPTH_MAX {
                // Links to directories could lead in a circle.
                let directories = names(directory).map(|name| directory.join(name));
                let directories = directories.filter(|path| path.is_dir() && !path.is_symlink());
                directories.for_each(|path| walk(&path, parts, depth + 1, take));
            }
        }
    }
}

/// The names in a directory, sorted; none, if it cannot be read.
fn names(directory: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names.into_iter()
}

fn fits_path(parts: &[Part], names: &[&str]) -> bool {
    match (parts.split_first(), names.split_first()) {
        (None, None) => true,
        (Some((Part::Deep, rest)), _) => {
            fits_path(rest, names) || names.split_first().is_some_and(|(_, names)| fits_path(parts, names))
        }
        (Some((Part::Name(name), parts)), Some((first, names))) => name == first && fits_path(parts, names),
        (Some((Part::Pattern(pattern), parts)), Some((first, names))) => {
            fits(pattern, first) && fits_path(parts, names)
        }
        _ => false,
    }
}

/// Whether a name fits to a pattern. As in shells, `*` and `?` do not fit to a leading point.
fn fits(pattern: &str, name: &str) -> bool {
    let is_hidden = name.starts_with('.') && !pattern.starts_with('.');
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut in_name) = (0, 0);
    // Where the last star was, and how much of the name it has taken.
    let mut star: Option<(usize, usize)> = None;
    while in_name < name.len() {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_name));
                at += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('[') => one_of(&pattern[at..], name[in_name]),
            Some(sign) => (*sign == name[in_name]).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(step), _) => (at, in_name) = (at + step, in_name + 1),
            (None, Some((place, taken))) => {
                (at, in_name) = (place + 1, taken + 1);
                star = Some((place, taken + 1));
            }
            (None, None) => return false,
        }
    }
    pattern[at..].iter().all(|sign| *sign == '*') && !is_hidden
}

/// The length of the class `[…]` that the pattern begins with, if the sign is in it.
fn one_of(pattern: &[char], sign: char) -> Option<usize> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let start = 1 + usize::from(negated);
    let end = start + 1 + pattern.get(start + 1..)?.iter().position(|sign| *sign == ']')?;
    let class = &pattern[start..end];
    let ranges =
        class.windows(3).filter(|range| range[1] == '-').any(|range| (range[0]..=range[2]).contains(&sign));
    (ranges || class.contains(&sign)).ne(&negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit_to_patterns() {
        let check = |pattern: &str, path: &str, expected: bool| {
            let glob = Glob::parse(pattern).unwrap();
            assert_eq!(glob.is_match(Path::new(path)), expected, "{pattern} {path}");
        };
        check("/var/log/a.log", "/var/log/a.log", true);
        check("/var/log/*.log", "/var/log/a.log", true);
        check("/var/log/*.log", "/var/log/a.log.1", false);
        check("/var/log/*.log*", "/var/log/a.log.1", true);
        check("/var/log/*.log", "/var/log/x/a.log", false);
        check("/var/log/*/*.log", "/var/log/x/a.log", true);
        check("/var/log/**/*.log", "/var/log/a.log", true);
        check("/var/log/**/*.log", "/var/log/x/y/a.log", true);
        check("/var/log/**/*", "/var/log/x", true);
        check("/a?c", "/abc", true);
        check("/a?c", "/ac", false);
        check("/[a-c]x", "/bx", true);
        check("/[!a-c]x", "/bx", false);
        check("/[!a-c]x", "/dx", true);
        check("/[ab", "/a", false);
        check("/*", "/.hidden", false);
        check("/.*", "/.hidden", true);
        check("/a*b*c", "/aXbXbXc", true);
        check("/a*b*c", "/aXbXbX", false);
        check("/*ü*", "/größe", false);
        check("/*ö?e", "/größe", true);
    }

    #[test]
    fn what_is_no_path_of_files_is_refused() {
        for text in ["", "a.log", "*.log", "/", "/var/log/", "/var/**"] {
            assert!(Glob::parse(text).unwrap_err().contains("write"), "{text}");
        }
    }
}
