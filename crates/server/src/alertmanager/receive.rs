//! `POST alerts`: what a Prometheus sends. Those that can be read are kept even where others cannot.

use std::collections::BTreeMap;

use ::alerts::shown::SentAlert;
use axum::extract::{Request, State};
use http::StatusCode;
use model::Labels;
use serde::Deserialize;

use super::Alertmanager;
use super::answer::{AmFault, read_instant};
use crate::body;

/// A few thousand alerts.
const BODY_BYTES_MAX: usize = 4 << 20;
/// At once.
const ALERTS_MAX: usize = 10_000;
/// Faults that are told one by one.
const FAULTS_MAX: usize = 10;

/// An alert as it is sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    #[serde(default)]
    starts_at: String,
    #[serde(default)]
    ends_at: String,
    #[serde(default, rename = "generatorURL")]
    generator_url: String,
}

/// The handler.
pub(super) async fn post(State(here): State<Alertmanager>, request: Request) -> Result<StatusCode, AmFault> {
    let (head, body) = request.into_parts();
    let bytes = body::read(&head.headers, body, BODY_BYTES_MAX).await?;
    let (alerts, faults) = read(&bytes)?;
    let keep = here.alerts.clone();
    here.queries.run(move |_| keep.receive(alerts)).await?;
    if faults.is_empty() {
        return Ok(StatusCode::OK);
    }
    Err(AmFault::bad_request(told(&faults)))
}

/// What could be read, and why the rest could not.
fn read(bytes: &[u8]) -> Result<(Vec<SentAlert>, Vec<String>), AmFault> {
    let sent: Vec<Sent> = serde_json::from_slice(bytes)
        .map_err(|error| AmFault::bad_request(format!("the body is no list of alerts in JSON: {error}")))?;
    if sent.len() > ALERTS_MAX {
        let message = format!("{} alerts at once are too many; send at most {ALERTS_MAX}", sent.len());
        return Err(AmFault::bad_request(message));
    }
    let (mut alerts, mut faults) = (Vec::with_capacity(sent.len()), Vec::new());
    for one in sent {
        match valid(one) {
            Ok(alert) => alerts.push(alert),
            Err(fault) => faults.push(fault),
        }
    }
    Ok((alerts, faults))
}

fn told(faults: &[String]) -> String {
    let mut text = faults.iter().take(FAULTS_MAX).map(String::as_str).collect::<Vec<_>>().join("\n");
    if let Some(more) = faults.len().checked_sub(FAULTS_MAX).filter(|more| *more > 0) {
        text.push_str(&format!("\nand {more} more"));
    }
    text
}

fn valid(sent: Sent) -> Result<SentAlert, String> {
    let (starts_ms, ends_ms) = (read_instant(&sent.starts_at)?, read_instant(&sent.ends_at)?);
    if starts_ms.zip(ends_ms).is_some_and(|(start, end)| end < start) {
        return Err("start time must be before end time".to_owned());
    }
    let labels = Labels::from_pairs(sent.labels.into_iter().filter(|(_, value)| !value.is_empty()));
    if labels.is_empty() {
        return Err("at least one label pair required".to_owned());
    }
    if labels
        .iter()
        .map(|(name, _)| name)
        .chain(sent.annotations.keys().map(String::as_str))
        .any(str::is_empty)
    {
        return Err("invalid label set: invalid name \"\"".to_owned());
    }
    let (annotations, generator_url) = (sent.annotations, sent.generator_url);
    Ok(SentAlert { labels, annotations, starts_ms, ends_ms, generator_url })
}
