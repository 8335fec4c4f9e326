//! Whatever happens to a store, it answers as a plain list of samples would.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::ground::{DAY, Ground, MINUTE, START_MS, quick};
use crate::config::Config;
use crate::limits::Limits;

/// What can happen.
#[derive(Clone, Debug)]
enum Event {
    /// A scrape so many milliseconds after the one before, of some targets' series.
    Scrape { target: usize, after_ms: i64, numbers: Vec<Option<f64>> },
    /// One that comes late.
    Late { target: usize, before_ms: i64, series: usize, number: f64 },
    /// Time passes, and the writer looks after its files.
    Upkeep { after_ms: i64 },
    /// The process ends and starts again.
    Restart,
}

const NAMES: [[&str; 3]; 2] = [["a0", "a1", "a2"], ["b0", "b1", "b2"]];

fn event() -> impl Strategy<Value = Event> {
    let number = || prop_oneof![3 => (0_i32..4).prop_map(f64::from), 1 => any::<i32>().prop_map(f64::from), 1 => 0.0..1.0];
    let after = || prop_oneof![8 => Just(15_000_i64), 2 => 1..3 * 60 * MINUTE];
    let numbers = prop::collection::vec(prop::option::weighted(0.8, number()), 3);
    prop_oneof![
        12 => (0_usize..2, after(), numbers).prop_map(|(target, after_ms, numbers)| Event::Scrape { target, after_ms, numbers }),
        2 => (0_usize..2, 1..DAY, 0_usize..3, number())
            .prop_map(|(target, before_ms, series, number)| Event::Late { target, before_ms, series, number }),
        2 => prop_oneof![Just(0), 1..4 * 60 * MINUTE, Just(DAY)].prop_map(|after_ms| Event::Upkeep { after_ms }),
        1 => Just(Event::Restart),
    ]
}

/// Samples that the store said it took.
type Model = BTreeMap<&'static str, BTreeMap<i64, f64>>;

fn take(model: &mut Model, ground: &mut Ground, target: usize, at_ms: i64, numbers: &[(&'static str, f64)]) {
    for (name, number) in numbers {
        // One by one, so that it is known which were taken.
        let written = ground.try_scrape(&target.to_string(), at_ms, &[(name, *number)]).unwrap();
        if written.stored > 0 {
            // What came first counts: once its window is sealed nobody remembers a sample that came late.
            model.entry(name).or_default().entry(at_ms).or_insert(*number);
        }
    }
}

fn same(ground: &Ground, model: &Model) -> Result<(), TestCaseError> {
    for names in NAMES {
        for name in names {
            let expected: Vec<(i64, f64)> =
                model.get(name).into_iter().flatten().map(|(at, value)| (*at, *value)).collect();
            prop_assert_eq!(ground.all(name), expected, "{}", name);
        }
    }
    Ok(())
}

fn run(events: Vec<Event>, limits: Limits) -> Result<(), TestCaseError> {
    let mut ground = Ground::with(Config::default(), limits);
    let mut model = Model::new();
    let mut now = START_MS;
    for event in events {
        match event {
            Event::Scrape { target, after_ms, numbers } => {
                now += after_ms;
                ground.set_clock(now);
                let names = NAMES[target].into_iter().zip(numbers);
                let numbers: Vec<_> = names.filter_map(|(name, number)| Some((name, number?))).collect();
                take(&mut model, &mut ground, target, now, &numbers);
            }
            Event::Late { target, before_ms, series, number } => {
                take(&mut model, &mut ground, target, now - before_ms, &[(NAMES[target][series], number)]);
            }
            Event::Upkeep { after_ms } => {
                now += after_ms;
                ground.set_clock(now);
                ground.try_upkeep().unwrap();
            }
            Event::Restart => ground = ground.restarted(),
        }
    }
    same(&ground, &model)?;
    let mut ground = ground.restarted();
    same(&ground, &model)?;
    // Step by step, or the clock would be doubted.
    (1..=4).for_each(|half| ground.upkeep_at(now + half * DAY / 2));
    same(&ground, &model)?;
    // Time passes by leaps here, which make the clock doubtful.
    let faults: Vec<String> =
        ground.faults().into_iter().filter(|fault| !fault.starts_with("clock")).collect();
    prop_assert_eq!(faults, Vec::<String>::new());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn it_answers_as_a_list_would(events in prop::collection::vec(event(), 1..60)) {
        run(events, quick())?;
    }

    #[test]
    fn also_when_windows_are_sealed_early(events in prop::collection::vec(event(), 1..60)) {
        run(events, Limits { head_bytes: 100, ..quick() })?;
    }
}
