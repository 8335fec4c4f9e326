//! The accounts by themselves, on a clock that the tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use api::{NewToken, NewUser, Role, TokenScope};
use model::Timestamp;
use tempfile::TempDir;

use super::*;

const GOOD: &str = "correct horse";
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

struct Fixture {
    accounts: Accounts,
    clock_ms: Arc<AtomicI64>,
    directory: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let clock_ms = Arc::new(AtomicI64::new(1_800_000_000_000));
        let told = clock_ms.clone();
        let clock = Clock::from_fn(move || Timestamp::from_millis(told.load(Ordering::Relaxed)));
        let accounts =
            Accounts::open_with_clock(&directory.path().join("state.db"), clock).expect("accounts");
        Self { accounts, clock_ms, directory }
    }

    fn pass(&self, ms: i64) {
        self.clock_ms.fetch_add(ms, Ordering::Relaxed);
    }

    async fn add(&self, name: &str, role: Role) -> Result<User, AccountError> {
        self.accounts.add_user(NewUser { name: name.into(), role, password: GOOD.into() }).await
    }

    async fn sign_in(&self, name: &str, password: &str) -> Option<String> {
        let signed_in = self.accounts.sign_in(name, password.into()).await.expect("an answer");
        signed_in.map(|signed_in| signed_in.secret)
    }

    fn is_alive(&self, session: &str) -> bool {
        self.accounts.session(session).expect("an answer").is_some()
    }
}

use api::User;

#[tokio::test]
async fn names_and_passwords_are_checked() {
    let fixture = Fixture::new();
    let check = async |name: &str, password: &str, expected: &str| {
        let new = NewUser { name: name.into(), role: Role::Viewer, password: password.into() };
        let told =
            fixture.accounts.add_user(new).await.map_or_else(|error| error.to_string(), |user| user.name);
        assert_eq!(told, expected, "{name} {password}");
    };
    check("Ann@example.com", GOOD, "ann@example.com").await;
    check(
        "ANN@example.com",
        GOOD,
        "there is a user `ann@example.com` already; choose another name, or set that user's password",
    )
    .await;
    check("", GOOD, "`` is no user name; write 1 to 64 letters, digits or . _ - @").await;
    check("a b", GOOD, "`a b` is no user name; write 1 to 64 letters, digits or . _ - @").await;
    check("bob", "short", "a password has 10 to 1000 characters").await;
    check("bob", &"x".repeat(1001), "a password has 10 to 1000 characters").await;
}

#[tokio::test]
async fn signing_in_takes_the_right_name_and_password() {
    let fixture = Fixture::new();
    fixture.add("ann", Role::Editor).await.expect("a user");
    let session = fixture.sign_in("Ann", GOOD).await.expect("a session");
    let user = fixture.accounts.session(&session).expect("an answer").expect("a user");
    assert_eq!((user.name.as_str(), user.role), ("ann", Role::Editor));
    assert_eq!(fixture.sign_in("ann", "wrong horse").await, None);
    assert_eq!(fixture.sign_in("nobody", GOOD).await, None);
    assert_eq!(fixture.sign_in("nobody", "nobody has this password").await, None);
    fixture.accounts.sign_out(&session).expect("an end");
    assert!(!fixture.is_alive(&session));
}

#[tokio::test]
async fn a_session_lives_thirty_days_after_its_last_use() {
    let fixture = Fixture::new();
    fixture.add("ann", Role::Viewer).await.expect("a user");
    let session = fixture.sign_in("ann", GOOD).await.expect("a session");
    for _ in 0..3 {
        fixture.pass(29 * DAY_MS);
        assert!(fixture.is_alive(&session));
    }
    fixture.pass(30 * DAY_MS);
    assert!(!fixture.is_alive(&session));
    // The next sign-in clears it away.
    fixture.sign_in("ann", GOOD).await.expect("a session");
    let rows: i64 = fixture
        .accounts
        .connection()
        .query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))
        .expect("a number");
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_user_has_at_most_fifty_sessions() {
    let fixture = Fixture::new();
    fixture.add("ann", Role::Viewer).await.expect("a user");
    let first = fixture.sign_in("ann", GOOD).await.expect("a session");
    for _ in 0..50 {
        fixture.pass(1);
        let connection = fixture.accounts.connection();
        sessions::insert(&connection, "ann", fixture.accounts.now_ms()).expect("a session");
    }
    assert!(!fixture.is_alive(&first));
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let fixture = Fixture::new();
    fixture.add("ann", Role::Viewer).await.expect("a user");
    let session = fixture.sign_in("ann", GOOD).await.expect("a session");
    let change =
        |current: &str| fixture.accounts.change_password("ann", current.into(), "battery staple".into());
    assert!(!change("wrong horse").await.expect("an answer"));
    assert!(fixture.is_alive(&session));
    assert!(change(GOOD).await.expect("an answer"));
    assert!(!fixture.is_alive(&session));
    assert_eq!(fixture.sign_in("ann", GOOD).await, None);
    assert!(fixture.sign_in("ann", "battery staple").await.is_some());
    let error = fixture.accounts.set_password("nobody", GOOD.into()).await.expect_err("no user");
    assert_eq!(error.to_string(), "there is no user `nobody`");
}

