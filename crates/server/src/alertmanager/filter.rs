//! Which alerts are asked for.

use ::alerts::shown::Alert;
use axum::extract::{FromRequest, Request};
use model::{Labels, MatchOp, Matcher, Selector};

use super::answer::AmFault;
use super::matchers;
use crate::form::Form;

/// What was asked, name by name.
pub(super) struct Asked(Form);

impl<S: Sync> FromRequest<S> for Asked {
    type Rejection = AmFault;

    async fn from_request(request: Request, _: &S) -> Result<Self, AmFault> {
        Ok(Self(Form::read(request).await?))
    }
}

impl Asked {
    /// Whether something is wanted; it is where nothing is said.
    pub(super) fn wants(&self, name: &str) -> bool {
        let yes = ["true", "1", "yes", "ok", "y", "on", "t"];
        self.0.get(name).is_none_or(|word| yes.contains(&word.to_lowercase().as_str()))
    }

    /// The matchers of all values of `name`.
    pub(super) fn matchers(&self, name: &str) -> Result<Vec<Matcher>, AmFault> {
        self.0.all(name).map(|text| matchers::one(text).map_err(AmFault::bad_request)).collect()
    }

    fn receiver(&self) -> Result<Option<Matcher>, AmFault> {
        let read = |text| Matcher::new("receiver", MatchOp::Regex, text);
        let receiver = self.0.get("receiver").map(read).transpose();
        receiver.map_err(|error| AmFault::bad_request(format!("failed to parse receiver param: {error}")))
    }
}

/// Which alerts are wanted.
pub(super) struct Wanted {
    matchers: Selector,
    receiver: Option<Matcher>,
    receiver_matchers: Selector,
    active: bool,
    silenced: bool,
    inhibited: bool,
}

impl Wanted {
    pub(super) fn read(asked: &Asked) -> Result<Self, AmFault> {
        Ok(Self {
            matchers: Selector(asked.matchers("filter")?),
            receiver: asked.receiver()?,
            receiver_matchers: Selector(asked.matchers("receiver_matchers")?),
            active: asked.wants("active"),
            silenced: asked.wants("silenced"),
            inhibited: asked.wants("inhibited"),
        })
    }

    /// Whether an alert is wanted, whoever is told of it.
    pub(super) fn admits(&self, alert: &Alert) -> bool {
        let is_quiet = is_suppressed(alert);
        (self.active || is_quiet)
            && (self.silenced || alert.silenced_by.is_empty())
            && (self.inhibited || alert.inhibited_by.is_empty())
            && self.matchers.matches(&alert.labels)
    }

    /// Whether what a receiver is told of is wanted. Receivers here have no labels.
    pub(super) fn admits_receiver(&self, name: &str) -> bool {
        self.receiver.as_ref().is_none_or(|receiver| receiver.matches_value(name))
            && self.receiver_matchers.matches(&Labels::default())
    }
}

/// Whether something keeps an alert quiet.
pub(super) fn is_suppressed(alert: &Alert) -> bool {
    !alert.silenced_by.is_empty() || !alert.inhibited_by.is_empty()
}

/// Who is told of an alert; of those of tier low nobody is: they stand in the logs.
pub(super) fn receivers(alert: &Alert) -> Vec<&str> {
    if alert.receivers.is_empty() {
        return vec![super::status::NOBODY];
    }
    alert.receivers.iter().map(String::as_str).collect()
}
