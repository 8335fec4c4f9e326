//! `GET alerts/groups`: alerts of one name and one service together, once for each receiver that is told of them.

use std::collections::BTreeMap;

use ::alerts::shown::Alert;
use axum::Json;
use axum::extract::State;
use model::Ordered as _;
use model::label;
use serde_json::{Value, json};

use super::Alertmanager;
use super::alerts::object;
use super::answer::AmFault;
use super::filter::{Asked, Wanted, is_suppressed, receivers};

/// What alerts of one group share.
const SHARED: [&str; 2] = ["alertname", label::SERVICE];

/// The handler.
pub(super) async fn list(State(here): State<Alertmanager>, asked: Asked) -> Result<Json<Value>, AmFault> {
    let wanted = Wanted::read(&asked)?;
    let (alerts, now) = (here.clone(), here.clock.now());
    let mut firing = here.queries.run(move |_| alerts.firing()).await?;
    firing.order_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
    let group = |((labels, receiver), alerts): (Key<'_>, Vec<&Alert>)| {
        let labels: BTreeMap<String, String> = labels.into_iter().collect();
        let alerts: Vec<Value> = alerts.into_iter().map(|alert| object(alert, &here.base_url, now)).collect();
        json!({ "alerts": alerts, "labels": labels, "receiver": { "name": receiver }, "routeLabels": {} })
    };
    let groups = grouped(&firing, &wanted).into_iter();
    let muted = asked.wants("muted");
    let shown = groups.filter(|(_, alerts)| muted || !alerts.iter().all(|alert| is_suppressed(alert)));
    Ok(Json(shown.map(group).collect()))
}

/// The labels of a group and its receiver.
type Key<'a> = (Vec<(String, String)>, &'a str);

fn grouped<'a>(firing: &'a [Alert], wanted: &Wanted) -> BTreeMap<Key<'a>, Vec<&'a Alert>> {
    let mut groups: BTreeMap<Key<'_>, Vec<&Alert>> = BTreeMap::new();
    for alert in firing.iter().filter(|alert| wanted.admits(alert)) {
        let value = |name: &str| Some((name.to_owned(), alert.labels.get(name)?.to_owned()));
        let labels: Vec<(String, String)> = SHARED.iter().filter_map(|name| value(name)).collect();
        for receiver in receivers(alert).into_iter().filter(|name| wanted.admits_receiver(name)) {
            groups.entry((labels.clone(), receiver)).or_default().push(alert);
        }
    }
    groups
}
