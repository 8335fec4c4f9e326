//! gunicorn's own lines, beside those of the application in it.

use super::Script;
use crate::engine::Stream::Stderr;

pub(crate) const BOOT: Script = &[
    (900, Stderr, |at| format!("[{}] [1] [INFO] Starting gunicorn 23.0.0", at.gunicorn())),
    (902, Stderr, |at| format!("[{}] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)", at.gunicorn())),
    (902, Stderr, |at| format!("[{}] [1] [INFO] Using worker: sync", at.gunicorn())),
    (906, Stderr, |at| format!("[{}] [7] [INFO] Booting worker with pid: 7", at.gunicorn())),
    (911, Stderr, |at| format!("[{}] [8] [INFO] Booting worker with pid: 8", at.gunicorn())),
    (917, Stderr, |at| format!("[{}] [9] [INFO] Booting worker with pid: 9", at.gunicorn())),
];

pub(crate) const STOP: Script = &[
    (5, Stderr, |at| format!("[{}] [1] [INFO] Handling signal: term", at.gunicorn())),
    (60, Stderr, |at| format!("[{}] [7] [INFO] Worker exiting (pid: 7)", at.gunicorn())),
    (61, Stderr, |at| format!("[{}] [8] [INFO] Worker exiting (pid: 8)", at.gunicorn())),
    (63, Stderr, |at| format!("[{}] [9] [INFO] Worker exiting (pid: 9)", at.gunicorn())),
    (420, Stderr, |at| format!("[{}] [1] [INFO] Shutting down: Master", at.gunicorn())),
];

pub(crate) const RECYCLE: Script = &[
    (0, Stderr, |at| format!("[{}] [8] [INFO] Autorestarting worker after current request.", at.gunicorn())),
    (80, Stderr, |at| format!("[{}] [8] [INFO] Worker exiting (pid: 8)", at.gunicorn())),
    (540, Stderr, |at| format!("[{}] [31] [INFO] Booting worker with pid: 31", at.gunicorn())),
];
