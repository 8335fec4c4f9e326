//! Tasks that broke down.

use tokio::task::JoinError;

/// Whoever runs a task that broke down breaks down with it: otherwise what the task told last would be shown for ever.
pub(crate) fn hand_on(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && let Ok(panic) = error.try_into_panic()
    {
        std::panic::resume_unwind(panic);
    }
}
