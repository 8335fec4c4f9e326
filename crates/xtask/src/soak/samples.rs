//! What the appliance held in memory and on the disk over time.

use std::fmt;

use anyhow::{Result, bail};

/// What memory may reach, whatever the load.
const RSS_BYTES_MAX: u64 = 200_000_000;

/// What may lie on the disk besides the lines: write-ahead logs, a day's empty files.
const DISK_BASE_BYTES: u64 = 200_000_000;

/// What a line of 290 bytes may take there, before old ones are sealed in large blocks.
const DISK_BYTES_PER_LINE_MAX: u64 = 150;

/// Samples of all lives.
#[derive(Default)]
pub(super) struct Samples {
    rss: Vec<u64>,
    disk: u64,
    /// Lives that were ended.
    pub(super) kills: u64,
}

impl Samples {
    /// Takes a sample, in bytes.
    pub(super) fn add(&mut self, rss: u64, disk: u64) {
        self.rss.push(rss);
        self.disk = self.disk.max(disk);
    }

    fn most_rss(&self) -> u64 {
        self.rss.iter().copied().max().unwrap_or(0)
    }

    /// Fails when memory or disk grew beyond what that many lines account for.
    pub(super) fn check(&self, lines: u64, disk_now: u64) -> Result<()> {
        let disk_max = DISK_BASE_BYTES + lines * DISK_BYTES_PER_LINE_MAX;
        let disk = self.disk.max(disk_now);
        if disk > disk_max {
            bail!("{disk} bytes on the disk for {lines} lines; {disk_max} are allowed");
        }
        if self.most_rss() > RSS_BYTES_MAX {
            bail!("{} bytes of memory; {RSS_BYTES_MAX} are allowed", self.most_rss());
        }
        Ok(())
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rss, disk) = (self.most_rss() as f64 / 1e6, self.disk as f64 / 1e6);
        write!(f, "{} kills, at most {rss:.0} MB of memory and {disk:.0} MB on the disk", self.kills)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_the_lines_is_a_failure() {
        let check = |rss, disk, lines| {
            let mut samples = Samples::default();
            samples.add(rss, disk);
            samples.add(1, 1);
            samples.check(lines, 0).map_err(|error| error.to_string())
        };
        assert_eq!(check(199_000_000, 300_000_000, 1_000_000), Ok(()));
        assert!(check(201_000_000, 1, 1).unwrap_err().contains("of memory"));
        assert!(check(1, 300_000_000, 1000).unwrap_err().contains("on the disk"));
    }
}
