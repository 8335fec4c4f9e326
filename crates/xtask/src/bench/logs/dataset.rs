//! The lines that are pushed: those of the generator that the figures of other products were measured with.
//!
//! The generator is no part of this project: it is copied from where it lies, built and run. Its lines end now, so
//! what it has made serves for some hours and is then made again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use super::answers::Answers;
use crate::load::push::Load;
use crate::load::wire;
use crate::process::{cargo, run};
use crate::project;

/// How old the newest line may be.
const AGE_SECONDS_MAX: u64 = 6 * 3600;

/// Pushes that are ready to be sent, and what is true of their lines.
pub(super) struct Dataset {
    /// A day of lines.
    pub(super) load: Load,
    /// The answers to the questions that are asked.
    pub(super) answers: Answers,
}

/// Takes what an earlier run has made, or makes it.
pub(super) fn prepare(generator: &Path, seed: u64, lines: u64) -> Result<Dataset> {
    let folder = project::scratch().join(format!("loadgen-{seed}-{lines}"));
    if !is_fresh(&folder) {
        generate(generator, seed, lines, &folder)?;
    }
    let meta = Meta::read(&folder)?;
    let bodies = read_bodies(&folder.join("loki.bin"))?;
    let known = folder.join("answers.json");
    let answers = match fs::read(&known) {
        Ok(bytes) => serde_json::from_slice(&bytes)?,
        Err(_) => {
            eprintln!("working out the answers");
            let answers = Answers::of(&bodies, meta.text("needle")?)?;
            fs::write(&known, serde_json::to_vec_pretty(&answers)?)?;
            answers
        }
    };
    if answers.lines != meta.number("lines")? {
        bail!("{} lines were read of {}", answers.lines, meta.number("lines")?);
    }
    // The generator counts the ends of lines too.
    let bytes = meta.number("bytes")? - answers.lines;
    Ok(Dataset { load: Load::of(bodies, answers.lines, bytes), answers })
}

fn is_fresh(folder: &Path) -> bool {
    let end = Meta::read(folder).and_then(|meta| meta.number("end"));
    end.is_ok_and(|end| now().saturating_sub(end) < AGE_SECONDS_MAX)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn generate(generator: &Path, seed: u64, lines: u64, folder: &Path) -> Result<()> {
    let manifest = copy(generator)?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--manifest-path"]).arg(manifest);
    command.arg("--target-dir").arg(project::scratch().join("loadgen-target"));
    command.args(["--", "gen", &seed.to_string(), &lines.to_string(), &now().to_string()]).arg(folder);
    run(&mut command)?;
    // Its other formats, gigabytes of them, are for other products.
    for other in ["raw.log", "jsonl.bin"] {
        fs::remove_file(folder.join(other))?;
    }
    Ok(())
}

/// The generator lies where nothing may be written: it is built from a copy.
fn copy(generator: &Path) -> Result<PathBuf> {
    let to = project::scratch().join("loadgen");
    fs::create_dir_all(to.join("src"))?;
    for file in ["Cargo.toml", "src/main.rs"] {
        let from = generator.join(file);
        let text = fs::read_to_string(&from)
            .with_context(|| format!("{}: the generator; --loadgen says where it is", from.display()))?;
        // A workspace of its own, wherever it lies.
        let own = if file == "Cargo.toml" { "\n[workspace]\n" } else { "" };
        fs::write(to.join(file), text + own)?;
    }
    Ok(to.join("Cargo.toml"))
}

/// What the generator says about its lines: `key value`, one a line.
struct Meta(HashMap<String, String>);

impl Meta {
    fn read(folder: &Path) -> Result<Self> {
        let text = fs::read_to_string(folder.join("meta.txt"))?;
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(Self(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()))
    }

    fn text(&self, key: &str) -> Result<&str> {
        self.0.get(key).map(String::as_str).with_context(|| format!("meta.txt has no `{key}`"))
    }

    fn number(&self, key: &str) -> Result<u64> {
        Ok(self.text(key)?.parse()?)
    }
}

/// Requests, each after its length in four bytes, least significant first.
fn read_bodies(file: &Path) -> Result<Vec<Vec<u8>>> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    let mut rest = bytes.as_slice();
    let mut bodies = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (body, after) = after
            .split_at_checked(u32::from_le_bytes(*length) as usize)
            .with_context(|| format!("{} is cut off", file.display()))?;
        bodies.push(body.to_vec());
        rest = after;
    }
    Ok(bodies)
}

/// The same lines with `times` the distance from one to the next, the last at the same time.
pub(super) fn stretched(load: &Load, last: u64, times: u64) -> Result<Load> {
    let body = |body: &Vec<u8>| stretched_body(body, last, times);
    let bodies = load.bodies().iter().map(body).collect::<Result<_>>()?;
    Ok(Load::of(bodies, load.lines, load.bytes))
}

fn stretched_body(body: &[u8], last: u64, times: u64) -> Result<Vec<u8>> {
    let request = snap::raw::Decoder::new().decompress_vec(body)?;
    let mut changed = Vec::with_capacity(request.len() + 1024);
    for stream in wire::streams(&request)? {
        let mut bytes = Vec::new();
        wire::bytes_field(&mut bytes, 1, stream.labels.as_bytes());
        for (nanos, line) in stream.entries {
            wire::entry(&mut bytes, last - (last - nanos) * times, line.as_bytes());
        }
        wire::bytes_field(&mut changed, 1, &bytes);
    }
    Ok(snap::raw::Encoder::new().compress_vec(&changed)?)
}
