//! The shop's time.

use std::time::SystemTime;

use model::Timestamp;

/// What time it is in the shop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clock {
    /// The machine's time.
    Machine,
    /// Begins at the machine's time and runs `speed` times as fast.
    Fast {
        /// 60: an hour passes in a minute.
        speed: u32,
    },
    /// Stands still at an instant until [`crate::Shop::advance`] moves it.
    Manual(Timestamp),
}

/// A clock that was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    clock: Clock,
    started: Timestamp,
}

impl Clock {
    pub(crate) fn start(self) -> Running {
        let started = match self {
            Self::Machine | Self::Fast { .. } => SystemTime::now().into(),
            Self::Manual(instant) => instant,
        };
        Running { clock: self, started }
    }
}

impl Running {
    pub(crate) fn started(self) -> Timestamp {
        self.started
    }

    /// The present; `None` where only the owner moves it.
    pub(crate) fn now(self) -> Option<Timestamp> {
        let machine = Timestamp::from(SystemTime::now());
        match self.clock {
            Clock::Machine => Some(machine),
            Clock::Fast { speed } => {
                Some(self.started.plus(machine.since(self.started).saturating_mul(speed)))
            }
            Clock::Manual(_) => None,
        }
    }
}
