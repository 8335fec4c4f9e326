//! Small charts as paths of an SVG: bars for each minute, a line, a strip of what was up and what was not.

use crate::decimal::{trimmed, within};

/// The path of bars in a box of `width` by `height`, as tall as their values out of `most`. Empty values draw
/// nothing; all others are at least `least` tall, so that a single line is seen.
pub fn bars(values: &[u32], most: u32, least: f64, (width, height): (f64, f64)) -> String {
    let pitch = width / values.len().max(1) as f64;
    let mut path = String::new();
    for (index, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
        let tall = within(f64::from(*value) / f64::from(most.max(1)) * height, least, height);
        let x = index as f64 * pitch;
        path.push_str(&bar(x, (pitch, tall), height));
    }
    path
}

/// A line through values over time in a box of `width` by `height`, as tall as the greatest; it breaks where a
/// value is missing. A value without neighbours is a short dash.
pub fn line(values: &[Option<f64>], (width, height): (f64, f64)) -> String {
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    let pitch = width / values.len().saturating_sub(1).max(1) as f64;
    // Half a line's width must not be cut off at either edge.
    let room = height - 2.0;
    let mut path = String::new();
    let mut drawn = false;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            drawn = false;
            continue;
        };
        let part = if most > 0.0 { value.max(0.0) / most } else { 0.0 };
        let (x, y) = (index as f64 * pitch, 1.0 + room * (1.0 - part));
        let alone = !drawn && values.get(index + 1).is_none_or(Option::is_none);
        path.push_str(&format!("{}{} {}", if drawn { 'L' } else { 'M' }, trimmed(x, 1), trimmed(y, 1)));
        if alone {
            path.push_str("h1.5");
        }
        drawn = true;
    }
    path
}

/// Bars of what was up, what was partly so, what was down, and what was not watched: a path for each. What was up
/// stands lower than what was not, so that colour is not alone.
pub fn strip(values: &[Option<f64>], (width, height): (f64, f64)) -> [String; 4] {
    let mut paths: [String; 4] = Default::default();
    let pitch = width / values.len().max(1) as f64;
    for (index, value) in values.iter().enumerate() {
        let (path, tall) = match value {
            Some(share) if *share >= 1.0 => (0, height * 0.6),
            Some(share) if *share > 0.0 => (1, height * 0.8),
            Some(_) => (2, height),
            None => (3, 2.0),
        };
        let x = index as f64 * pitch;
        paths[path].push_str(&bar(x, (pitch, tall), height));
    }
    paths
}

/// A bar that stands on the floor of a box.
fn bar(x: f64, (pitch, tall): (f64, f64), height: f64) -> String {
    let [x, wide, tall, height] = [x, pitch * 0.75, tall, height].map(|length| trimmed(length, 2));
    format!("M{x} {height}v-{tall}h{wide}v{tall}z")
}

/// How many a minute, over the last five whole minutes; the last value is of the minute that is not over.
pub fn per_minute(values: &[u32]) -> f64 {
    const MINUTES: usize = 5;
    let whole = &values[..values.len().saturating_sub(1)];
    let recent = &whole[whole.len().saturating_sub(MINUTES)..];
    recent.iter().map(|value| f64::from(*value)).sum::<f64>() / recent.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_the_height_of_their_values() {
        let size = (30.0, 20.0);
        assert_eq!(bars(&[0, 5, 10], 10, 1.0, size), "M10 20v-10h7.5v10zM20 20v-20h7.5v20z");
        assert_eq!(bars(&[1, 0, 0], 1_000, 2.0, size), "M0 20v-2h7.5v2z");
        assert_eq!(bars(&[9, 0, 0], 3, 1.0, size), "M0 20v-20h7.5v20z");
        assert_eq!(bars(&[], 0, 1.0, size), "");
    }

    #[test]
    fn lines_break_where_values_are_missing() {
        let check =
            |values: &[Option<f64>], path: &str| assert_eq!(line(values, (10.0, 12.0)), path, "{values:?}");
        check(&[], "");
        check(&[None, None], "");
        check(&[Some(0.0), Some(5.0), Some(10.0)], "M0 11L5 6L10 1");
        check(&[Some(1.0), None, Some(0.5)], "M0 1h1.5M10 6h1.5");
        check(&[Some(0.0), Some(0.0)], "M0 11L10 11");
    }

    #[test]
    fn strips_tell_apart_what_was_up_and_what_was_not() {
        let paths = strip(&[Some(1.0), Some(0.5), Some(0.0), None], (40.0, 10.0));
        assert_eq!(paths, ["M0 10v-6h7.5v6z", "M10 10v-8h7.5v8z", "M20 10v-10h7.5v10z", "M30 10v-2h7.5v2z"]);
    }

    #[test]
    fn rates_leave_out_the_minute_that_is_not_over() {
        assert_eq!(per_minute(&[100, 1, 2, 3, 4, 5, 900]), 3.0);
        assert_eq!((per_minute(&[4, 9]), per_minute(&[9]), per_minute(&[])), (4.0, 0.0, 0.0));
    }
}
