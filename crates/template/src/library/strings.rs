//! Text: case, trimming, replacing, padding.

use std::borrow::Cow;

use crate::functions::{Call, Functions, Type};
use crate::text;
use crate::value::Value;

type Made<'a> = Result<Value<'a>, String>;

const TEXT: &[Type] = &[Type::Text];
const TEXTS: &[Type] = &[Type::Text, Type::Text];
const COUNTED: &[Type] = &[Type::Int, Type::Text];
const THREE: &[Type] = &[Type::Text, Type::Text, Type::Text];

pub(super) fn add_to(functions: &mut Functions) {
    cases(functions);
    trims(functions);
    tests(functions);
    replacements(functions);
    paddings(functions);
    functions.add("substr", &[Type::Int, Type::Int, Type::Text], None, |_, mut args| {
        let (start, end) = (args.int(0), args.int(1));
        substring(start, end, &args.take_text(2))
    });
    functions.add("trunc", COUNTED, None, |_, mut args| {
        let count = args.int(0);
        Ok(Value::Text(truncated(count, args.take_text(1))))
    });
    functions.add("default", &[Type::Any], Some(Type::Any), |_, mut args| {
        let unset = args.from(1).first().is_none_or(|given| !given.is_true());
        Ok(args.take(usize::from(!unset)))
    });
}

fn cases(functions: &mut Functions) {
    for name in ["lower", "ToLower"] {
        functions.add(name, TEXT, None, |_, args| Ok(Value::from(lower(args.text(0)))));
    }
    for name in ["upper", "ToUpper"] {
        functions.add(name, TEXT, None, |_, args| Ok(Value::from(upper(args.text(0)))));
    }
    functions.add("title", TEXT, None, |_, args| Ok(Value::from(title(args.text(0)))));
}

fn trims(functions: &mut Functions) {
    for name in ["trim", "TrimSpace"] {
        functions.add(name, TEXT, None, |_, mut args| {
            Ok(Value::Text(kept(args.take_text(0), |text| text.trim())))
        });
    }
    // The old names take the text first, those of Sprig last.
    functions.add("trimAll", TEXTS, None, |_, mut args| {
        let text = args.take_text(1);
        Ok(Value::Text(kept(text, |text| text.trim_matches(|c| args.text(0).contains(c)))))
    });
    functions.add("Trim", TEXTS, None, |_, mut args| {
        let text = args.take_text(0);
        Ok(Value::Text(kept(text, |text| text.trim_matches(|c| args.text(1).contains(c)))))
    });
    functions.add("TrimLeft", TEXTS, None, |_, mut args| {
        let text = args.take_text(0);
        Ok(Value::Text(kept(text, |text| text.trim_start_matches(|c| args.text(1).contains(c)))))
    });
    functions.add("TrimRight", TEXTS, None, |_, mut args| {
        let text = args.take_text(0);
        Ok(Value::Text(kept(text, |text| text.trim_end_matches(|c| args.text(1).contains(c)))))
    });
    for (name, text, affix) in [("trimPrefix", 1, 0), ("TrimPrefix", 0, 1)] {
        functions.add(name, TEXTS, None, move |_, mut args| {
            let text = args.take_text(text);
            Ok(Value::Text(kept(text, |text| text.strip_prefix(args.text(affix)).unwrap_or(text))))
        });
    }
    for (name, text, affix) in [("trimSuffix", 1, 0), ("TrimSuffix", 0, 1)] {
        functions.add(name, TEXTS, None, move |_, mut args| {
            let text = args.take_text(text);
            Ok(Value::Text(kept(text, |text| text.strip_suffix(args.text(affix)).unwrap_or(text))))
        });
    }
}

fn tests(functions: &mut Functions) {
    functions.add("contains", TEXTS, None, |_, args| Ok(Value::Bool(args.text(1).contains(args.text(0)))));
    functions
        .add("hasPrefix", TEXTS, None, |_, args| Ok(Value::Bool(args.text(1).starts_with(args.text(0)))));
    functions.add("hasSuffix", TEXTS, None, |_, args| Ok(Value::Bool(args.text(1).ends_with(args.text(0)))));
    functions.add("count", TEXTS, None, |call, args| {
        let regex = call.regex(args.text(0))?;
        Ok(Value::Int(regex.find_iter(args.text(1)).count() as i64))
    });
}

fn replacements(functions: &mut Functions) {
    functions.add("replace", THREE, None, |call, args| {
        replaced(call, args.text(2), args.text(0), args.text(1), usize::MAX)
    });
    functions.add("Replace", &[Type::Text, Type::Text, Type::Text, Type::Int], None, |call, args| {
        let count = usize::try_from(args.int(3)).unwrap_or(usize::MAX);
        replaced(call, args.text(0), args.text(1), args.text(2), count)
    });
    functions.add("regexReplaceAll", THREE, None, |call, args| {
        let regex = call.regex(args.text(0))?;
        call.fits(worst(args.text(1).len(), args.text(2).len(), regex.find_iter(args.text(1)).count()))?;
        Ok(Value::from(regex.replace_all(args.text(1), args.text(2)).into_owned()))
    });
    functions.add("regexReplaceAllLiteral", THREE, None, |call, args| {
        let regex = call.regex(args.text(0))?;
        call.fits(worst(args.text(1).len(), args.text(2).len(), regex.find_iter(args.text(1)).count()))?;
        Ok(Value::from(regex.replace_all(args.text(1), regex::NoExpand(args.text(2))).into_owned()))
    });
}

