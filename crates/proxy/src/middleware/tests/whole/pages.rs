//! Pages for errors, and static files, in the whole proxy.

use super::Site;
use super::site::told;
use crate::middleware::tests::line;

const SETTINGS: &str = r#"
    [proxy.middlewares.pages.errors]
    status = ["500-599", "404"]
    service = "pages-com"
    query = "/show/{status}/{originalStatus}?url={url}"
    statusrewrites = { "501-502" = 500 }
    [proxy.middlewares.few.errors]
    status = ["404"]
    service = "pages-com"
    query = "{status}.html"
    errorrequestheaders = ["Accept-Language"]
    [proxy.middlewares.lost.errors]
    status = ["404"]
    service = "nowhere"

    [[proxy.route]]
    rule = "Host(`pages.com`)"
    to = "{server}"
    [[proxy.route]]
    rule = "Host(`app.com`)"
    to = "{server}"
    middlewares = ["pages"]
    [[proxy.route]]
    rule = "Host(`few.com`)"
    to = "{server}"
    middlewares = ["few"]
    [[proxy.route]]
    rule = "Host(`down.com`)"
    to = "http://127.0.0.1:1"
    middlewares = ["pages"]
    [[proxy.route]]
    rule = "PathPrefix(`/static/`)"
    static = "{dir}/site"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn errors_get_pages() {
    let site = Site::new(SETTINGS).await;
    for (method, address, status, first) in [
        (
            "GET",
            "http://app.com/status/404?a=b",
            404,
            "GET /show/404/404?url=http%3A%2F%2Fapp%2Ecom%2Fstatus%2F404%3Fa%3Db",
        ),
        (
            "POST",
            "http://app.com/status/503",
            503,
            "GET /show/503/503?url=http%3A%2F%2Fapp%2Ecom%2Fstatus%2F503",
        ),
        (
            "GET",
            "http://app.com/status/502",
            500,
            "GET /show/500/502?url=http%3A%2F%2Fapp%2Ecom%2Fstatus%2F502",
        ),
        ("GET", "http://app.com/status/403", 403, "the service says 403"),
        ("GET", "http://down.com/x", 500, "GET /show/500/502?url=http%3A%2F%2Fdown%2Ecom%2Fx"),
        ("GET", "http://few.com/status/404", 404, "GET /404.html"),
        ("GET", "http://few.com/status/500", 500, "the service says 500"),
    ] {
        let lines = [("accept-language", "de"), ("cookie", "a=b"), ("if-none-match", "\"1\"")];
        let answer = site.ask(method, address, &lines, if method == "POST" { "sent" } else { "" }).await;
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert_eq!(
            (answer.status().as_u16(), text.lines().next()),
            (status, Some(first)),
            "{method} {address}"
        );
        if first.starts_with("GET") {
            assert_eq!(told(&answer, "accept-language").as_deref(), Some("de"));
            assert_eq!(told(&answer, "cookie").is_some(), !address.contains("few.com"));
            assert_eq!(told(&answer, "if-none-match"), None);
            assert_eq!(told(&answer, "body").as_deref(), Some(""));
        }
    }
    let head = site.ask("HEAD", "http://app.com/status/404", &[], "").await;
    assert_eq!((head.status().as_u16(), head.body().len()), (404, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_a_service() {
    let site = Site::new(SETTINGS).await;
    let folder = site.directory.path().join("site");
    std::fs::create_dir_all(folder.join("css")).expect("a folder");
    std::fs::write(folder.join("css/app.27e20196a850.css"), "body {}").expect("a file");
    std::fs::write(site.directory.path().join("secret.txt"), "secret").expect("a file");
    let answer = site.get("http://any.com/static/css/app.27e20196a850.css").await;
    assert_eq!((answer.status().as_u16(), &answer.body()[..]), (200, &b"body {}"[..]));
    assert_eq!(
        line(answer.headers(), "cache-control").as_deref(),
        Some("public, max-age=31536000, immutable")
    );
    let tag = answer.headers()["etag"].to_str().expect("text").to_owned();
    let again = site
        .ask("GET", "http://any.com/static/css/app.27e20196a850.css", &[("if-none-match", &tag)], "")
        .await;
    assert_eq!(again.status(), 304);
    for path in
        ["/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/..%2fsecret.txt", "/static/nothing"]
    {
        assert_eq!(site.get(&format!("http://any.com{path}")).await.status(), 404, "{path}");
    }
    assert_eq!(site.ask("PUT", "http://any.com/static/x", &[], "").await.status(), 405);
}
