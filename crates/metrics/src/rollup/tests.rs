use super::*;
use crate::chunk;

const MINUTE: i64 = 60_000;

/// A sample each minute from minute 0 on.
fn rolled(values: &[f64]) -> Columns {
    let timestamps: Vec<i64> = (0..values.len() as i64).map(|minute| minute * MINUTE).collect();
    Columns::of(&timestamps, values)
}

fn samples(columns: &Columns, wanted: Wanted) -> Vec<(i64, f64)> {
    let (timestamps, row) = columns.clone().samples(wanted);
    timestamps.iter().map(|at| (at + 1) / 1000).zip(row.values).collect()
}

#[test]
fn each_question_finds_what_it_wants() {
    let columns = rolled(&[1.0, 5.0, 2.0, 0.5, 3.0, 4.0, promql::STALE]);
    assert_eq!(samples(&columns, Wanted::Newest), [(300, 3.0), (600, 4.0)]);
    assert_eq!(samples(&columns, Wanted::Least), [(300, 0.5), (600, 4.0)]);
    assert_eq!(samples(&columns, Wanted::Greatest), [(300, 5.0), (600, 4.0)]);
    let weighted = samples(&columns, Wanted::Weighted);
    assert_eq!(weighted, [(60, 2.3), (120, 2.3), (180, 2.3), (240, 2.3), (300, 2.3), (600, 4.0)]);
}

#[test]
fn a_counter_that_began_anew_has_grown_all_the_same() {
    // 10 → 14, anew 1 → 3 | 3 → 8 | (a gap) | anew between the days: 2
    let mut columns = rolled(&[10.0, 12.0, 14.0, 1.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let day = Columns::of(&[25 * MINUTE, 29 * MINUTE], &[1.0, 2.0]);
    for (column, other) in [
        (&mut columns.last, day.last),
        (&mut columns.lost, day.lost),
        (&mut columns.least, day.least),
        (&mut columns.count, day.count),
    ] {
        column.extend(other);
    }
    columns.ends_ms.extend(day.ends_ms);
    assert_eq!(
        samples(&columns, Wanted::Growth),
        [(100, 14.0), (200, 0.0), (300, 3.0), (450, 5.5), (600, 8.0), (1575, 1.0), (1650, 1.5), (1800, 2.0)]
    );
    assert_eq!(grown(&[columns]), 8.0 - 3.0 + 3.0 + 2.0);
    let columns = rolled(&[1.0, 1.0, 1.0, 1.0, 1.0, 5.0, 9.0, 2.0, 2.0, 3.0]);
    let growth = [(30, 1.0), (150, 1.0), (300, 1.0), (400, 9.0), (500, 0.0), (600, 3.0)];
    assert_eq!(samples(&columns, Wanted::Growth), growth);
    assert_eq!(grown(&[columns]), 11.0);
}

/// By how much a counter grew, as rate() sees it, over the roll-ups of some days.
fn grown(days: &[Columns]) -> f64 {
    let samples = days.iter().flat_map(|day| samples(day, Wanted::Growth));
    let values: Vec<f64> = samples.map(|(_, value)| value).collect();
    let fallen = values.windows(2).filter(|pair| pair[1] < pair[0]).map(|pair| pair[0]);
    values[values.len() - 1] - values[0] + fallen.sum::<f64>()
}

#[test]
fn a_counter_goes_on_over_the_border_of_a_day() {
    // 100 → 200, anew 0 → 50; the next day 52 → 60: from 200 on it grew by 50 and by 10.
    let days = [rolled(&[100.0, 150.0, 200.0, 0.0, 50.0]), rolled(&[52.0, 54.0, 56.0, 58.0, 60.0])];
    assert_eq!(grown(&days), 60.0);
    // Anew at midnight, and beyond where it was before within five minutes: 200 → 240, anew 5 → 500.
    let days = [rolled(&[200.0, 210.0, 220.0, 230.0, 240.0]), rolled(&[5.0, 100.0, 200.0, 300.0, 500.0])];
    assert_eq!(grown(&days), 40.0 + 500.0);
}

/// At every multiple of five minutes around midnight there is a rate over five minutes, about as much as the samples
/// themselves tell.
#[test]
fn rates_do_not_stop_at_midnight() {
    const DAY_MS: i64 = 86_400_000;
    let samples_of = |from_ms: i64, count: i64| -> (Vec<i64>, Vec<f64>) {
        let at: Vec<i64> = (0..count).map(|number| from_ms + 3000 + number * 15_000).collect();
        let values = at.iter().map(|at| (at - DAY_MS + 3_600_000) as f64 / 500.0).collect();
        (at, values)
    };
    let hour = 3_600_000;
    let days = [samples_of(DAY_MS - hour, 240), samples_of(DAY_MS, 240)];
    let rolled: Vec<(i64, f64)> = days
        .iter()
        .flat_map(|(at, values)| {
            let (timestamps, row) = Columns::of(at, values).samples(Wanted::Growth);
            timestamps.iter().copied().zip(row.values).collect::<Vec<_>>()
        })
        .collect();
    for instant in (-5..=5).map(|number| DAY_MS + number * BUCKET_MS) {
        let inside = rolled.iter().filter(|(at, _)| instant - BUCKET_MS < *at && *at <= instant);
        let inside: Vec<_> = inside.collect();
        let [first, .., last] = inside.as_slice() else { panic!("{instant}: {inside:?}") };
        let per_second = (last.1 - first.1) / ((last.0 - first.0) as f64 / 1000.0);
        assert!((1.9..=2.1).contains(&per_second), "{instant}: {per_second}");
    }
}

#[test]
fn what_is_written_is_read() {
    let all =
        [rolled(&[1.0, 5.0, 2.0, 0.5, 3.0, 4.0]), rolled(&[7.0; 20]), rolled(&[f64::NAN, 1.0, f64::NAN])];
    let ends: Vec<i64> = all[1].ends_ms.clone();
    let rows: Vec<Row> = all.iter().flat_map(|columns| columns.rows(&ends)).collect();
    let bytes = chunk::encode(&ends, &rows);
    let chunk = Chunk::read(&bytes).unwrap();
    for (index, columns) in all.iter().enumerate() {
        // NaN is not itself.
        assert_eq!(format!("{:?}", Columns::read(&chunk, index).unwrap()), format!("{columns:?}"));
    }
    assert_eq!(all[2].least, [1.0]);
    assert!(Columns::read(&chunk, 3).is_err());
}
