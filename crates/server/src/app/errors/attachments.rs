//! `GET attachments/{id}`: a file that came with an event. Anybody may have sent it: it is saved, never shown.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;
use http::header;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::asked::not_found;
use crate::app::App;
use crate::app::extract::Named;
use crate::fault::Fault;

/// What is read of a file at a time.
const PIECE_BYTES: usize = 64 << 10;

/// The handler.
pub(super) async fn download(State(app): State<App>, Named(id): Named<i64>) -> Result<Response, Fault> {
    let gone = || not_found("this file is not kept any more, or the link is wrong");
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| issues.attachment(id)).await??;
    let (_, row) = found.ok_or_else(gone)?;
    let file = File::open(&row.path).await.map_err(|_| gone())?;
    let disposition = format!("attachment; filename=\"{}\"", harmless(&row.name));
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, row.bytes.to_string()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    let pieces = try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE_BYTES];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        Ok::<_, std::io::Error>((length > 0).then_some((piece, file)))
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// A name that means nothing to a header or a file system.
fn harmless(name: &str) -> String {
    let sign = |sign: char| if sign.is_ascii_alphanumeric() || " ._-()".contains(sign) { sign } else { '_' };
    let name: String = name.chars().take(100).map(sign).collect();
    if name.trim_matches(['.', ' ', '_']).is_empty() { "attachment".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn names_of_files() {
        let check = |name: &str, expected: &str| assert_eq!(harmless(name), expected, "{name}");
        check("screen shot (1).png", "screen shot (1).png");
        check("a\"; filename=\"b.html", "a__ filename__b.html");
        check("../../etc/passwd", ".._.._etc_passwd");
        check("\r\nx: y", "__x_ y");
        check("é", "attachment");
        check("", "attachment");
    }
}
