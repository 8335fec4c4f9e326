//! `cargo xtask compare-loki`: the same lines and the same questions to Porthole and to a Loki, and where their
//! answers differ.
//!
//! A Loki is no part of this project and not every machine has one: it is given as a binary, or as the address of
//! one that runs. Lines and questions are in `testdata/compare/`.

mod answer;
mod fixture;
mod loki;
pub(crate) mod prometheus;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::binary::{self, Form};
use crate::load::appliance::{Appliance, Site};
use crate::load::http::{Client, encode};
use crate::project;
use answer::Said;
use fixture::Fixture;
use loki::Loki;

const MINUTE_NANOS: u64 = 60_000_000_000;

/// Asks for each line's parts by where they come from.
const CATEGORIES: &str = "X-Loki-Response-Encoding-Flags: categorize-labels\r\n";

/// Questions that hold no query, asked with the range of the lines.
const OTHERS: [&str; 8] = [
    "/loki/api/v1/labels?query=SELECTOR",
    "/loki/api/v1/label/job/values?query=SELECTOR",
    "/loki/api/v1/label/env/values?query=SELECTOR",
    "/loki/api/v1/label/nothing/values?query=SELECTOR",
    "/loki/api/v1/series?match[]=SELECTOR",
    "/loki/api/v1/detected_labels?query=SELECTOR",
    "/loki/api/v1/index/volume?query=SELECTOR&targetLabels=job",
    "/loki/api/v1/detected_field/status/values?query=SELECTOR",
];

/// `cargo xtask compare-loki --loki FILE|ADDRESS [--binary FILE]`
pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let loki: String =
        arguments.value("--loki")?.context("--loki says which: a binary, or HOST:PORT of one that runs")?;
    let binary: Option<PathBuf> = arguments.value("--binary")?;
    arguments.finish_alone()?;
    let binary = match binary {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => binary::build(Form::Dev)?,
    };
    let site = Site::fresh(&binary, &project::scratch().join("compare"))?;
    let appliance = Appliance::start(&site)?;
    let (_running, address) = reach(&loki, &site.folder.join("loki"))?;
    let pair = Pair::fill(address, appliance.address())?;
    let (same, differences) = pair.ask_everything()?;
    let (known, new): (Vec<_>, Vec<_>) = differences.iter().partition(|difference| is_known(difference));
    for difference in &new {
        println!("{difference}\n");
    }
    println!("{same} answers are the same, {} differ as is known, {} otherwise", known.len(), new.len());
    appliance.stop()?;
    if !new.is_empty() {
        bail!(
            "not all answers are those of Loki; what is meant to differ stands in testdata/compare/known.txt"
        );
    }
    Ok(())
}

/// Whether the difference is meant to be, or of no account.
fn is_known(difference: &str) -> bool {
    let question = difference.lines().next().unwrap_or_default();
    let question = question.rsplit_once("  (").map_or(question, |(query, _)| query);
    let known = include_str!("../testdata/compare/known.txt");
    known.lines().any(|line| line == question)
}

/// The one that runs at the address, or one of our own.
fn reach(loki: &str, folder: &Path) -> Result<(Option<Loki>, SocketAddr)> {
    if let Ok(address) = loki.parse() {
        return Ok((None, address));
    }
    let running = Loki::start(Path::new(loki), folder)?;
    let address = running.address;
    Ok((Some(running), address))
}

/// Both, with the same lines.
struct Pair {
    loki: SocketAddr,
    porthole: SocketAddr,
    /// The label that only this run's lines have.
    run: String,
    begin: u64,
    end: u64,
}

impl Pair {
    /// Gives both the lines of the fixture, the last of them some minutes ago.
    fn fill(loki: SocketAddr, porthole: SocketAddr) -> Result<Self> {
        let fixture = Fixture::read(include_str!("../testdata/compare/lines.txt"))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
        let minutes = fixture.span() / MINUTE_NANOS + 1;
        let begin = (now / MINUTE_NANOS - minutes - 2) * MINUTE_NANOS;
        let run = format!("r{now}");
        for address in [loki, porthole] {
            fixture.push(&mut Client::connect(address)?, begin, &run)?;
        }
        // Loki lists labels and volumes some moments after it has taken the lines.
        thread::sleep(Duration::from_secs(2));
        Ok(Self { loki, porthole, run, begin, end: begin + (minutes + 1) * MINUTE_NANOS })
    }

