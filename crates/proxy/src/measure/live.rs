//! How it goes at the moment: the last minute of a series, from looks at its counters every few seconds.

use std::collections::VecDeque;
use std::time::Duration;

use route::shown::Window;

use super::buckets;
use super::series::{Kind, Sums};

/// How often the counters are looked at.
pub(super) const INTERVAL: Duration = Duration::from_secs(5);
/// So many looks make the window.
const LOOKS: usize = 12;

/// What was counted between two looks.
#[derive(Debug)]
struct Step {
    classes: [u64; 6],
    /// Buckets with anything in them.
    durations: Box<[(u16, u64)]>,
}

/// The looks of the last minute.
#[derive(Debug, Default)]
pub(super) struct Past {
    steps: VecDeque<Step>,
    classes: [u64; 6],
    durations: Vec<u64>,
}

impl Past {
    /// Takes in what the counters say now.
    pub(super) fn look(&mut self, sums: &Sums) {
        let classes = classes(sums);
        self.durations.resize(buckets::COUNT, 0);
        let grown = |(bucket, (now, before)): (usize, (&u64, &u64))| {
            let by = now.saturating_sub(*before);
            (by > 0).then(|| (u16::try_from(bucket).unwrap_or(u16::MAX), by))
        };
        let durations = sums.durations.iter().zip(&self.durations).enumerate().filter_map(grown).collect();
        let step = std::array::from_fn(|class| classes[class].saturating_sub(self.classes[class]));
        self.steps.push_back(Step { classes: step, durations });
        if self.steps.len() > LOOKS {
            self.steps.pop_front();
        }
        self.classes = classes;
        self.durations.copy_from_slice(&sums.durations);
    }

    /// The last minute.
    pub(super) fn window(&self) -> Window {
        let mut counts = vec![0; buckets::COUNT];
        let mut classes = [0; 6];
        for step in &self.steps {
            for (sum, count) in classes.iter_mut().zip(step.classes) {
                *sum += count;
            }
            for (bucket, count) in &step.durations {
                counts[usize::from(*bucket)] += count;
            }
        }
        Window {
            span: INTERVAL * u32::try_from(self.steps.len()).unwrap_or_default(),
            classes,
            p50: buckets::quantile(&counts, 0.5),
            p95: buckets::quantile(&counts, 0.95),
            p99: buckets::quantile(&counts, 0.99),
        }
    }
}

/// Requests by the first digit of their status.
pub(super) fn classes(sums: &Sums) -> [u64; 6] {
    let mut classes = [0; 6];
    for (kind, count) in &sums.kinds {
        classes[class(*kind)] += count.requests;
    }
    classes
}

/// The first digit of a status; 0 for what is none.
pub(super) fn class(kind: Kind) -> usize {
    match kind.code / 100 {
        class @ 1..=5 => usize::from(class),
        _ => 0,
    }
}
