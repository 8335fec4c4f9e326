//! Reads rules from text.

use super::glob::{Glob, PATTERN_BYTES_MAX};
use super::{Condition, EventField, FrameField, Matcher, Rules};

/// How many rules a project may have: each is looked at for every event.
const RULES_MAX: usize = 200;
/// How long a line may be, in bytes.
const LINE_BYTES_MAX: usize = 1000;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct RuleFault {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub what: String,
}

/// What a line makes of events that match.
enum Outcome {
    Fingerprint(Vec<String>),
    Mark(bool),
}

pub(super) fn parse(text: &str) -> Result<Rules, Vec<RuleFault>> {
    let mut rules = Rules::none();
    let mut faults = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match rule(line) {
            Ok((condition, Outcome::Fingerprint(parts))) => rules.fingerprints.push((condition, parts)),
            Ok((condition, Outcome::Mark(is_app))) => rules.marks.push((condition, is_app)),
            Err(what) => faults.push(RuleFault { line: at + 1, what }),
        }
        if rules.fingerprints.len() + rules.marks.len() > RULES_MAX {
            faults.push(RuleFault {
                line: at + 1,
                what: format!("at most {RULES_MAX} rules; join some with *"),
            });
            break;
        }
    }
    if faults.is_empty() { Ok(rules) } else { Err(faults) }
}

fn rule(line: &str) -> Result<(Condition, Outcome), String> {
    if line.len() > LINE_BYTES_MAX {
        return Err(format!("longer than {LINE_BYTES_MAX} bytes; match by less"));
    }
    let mut words = words(line)?.into_iter();
    let mut condition = Condition::default();
    let outcome = loop {
        let Some(word) = words.next() else {
            return Err(
                "says what to match only; end it with -> and a fingerprint, or with +app or -app".into()
            );
        };
        match word.as_str() {
            "->" => break fingerprint(words.by_ref())?,
            "+app" => break Outcome::Mark(true),
            "-app" => break Outcome::Mark(false),
            _ => add_matcher(&word, &mut condition)?,
        }
    };
    if let Some(word) = words.next() {
        return Err(format!("nothing may follow +app or -app, but {word} does"));
    }
    if condition.of_event.is_empty() && condition.of_frame.is_empty() {
        return Err("matches nothing in particular; begin with a matcher such as type:KeyError".into());
    }
    if matches!(outcome, Outcome::Mark(_)) && condition.of_frame.is_empty() {
        return Err("+app and -app are about frames; match some by path, module, function or package".into());
    }
    Ok((condition, outcome))
}

/// The words of a line. Blanks within quotes belong to the word; commas between words are as good as blanks.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut in_quotes, mut depth) = (false, 0_u32);
    for letter in line.chars() {
        match letter {
            '"' => in_quotes = !in_quotes,
            ' ' | '\t' | ',' if !in_quotes && depth == 0 => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => {
                if !in_quotes {
                    // What stands in {{ … }} is one word too.
                    depth = if letter == '{' {
                        depth + 1
                    } else if letter == '}' {
                        depth.saturating_sub(1)
                    } else {
                        depth
                    };
                }
                word.push(letter);
            }
        }
    }
    if in_quotes {
        return Err("a quote is not closed".into());
    }
    if depth > 0 {
        return Err("a {{ is not closed; write {{ default }}".into());
    }
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

fn fingerprint(words: impl Iterator<Item = String>) -> Result<Outcome, String> {
    let parts: Vec<String> = words.collect();
    if parts.is_empty() {
        return Err("nothing follows ->; write a fingerprint such as database-down".into());
    }
    if let Some(part) = parts.iter().find(|part| part.starts_with("title=")) {
        return Err(format!("{part}: a rule cannot set the title; leave it out"));
    }
    Ok(Outcome::Fingerprint(parts))
}

fn add_matcher(word: &str, condition: &mut Condition) -> Result<(), String> {
    let (negated, bare) = word.strip_prefix('!').map_or((false, word), |bare| (true, bare));
    let Some((name, pattern)) = bare.split_once(':') else {
        return Err(format!("{word} is no matcher; write name:pattern, such as type:KeyError"));
    };
    if pattern.is_empty() || pattern.len() > PATTERN_BYTES_MAX {
        return Err(format!("{name}: a pattern has 1 to {PATTERN_BYTES_MAX} bytes"));
    }
    let pattern = Glob::new(pattern);
    let name = name.strip_prefix("error.").or_else(|| name.strip_prefix("stack.")).unwrap_or(name);
    if let Some(field) = frame_field(name) {
        condition.of_frame.push(Matcher { field, pattern, negated });
    } else if let Some(field) = event_field(name) {
        condition.of_event.push(Matcher { field, pattern, negated });
    } else {
        return Err(format!(
            "{name} is not known; there are type, value, message, logger, level, transaction, release, environment, \
             platform, tags.<name>, and of frames path, module, function, package, app"
        ));
    }
    Ok(())
}

fn frame_field(name: &str) -> Option<FrameField> {
    Some(match name {
        "path" | "abs_path" => FrameField::Path,
        "module" => FrameField::Module,
        "function" => FrameField::Function,
        "package" => FrameField::Package,
        "app" => FrameField::App,
        _ => return None,
    })
}

fn event_field(name: &str) -> Option<EventField> {
    Some(match name {
        "type" => EventField::Type,
        "value" => EventField::Value,
        "message" => EventField::Message,
        "logger" => EventField::Logger,
        "level" => EventField::Level,
        "transaction" => EventField::Transaction,
        "release" => EventField::Release,
        "environment" => EventField::Environment,
        "platform" => EventField::Platform,
        _ => EventField::Tag(name.strip_prefix("tags.")?.to_owned()),
    })
}
