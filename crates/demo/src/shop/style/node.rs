//! The mailer: Node with pino, numeric levels and times in milliseconds.

use model::Timestamp;
use serde_json::json;

use super::{Script, Stamp};
use crate::engine::Stream::Stdout;

pub(crate) const BOOT: Script = &[
    (600, Stdout, |at| line(at, 30, "connecting to smtp://mail.shop.example:587")),
    (1_200, Stdout, |at| line(at, 30, "Server listening at http://0.0.0.0:3000")),
];

pub(crate) const STOP: Script = &[(8, Stdout, |at| line(at, 30, "SIGTERM received, draining"))];

fn line(at: &Stamp, level: u8, text: &str) -> String {
    format!(
        "{{\"level\":{level},\"time\":\"{}\",\"pid\":1,\"hostname\":\"mailer\",\"msg\":{}}}",
        at.iso(),
        json!(text)
    )
}

/// A receipt went out.
pub(crate) fn receipt(at: Timestamp, order: u32, request: &str, millis: u32) -> String {
    format!(
        "{{\"level\":30,\"time\":{},\"pid\":1,\"hostname\":\"mailer\",\"reqId\":\"{request}\",\
         \"order\":{order},\"template\":\"receipt\",\"responseTime\":{millis},\"msg\":\"mail sent\"}}",
        at.millis()
    )
}

/// The last words of a process that found no mail server.
pub(crate) fn unreachable(at: Timestamp) -> String {
    format!(
        "{{\"level\":60,\"time\":{},\"pid\":1,\"hostname\":\"mailer\",\"msg\":\"mail server cannot be reached\"}}\n\
         node:internal/process/promises:394\n\
         \x20     triggerUncaughtException(err, true /* fromPromise */);\n\
         \x20     ^\n\
         \n\
         Error: connect ECONNREFUSED 198.51.100.25:587\n\
         \x20   at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)\n\
         \x20   at async SmtpPool.verify (/app/dist/smtp.js:58:5)\n\
         \x20   at async start (/app/dist/server.js:21:3) {{\n\
         \x20 errno: -111,\n\
         \x20 code: 'ECONNREFUSED',\n\
         \x20 syscall: 'connect'\n\
         }}",
        at.millis()
    )
}
