//! Content types by the ending of a file's name.

/// What a file is, and what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// The value of `Content-Type`.
    pub(super) content_type: &'static str,
    /// Whether compressing it is worth the time.
    pub(super) is_text: bool,
}

const UNKNOWN: Kind = Kind { content_type: "application/octet-stream", is_text: false };

/// The kind of a file by its name.
pub(super) fn kind_of(name: &str) -> Kind {
    let Some((_, ending)) = name.rsplit_once('.') else { return UNKNOWN };
    let known = |table: &[(&str, &'static str)]| {
        table
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(ending))
            .map(|(_, content_type)| *content_type)
    };
    if let Some(content_type) = known(TEXTS) {
        return Kind { content_type, is_text: true };
    }
    known(OTHERS).map_or(UNKNOWN, |content_type| Kind { content_type, is_text: false })
}

/// What is text, or shrinks like it.
const TEXTS: &[(&str, &str)] = &[
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
    ("htm", "text/html; charset=utf-8"),
    ("xhtml", "application/xhtml+xml"),
    ("xml", "text/xml; charset=utf-8"),
    ("rss", "application/rss+xml"),
    ("atom", "application/atom+xml"),
    ("csv", "text/csv; charset=utf-8"),
    ("tsv", "text/tab-separated-values; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("ics", "text/calendar; charset=utf-8"),
    ("vcf", "text/vcard; charset=utf-8"),
    ("vtt", "text/vtt; charset=utf-8"),
    ("srt", "application/x-subrip"),
    ("jsonld", "application/ld+json"),
    ("geojson", "application/geo+json"),
    ("webmanifest", "application/manifest+json"),
    ("xsl", "text/xml; charset=utf-8"),
    ("log", "text/plain; charset=utf-8"),
    ("po", "text/plain; charset=utf-8"),
    ("ttf", "font/ttf"),
    ("otf", "font/otf"),
    ("eot", "application/vnd.ms-fontobject"),
    ("ico", "image/x-icon"),
    ("bmp", "image/bmp"),
    ("wasm", "application/wasm"),
    ("ps", "application/postscript"),
    ("rtf", "application/rtf"),
    ("gltf", "model/gltf+json"),
];

/// What is compressed by its nature, or not worth it.
const OTHERS: &[(&str, &str)] = &[
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("heic", "image/heic"),
    ("jxl", "image/jxl"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("pdf", "application/pdf"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("webm", "video/webm"),
    ("mov", "video/quicktime"),
    ("avi", "video/x-msvideo"),
    ("mkv", "video/x-matroska"),
    ("ogv", "video/ogg"),
    ("ts", "video/mp2t"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("mpd", "application/dash+xml"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("aac", "audio/aac"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("weba", "audio/webm"),
    ("zip", "application/zip"),
    ("gz", "application/gzip"),
    ("tgz", "application/gzip"),
    ("zst", "application/zstd"),
    ("bz2", "application/x-bzip2"),
    ("xz", "application/x-xz"),
    ("tar", "application/x-tar"),
    ("7z", "application/x-7z-compressed"),
    ("rar", "application/vnd.rar"),
    ("jar", "application/java-archive"),
    ("apk", "application/vnd.android.package-archive"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("epub", "application/epub+zip"),
    ("glb", "model/gltf-binary"),
    ("pem", "application/x-pem-file"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ending_decides() {
        for (name, content_type, is_text) in [
            ("app.css", "text/css; charset=utf-8", true),
            ("app.27e20196a850.js", "text/javascript; charset=utf-8", true),
            ("LOGO.SVG", "image/svg+xml", true),
            ("a.b.png", "image/png", false),
            ("data.json", "application/json", true),
            ("font.woff2", "font/woff2", false),
            ("module.wasm", "application/wasm", true),
            ("archive.tar.gz", "application/gzip", false),
            ("README", "application/octet-stream", false),
            ("what.unknown", "application/octet-stream", false),
            ("", "application/octet-stream", false),
        ] {
            assert_eq!(kind_of(name), Kind { content_type, is_text }, "{name}");
        }
    }

    #[test]
    fn no_ending_is_listed_twice() {
        let mut endings: Vec<&str> = TEXTS.iter().chain(OTHERS).map(|(ending, _)| *ending).collect();
        endings.sort_unstable();
        assert!(endings.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
