//! `[logs]` of the settings.

use std::time::Duration;

use logql::Expr;
use model::{Level, Selector};
use settings::{ByteSize, Section};

mod mask;

use crate::class::{Class, Rule, Rules};
use crate::file::FileSettings;
use crate::pipeline::Pipeline;

const DAY: Duration = Duration::from_secs(86_400);

/// What all logs together may take on disk where nothing is written.
const MAX_SIZE: ByteSize = ByteSize(20 << 30);

/// Less would not hold a day of a busy machine.
const MAX_SIZE_MIN: ByteSize = ByteSize(100 << 20);

/// What may be set about logs. [`Config::default`] is what holds where nothing is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// By the class's number.
    retention: [Duration; 3],
    max_size: ByteSize,
    rules: Rules,
    mask: ::mask::Config,
    files: Vec<FileSettings>,
    pipeline: Pipeline,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            retention: [3 * DAY, 30 * DAY, 365 * DAY],
            max_size: MAX_SIZE,
            rules: Rules::new(Vec::new()),
            mask: ::mask::Config::default(),
            files: Vec::new(),
            pipeline: Pipeline::default(),
        }
    }
}

impl Config {
    /// Reads `[logs]` below `root`; what is faulty is recorded there and counts as not written.
    pub fn read(root: &Section<'_>) -> Self {
        let logs = root.section("logs");
        let default = Self::default();
        let [short, normal, long] = default.retention;
        Self {
            retention: [
                retention(&logs, "retention_short").unwrap_or(short),
                retention(&logs, "retention").unwrap_or(normal),
                retention(&logs, "retention_long").unwrap_or(long),
            ],
            max_size: max_size(&logs).unwrap_or(default.max_size),
            rules: Rules::new(logs.sections("class").iter().filter_map(rule).collect()),
            mask: mask::read(&logs),
            files: logs.sections("file").iter().filter_map(FileSettings::read).collect(),
            pipeline: Pipeline::read(&logs),
        }
    }

    /// How long entries of the class are kept.
    pub(crate) fn retention(&self, class: Class) -> Duration {
        self.retention[usize::from(class.number())]
    }

    /// How long any line is kept at the most.
    pub(crate) fn retention_max(&self) -> Duration {
        self.retention.into_iter().max().unwrap_or(DAY)
    }

    /// How long the class is kept that is kept the shortest.
    pub(crate) fn retention_min(&self) -> Duration {
        self.retention.into_iter().min().unwrap_or(DAY)
    }

    /// What all logs together may take on disk.
    pub(crate) fn max_size(&self) -> ByteSize {
        self.max_size
    }

    #[cfg(test)]
    pub(crate) fn with_max_size(self, max_size: ByteSize) -> Self {
        Self { max_size, ..self }
    }

    /// The log files that are read.
    pub(crate) fn files(&self) -> &[FileSettings] {
        &self.files
    }

    /// What is masked.
    pub fn mask(&self) -> &::mask::Config {
        &self.mask
    }

    /// What is done with lines before they are stored.
    pub(crate) fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }
}

fn retention(logs: &Section<'_>, key: &str) -> Option<Duration> {
    let duration = logs.duration(key)?;
    if duration < DAY {
        logs.fault(key, "files are kept by the day", "write 1d or more");
        return None;
    }
    Some(duration)
}

fn max_size(logs: &Section<'_>) -> Option<ByteSize> {
    let size = logs.size("max_size")?;
    if size < MAX_SIZE_MIN {
        logs.fault("max_size", "too little to keep logs in", "write 100MiB or more");
        return None;
    }
    Some(size)
}

fn rule(section: &Section<'_>) -> Option<Rule> {
    let selector = section.with("selector", selector);
    let words = section.strings("levels").unwrap_or_default();
    let levels = words.iter().filter_map(|word| level(section, word)).collect();
    let class = section.choice("class", &Class::ALL.map(|class| (class.name(), class)));
    for (key, instead) in [
        ("selector", r#"write which streams it means, such as selector = '{service="web"}'"#),
        ("class", r#"write class = "short", "normal" or "long""#),
    ] {
        if !section.is_set(key) {
            section.fault(key, "it is missing", instead);
        }
    }
    Some(Rule { selector: selector?, levels, class: class? })
}

fn selector(text: &str) -> Result<Selector, String> {
    let example = r#"write a selector such as {service="web"}"#;
    match logql::parse(text) {
        Ok(Expr::Log(log)) if log.stages.is_empty() => Ok(log.selector.node),
        Ok(_) => Err(format!("more than a selector; {example}")),
        Err(error) => Err(format!("{error}; {example}")),
    }
}

fn level(section: &Section<'_>, word: &str) -> Option<Level> {
    let level = Level::ALL.into_iter().find(|level| level.name() == word);
    if level.is_none() {
        let names = Level::ALL.map(Level::name).join(", ");
        section.fault("levels", format!("`{word}` is no level"), format!("write some of {names}"));
    }
    level
}

#[cfg(test)]
mod tests;