/// What a text of a length can grow to when so many pieces of it are replaced.
fn worst(length: usize, replacement: usize, count: usize) -> usize {
    length.saturating_add(replacement.saturating_mul(count))
}

fn paddings(functions: &mut Functions) {
    functions.add("repeat", COUNTED, None, |call, args| {
        let count = usize::try_from(args.int(0)).map_err(|_| "strings: negative Repeat count")?;
        call.fits(args.text(1).len().saturating_mul(count))?;
        Ok(Value::from(args.text(1).repeat(count)))
    });
    functions.add("indent", COUNTED, None, |call, args| indented(call, "", args.int(0), args.text(1)));
    functions.add("nindent", COUNTED, None, |call, args| indented(call, "\n", args.int(0), args.text(1)));
    functions.add("alignLeft", COUNTED, None, |call, args| aligned(call, args.int(0), args.text(1), false));
    functions.add("alignRight", COUNTED, None, |call, args| aligned(call, args.int(0), args.text(1), true));
}

/// The part of a text that `keep` leaves, without a copy where it is borrowed.
fn kept<'a>(text: Cow<'a, str>, keep: impl Fn(&str) -> &str) -> Cow<'a, str> {
    let part = keep(&text);
    if part.len() == text.len() {
        return text;
    }
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    let range = start..start + part.len();
    text::cut(&text, range)
}

/// Go changes the case of each character on its own: no character becomes two.
fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(|character| single(character, character.to_lowercase())).collect()
}

fn upper(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    text.chars().map(|character| single(character, character.to_uppercase())).collect()
}

fn single(character: char, mut mapped: impl ExactSizeIterator<Item = char>) -> char {
    match character {
        'İ' => 'i',
        _ if mapped.len() == 1 => mapped.next().unwrap_or(character),
        _ => character,
    }
}

/// Upper case at the start of a word, where two letters in one character are half of each.
fn title_case(character: char) -> char {
    match character {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        'İ' => 'İ',
        _ => single(character, character.to_uppercase()),
    }
}

/// Go's `strings.Title`: the first letter of every word in upper case.
fn title(text: &str) -> String {
    let mut before = ' ';
    text.chars()
        .map(|character| {
            let starts = is_separator(before);
            before = character;
            if starts { title_case(character) } else { character }
        })
        .collect()
}

fn is_separator(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_alphanumeric() && character != '_';
    }
    !character.is_alphanumeric() && character.is_whitespace()
}

/// Sprig's `substr`: bytes, and Go's fault where the bounds are wrong.
fn substring<'a>(start: i64, end: i64, text: &Cow<'a, str>) -> Made<'a> {
    let length = text.len();
    const FAULT: &str = "runtime error: slice bounds out of range";
    let (low, high) = if start < 0 {
        (0, end)
    } else if end < 0 || end > length as i64 {
        (start, length as i64)
    } else {
        (start, end)
    };
    if high < 0 {
        return Err(format!("{FAULT} [:{high}]"));
    }
    if high > length as i64 {
        return Err(format!("{FAULT} [:{high}] with length {length}"));
    }
    if low > high {
        return Err(format!("{FAULT} [{low}:{high}]"));
    }
    Ok(Value::Text(text::cut(text, low as usize..high as usize)))
}

/// Sprig's `trunc`: the first bytes, or the last if the count is negative.
fn truncated<'a>(count: i64, text: Cow<'a, str>) -> Cow<'a, str> {
    let length = text.len();
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if size >= length {
        return text;
    }
    if count < 0 { text::cut(&text, length - size..length) } else { text::cut(&text, 0..size) }
}

fn replaced<'a>(call: &Call<'_, 'a>, text: &str, from: &str, to: &str, count: usize) -> Made<'a> {
    let found = if from.is_empty() { text.chars().count() + 1 } else { text.matches(from).count() };
    call.fits(worst(text.len(), to.len(), found.min(count)))?;
    Ok(Value::from(text.replacen(from, to, count)))
}

fn indented<'a>(call: &Call<'_, 'a>, before: &str, spaces: i64, text: &str) -> Made<'a> {
    let spaces = usize::try_from(spaces).map_err(|_| "strings: negative Repeat count")?;
    let lines = text.matches('\n').count() + 1;
    call.fits(worst(text.len() + 1, spaces, lines))?;
    let pad = " ".repeat(spaces);
    Ok(Value::from(format!("{before}{pad}{}", text.replace('\n', &format!("\n{pad}")))))
}

/// Loki's `alignLeft` and `alignRight`: exactly so many characters, cut or filled up.
fn aligned<'a>(call: &Call<'_, 'a>, count: i64, text: &str, right: bool) -> Made<'a> {
    let Ok(count) = usize::try_from(count) else { return Ok(Value::from(text.to_owned())) };
    let length = text.chars().count();
    call.fits(text.len().saturating_add(count))?;
    let text = match (count >= length, right) {
        (true, false) => format!("{text}{}", " ".repeat(count - length)),
        (true, true) => format!("{}{text}", " ".repeat(count - length)),
        (false, false) => text.chars().take(count).collect(),
        (false, true) => text.chars().skip(length - count).collect(),
    };
    Ok(Value::from(text))
}
