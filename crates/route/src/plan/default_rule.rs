//! The rule of routers that have none, from a template: `` Host(`{{ normalize .Name }}`) ``.

use std::collections::BTreeMap;

use template::{Functions, Map, Template, Tree, Type, Value};

use crate::normalize::normalize;

/// The template, read once for a plan.
pub(super) struct DefaultRule(Result<Template, String>);

impl DefaultRule {
    pub(super) fn parse(text: &str) -> Self {
        let mut functions = Functions::loki();
        functions.add("normalize", &[Type::Text], None, |_, args| Ok(Value::from(normalize(args.text(0)))));
        Self(Template::parse(text, &functions).map_err(|error| error.to_string()))
    }

    /// The rule for a container; the error is a sentence.
    pub(super) fn render(
        &self,
        name: &str,
        container: &str,
        labels: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        let template =
            self.0.as_ref().map_err(|error| format!("the default rule is no template: {error}"))?;
        let labels = Value::labels(labels.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        let entries =
            [("Name", Value::from(name)), ("ContainerName", Value::from(container)), ("Labels", labels)];
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        let data = Tree { root: Map { entries, only_text: false }, now: 0 };
        let mut rule = String::new();
        match template.render(&data, &mut rule) {
            Ok(()) if rule.trim().is_empty() => {
                Err("the default rule is empty for this container".to_owned())
            }
            Ok(()) => Ok(rule),
            Err(error) => Err(format!("the default rule cannot be made for this container: {error}")),
        }
    }
}
