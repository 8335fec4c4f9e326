//! What a client's connection is made of: the socket, bytes of it that were read already, perhaps TLS, and the watch over
//! heads. One type for all, so that hyper is compiled once.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::connection::Pulse;
use crate::head::Watch;

/// A socket, and what was read of it to see what is spoken.
#[derive(Debug)]
pub(crate) struct Wire {
    early: BytesMut,
    socket: TcpStream,
}

impl Wire {
    pub(crate) fn new(socket: TcpStream) -> Self {
        Self { early: BytesMut::new(), socket }
    }

    /// Reads until `enough` bytes are there or no more will be, and leaves them to be read again.
    pub(crate) async fn peek(&mut self, enough: usize) -> io::Result<&[u8]> {
        use tokio::io::AsyncReadExt as _;
        while self.early.len() < enough {
            if self.socket.read_buf(&mut self.early).await? == 0 {
                break;
            }
        }
        Ok(&self.early)
    }

    /// Forgets bytes that were looked at.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.early.advance(bytes.min(self.early.len()));
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.early.is_empty() {
            return Pin::new(&mut this.socket).poll_read(cx, buffer);
        }
        let count = this.early.len().min(buffer.remaining());
        buffer.put_slice(&this.early[..count]);
        this.early.advance(count);
        if this.early.is_empty() {
            this.early = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// With TLS or without.
pub(crate) enum Stream {
    Plain(Wire),
    Tls(Box<TlsStream<Wire>>),
}

/// A client's connection, as hyper reads and writes it.
pub(crate) struct Line {
    stream: Stream,
    /// Over heads of HTTP/1; HTTP/2 has no lines.
    watch: Option<Watch>,
    pulse: Pulse,
}

impl Line {
    pub(crate) fn new(stream: Stream, watches: bool, pulse: Pulse) -> Self {
        if !watches {
            pulse.set_head(false);
        }
        Self { stream, watch: watches.then(Watch::default), pulse }
    }

    fn note(&mut self, read: &mut [u8]) {
        let Some(watch) = &mut self.watch else { return };
        if !read.is_empty() {
            self.pulse.heard();
        }
        if let Some(fault) = watch.pass(read) {
            self.pulse.set_fault(fault);
        }
        self.pulse.set_head(watch.is_in_head());
        if watch.is_blind() {
            self.pulse.set_last();
            self.watch = None;
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        ready!(match &mut this.stream {
            Stream::Plain(wire) => Pin::new(wire).poll_read(cx, buffer),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_read(cx, buffer),
        })?;
        this.note(&mut buffer.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let polled = match &mut this.stream {
            Stream::Plain(wire) => Pin::new(wire).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_write(cx, bytes),
        };
        this.pulse.set_stalled(polled.is_pending());
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let polled = match &mut this.stream {
            Stream::Plain(wire) => Pin::new(wire).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_flush(cx),
        };
        this.pulse.set_stalled(polled.is_pending());
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(wire) => Pin::new(wire).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_shutdown(cx),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(wire) => wire.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let polled = match &mut this.stream {
            Stream::Plain(wire) => Pin::new(wire).poll_write_vectored(cx, bytes),
            Stream::Tls(stream) => Pin::new(&mut **stream).poll_write_vectored(cx, bytes),
        };
        this.pulse.set_stalled(polled.is_pending());
        polled
    }
}
