//! Cuts a script into commands.

use super::numbers::millis;

/// What a script says.
#[derive(Debug)]
pub(crate) enum Command {
    Clear,
    /// Series one step apart, each as it is written.
    Load {
        step_ms: i64,
        rows: Vec<String>,
        is_foreign: bool,
    },
    Eval(Eval),
}

/// An evaluation and what is expected of it.
#[derive(Debug)]
pub(crate) struct Eval {
    pub(crate) line: usize,
    pub(crate) query: String,
    pub(crate) when: When,
    pub(crate) expect: Vec<String>,
    pub(crate) rows: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    At(i64),
    Range { start_ms: i64, end_ms: i64, step_ms: i64 },
}

pub(crate) fn commands(text: &str) -> Vec<Command> {
    let lines: Vec<&str> =
        text.lines().map(str::trim).map(|line| if line.starts_with('#') { "" } else { line }).collect();
    let mut commands = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (line, number) = (lines[at], at + 1);
        at += 1;
        if line.is_empty() {
            continue;
        }
        let body: Vec<String> =
            lines[at..].iter().take_while(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "clear" => commands.push(Command::Clear),
            "load" | "load_with_nhcb" => {
                at += body.len();
                let step_ms = millis(rest.trim());
                commands.push(Command::Load { step_ms, rows: body, is_foreign: word != "load" });
            }
            _ if word.starts_with("eval") => {
                at += body.len();
                commands.push(Command::Eval(eval(word, rest.trim(), number, body)));
            }
            _ => panic!("line {number}: no command: {line}"),
        }
    }
    commands
}

fn eval(word: &str, rest: &str, line: usize, body: Vec<String>) -> Eval {
    let mut words = rest.splitn(3, char::is_whitespace);
    let (kind, _, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap().trim());
    let (when, query) = match kind {
        "instant" => {
            let (at, query) = rest.split_once(char::is_whitespace).unwrap();
            (When::At(millis(at)), query)
        }
        _ => {
            let words: Vec<&str> = rest.splitn(6, char::is_whitespace).collect();
            let [start, _, end, _, step, query] = words[..] else { panic!("line {line}: no range") };
            (When::Range { start_ms: millis(start), end_ms: millis(end), step_ms: millis(step) }, query)
        }
    };
    let (mut expect, rows): (Vec<String>, Vec<String>) =
        body.into_iter().partition(|line| line.starts_with("expect ") || line.starts_with("expected_"));
    if let Some(old) = word.strip_prefix("eval_") {
        expect.push(format!("expect {old}"));
    }
    Eval { line, query: query.trim().to_owned(), when, expect, rows }
}
