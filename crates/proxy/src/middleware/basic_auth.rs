//! `basicAuth`: a name and a password.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use route::declared;

use super::answer::{Answered, short, with};
use super::password::Hash;
use super::target::{header_value, remove_alike};
use super::verdicts::Verdicts;

/// A file of users is not this long.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// Nobody has a longer password, and MD5's thousand rounds take as much longer as it is.
const PASSWORD_BYTES_MAX: usize = 1024;

/// The middleware.
pub(super) struct BasicAuth {
    users: HashMap<String, User>,
    /// Whose hash is checked for a name that there is not, so that it takes as long.
    stranger: User,
    challenge: HeaderValue,
    header: Option<HeaderName>,
    remove_header: bool,
    verdicts: Arc<Verdicts>,
}

#[derive(Clone)]
struct User {
    hash: Hash,
    text: String,
}

impl BasicAuth {
    /// Reads the file of users, if there is one.
    ///
    /// # Errors
    /// If a line or the file cannot be read, or there is no user: then nobody may pass.
    pub(super) fn new(options: &declared::BasicAuth, verdicts: Arc<Verdicts>) -> Result<Self, String> {
        let mut users = HashMap::new();
        if let Some(path) = &options.users_file {
            let text =
                read(Path::new(path)).map_err(|error| format!("the file {path} cannot be read: {error}"))?;
            let is_user = |line: &&str| !line.is_empty() && !line.starts_with('#');
            for line in text.lines().map(str::trim).filter(is_user) {
                let (name, user) = user(line).map_err(|what| format!("in the file {path}: {what}"))?;
                users.insert(name, user);
            }
        }
        for line in &options.users {
            let (name, user) = user(line)?;
            users.insert(name, user);
        }
        let stranger = users.values().next().cloned().ok_or("there are no users")?;
        let realm = options.realm.replace(['"', '\\'], "");
        Ok(Self {
            users,
            stranger,
            challenge: header_value(&format!("Basic realm=\"{realm}\"")),
            header: options.header_field.as_deref().map(header_name).transpose()?,
            remove_header: options.remove_header,
            verdicts,
        })
    }

    /// Lets the request pass if it has the name and the password of a user.
    pub(super) async fn before(&self, headers: &mut HeaderMap) -> Result<(), Box<Answered>> {
        let Some((name, password)) = credentials(headers) else {
            return Err(self.refused("no name and password"));
        };
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(self.refused("the password is too long to be one"));
        }
        let known = self.users.get(&name);
        let user = known.unwrap_or(&self.stranger);
        let Ok(is_right) = self.verdicts.is_right(&user.hash, &user.text, &password).await else {
            let mut answer = short(StatusCode::SERVICE_UNAVAILABLE);
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            return Err(with(answer, "too many passwords are being looked at"));
        };
        if known.is_none() || !is_right {
            return Err(self.refused("the name or the password is wrong"));
        }
        if let Some(header) = &self.header {
            remove_alike(headers, header);
            headers.insert(header, header_value(&name));
        }
        if self.remove_header {
            headers.remove(AUTHORIZATION);
        }
        Ok(())
    }

    fn refused(&self, what: &'static str) -> Box<Answered> {
        let mut answer = short(StatusCode::UNAUTHORIZED);
        answer.headers_mut().insert(WWW_AUTHENTICATE, self.challenge.clone());
        with(answer, what)
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

/// `name:hash`; tells of a fault without telling the hash.
fn user(line: &str) -> Result<(String, User), String> {
    let Some((name, text)) = line.split_once(':').filter(|(name, _)| !name.is_empty()) else {
        return Err("a user is written name:hash".to_owned());
    };
    let hash = Hash::parse(text).map_err(|error| format!("user {name}: {error}"))?;
    Ok((name.to_owned(), User { hash, text: text.to_owned() }))
}

fn header_name(text: &str) -> Result<HeaderName, String> {
    text.parse().map_err(|_| format!("`{text}` is no name of a header"))
}

/// The name and the password of the `Authorization` header.
fn credentials(headers: &HeaderMap) -> Option<(String, Vec<u8>)> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, encoded) = (value.get(..6)?, value.get(6..)?);
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim_ascii()).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    let name = String::from_utf8(decoded[..colon].to_vec()).ok()?;
    Some((name, decoded[colon + 1..].to_vec()))
}