#[tokio::test]
async fn the_last_admin_stays() {
    let fixture = Fixture::new();
    fixture.add("ann", Role::Admin).await.expect("a user");
    fixture.add("bob", Role::Editor).await.expect("a user");
    let error = fixture.accounts.remove_user("ann").expect_err("the last admin");
    assert_eq!(error.to_string(), "`ann` is the last admin; make another user admin first");
    fixture.add("eve", Role::Admin).await.expect("a user");
    let session = fixture.sign_in("ann", GOOD).await.expect("a session");
    fixture.accounts.remove_user("ann").expect("removed");
    assert!(!fixture.is_alive(&session));
    fixture.accounts.remove_user("bob").expect("removed");
    assert!(matches!(fixture.accounts.remove_user("bob"), Err(AccountError::Unknown(_))));
    let names: Vec<String> =
        fixture.accounts.users().expect("users").into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["eve"]);
}

#[tokio::test]
async fn the_setup_secret_is_good_once_for_an_hour_and_only_for_the_first_user() {
    let fixture = Fixture::new();
    let issue = || fixture.accounts.issue_setup_secret().expect("an answer");
    let redeem = |secret: String, name: &'static str, password: &'static str| {
        let accounts = fixture.accounts.clone();
        async move { accounts.set_up(&secret, name, password.into()).await.map(|signed_in| signed_in.user) }
    };
    let spent = |error: AccountError| matches!(error, AccountError::SpentLink);

    let old = issue().expect("a secret");
    fixture.pass(HOUR_MS);
    assert!(spent(redeem(old.clone(), "ann", GOOD).await.expect_err("too late")));
    let secret = issue().expect("a secret");
    assert!(spent(redeem(old, "ann", GOOD).await.expect_err("replaced")));
    assert!(spent(redeem(String::new(), "ann", GOOD).await.expect_err("wrong")));
    assert!(redeem(secret.clone(), "ann", "short").await.is_err());
    let user = redeem(secret.clone(), "Ann", GOOD).await.expect("the first user");
    assert_eq!((user.name.as_str(), user.role), ("ann", Role::Admin));
    assert!(spent(redeem(secret, "bob", GOOD).await.expect_err("spent")));
    assert_eq!(issue(), None);
}

#[tokio::test]
async fn a_user_made_elsewhere_ends_the_setup_secret() {
    let fixture = Fixture::new();
    let secret = fixture.accounts.issue_setup_secret().expect("an answer").expect("a secret");
    fixture.add("ann", Role::Viewer).await.expect("a user");
    let error = fixture.accounts.set_up(&secret, "bob", GOOD.into()).await.err().expect("too late");
    assert!(matches!(error, AccountError::SpentLink));
}

#[tokio::test]
async fn the_settings_make_and_update_the_admin() {
    let fixture = Fixture::new();
    fixture.accounts.ensure_admin(GOOD.into()).await.expect("an admin");
    let session = fixture.sign_in("admin", GOOD).await.expect("a session");
    fixture.accounts.ensure_admin(GOOD.into()).await.expect("nothing to do");
    assert!(fixture.is_alive(&session), "the same password leaves sessions alone");
    fixture.accounts.ensure_admin("battery staple".into()).await.expect("a new password");
    assert!(!fixture.is_alive(&session));
    assert!(fixture.sign_in("admin", "battery staple").await.is_some());
}

#[test]
fn tokens_have_scopes_and_note_their_use_to_the_minute() {
    let fixture = Fixture::new();
    let create = |name: &str, scopes: &[TokenScope]| {
        fixture.accounts.create_token(NewToken { name: name.into(), scopes: scopes.into() })
    };
    assert!(matches!(create(" ", &[TokenScope::Read]), Err(TokenError::BadName)));
    assert!(matches!(create("x", &[]), Err(TokenError::NoScope)));
    let made =
        create("promtail", &[TokenScope::Read, TokenScope::Ingest, TokenScope::Read]).expect("a token");
    assert!(made.secret.starts_with("porthole_"));
    assert_eq!(made.token.scopes, [TokenScope::Ingest, TokenScope::Read]);

    let scopes = |secret: &str| fixture.accounts.token_scopes(secret).expect("an answer");
    assert_eq!(scopes(&made.secret), Some(made.token.scopes.clone()));
    assert_eq!(scopes("porthole_guessed"), None);
    let used = || fixture.accounts.tokens().expect("tokens")[0].last_used.expect("a time");
    let first = used();
    assert_eq!(first % 60_000, 0);
    fixture.pass(59_000);
    scopes(&made.secret);
    assert!(used() - first <= 60_000);
    fixture.pass(3 * 60_000);
    scopes(&made.secret);
    assert!(used() - first >= 3 * 60_000);

    fixture.accounts.revoke_token(made.token.id).expect("revoked");
    assert_eq!(scopes(&made.secret), None);
    assert!(matches!(fixture.accounts.revoke_token(made.token.id), Err(TokenError::Unknown(_))));
}

#[tokio::test]
async fn no_secret_is_in_the_file() {
    let fixture = Fixture::new();
    let setup = fixture.accounts.issue_setup_secret().expect("an answer").expect("a secret");
    let signed_in = fixture.accounts.set_up(&setup, "ann", GOOD.into()).await.expect("a user");
    let new = NewToken { name: "t".into(), scopes: vec![TokenScope::Read] };
    let token = fixture.accounts.create_token(new).expect("a token");
    let copy = fixture.directory.path().join("copy.db");
    fixture.accounts.backup(&copy).expect("a copy");
    let bytes = std::fs::read(copy).expect("the copy");
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ann") && holds("$argon2id$"), "the copy holds the accounts");
    for secret in [setup.as_str(), &signed_in.secret, &token.secret, GOOD] {
        assert!(!holds(secret), "{secret}");
    }
}
