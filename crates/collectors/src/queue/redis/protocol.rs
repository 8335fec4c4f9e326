//! RESP2, the protocol of Redis, as far as answers go.

use std::future::Future;
use std::pin::Pin;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};

use super::error::RedisError;

/// A longer text is skipped; the others of its answer stay.
const TEXT_BYTES_MAX: usize = 2 << 20;
/// All texts of one answer together.
const ANSWER_BYTES_MAX: usize = 16 << 20;
const ELEMENTS_MAX: usize = 100_000;
const DEPTH_MAX: usize = 4;
const NAME_BYTES_MAX: usize = 400;
/// Of the line that begins an element.
const LINE_BYTES_MAX: usize = 4096;

/// An answer, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// Nothing: no such key.
    Nothing,
    /// A whole number.
    Integer(i64),
    /// Bytes.
    Text(Vec<u8>),
    /// Bytes that were too many and were skipped.
    TooLong(usize),
    /// Several.
    List(Vec<Reply>),
    /// Redis says no.
    Error(String),
}

impl Reply {
    /// A count; what is not there counts nothing.
    pub(crate) fn count(&self) -> Result<u64, RedisError> {
        match self {
            Self::Nothing => Ok(0),
            Self::Integer(count) => Ok(u64::try_from(*count).unwrap_or(0)),
            other => Err(other.unexpected()),
        }
    }

    /// The elements; what is not there has none.
    pub(crate) fn list(&self) -> Result<&[Self], RedisError> {
        match self {
            Self::Nothing => Ok(&[]),
            Self::List(list) => Ok(list),
            other => Err(other.unexpected()),
        }
    }

    /// A name, if it is one: it becomes the value of a label, so what is longer is none.
    pub(crate) fn name(&self) -> Option<&str> {
        self.text().filter(|text| text.len() <= NAME_BYTES_MAX)
    }

    /// Text, if it is some.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// An error of Redis's is one; everything else is an answer.
    pub(crate) fn accepted(self) -> Result<Self, RedisError> {
        match self {
            Self::Error(said) => Err(RedisError::refused(&said)),
            other => Ok(other),
        }
    }

    fn unexpected(&self) -> RedisError {
        match self {
            Self::Error(said) => RedisError::refused(said),
            _ => RedisError::Protocol("an answer is of another type than asked for"),
        }
    }
}

/// Takes answers off a connection.
pub(crate) struct Reader<R> {
    inner: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin + Send> Reader<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner: BufReader::new(inner), line: Vec::new() }
    }

    pub(super) fn get_mut(&mut self) -> &mut R {
        self.inner.get_mut()
    }

    /// Waits until something comes, or the other side closes. May be given up at any time.
    pub(super) async fn wait(&mut self) -> Result<(), RedisError> {
        self.inner.fill_buf().await.map(|_| ()).map_err(broken)
    }

    /// The next answer. A call that is not waited for leaves the connection in the middle of one.
    pub(crate) async fn reply(&mut self) -> Result<Reply, RedisError> {
        let mut bytes_left = ANSWER_BYTES_MAX;
        self.element(DEPTH_MAX, &mut bytes_left).await
    }

    async fn element(&mut self, depth: usize, bytes_left: &mut usize) -> Result<Reply, RedisError> {
        self.read_line().await?;
        let (kind, rest) = self.line.split_first().ok_or(RedisError::Protocol("an empty line"))?;
        let rest = String::from_utf8_lossy(rest).into_owned();
        match kind {
            b'+' => Ok(Reply::Text(rest.into_bytes())),
            b'-' => Ok(Reply::Error(rest)),
            b':' => {
                rest.parse().map(Reply::Integer).map_err(|_| RedisError::Protocol("a number that is none"))
            }
            b'$' => match length(&rest)? {
                None => Ok(Reply::Nothing),
                Some(length) => self.text(length, bytes_left).await,
            },
            b'*' => match length(&rest)? {
                None => Ok(Reply::Nothing),
                Some(_) if depth == 0 => Err(RedisError::Protocol("lists in lists in lists")),
                Some(length) => self.boxed_list(length, depth - 1, bytes_left).await,
            },
            _ => Err(RedisError::Protocol("an element of no known type")),
        }
    }

    /// Lists hold lists, so the future is boxed.
    fn boxed_list<'a>(
        &'a mut self,
        length: usize,
        depth: usize,
        bytes_left: &'a mut usize,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, RedisError>> + Send + 'a>> {
        Box::pin(async move {
            if length > ELEMENTS_MAX {
                return Err(RedisError::Protocol("a list of more than 100,000 elements"));
            }
            // Memory follows what came, not what was announced.
            let mut list = Vec::with_capacity(length.min(64));
            for _ in 0..length {
                list.push(self.element(depth, bytes_left).await?);
            }
            Ok(Reply::List(list))
        })
    }

    async fn text(&mut self, length: usize, bytes_left: &mut usize) -> Result<Reply, RedisError> {
        if length > TEXT_BYTES_MAX {
            self.skip(length).await?;
            return Ok(Reply::TooLong(length));
        }
        *bytes_left = bytes_left.checked_sub(length).ok_or(RedisError::TooLong(ANSWER_BYTES_MAX))?;
        let mut bytes = vec![0; length + 2];
        self.inner.read_exact(&mut bytes).await.map_err(broken)?;
        if !bytes.ends_with(b"\r\n") {
            return Err(RedisError::Protocol("a text that does not end where it should"));
        }
        bytes.truncate(length);
        Ok(Reply::Text(bytes))
    }

    async fn skip(&mut self, length: usize) -> Result<(), RedisError> {
        let whole = (length as u64).saturating_add(2);
        let skipped = tokio::io::copy(&mut (&mut self.inner).take(whole), &mut tokio::io::sink()).await;
        match skipped.map_err(broken)? == whole {
            true => Ok(()),
            false => Err(RedisError::Broken("it ended in the middle of an answer".to_owned())),
        }
    }

    async fn read_line(&mut self) -> Result<(), RedisError> {
        self.line.clear();
        let mut limited = (&mut self.inner).take(LINE_BYTES_MAX as u64);
        limited.read_until(b'\n', &mut self.line).await.map_err(broken)?;
        match self.line.strip_suffix(b"\r\n").map(<[u8]>::len) {
            Some(length) => self.line.truncate(length),
            None if self.line.len() >= LINE_BYTES_MAX => return Err(RedisError::TooLong(LINE_BYTES_MAX)),
            None if self.line.is_empty() => {
                return Err(RedisError::Broken("the other side closed it".to_owned()));
            }
            None => return Err(RedisError::Protocol("a line that does not end as its lines do")),
        }
        Ok(())
    }
}

/// -1 stands for what is not there.
fn length(text: &str) -> Result<Option<usize>, RedisError> {
    match text {
        "-1" => Ok(None),
        text => text.parse().map(Some).map_err(|_| RedisError::Protocol("a length that is none")),
    }
}

fn broken(error: std::io::Error) -> RedisError {
    RedisError::Broken(error.to_string())
}
