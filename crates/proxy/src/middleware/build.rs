//! From what is declared to steps.

use std::sync::Arc;

use route::declared::Middleware;
use route::name::{Name, Provider};

use super::basic_auth::BasicAuth;
use super::breaker::Breaker;
use super::compress::Compress;
use super::forward_auth::ForwardAuth;
use super::headers::Headers;
use super::limits::{InFlight, RateLimit};
use super::pages::Pages;
use super::step::Step;
use super::verdicts::Verdicts;

/// Builds one middleware. A chain is none: it is flattened before.
///
/// # Errors
/// Why it cannot be built, in a sentence.
pub(super) fn step(name: &Name, options: &Middleware, verdicts: &Arc<Verdicts>) -> Result<Step, String> {
    Ok(match options {
        Middleware::AddPrefix(options) => Step::AddPrefix(options.clone()),
        Middleware::BasicAuth(options) => {
            Step::BasicAuth(Box::new(BasicAuth::new(options, verdicts.clone())?))
        }
        Middleware::Buffering(options) => Step::Buffering(options.clone()),
        Middleware::Chain(_) => return Err("it leads to itself".to_owned()),
        Middleware::CircuitBreaker(options) => Step::Breaker(Box::new(Breaker::new(options)?)),
        Middleware::Compress(options) => Step::Compress(Box::new(Compress::new(options)?)),
        // What a service does not name is not guessed.
        Middleware::ContentType => Step::Nothing,
        Middleware::EncodedCharacters(options) => Step::Encoded(*options),
        Middleware::Errors(options) => {
            Step::Pages(Box::new(Pages::new(options, referred(&options.service, name.provider))))
        }
        Middleware::ForwardAuth(options) => Step::ForwardAuth(Box::new(ForwardAuth::new(options)?)),
        Middleware::Headers(options) => Step::Headers(Box::new(Headers::new(options))),
        Middleware::IpAllowList(options) => Step::IpAllowList(options.clone()),
        Middleware::InFlight(options) => Step::InFlight(Box::new(InFlight::new(options)?)),
        Middleware::RateLimit(options) => Step::RateLimit(Box::new(RateLimit::new(options)?)),
        Middleware::RedirectRegex(options) => Step::RedirectRegex(options.clone()),
        Middleware::RedirectScheme(options) => Step::RedirectScheme(options.clone()),
        Middleware::ReplacePath(options) => Step::ReplacePath(options.clone()),
        Middleware::ReplacePathRegex(options) => Step::ReplacePathRegex(options.clone()),
        Middleware::Retry(options) => Step::Retry(options.clone()),
        Middleware::StripPrefix(options) => Step::StripPrefix(options.clone()),
        Middleware::StripPrefixRegex(options) => Step::StripPrefixRegex(options.clone()),
        Middleware::Broken { kind, why } => return Err(format!("{kind}: {why}")),
    })
}

/// Whether it counts something that a new plan must not forget.
pub(super) fn remembers(options: &Middleware) -> bool {
    matches!(options, Middleware::RateLimit(_) | Middleware::InFlight(_) | Middleware::CircuitBreaker(_))
}

/// What a reference means in an object of this provider: without one of its own it is of the same.
pub(super) fn referred(reference: &str, own: Provider) -> Name {
    match reference.rsplit_once('@').map(|(name, word)| (name, Provider::parse(word))) {
        Some((name, Some(provider))) => Name::new(name, provider),
        _ => Name::new(reference, own),
    }
}
