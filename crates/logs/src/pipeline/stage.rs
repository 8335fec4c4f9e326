//! The stages by their names in the settings.

use model::relabel::{Rule, relabel};
use settings::Section;

use super::extract::{Json, Logfmt, Regexp};
use super::filter::{DropWhere, Limit, Sampling};
use super::label_stages::{LabelList, Renames, StaticLabels};
use super::line::Line;
use super::memory::{Memory, Slot};
use super::pack::Pack;
use super::text::{Fill, Replace, Truncate};
use super::time::ReadTime;
use super::{label_stages, text};

/// One thing that is done with a line.
#[derive(Debug)]
pub(super) enum Stage {
    Json(Json),
    Logfmt(Logfmt),
    Regexp(Regexp),
    Labels(Renames),
    Metadata(Renames),
    StaticLabels(StaticLabels),
    LabelDrop(LabelList),
    LabelKeep(LabelList),
    MetadataDrop(LabelList),
    Relabel(Vec<Rule>),
    Template(Fill),
    Timestamp(Box<ReadTime>),
    /// An extracted value becomes the line.
    Output(String),
    Replace(Replace),
    Decolorize,
    Truncate(Truncate),
    Pack(Pack),
    Drop(DropWhere),
    Sampling(Sampling),
    Limit(Limit),
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow<'s> {
    /// To the next stage.
    Goes,
    /// Nowhere, for this reason.
    Drops(&'s str),
}

type Read = fn(&Section<'_>, &str) -> Option<Stage>;

/// How each stage is read, by the key that it is written with.
pub(super) const STAGES: [(&str, Read); 20] = [
    ("json", |section, key| Json::read(&section.section(key)).map(Stage::Json)),
    ("logfmt", |section, key| Logfmt::read(&section.section(key)).map(Stage::Logfmt)),
    ("regex", |section, key| Regexp::read(&section.section(key)).map(Stage::Regexp)),
    ("labels", |section, key| Renames::read(&section.section(key)).map(Stage::Labels)),
    ("structured_metadata", |section, key| Renames::read(&section.section(key)).map(Stage::Metadata)),
    ("static_labels", |section, key| StaticLabels::read(&section.section(key)).map(Stage::StaticLabels)),
    ("label_drop", |section, key| section.strings(key).map(Stage::LabelDrop)),
    ("label_keep", |section, key| section.strings(key).map(Stage::LabelKeep)),
    ("structured_metadata_drop", |section, key| section.strings(key).map(Stage::MetadataDrop)),
    ("relabel", |section, key| section.relabel(key).map(Stage::Relabel)),
    ("template", |section, key| Fill::read(&section.section(key)).map(Stage::Template)),
    ("timestamp", |section, key| {
        ReadTime::read(&section.section(key)).map(|stage| Stage::Timestamp(Box::new(stage)))
    }),
    ("output", |section, key| section.string(key).map(Stage::Output)),
    ("replace", |section, key| Replace::read(&section.section(key)).map(Stage::Replace)),
    ("decolorize", |section, key| section.boolean(key).filter(|wanted| *wanted).map(|_| Stage::Decolorize)),
    ("truncate", |section, key| Truncate::read(&section.section(key)).map(Stage::Truncate)),
    ("pack", |section, key| Pack::read(&section.section(key)).map(Stage::Pack)),
    ("drop", |section, key| DropWhere::read(&section.section(key)).map(Stage::Drop)),
    ("sampling", |section, key| Sampling::read(&section.section(key)).map(Stage::Sampling)),
    ("limit", |section, key| Limit::read(&section.section(key)).map(Stage::Limit)),
];

impl Stage {
    /// Does it. What a stage does not find changes nothing: a pipeline meets all kinds of lines.
    pub(super) fn run(&self, line: &mut Line, memory: &mut Memory, slot: Slot) -> Flow<'_> {
        match self {
            Self::Json(json) => return json.run(line),
            Self::Logfmt(logfmt) => logfmt.run(line),
            Self::Regexp(regexp) => regexp.run(line),
            Self::Labels(renames) => renames.set_labels(line),
            Self::Metadata(renames) => renames.set_metadata(line),
            Self::StaticLabels(labels) => labels.run(line),
            Self::LabelDrop(names) => label_stages::drop_labels(line, names),
            Self::LabelKeep(names) => label_stages::keep_labels(line, names),
            Self::MetadataDrop(names) => label_stages::drop_metadata(line, names),
            Self::Relabel(rules) => match relabel(&line.labels, rules) {
                Some(labels) => line.labels = labels,
                None => return Flow::Drops("relabel"),
            },
            Self::Template(fill) => fill.run(line),
            Self::Timestamp(time) => time.run(line, memory, slot),
            Self::Output(source) => text::output(line, source),
            Self::Replace(replace) => replace.run(line),
            Self::Decolorize => text::decolorize(line),
            Self::Truncate(truncate) => truncate.run(line),
            Self::Pack(pack) => pack.run(line),
            Self::Drop(drop) => return drop.run(line),
            Self::Sampling(sampling) => return sampling.run(line),
            Self::Limit(limit) => return limit.run(line, memory, slot),
        }
        Flow::Goes
    }
}
