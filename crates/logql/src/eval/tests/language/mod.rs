//! Scripts in `testdata/*.logqltest` that load lines, evaluate queries and say what must come out.
//!
//! ```text
//! # A comment. Commands start at the beginning of a line, what belongs to them is indented.
//! load
//!   {service="web"} 10s "one line"
//!   {service="web"} 0s+10s*6 error trace="t1" `{"took": %i}`
//!
//! eval instant at 60s sum by (service) (count_over_time({service="web"}[1m]))
//!   {service="web"} 6
//!
//! eval range from 0s to 120s step 60s rate({service="web"} | json | unwrap took [1m])
//!   {service="web", detected_level="error", trace="t1"} _ 15/60 _
//!
//! eval lines forward limit 1 {service="web"} |= "one"
//!   10s {service="web"} | {} "one line"
//! ```
//!
//! - `load` adds lines to streams: `{labels} times [level] [metadata="value" …] "line"`. `10s` is a time after the
//!   epoch, `0s+10s*6` are six of them, ten seconds apart, and `%i` in the line is the number of each, from 0. A line
//!   in double quotes knows `\"`, `\\`, `\n` and `\t`, one in backticks is taken as it is. Every `load` makes new
//!   chunks; those of `load damaged` cannot be read. `clear` removes everything.
//! - `eval instant at <time>` and `eval range from <time> to <time> step <time>` evaluate numbers; a limit of the
//!   budget may be given before the query, as in `series=3`. Series follow with a number, or a number or `_` for
//!   each instant of the grid: `15/60`, `NaN`, `+Inf`, `1x3` (`1 1 1 1`), `1+2x3` (`1 3 5 7`). Plain arithmetic gives
//!   a number without labels.
//! - `eval lines [from <time> to <time>] [forward] [limit <n>] [levels error,…]` evaluates lines: time, the stream's
//!   labels, `|`, the structured metadata, `|` and the labels of parsers if there are any, and the line.
//! - `expect empty`, `expect fail [msg: <a part of it>]`, `expect warn msg: <a part of it>`, and `expect ordered` if
//!   the order of an instant answer matters.
//! - The label `detected_level="unknown"` of lines loaded without a level is left out of answers.
//!
//! Every evaluation runs over several layouts of the same lines in chunks, with counts beside the chunks and
//! without, on one thread and on several. What is known to fail is listed in `testdata/failing.txt`, one evaluation
//! a line, as `file: eval …`; the list must be exact. `LOGQLTEST=<folder>` runs other scripts instead.

mod compare;
mod read;
mod run;

use std::collections::BTreeSet;
use std::path::PathBuf;

use read::{Command, Script};
use run::{Layout, World};

fn folder() -> PathBuf {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata");
    std::env::var_os("LOGQLTEST").map_or_else(|| own.into(), PathBuf::from)
}

fn scripts() -> Vec<Script> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("a folder of scripts")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "logqltest"))
        .collect();
    paths.sort();
    paths.iter().map(|path| Script::read(path)).collect()
}

/// What fails in a script: `file: eval …`, and why.
fn failures(script: &Script) -> Vec<(String, String)> {
    let mut failures = Vec::new();
    let mut worlds: Vec<World> = Layout::ALL.iter().map(|layout| World::new(*layout)).collect();
    for (number, command) in &script.commands {
        match command {
            Command::Clear => worlds.iter_mut().for_each(World::clear),
            Command::Load(lines) => worlds.iter_mut().for_each(|world| world.load(lines)),
            Command::Eval(eval) => {
                let wrong = worlds.iter().find_map(|world| Some((world.layout, world.wrong(eval)?)));
                if let Some((layout, why)) = wrong {
                    let place = format!("{}:{number}: {} ({layout:?})", script.name, eval.text);
                    failures.push((format!("{}: {}", script.name, eval.text), format!("{place}\n{why}")));
                }
            }
        }
    }
    failures
}

#[test]
fn scripts_come_out_as_they_say() {
    let known = std::fs::read_to_string(folder().join("failing.txt")).unwrap_or_default();
    let known: BTreeSet<&str> =
        known.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let scripts = scripts();
    assert!(!scripts.is_empty(), "no scripts in {}", folder().display());
    let failed: Vec<(String, String)> = scripts.iter().flat_map(failures).collect();
    let surprises: Vec<&str> =
        failed.iter().filter(|(case, _)| !known.contains(&**case)).map(|(_, why)| &**why).collect();
    let failing: BTreeSet<&str> = failed.iter().map(|(case, _)| &**case).collect();
    let mended: Vec<&&str> = known.difference(&failing).collect();
    assert!(surprises.is_empty(), "{} evaluations fail:\n\n{}", surprises.len(), surprises.join("\n\n"));
    assert!(mended.is_empty(), "listed as failing, but right: {mended:#?}");
}

/// Every function and operator of numbers is evaluated at least five times.
#[test]
fn every_function_is_evaluated() {
    use crate::ast::{BinaryOp, RangeOp, VectorOp};
    let scripts = scripts();
    let evaluated = |is_used: &dyn Fn(&str) -> bool| {
        let commands = scripts.iter().flat_map(|script| &script.commands);
        commands.filter(|(_, command)| matches!(command, Command::Eval(eval) if is_used(&eval.query))).count()
    };
    let functions = RangeOp::ALL.iter().map(|op| op.text()).chain(VectorOp::ALL.iter().map(|op| op.text()));
    let functions = functions.chain(["vector", "label_replace"]);
    for function in functions {
        let count = evaluated(&|query| {
            query.contains(&format!("{function}(")) || query.contains(&format!("{function} "))
        });
        assert!(count >= 5, "{function} is evaluated {count} times");
    }
    let words = ["offset", "unwrap", "bool", "on", "ignoring", "group_left", "group_right", "by", "without"];
    for word in BinaryOp::ALL.iter().map(|op| op.text()).chain(words) {
        let count = evaluated(&|query| query.split([' ', '(']).any(|part| part == word));
        assert!(count >= 5, "{word} is evaluated {count} times");
    }
}