    /// How many answers are the same, and how the others differ.
    fn ask_everything(&self) -> Result<(usize, Vec<String>)> {
        let text = include_str!("../testdata/compare/queries.txt");
        let queries = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (mut same, mut differences) = (0, Vec::new());
        let mut note = |difference: Option<String>| match difference {
            None => same += 1,
            Some(difference) => differences.push(difference),
        };
        for query in queries {
            for way in Way::ALL {
                note(self.ask(query, way)?);
            }
        }
        let selector = encode(&format!("{{run=\"{}\"}}", self.run));
        for other in OTHERS {
            let path =
                format!("{}&start={}&end={}", other.replace("SELECTOR", &selector), self.begin, self.end);
            note(self.compare(other, &path, "", &[])?);
        }
        Ok((same, differences))
    }

    fn ask(&self, query: &str, way: Way) -> Result<Option<String>> {
        let own = query.replace("{job", &format!("{{run=\"{}\",job", self.run));
        let (query_text, begin, end) = (encode(&own), self.begin, self.end);
        let range = format!("/loki/api/v1/query_range?query={query_text}&start={begin}&end={end}&step=60");
        let (path, headers) = match way {
            Way::Forward => (format!("{range}&limit=5000&direction=forward"), CATEGORIES),
            Way::Newest => (format!("{range}&limit=7"), ""),
            Way::Instant => (format!("/loki/api/v1/query?query={query_text}&time={end}"), ""),
            Way::Format => return self.ask_format(query, &own),
        };
        // Levels are found by each in its own way: they are compared where a query asks for them.
        let levels: &[&str] = if query.contains("detected_level") { &[] } else { &["detected_level"] };
        self.compare(&format!("{query}  ({way:?})"), &path, headers, levels)
    }

    /// Each writes a query in its own style: that Porthole's means the same is seen when Loki writes it anew.
    fn ask_format(&self, query: &str, own: &str) -> Result<Option<String>> {
        let ask = |address, query: &str| {
            let path = format!("/loki/api/v1/format_query?query={}", encode(query));
            Ok::<_, anyhow::Error>(Said::read(&Client::connect(address)?.get(&path)?, &[]))
        };
        let (theirs, mut ours) = (ask(self.loki, own)?, ask(self.porthole, own)?);
        if let Said::Other(Value::String(written)) = &ours {
            ours = ask(self.loki, written)?;
        }
        Ok(self.tell(&format!("{query}  (Format)"), &theirs, &ours))
    }

    fn compare(&self, what: &str, path: &str, headers: &str, leave_out: &[&str]) -> Result<Option<String>> {
        let ask = |address| -> Result<Said> {
            Ok(Said::read(&Client::connect(address)?.get_with(path, headers)?, leave_out))
        };
        let (theirs, ours) = (ask(self.loki)?, ask(self.porthole)?);
        Ok(self.tell(what, &theirs, &ours))
    }

    fn tell(&self, what: &str, theirs: &Said, ours: &Said) -> Option<String> {
        let difference = theirs.difference(ours)?.replace(&self.run, "RUN");
        let (theirs, ours) = difference.split_once('\n').unwrap_or((&difference, ""));
        Some(format!("{what}\n  Loki:     {theirs}\n  Porthole: {}", ours.replace('\n', "\n            ")))
    }
}

/// The ways in which each query is asked.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Everything, oldest first, by category.
    Forward,
    /// The newest few.
    Newest,
    /// At the end.
    Instant,
    /// Not evaluated but written anew.
    Format,
}

impl Way {
    const ALL: [Self; 4] = [Self::Forward, Self::Newest, Self::Instant, Self::Format];
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn known_differences_are_told_by_their_question() {
        let answers = "\n  Loki:     0 lines\n  Porthole: 400: why";
        assert!(is_known(&format!("{{job=\"json\"}} | line_format \"{{{{ .a\"  (Forward){answers}")));
        assert!(is_known(&format!("/loki/api/v1/index/volume?query=SELECTOR&targetLabels=job{answers}")));
        assert!(!is_known(&format!("{{job=\"json\"}}  (Forward){answers}")));
    }
}
