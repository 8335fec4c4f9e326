use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use route::declared::BasicAuth as Options;

use super::{headers, line, strings};
use crate::middleware::basic_auth::BasicAuth;
use crate::middleware::verdicts::Verdicts;

const USERS: &[&str] = &[
    "test:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/",
    "test2:$apr1$d9hr9HBB$4HxwgUir3HP4EsggP/QNo0",
    "sha:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=",
];

fn options(users: &[&str]) -> Options {
    Options {
        users: strings(users),
        users_file: None,
        realm: "traefik".to_owned(),
        header_field: None,
        remove_header: false,
    }
}

fn auth(options: &Options) -> Result<BasicAuth, String> {
    BasicAuth::new(options, Arc::new(Verdicts::new()))
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

#[tokio::test]
async fn only_who_knows_the_password_passes() {
    let auth = auth(&options(USERS)).expect("a step");
    for (value, expected) in [
        (basic("test:test"), true),
        (basic("test2:test2"), true),
        (basic("sha:test"), true),
        (basic("test:test"), true),
        (basic("test:test2"), false),
        (basic("test:"), false),
        (basic("test"), false),
        (basic(":test"), false),
        (basic("nobody:test"), false),
        (basic("TEST:test"), false),
        (basic(""), false),
        (basic("test:test").replacen("Basic", "basic", 1), true),
        (basic("test:test").replacen("Basic ", "Basic  ", 1), true),
        (basic("test:test").replacen("Basic", "Bearer", 1), false),
        ("Basic test:test".to_owned(), false),
        ("Basic".to_owned(), false),
        ("Basic \u{fc}".to_owned(), false),
        (String::new(), false),
    ] {
        let mut asked = headers(&[("authorization", &value)]);
        match auth.before(&mut asked).await {
            Ok(()) => assert!(expected, "{value} passes"),
            Err(answered) => {
                assert!(!expected, "{value} does not pass");
                assert_eq!(answered.answer.status(), 401);
                assert_eq!(answered.answer.headers()["www-authenticate"], "Basic realm=\"traefik\"");
            }
        }
    }
    assert!(auth.before(&mut headers(&[])).await.is_err());
}

#[tokio::test]
async fn a_password_without_end_is_not_even_looked_at() {
    let auth = auth(&options(USERS)).expect("a step");
    let mut asked = headers(&[("authorization", &basic(&format!("test:{}", "a".repeat(1025))))]);
    let refused = auth.before(&mut asked).await.expect_err("it does not pass");
    assert_eq!(refused.what.as_deref(), Some("the password is too long to be one"));
}

#[tokio::test]
async fn the_service_learns_the_name() {
    let auth = auth(&Options {
        header_field: Some("X-WebAuth-User".to_owned()),
        remove_header: true,
        realm: "the \"realm\"".to_owned(),
        ..options(USERS)
    })
    .expect("a step");
    let mut asked = headers(&[("authorization", &basic("test:test")), ("x-webauth-user", "admin")]);
    assert!(auth.before(&mut asked).await.is_ok());
    assert_eq!(line(&asked, "x-webauth-user").as_deref(), Some("test"));
    assert_eq!(line(&asked, "authorization"), None);
    let refused = auth.before(&mut headers(&[])).await.expect_err("it does not pass");
    assert_eq!(refused.answer.headers()["www-authenticate"], "Basic realm=\"the realm\"");
}

#[tokio::test]
async fn a_file_has_users_too() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "# who may\n\n  test:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/  \r").expect("a line");
    let path = file.path().to_str().expect("a path").to_owned();
    let from_file = auth(&Options { users_file: Some(path), ..options(&USERS[1..2]) }).expect("a step");
    for name in ["test", "test2"] {
        let mut asked = headers(&[("authorization", &basic(&format!("{name}:{name}")))]);
        assert!(from_file.before(&mut asked).await.is_ok(), "{name}");
    }
}

#[test]
fn half_a_guard_is_none() {
    for (options, expected) in [
        (options(&[]), "there are no users"),
        (options(&["test"]), "a user is written name:hash"),
        (options(&[":hash"]), "a user is written name:hash"),
        (options(&["test:secret"]), "user test: the hash is of a kind that is not supported"),
        (options(&[USERS[0], "b:$apr1$x"]), "user b: the hash is not complete"),
        (
            Options { users_file: Some("/nowhere/users".to_owned()), ..options(USERS) },
            "the file /nowhere/users cannot be read",
        ),
        (
            Options { header_field: Some("no name".to_owned()), ..options(USERS) },
            "`no name` is no name of a header",
        ),
    ] {
        let error = auth(&options).err().unwrap_or_default();
        assert!(error.contains(expected), "{options:?}: {error}");
        assert!(!error.contains("secret"), "the hash is told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_password_is_looked_at_once() {
    // Slow enough that sixty of them would be noticed.
    let hash = bcrypt::hash("secret", 9).expect("a hash");
    let auth = Arc::new(auth(&options(&[&format!("user:{hash}")])).expect("a step"));
    let pass = async |credentials: &str| {
        auth.before(&mut headers(&[("authorization", &basic(credentials))])).await.is_ok()
    };
    let began = Instant::now();
    assert!(pass("user:secret").await);
    let once = began.elapsed();
    let began = Instant::now();
    for _ in 0..60 {
        assert!(pass("user:secret").await);
    }
    assert!(began.elapsed() < once * 20, "sixty took {:?}, one {once:?}", began.elapsed());
    assert!(!pass("user:wrong").await);
    assert!(!pass("stranger:secret").await, "the hash of somebody else lets nobody in");

    let together: Vec<_> = (0..8)
        .map(|_| {
            let auth = auth.clone();
            tokio::spawn(async move {
                auth.before(&mut headers(&[("authorization", &basic("user:secret"))])).await.is_ok()
            })
        })
        .collect();
    for task in together {
        assert!(task.await.expect("a task"));
    }
}
