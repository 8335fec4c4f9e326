//! `retry`: leaves in the exchange how the request is to be sent again; whoever sends it does so.

use route::declared;

use crate::exchange::RetryWish;

pub(super) fn wish(options: &declared::Retry) -> Option<RetryWish> {
    if options.attempts < 2 {
        return None;
    }
    Some(RetryWish {
        attempts: options.attempts,
        initial_interval: options.initial_interval,
        timeout: options.timeout,
        statuses: options.statuses.clone(),
        network_errors: options.on_network_error,
        non_idempotent: options.non_idempotent,
        body_bytes_max: options
            .body_bytes_max
            .map_or(BODY_BYTES_MAX, |bytes| bytes.try_into().unwrap_or(BODY_BYTES_MAX)),
    })
}

/// Of what is kept to be sent again, where the options set no limit.
const BODY_BYTES_MAX: usize = 16 << 20;
