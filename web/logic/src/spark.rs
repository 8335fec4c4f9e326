//! Sparklines: a bar per minute, as the path of an SVG.

/// The path of bars in a box of `width` by `height`, as tall as their values out of `most`. Empty values draw
/// nothing; all others are at least `least` tall, so that a single line is seen.
pub fn bars(values: &[u32], most: u32, least: f64, (width, height): (f64, f64)) -> String {
    let pitch = width / values.len().max(1) as f64;
    let mut path = String::new();
    for (index, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
        let tall = (f64::from(*value) / f64::from(most.max(1)) * height).clamp(least, height);
        let x = index as f64 * pitch;
        path.push_str(&format!("M{x:.1} {height:.1}v-{tall:.1}h{:.1}v{tall:.1}z", pitch * 0.75));
    }
    path
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
        assert_eq!(bars(&[0, 5, 10], 10, 1.0, size), "M10.0 20.0v-10.0h7.5v10.0zM20.0 20.0v-20.0h7.5v20.0z");
        assert_eq!(bars(&[1, 0, 0], 1_000, 2.0, size), "M0.0 20.0v-2.0h7.5v2.0z");
        assert_eq!(bars(&[9, 0, 0], 3, 1.0, size), "M0.0 20.0v-20.0h7.5v20.0z");
        assert_eq!(bars(&[], 0, 1.0, size), "");
    }

    #[test]
    fn rates_leave_out_the_minute_that_is_not_over() {
        assert_eq!(per_minute(&[100, 1, 2, 3, 4, 5, 900]), 3.0);
        assert_eq!((per_minute(&[4, 9]), per_minute(&[9]), per_minute(&[])), (4.0, 0.0, 0.0));
    }
}
