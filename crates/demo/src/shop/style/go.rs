//! The billing service: Go's `slog`, in logfmt.

use super::{Script, Stamp};
use crate::engine::Stream::Stderr;

pub(crate) const BOOT: Script = &[
    (40, Stderr, |at| line(at, "INFO", "configuration read", "provider=api.payments.example timeout=10s")),
    (90, Stderr, |at| line(at, "INFO", "listening", "addr=:9000")),
];

pub(crate) const STOP: Script = &[
    (3, Stderr, |at| line(at, "INFO", "shutting down", "signal=terminated")),
    (180, Stderr, |at| line(at, "INFO", "connections drained", "open=0")),
];

/// `time=2026-11-22T14:03:59.123Z level=INFO msg="…" …`
pub(crate) fn line(at: &Stamp, level: &str, message: &str, fields: &str) -> String {
    format!("time={} level={level} msg=\"{message}\" {fields}", at.iso())
}

/// A handler met a pointer to nothing; `net/http` writes it down and goes on.
pub(crate) fn panic(at: &Stamp, port: u32, goroutine: u32) -> String {
    format!(
        "{} http: panic serving 127.20.0.11:{port}: runtime error: invalid memory address or nil pointer dereference\n\
         goroutine {goroutine} [running]:\n\
         net/http.(*conn).serve.func1()\n\
         \t/usr/local/go/src/net/http/server.go:1947 +0xbe\n\
         panic({{0x8a2f40?, 0xdc6b30?}})\n\
         \t/usr/local/go/src/runtime/panic.go:791 +0x132\n\
         example.com/shop/billing/refund.(*Handler).amount(...)\n\
         \t/src/refund/handler.go:58\n\
         example.com/shop/billing/refund.(*Handler).ServeHTTP(0xc0001b2000, {{0x9f8e20, 0xc0003a40e0}}, 0xc000316140)\n\
         \t/src/refund/handler.go:41 +0x1f4\n\
         net/http.serverHandler.ServeHTTP({{0xc000286d20?}}, {{0x9f8e20?, 0xc0003a40e0?}}, 0x6?)\n\
         \t/usr/local/go/src/net/http/server.go:3210 +0x8e\n\
         created by net/http.(*Server).Serve in goroutine 1\n\
         \t/usr/local/go/src/net/http/server.go:3360 +0x485",
        at.slashed()
    )
}
