//! `basicAuth` and `forwardAuth` in the whole proxy: who is let through, and that what is broken lets nobody.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::Site;
use super::site::told;
use crate::middleware::tests::line;

fn settings(middleware: &str) -> String {
    format!(
        "[proxy.middlewares.guard]\n{middleware}\n[[proxy.route]]\nrule = \"Host(`app.com`)\"\nto = \"{{server}}\"\n\
         middlewares = [\"guard\"]\n"
    )
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_asked_for() {
    let hash = bcrypt::hash("secret", 4).expect("a hash");
    let site = Site::new(&settings(&format!(
        "basicauth = {{ users = ['ann:{hash}', 'bob:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/'], headerfield = 'X-User', removeheader = true }}"
    )))
    .await;
    let refused = site.get("http://app.com/").await;
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["www-authenticate"], "Basic realm=\"traefik\"");
    for (credentials, status) in
        [("ann:secret", 200), ("bob:test", 200), ("ann:test", 401), ("eve:secret", 401)]
    {
        let lines = [("authorization", basic(credentials)), ("x-user", "root".to_owned())];
        let lines: Vec<(&str, &str)> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = site.ask("GET", "http://app.com/", &lines, "").await;
        assert_eq!(answer.status(), status, "{credentials}");
        if status == 200 {
            assert_eq!(told(&answer, "x-user").as_deref(), credentials.split(':').next());
            assert_eq!(told(&answer, "authorization"), None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_that_cannot_be_built_lets_nobody_through() {
    for middleware in [
        "basicauth = { users = ['ann:secret'] }",
        "basicauth = { usersfile = '/nowhere/users' }",
        "forwardauth = { address = 'auth' }",
    ] {
        let site = Site::new(&settings(middleware)).await;
        let lines = [("authorization", "Basic YW5uOnNlY3JldA==")];
        let answer = site.ask("GET", "http://app.com/", &lines, "").await;
        assert_eq!(answer.status(), 503, "{middleware}");
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(!text.contains("secret") && !text.contains("/nowhere"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_service_is_asked() {
    let site = Site::new(&settings(
        "forwardauth = { address = '{server}/auth', authresponseheaders = ['X-Auth-User', 'X-Auth-Uri', 'X-Auth-Method'], \
         addauthcookiestoresponse = ['session'] }",
    ))
    .await;
    let passed = site
        .ask(
            "POST",
            "http://app.com/a?b=1",
            &[("x-key", "good"), ("x-auth-user", "root"), ("x_auth_user", "root")],
            "the body",
        )
        .await;
    assert_eq!(passed.status(), 200);
    for (name, expected) in [
        ("x-auth-user", "ann"),
        ("x-auth-uri", "/a?b=1"),
        ("x-auth-method", "GET"),
        ("body", "the body"),
        ("x-key", "good"),
    ] {
        assert_eq!(told(&passed, name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(line(passed.headers(), "set-cookie").as_deref(), Some("app=1|session=1; Path=/"));

    let refused = site.ask("GET", "http://app.com/", &[("x-key", "bad")], "").await;
    assert_eq!((refused.status().as_u16(), &refused.body()[..]), (401, &b"the judge's words"[..]));
    assert_eq!(refused.headers()["www-authenticate"], "Basic realm=\"auth\"");
    let lost = site.ask("GET", "http://app.com/", &[("x-key", "lost")], "").await;
    let location = lost.headers()["location"].to_str().expect("text").to_owned();
    assert_eq!(lost.status(), 302);
    assert!(location.starts_with("http://127.0.0.1:") && location.ends_with("/login"), "{location}");
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_asking_are_heeded() {
    let site = Site::new(&settings(
        "forwardauth = { address = '{server}/auth', authresponseheadersregex = '^X-Auth-M', forwardbody = true, maxbodysize = 10, \
         preserverequestmethod = true, preservelocationheader = true, authsigninurl = 'https://login.com/' }",
    ))
    .await;
    let passed = site.ask("PUT", "http://app.com/", &[("x-key", "good")], "the body").await;
    assert_eq!(told(&passed, "x-auth-method").as_deref(), Some("PUT"));
    assert_eq!(told(&passed, "x-auth-user"), None);
    assert_eq!(told(&passed, "body").as_deref(), Some("the body"));
    assert_eq!(line(passed.headers(), "set-cookie").as_deref(), Some("app=1"));
    let too_long = site.ask("PUT", "http://app.com/", &[("x-key", "good")], "a longer body").await;
    assert_eq!(too_long.status(), 401);
    let lost = site.ask("GET", "http://app.com/", &[("x-key", "lost")], "").await;
    assert_eq!(lost.headers()["location"], "/login");
    let refused = site.ask("GET", "http://app.com/", &[], "").await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["location"]),
        (302, &"https://login.com/".parse().unwrap())
    );

    let short =
        Site::new(&settings("forwardauth = { address = '{server}/auth', maxresponsebodysize = 5 }")).await;
    assert_eq!(short.ask("GET", "http://app.com/", &[("x-key", "good")], "").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_passes_while_nobody_can_be_asked() {
    let closed =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let site = Site::new(&settings(&format!("forwardauth = {{ address = 'http://{closed}/' }}"))).await;
    let answer = site.ask("GET", "http://app.com/", &[("x-key", "good")], "").await;
    assert_eq!(answer.status(), 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_may_close_connections_in_between() {
    let site = Site::new(&settings("forwardauth = { address = '{server}/auth' }")).await;
    for _ in 0..20 {
        assert_eq!(site.ask("GET", "http://app.com/", &[("x-key", "good")], "").await.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_passes_the_steps_before_it_alone() {
    let chain = "[proxy.middlewares.first.headers]\ncustomresponseheaders = { X-First = \"1\" }\n\
                 [proxy.middlewares.password]\nbasicauth = { users = ['ann:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M='] }\n\
                 [proxy.middlewares.last.headers]\ncustomresponseheaders = { X-Last = \"1\" }\n";
    let site =
        Site::new(&format!("{chain}{}", settings("chain = { middlewares = ['first', 'password', 'last'] }")))
            .await;
    for (credentials, status, last) in [("ann:test", 200, Some("1")), ("ann:guess", 401, None)] {
        let answer = site.ask("GET", "http://app.com/", &[("authorization", &basic(credentials))], "").await;
        assert_eq!(answer.status(), status);
        assert_eq!(line(answer.headers(), "x-first").as_deref(), Some("1"));
        assert_eq!(line(answer.headers(), "x-last").as_deref(), last);
    }
}
