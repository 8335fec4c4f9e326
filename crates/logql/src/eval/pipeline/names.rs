//! Names of labels made of names that lines use.

/// Appends a name as a label may be called: letters, digits and `_`, everything else becomes a `_`. A digit at
/// the beginning of `to` gets one before it.
pub(super) fn push_sanitised(to: &mut String, name: &str) {
    if is_fit(name) {
        return to.push_str(name);
    }
    let name = name.trim();
    if to.is_empty() && name.starts_with(|first: char| first.is_ascii_digit()) {
        to.push('_');
    }
    if name.bytes().all(is_name_byte) {
        to.push_str(name);
    } else {
        to.extend(name.chars().map(|c| if c.is_ascii() && is_name_byte(c as u8) { c } else { '_' }));
    }
}

fn is_name_byte(byte: u8) -> bool {
    /// One look for each byte of every name.
    const FIT: [bool; 256] = {
        let mut fit = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            fit[byte] = byte as u8 == b'_' || (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        fit
    };
    FIT[usize::from(byte)]
}

/// Whether a name may be a label's as it is.
pub(super) fn is_fit(name: &str) -> bool {
    name.bytes().all(is_name_byte) && !name.as_bytes().first().is_none_or(u8::is_ascii_digit)
}
