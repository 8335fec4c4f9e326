//! The three answers that every alert owes.

/// What broke, how bad it is, what to do now. In a [`super::Rule`] the texts are templates, in an alert they are told
/// as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Card {
    /// What broke, in one sentence.
    pub what: String,
    /// How bad it is: the number, what is usual, who is hit.
    pub how_bad: String,
    /// The next steps, one to three.
    pub do_now: String,
    /// Where to read more; an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
}

impl Card {
    /// The keys of the answers that are not given, as the settings name them.
    pub fn missing(&self) -> Vec<&'static str> {
        let answers = [("what", &self.what), ("how_bad", &self.how_bad), ("do_now", &self.do_now)];
        answers.iter().filter(|(_, text)| text.trim().is_empty()).map(|(key, _)| *key).collect()
    }
}
