//! Templates: no text panics, and what is rendered stays within its bounds.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use template::{Data, Functions, Limits, Template, Value};

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(Functions::loki);

/// A line with two labels.
struct Line;

impl Data for Line {
    fn get(&self, name: &str) -> Value<'_> {
        self.entries().into_iter().find(|(known, _)| *known == name).map_or(Value::from(""), |(_, value)| value)
    }

    fn entries(&self) -> Vec<(&str, Value<'_>)> {
        vec![("path", Value::from("/cart/")), ("status", Value::from("502"))]
    }

    fn now(&self) -> i64 {
        1_800_000_000_000_000_000
    }

    fn line(&self) -> &str {
        r#"{"a":[1,2.5,null,{"b":"ü"}]}"#
    }
}

fuzz_target!(|text: &str| {
    match Template::parse(text, &FUNCTIONS) {
        Ok(template) => {
            let mut out = String::new();
            let _ = template.render(&Line, &mut out);
            assert!(out.len() <= Limits::default().output, "{} bytes", out.len());
            let _ = (template.names(), template.as_name());
        }
        Err(fault) => assert!(!fault.to_string().is_empty()),
    }
});
