//! OpenTelemetry's values of any kind, as text and as metadata.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Metadata;
use serde_json::Value;

/// Values within values deeper than this are a fault.
pub(super) const DEPTH_MAX: usize = 32;

/// Names with values.
pub(super) type Attributes = Vec<(String, Any)>;

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Any {
    #[default]
    Nothing,
    Text(String),
    Bool(bool),
    Int(i64),
    Float(f64),
    Bytes(Vec<u8>),
    List(Vec<Any>),
    Map(Attributes),
}

impl Any {
    /// Texts as they are, lists and maps as JSON, bytes as base64.
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text,
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Bytes(bytes) => STANDARD.encode(bytes),
            list_or_map => list_or_map.into_json().to_string(),
        }
    }

    fn into_json(self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::from(value),
            Self::Float(value) => Value::from(value),
            Self::List(values) => values.into_iter().map(Self::into_json).collect(),
            Self::Map(members) => {
                let members = members.into_iter().map(|(name, value)| (name, value.into_json()));
                Value::Object(members.collect())
            }
            text_or_bytes => Value::String(text_or_bytes.into_text()),
        }
    }
}

/// Attributes as metadata: names become such as LogQL can use, a map's members come each by itself.
pub(super) fn flatten(attributes: Attributes) -> Metadata {
    let mut metadata = Metadata::new();
    for (name, value) in attributes {
        flatten_one(label_name(&name), value, &mut metadata);
    }
    metadata
}

fn flatten_one(name: String, value: Any, into: &mut Metadata) {
    match value {
        Any::Map(members) => {
            for (member, value) in members {
                flatten_one(label_name(&format!("{name}_{member}")), value, into);
            }
        }
        value => into.push((name.into(), value.into_text().into())),
    }
}

/// Letters, digits and `_`; one that begins with a digit gets `key_` before it.
pub(super) fn label_name(name: &str) -> String {
    let usable: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    match usable.as_bytes().first() {
        Some(b'0'..=b'9') => format!("key_{usable}"),
        _ => usable,
    }
}
