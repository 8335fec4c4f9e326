//! The word that was most likely meant.

/// The nearest of `words`, if any is near enough to be a slip of the keyboard or a longer form of it.
pub fn nearest<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = words.into_iter().filter_map(|word| {
        let distance = distance(written, word);
        let slip = distance <= (written.chars().count().max(word.chars().count()) / 3).max(1);
        (slip || is_part(written, word)).then_some((distance, word))
    });
    near.min().map(|(_, word)| word)
}

/// Whether one is the beginning or the end of the other: `retention_days` for `retention`.
fn is_part(a: &str, b: &str) -> bool {
    const LENGTH_MIN: usize = 3;
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() >= LENGTH_MIN && (long.starts_with(short) || long.ends_with(short))
}

/// How many letters to insert, delete, replace or swap with their neighbour. Keys are short, so the plain
/// table will do; overlong ones are nobody's slip.
fn distance(a: &str, b: &str) -> usize {
    const LENGTH_MAX: usize = 64;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > LENGTH_MAX || b.len() > LENGTH_MAX {
        return usize::MAX;
    }
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    table[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        table[i][0] = i;
        for j in 1..=b.len() {
            let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            table[i][j] = replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                table[i][j] = table[i][j].min(table[i - 2][j - 2] + 1);
            }
        }
    }
    table[a.len()][b.len()]
}
