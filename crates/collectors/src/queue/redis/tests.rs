use proptest::prelude::*;

use super::command::literal;
use super::protocol::{Reader, Reply};
use super::{Command, RedisError};

fn read(bytes: &[u8]) -> Result<Reply, RedisError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Reader::new(bytes).reply())
}

fn check(bytes: &str, expected: Reply) {
    assert_eq!(read(bytes.as_bytes()), Ok(expected), "{bytes:?}");
}

fn refuse(bytes: &[u8], expected: &str) {
    let told = read(bytes).expect_err("no answer").to_string();
    assert!(told.contains(expected), "{:?}: {told}", String::from_utf8_lossy(bytes));
}

#[test]
fn answers() {
    check("+PONG\r\n", Reply::Text(b"PONG".to_vec()));
    check(":-3\r\n", Reply::Integer(-3));
    check("$5\r\na\r\nbc\r\n", Reply::Text(b"a\r\nbc".to_vec()));
    check("$0\r\n\r\n", Reply::Text(Vec::new()));
    check("$-1\r\n", Reply::Nothing);
    check("*-1\r\n", Reply::Nothing);
    check("*0\r\n", Reply::List(Vec::new()));
    check("-ERR no\r\n", Reply::Error("ERR no".to_owned()));
    let inner = Reply::List(vec![Reply::Integer(1), Reply::Nothing]);
    check("*2\r\n*2\r\n:1\r\n$-1\r\n$1\r\nx\r\n", Reply::List(vec![inner, Reply::Text(b"x".to_vec())]));
}

#[test]
fn what_is_too_long_is_skipped_and_the_rest_stays() {
    let long = 3 << 20;
    let mut bytes = format!("*2\r\n${long}\r\n").into_bytes();
    bytes.extend(std::iter::repeat_n(b'x', long));
    bytes.extend(b"\r\n:7\r\n");
    assert_eq!(read(&bytes), Ok(Reply::List(vec![Reply::TooLong(long), Reply::Integer(7)])));
}

#[test]
fn what_is_no_answer_is_refused_without_taking_memory() {
    refuse(b"", "the other side closed it");
    refuse(b"HTTP/1.1 400 Bad Request\r\n", "no known type");
    refuse(b"*4000000000\r\n", "more than 100,000");
    refuse(b"*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n", "lists in lists");
    refuse(b"$4000000000\r\nabc", "in the middle");
    refuse(b"$18446744073709551615\r\nabc", "in the middle");
    refuse(b"$3\r\nabcdef", "does not end");
    refuse(b":one\r\n", "a number that is none");
    refuse(&[b'+'; 5000], "longer than 4096");
    let mut many = b"*9\r\n".to_vec();
    for _ in 0..9 {
        many.extend(b"$2097152\r\n");
        many.extend(std::iter::repeat_n(b'x', 2 << 20));
        many.extend(b"\r\n");
    }
    refuse(&many, "longer than 16777216");
}

#[test]
fn commands_are_written_as_redis_reads_them() {
    let mut bytes = Vec::new();
    Command::llen("celery\u{6}\u{16}3").write(&mut bytes);
    assert_eq!(bytes, b"*2\r\n$4\r\nLLEN\r\n$9\r\ncelery\x06\x163\r\n");
    assert_eq!(literal("app[1]*"), r"app\[1\]\*");
}

#[test]
fn what_redis_refuses_comes_with_advice() {
    let told = RedisError::refused("NOAUTH Authentication required.").to_string();
    assert_eq!(
        told,
        "Redis says: NOAUTH Authentication required.; write the password into the url, redis://:password@host:6379/0"
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }
}
