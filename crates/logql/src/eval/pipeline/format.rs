//! `| line_format` and `| label_format`.

use std::collections::VecDeque;
use std::sync::Arc;

use template::{Data, Functions, RenderError, Template, Value};

use super::labels::{FinalLabels, LineLabels};
use super::step::{Effect, Moment};
use crate::ast;

const TEMPLATE_ERROR: &str = "TemplateFormatErr";

/// Puts another text in place of the line.
#[derive(Clone, Debug)]
pub(super) struct LineFormat(Arc<Template>);

impl LineFormat {
    pub(super) fn new(text: &str) -> Result<Self, String> {
        Template::parse_named("line", text, &Functions::loki())
            .map(|template| Self(Arc::new(template)))
            .map_err(|error| format!("invalid line template: {error}"))
    }

    pub(super) fn run(&self, moment: Moment<'_>, labels: &mut LineLabels<'_>, out: &mut String) -> Effect {
        out.clear();
        if let Some(name) = self.0.as_name() {
            out.push_str(labels.get(name).unwrap_or_default());
            return Effect::Changes;
        }
        let data = LineData { moment, labels: labels.seen_whole() };
        match self.0.render(&data, out) {
            Ok(()) => Effect::Changes,
            Err(error) => {
                labels.set_error(TEMPLATE_ERROR, &error.to_string());
                Effect::Stays
            }
        }
    }

    /// The labels that it looks at; `None`: all of them.
    pub(super) fn names(&self) -> Option<Vec<&str>> {
        names(&self.0)
    }
}

/// Assignments of labels, one after the other.
#[derive(Clone, Debug)]
pub(super) struct LabelFormats(Vec<Assignment>);

#[derive(Clone, Debug)]
enum Assignment {
    Rename { to: String, from: String },
    Template { name: String, template: Arc<Template> },
}

impl LabelFormats {
    pub(super) fn new(formats: &[ast::LabelFormat]) -> Result<Self, String> {
        let functions = Functions::loki();
        let assignment = |format: &ast::LabelFormat| match format {
            ast::LabelFormat::Rename { to, from } => {
                Ok(Assignment::Rename { to: to.clone(), from: from.clone() })
            }
            ast::LabelFormat::Template { name, template } => {
                let template = Template::parse_named("label", template, &functions)
                    .map_err(|error| format!("invalid template for label '{name}': {error}"))?;
                Ok(Assignment::Template { name: name.clone(), template: Arc::new(template) })
            }
        };
        formats.iter().map(assignment).collect::<Result<_, _>>().map(Self)
    }

    /// Every template sees the labels as they are when the first one is filled in.
    pub(super) fn run(&self, moment: Moment<'_>, labels: &mut LineLabels<'_>) {
        let mut filled: Option<VecDeque<Result<String, RenderError>>> = None;
        for assignment in &self.0 {
            match assignment {
                Assignment::Rename { to, from } => {
                    if let Some(value) = labels.get(from).map(str::to_owned) {
                        labels.set(to, &value);
                        labels.remove(from);
                    }
                }
                Assignment::Template { name, .. } => {
                    let filled = filled.get_or_insert_with(|| self.fill_in(moment, labels));
                    match filled.pop_front() {
                        Some(Ok(value)) => labels.set(name, &value),
                        Some(Err(error)) => labels.set_error(TEMPLATE_ERROR, &error.to_string()),
                        None => {}
                    }
                }
            }
        }
    }

    fn fill_in(&self, moment: Moment<'_>, labels: &LineLabels<'_>) -> VecDeque<Result<String, RenderError>> {
        let data = LineData { moment, labels: labels.seen_whole() };
        let templates = self.0.iter().filter_map(|assignment| match assignment {
            Assignment::Template { template, .. } => Some(template.as_ref()),
            Assignment::Rename { .. } => None,
        });
        let fill_in = |template: &Template| {
            let mut out = String::new();
            template.render(&data, &mut out).map(|()| out)
        };
        templates.map(fill_in).collect()
    }

    /// The labels that it looks at; `None`: all of them.
    pub(super) fn names(&self) -> Option<Vec<&str>> {
        let mut all = Vec::new();
        for assignment in &self.0 {
            match assignment {
                Assignment::Rename { from, .. } => all.push(from.as_str()),
                Assignment::Template { template, .. } => all.extend(names(template)?),
            }
        }
        Some(all)
    }
}

fn names(template: &Template) -> Option<Vec<&str>> {
    template.names().map(|names| names.into_iter().collect())
}

/// What a template sees of a line.
struct LineData<'a> {
    moment: Moment<'a>,
    labels: FinalLabels<'a>,
}

impl Data for LineData<'_> {
    fn get(&self, name: &str) -> Value<'_> {
        Value::text(self.labels.get(name).unwrap_or_default())
    }

    fn entries(&self) -> Vec<(&str, Value<'_>)> {
        self.labels.iter().map(|(_, name, value)| (name, Value::text(value))).collect()
    }

    fn now(&self) -> i64 {
        self.moment.now
    }

    fn line(&self) -> &str {
        self.moment.line
    }

    fn timestamp(&self) -> i64 {
        self.moment.timestamp
    }
}
