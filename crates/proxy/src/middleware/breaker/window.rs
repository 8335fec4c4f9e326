//! What happened in the last ten seconds, second by second.

use std::time::Duration;

use tokio::time::Instant;

use super::expression::Figures;

const SECONDS: usize = 10;
/// Times in steps of a quarter of themselves: from a fraction of a millisecond to ten minutes.
const STEPS: usize = 64;
const STEP: f64 = 1.25;

#[derive(Debug)]
pub(super) struct Window {
    began: Instant,
    /// The second that was counted in last.
    second: u64,
    seconds: [Second; SECONDS],
}

/// One second.
#[derive(Debug, Clone)]
struct Second {
    network_errors: u32,
    /// By status; few are in use.
    codes: Vec<(u16, u32)>,
    times: [u32; STEPS],
}

impl Default for Second {
    fn default() -> Self {
        Self { network_errors: 0, codes: Vec::new(), times: [0; STEPS] }
    }
}

impl Window {
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, second: 0, seconds: std::array::from_fn(|_| Second::default()) }
    }

    pub(super) fn count(&mut self, now: Instant, status: u16, took: Duration) {
        self.advance(now);
        let second = &mut self.seconds[self.second as usize % SECONDS];
        // What the proxy answers where the service gives no answer.
        second.network_errors += u32::from(matches!(status, 502 | 504));
        match second.codes.iter_mut().find(|(code, _)| *code == status) {
            Some((_, count)) => *count += 1,
            None => second.codes.push((status, 1)),
        }
        second.times[step(took)] += 1;
    }

    pub(super) fn figures(&mut self, now: Instant) -> impl Figures + use<> {
        self.advance(now);
        let mut sum = Second::default();
        for second in &self.seconds {
            sum.network_errors += second.network_errors;
            sum.codes.extend_from_slice(&second.codes);
            sum.times.iter_mut().zip(second.times).for_each(|(sum, count)| *sum += count);
        }
        sum
    }

    /// Empties the seconds that have passed meanwhile.
    fn advance(&mut self, now: Instant) {
        let second = now.saturating_duration_since(self.began).as_secs();
        let passed = second.saturating_sub(self.second).min(SECONDS as u64);
        for ahead in 1..=passed {
            self.seconds[(self.second + ahead) as usize % SECONDS] = Second::default();
        }
        if passed == SECONDS as u64 {
            self.seconds = std::array::from_fn(|_| Second::default());
        }
        self.second = self.second.max(second);
    }
}

fn step(took: Duration) -> usize {
    let ms = took.as_secs_f64() * 1000.0;
    (ms.max(1.0).log(STEP).ceil() as usize).min(STEPS - 1)
}

impl Second {
    fn among(&self, (from, to): (u16, u16)) -> f64 {
        let counts = self.codes.iter().filter(|(code, _)| (from..to).contains(code));
        counts.map(|(_, count)| f64::from(*count)).sum()
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

impl Figures for Second {
    fn requests(&self) -> f64 {
        self.among((0, u16::MAX))
    }

    fn network_error_ratio(&self) -> f64 {
        ratio(f64::from(self.network_errors), self.requests())
    }

    fn code_ratio(&self, of: (u16, u16), among: (u16, u16)) -> f64 {
        ratio(self.among(of), self.among(among))
    }

    fn latency_ms(&self, percent: f64) -> f64 {
        let wanted = self.requests() * (percent / 100.0).clamp(0.0, 1.0);
        let mut counted = 0.0;
        for (step, count) in self.times.iter().enumerate() {
            counted += f64::from(*count);
            if *count > 0 && counted >= wanted {
                return STEP.powi(step as i32);
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn seconds_pass_out_of_the_window() {
        let start = Instant::now();
        let mut window = Window::new(start);
        assert_eq!(window.figures(start).network_error_ratio(), 0.0);
        for (at, status) in [(0, 200), (500, 502), (1500, 504), (9000, 404)] {
            window.count(start + ms(at), status, ms(10));
        }
        let figures = window.figures(start + ms(9900));
        assert_eq!((figures.requests(), figures.network_error_ratio()), (4.0, 0.5));
        assert_eq!(figures.code_ratio((400, 500), (0, 600)), 0.25);
        assert_eq!(figures.code_ratio((500, 600), (400, 600)), 2.0 / 3.0);
        assert_eq!(window.figures(start + ms(10_000)).requests(), 2.0, "the first second is out");
        assert_eq!(window.figures(start + ms(11_000)).requests(), 1.0);
        assert_eq!(window.figures(start + ms(60_000)).requests(), 0.0);
    }

    #[test]
    fn times_are_right_within_a_quarter() {
        let start = Instant::now();
        let mut window = Window::new(start);
        for took in 1..=100 {
            window.count(start, 200, ms(took * 10));
        }
        let figures = window.figures(start);
        for (percent, expected) in [(50.0, 500.0), (95.0, 950.0), (100.0, 1000.0), (1.0, 10.0)] {
            let found = figures.latency_ms(percent);
            assert!((expected..=expected * STEP).contains(&found), "{percent} %: {found} ms for {expected}");
        }
        assert_eq!(Window::new(start).figures(start).latency_ms(50.0), 0.0);
    }
}
