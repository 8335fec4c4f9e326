//! Ways in for fuzz targets: what a broker sends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::celery::envelope;
use super::redis::Reader;

/// How many events a published message holds; `None`: it is none of Celery's.
pub fn events(message: &[u8]) -> Option<usize> {
    envelope::read(message).ok().map(|events| events.len())
}

/// The same of the body alone, which chance seldom packs as Celery does.
pub fn event_body(body: &[u8]) -> Option<usize> {
    let packed = STANDARD.encode(body);
    events(format!(r#"{{"body":"{packed}","properties":{{"body_encoding":"base64"}}}}"#).as_bytes())
}

/// Reads answers until one is none, and says how many there were.
pub async fn replies(bytes: &[u8]) -> usize {
    let mut reader = Reader::new(bytes);
    let mut count = 0;
    while reader.reply().await.is_ok() {
        count += 1;
    }
    count
}
