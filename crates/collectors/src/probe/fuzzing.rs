//! What the fuzz targets may call: the readers of what a probed server sends.

use http::Uri;

/// Reads when a certificate ends.
pub fn certificate(der: &[u8]) {
    let _ = super::certificate::not_after(der);
}

/// Reads where an answer leads; what it leads to is always an address of HTTP with a host.
pub fn redirect(location: &str) {
    let base = Uri::from_static("https://shop.example:8443/a/b?c=d");
    if let Ok(target) = super::check::redirect_target(&base, location) {
        assert!(target.host().is_some(), "{target}");
        assert!(matches!(target.scheme_str(), Some("http" | "https")), "{target}");
    }
}
