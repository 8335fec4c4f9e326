//! `cargo xtask bench`: figures of the whole appliance, as a table for the README.
//!
//! Everything runs on this machine, on loopback, with the static binary that the image holds. What counts is CPU time
//! of the appliance's process per unit of work; the clock of a shared machine says little.

mod frame;
mod issues;
mod logs;
mod measure;
mod metrics;
mod proxy;
mod table;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::arguments::Arguments;

/// `cargo xtask bench [frame] [--lines N] [--docker-lines N] [--binary FILE]`
/// `cargo xtask bench logs [--lines N] [--seed N] [--loadgen DIR] [--binary FILE]`
/// `cargo xtask bench metrics [--seconds N] [--seed N] [--binary FILE]`
/// `cargo xtask bench issues [--events N] [--seed N] [--binary FILE]`
/// `cargo xtask bench proxy [--seconds N] [--binary FILE]`
pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let wanted: Option<u64> = arguments.value("--lines")?;
    let lines = wanted.unwrap_or(8_000_000);
    let seconds: Option<u64> = arguments.value("--seconds")?;
    let events: Option<u64> = arguments.value("--events")?;
    let collected: Option<u64> = arguments.value("--docker-lines")?;
    let seed: Option<u64> = arguments.value("--seed")?;
    let generator: Option<PathBuf> = arguments.value("--loadgen")?;
    let binary: Option<PathBuf> = arguments.value("--binary")?;
    // Last, or the value of an option would be taken for it.
    let what = arguments.word();
    arguments.finish_alone()?;
    let of_lines = wanted.is_some() || collected.is_some() || generator.is_some();
    match what.as_deref() {
        Some("issues") if !of_lines && seconds.is_none() => {
            let (events, seed) = (events.unwrap_or(20_000), seed.unwrap_or(42));
            issues::measure(&issues::Wish { events, seed, binary })
        }
        Some("issues") => bail!("`bench issues` has the options --events, --seed and --binary"),
        _ if events.is_some() => bail!("--events is an option of `bench issues`"),
        Some("proxy") if !of_lines && seed.is_none() => {
            proxy::measure(&proxy::Wish { seconds: seconds.unwrap_or(5), binary })
        }
        Some("proxy") => bail!("`bench proxy` has the options --seconds and --binary"),
        Some("metrics") if !of_lines => {
            let (seconds, seed) = (seconds.unwrap_or(180), seed.unwrap_or(42));
            metrics::measure(&metrics::Wish { seconds, seed, binary })
        }
        Some("metrics") => bail!("`bench metrics` has the options --seconds, --seed and --binary"),
        _ if seconds.is_some() => bail!("--seconds is an option of `bench metrics` and `bench proxy`"),
        None | Some("frame") if seed.is_none() && generator.is_none() => {
            let sizes = frame::Sizes { pushed: lines, collected: collected.unwrap_or(1_000_000) };
            frame::measure(binary, &sizes)
        }
        Some("logs") if collected.is_none() => {
            logs::measure(&logs::Wish { lines, seed: seed.unwrap_or(42), generator, binary })
        }
        None | Some("frame") => bail!("--seed and --loadgen are options of `bench logs`"),
        Some("logs") => bail!("--docker-lines is an option of `bench frame`"),
        Some(other) => {
            bail!("there are no figures named `{other}`; there are: frame, logs, metrics, issues, proxy")
        }
    }
}
