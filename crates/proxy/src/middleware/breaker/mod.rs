//! `circuitBreaker`: stops asking a service that fails, and lets it have its requests back bit by bit.
//!
//! While the expression over the last ten seconds holds it opens: for a time nobody is let through. Then it recovers: a
//! growing share of requests, up to a half, is let through; if the expression holds again it opens again, else it closes
//! when that time is over.

mod expression;
mod window;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use route::declared::CircuitBreaker;
use tokio::time::Instant;

use self::expression::Expression;
use self::window::Window;
use super::answer::{Answered, text};

/// The middleware.
#[derive(Debug)]
pub(super) struct Breaker {
    expression: Expression,
    written: String,
    check_period: Duration,
    fallback: Duration,
    recovery: Duration,
    refusal: StatusCode,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    window: Window,
    checked_at: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Closed,
    Open { until: Instant },
    Recovering { since: Instant, passed: u32, refused: u32 },
}

impl Breaker {
    /// # Errors
    /// If the expression or the status cannot be read.
    pub(super) fn new(options: &CircuitBreaker) -> Result<Self, String> {
        let now = Instant::now();
        Ok(Self {
            expression: Expression::parse(&options.expression)?,
            written: options.expression.clone(),
            check_period: options.check_period,
            fallback: options.fallback_duration,
            recovery: options.recovery_duration,
            refusal: StatusCode::from_u16(options.response_status)
                .map_err(|_| format!("{} is no status", options.response_status))?,
            state: Mutex::new(State { phase: Phase::Closed, window: Window::new(now), checked_at: now }),
        })
    }

    /// Lets the request through, or not. Answers when it began.
    pub(super) fn before(&self) -> Result<Instant, Box<Answered>> {
        let now = Instant::now();
        if self.state().admit(now, self.recovery) {
            return Ok(now);
        }
        Err(text(self.refusal, format!("the circuit is open: {}", self.written)))
    }

    /// Counts the answer to a request that began at `began`.
    pub(super) fn after(&self, status: StatusCode, began: Instant) {
        let now = Instant::now();
        let mut state = self.state();
        state.window.count(now, status.as_u16(), now - began);
        if now - state.checked_at < self.check_period {
            return;
        }
        state.checked_at = now;
        let is_open = matches!(state.phase, Phase::Open { .. });
        if !is_open && self.expression.holds(&state.window.figures(now)) {
            tracing::warn!(expression = %self.written, "a circuit breaker opens");
            state.phase = Phase::Open { until: now + self.fallback };
            state.window = Window::new(now);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn admit(&mut self, now: Instant, recovery: Duration) -> bool {
        if let Phase::Open { until } = self.phase {
            if now < until {
                return false;
            }
            self.phase = Phase::Recovering { since: now, passed: 0, refused: 0 };
        }
        let Phase::Recovering { since, passed, refused } = &mut self.phase else { return true };
        let share = now.duration_since(*since).as_secs_f64() / recovery.as_secs_f64().max(1e-9);
        if share >= 1.0 {
            self.phase = Phase::Closed;
            return true;
        }
        let would_be = f64::from(*passed + 1) / f64::from(*passed + *refused + 1);
        let admitted = would_be <= share / 2.0;
        *(if admitted { passed } else { refused }) += 1;
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker(expression: &str) -> Result<Breaker, String> {
        Breaker::new(&CircuitBreaker {
            expression: expression.to_owned(),
            check_period: Duration::from_millis(100),
            fallback_duration: Duration::from_secs(10),
            recovery_duration: Duration::from_secs(10),
            response_status: 503,
        })
    }

    fn ask(breaker: &Breaker, status: StatusCode) -> bool {
        match breaker.before() {
            Ok(began) => {
                breaker.after(status, began);
                true
            }
            Err(_) => false,
        }
    }

    async fn pass(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_recovers_and_closes() {
        let breaker = breaker("ResponseCodeRatio(500, 600, 0, 600) > 0.5").expect("a breaker");
        pass(1).await;
        assert!(ask(&breaker, StatusCode::OK));
        pass(1).await;
        assert!(
            ask(&breaker, StatusCode::BAD_GATEWAY) && ask(&breaker, StatusCode::OK),
            "a half is not more than it"
        );
        pass(1).await;
        assert!(ask(&breaker, StatusCode::BAD_GATEWAY) && ask(&breaker, StatusCode::BAD_GATEWAY));
        pass(1).await;
        assert!(ask(&breaker, StatusCode::BAD_GATEWAY));
        assert!(!ask(&breaker, StatusCode::OK), "open");
        pass(9).await;
        assert!(!ask(&breaker, StatusCode::OK), "open still");
        pass(1).await;
        let mut passed = 0;
        for _ in 0..9 {
            pass(1).await;
            passed += (0..20).filter(|_| ask(&breaker, StatusCode::OK)).count();
        }
        assert!((60..=90).contains(&passed), "{passed} of 180 while it recovers");
        pass(2).await;
        assert!((0..20).all(|_| ask(&breaker, StatusCode::OK)), "closed");
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_while_it_recovers_opens_it_again() {
        let breaker = breaker("NetworkErrorRatio() > 0.1").expect("a breaker");
        pass(1).await;
        assert!(ask(&breaker, StatusCode::BAD_GATEWAY) && !ask(&breaker, StatusCode::OK));
        pass(10).await;
        assert!(!ask(&breaker, StatusCode::OK), "nothing passes in the first moment");
        pass(9).await;
        while !ask(&breaker, StatusCode::BAD_GATEWAY) {}
        assert!((0..20).all(|_| !ask(&breaker, StatusCode::OK)), "open again");
    }
}
