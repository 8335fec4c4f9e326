//! Keys whose value is a secret, whatever it looks like; and values that are none.

use crate::edit::marker_length;
use crate::rule::Rule;

/// Longer keys are not looked at.
pub(crate) const KEY_BYTES_MAX: usize = 80;

/// What a key ends in, without the signs between its words and in lower case.
const ENDINGS: [(&str, Rule); 32] = [
    ("password", Rule::Password),
    ("passwd", Rule::Password),
    ("passwort", Rule::Password),
    ("passphrase", Rule::Password),
    ("passcode", Rule::Password),
    ("pwd", Rule::Password),
    ("password1", Rule::Password),
    ("password2", Rule::Password),
    ("secret", Rule::Secret),
    ("secretkey", Rule::Secret),
    ("secretkeybase", Rule::Secret),
    ("privatekey", Rule::Secret),
    ("signingkey", Rule::Secret),
    ("encryptionkey", Rule::Secret),
    ("credential", Rule::Secret),
    ("credentials", Rule::Secret),
    ("token", Rule::Token),
    ("apikey", Rule::ApiKey),
    ("accesskey", Rule::ApiKey),
    ("accountkey", Rule::ApiKey),
    ("authorization", Rule::Authorization),
    ("cookie", Rule::Session),
    ("cookies", Rule::Session),
    ("sessionid", Rule::Session),
    ("sessid", Rule::Session),
    ("connectsid", Rule::Session),
    ("csrf", Rule::Session),
    ("xsrf", Rule::Session),
    ("amzsignature", Rule::Aws),
    ("googsignature", Rule::Gcp),
    ("cvv2", Rule::Card),
    ("cvc2", Rule::Card),
];

/// Whole keys.
const WHOLE: [(&str, Rule); 5] = [
    ("pass", Rule::Password),
    ("signature", Rule::Secret),
    ("sig", Rule::Azure),
    ("cvv", Rule::Card),
    ("cvc", Rule::Card),
];

/// Tokens that open nothing: the place in a list where the next page begins, and the like.
const OPEN_TOKENS: [&str; 8] = [
    "nexttoken",
    "pagetoken",
    "paginationtoken",
    "continuationtoken",
    "cancellationtoken",
    "synctoken",
    "resumetoken",
    "continuetoken",
];

/// Values that say that there is none, or that somebody else has masked it.
const HARMLESS: [&str; 15] = [
    "null",
    "none",
    "nil",
    "undefined",
    "true",
    "false",
    "(null)",
    "[filtered]",
    "[redacted]",
    "<redacted>",
    "redacted",
    "filtered",
    "masked",
    "<hidden>",
    "[hidden]",
];

/// The rule by which the value of this key is masked.
pub(crate) fn rule(key: &[u8]) -> Option<Rule> {
    let mut buffer = [0; KEY_BYTES_MAX];
    let mut length = 0;
    for byte in key.iter().filter(|byte| !matches!(byte, b'_' | b'-' | b'.')) {
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    let folded = &buffer[..length];
    if let Some((_, rule)) = WHOLE.iter().find(|(whole, _)| whole.as_bytes() == folded) {
        return Some(*rule);
    }
    if folded.ends_with(b"pass") {
        // `DB_PASS`, but no `bypass`.
        return matches!(key, [.., b'_' | b'-' | b'.', _, _, _, _]).then_some(Rule::Password);
    }
    let (_, rule) = ENDINGS.iter().find(|(ending, _)| folded.ends_with(ending.as_bytes()))?;
    let open = *rule == Rule::Token && OPEN_TOKENS.iter().any(|open| folded.ends_with(open.as_bytes()));
    // The shell's PWD and OLDPWD are directories.
    let directory = matches!(key, b"PWD" | b"OLDPWD");
    (!open && !directory).then_some(*rule)
}

/// Whether the value hides nothing.
pub(crate) fn is_harmless(value: &[u8]) -> bool {
    let is_told = |word: &&str| word.as_bytes().eq_ignore_ascii_case(value);
    let is_blanked = || value.iter().all(|byte| matches!(byte, b'*' | b'.' | b'-' | b'x' | b'X' | b'?'));
    let is_place =
        || matches!(value, [b'$', b'{' | b'(', ..] | [b'{', b'{', ..] | [b'%', b's' | b'(' | b'v']);
    value.is_empty()
        || is_blanked()
        || is_place()
        || marker_length(value) == Some(value.len())
        || HARMLESS.iter().any(is_told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_tell_a_secret() {
        let check = |key: &str, expected: Option<Rule>| assert_eq!(rule(key.as_bytes()), expected, "{key}");
        for key in [
            "password",
            "PASSWORD",
            "db_password",
            "user.password",
            "newPassword",
            "MYSQL_PWD",
            "pwd",
            "DB_PASS",
        ] {
            check(key, Some(Rule::Password));
        }
        for key in
            ["client_secret", "SECRET_KEY", "credentials", "privateKey", "signature", "SECRET_KEY_BASE"]
        {
            check(key, Some(Rule::Secret));
        }
        for key in ["token", "access_token", "refreshToken", "csrfmiddlewaretoken", "X-Auth-Token"] {
            check(key, Some(Rule::Token));
        }
        for key in ["api_key", "X-Api-Key", "apikey", "AWS_SECRET_ACCESS_KEY", "AccountKey"] {
            check(key, Some(Rule::ApiKey));
        }
        for key in ["Authorization", "HTTP_AUTHORIZATION", "Proxy-Authorization"] {
            check(key, Some(Rule::Authorization));
        }
        for key in ["Set-Cookie", "HTTP_COOKIE", "sessionid", "PHPSESSID", "connect.sid", "_csrf"] {
            check(key, Some(Rule::Session));
        }
        for key in [
            "",
            "tokens",
            "token_count",
            "next_page_token",
            "nextToken",
            "bypass",
            "passed",
            "PWD",
            "secretary",
            "password_hash_rounds",
            "tokenizer",
            "api_keys_total",
            "compass",
            "author",
            "session",
            "key",
        ] {
            check(key, None);
        }
        check(&"a".repeat(1000), None);
    }

    #[test]
    fn values_that_hide_nothing() {
        for value in
            ["", "null", "None", "***", "xxxx", "[Filtered]", "${DB_PASSWORD}", "%s", "[masked:token]"]
        {
            assert!(is_harmless(value.as_bytes()), "{value}");
        }
        for value in ["hunter2", "nullable", "[masked:token]x", "*a*", "0"] {
            assert!(!is_harmless(value.as_bytes()), "{value}");
        }
    }
}
