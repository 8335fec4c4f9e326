//! Secrets: written in place, or in a file of their own beside (`password` or `password_file`).

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::Path;

use crate::Section;
use crate::node::{Node, Value};

/// No key or password is longer; a larger file is a mistake.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// A value that is never shown: not by `Debug`, not in a fault.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for whoever has to send or check it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Section<'_> {
    /// The secret `key`, written in place, or in the file that `key_file` names; the file's last line break
    /// does not belong to it.
    pub fn secret(&self, key: &str) -> Option<Secret> {
        let file_key = format!("{key}_file");
        let in_place = self.node(key);
        let in_file = self.node(&file_key);
        if let (Some(_), Some(node)) = (in_place, in_file) {
            let problem = format!("is set beside {key}");
            self.fault_at(&node.place, &file_key, problem, "keep one of the two");
            return None;
        }
        let text = match in_file {
            Some(_) => self.file_text(&file_key)?,
            None => self.text_in_place(key, in_place?)?,
        };
        if text.is_empty() {
            let empty = if in_file.is_some() { &file_key } else { key };
            self.fault(empty, "is empty", "write the secret, or leave the key out");
            return None;
        }
        Some(Secret(text))
    }

    /// Unlike other values, a secret of another type is not repeated in its fault.
    fn text_in_place(&self, key: &str, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) | Value::Loose(text) => return Some(text.clone()),
            Value::Broken => {}
            _ => self.fault(key, "is no text", format!("write text in double quotes, or {key}_file")),
        }
        None
    }

    fn file_text(&self, key: &str) -> Option<String> {
        let path = self.path(key)?;
        match read(&path) {
            Ok(text) => Some(text),
            Err(reason) => {
                let problem = format!("cannot read {}: {reason}", path.display());
                self.fault(key, problem, "name a file that holds the secret and that Porthole may read");
                None
            }
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err("it is longer than 64 KiB".to_owned());
    }
    let mut text = String::from_utf8(bytes).map_err(|_| "it is no UTF-8".to_owned())?;
    if text.ends_with('\n') {
        text.truncate(text.len() - if text.ends_with("\r\n") { 2 } else { 1 });
    }
    Ok(text)
}
