//! Entries about containers, on their way to the store.

use std::time::Duration;

use model::{Batch, Identity, Labels, Multiline, Position, Timestamp, Workload, label};

use super::{Container, Fleet};
use crate::events::{Action, Event, Happening};
use crate::identity::{Surroundings, is_ignored};
use crate::reader::EVENT_STREAM;

/// A start so soon after a container was made is its first one, unless another was seen.
const FIRST_START_MAX: Duration = Duration::from_secs(5);
/// How long to try at the end.
const LAST_SEND_TIMEOUT: Duration = Duration::from_secs(5);

impl Fleet {
    /// Makes an entry of `event`; `position` says that it was made, and is stored with it.
    pub(in crate::collector) fn tell(&mut self, event: &Event, position: Position) {
        let Some(here) = &self.surroundings else { return };
        if is_ignored(&event.attributes) {
            return;
        }
        let mut unknown = Container::default();
        let container = self.containers.get_mut(&event.id).unwrap_or(&mut unknown);
        let Some(happening) = happening(event, container) else { return };
        let identity = match &container.workload {
            Some(workload) => workload.identity.clone(),
            None => here.identify(event.name(), &event.attributes),
        };
        self.push(&identity, &event.id, event.at, &happening, vec![position]);
    }

    /// Takes note of what `workload` runs, and tells of it if that is a deploy.
    pub(super) fn observe_deploy(&mut self, workload: &Workload) {
        let Some(observed) = self.deploys.observe(workload) else { return };
        let Some((previous_image, previous_image_id)) = observed.replaced else {
            let labels = workload.identity.stream_labels(EVENT_STREAM);
            return self.outbox.push_back(Batch {
                labels,
                entries: Vec::new(),
                positions: observed.positions,
                multiline: Multiline::Off,
            });
        };
        let happening = Happening::Deployed {
            service: workload.identity.service.clone(),
            image: workload.image.clone(),
            image_id: workload.image_id.clone(),
            previous_image,
            previous_image_id,
        };
        let at = workload.started_at.unwrap_or(workload.created_at);
        self.push(&workload.identity, &workload.id, at, &happening, observed.positions);
        self.published.deploys.send_replace(self.deploys.list());
    }

    fn push(
        &mut self,
        identity: &Identity,
        id: &str,
        at: Timestamp,
        happening: &Happening,
        positions: Vec<Position>,
    ) {
        let entries = vec![happening.entry(at, &identity.container, id)];
        let labels = identity.stream_labels(EVENT_STREAM);
        self.outbox.push_back(Batch { labels, entries, positions, multiline: Multiline::Off });
    }

    /// Ends: every reader hands over what it has, and so does this.
    pub(in crate::collector) async fn hand_over(mut self) {
        while self.readers.join_next().await.is_some() {}
        for batch in self.outbox {
            let sent = self.surface.lines.send_timeout(batch, LAST_SEND_TIMEOUT).await;
            if sent.is_err() {
                tracing::warn!("events were not taken in time; they are asked for again later");
                return;
            }
        }
    }
}

/// A batch of nothing but positions.
pub(super) fn positions_only(here: &Surroundings, positions: Vec<Position>) -> Batch {
    let labels = [(label::HOST, here.host.as_str()), (label::STREAM, EVENT_STREAM)];
    Batch { labels: Labels::from_pairs(labels), entries: Vec::new(), positions, multiline: Multiline::Off }
}

fn happening(event: &Event, container: &mut Container) -> Option<Happening> {
    let workload = container.workload.as_ref();
    Some(match event.action {
        Action::Start => {
            container.asked_to_stop = false;
            let restarts = workload.map_or(0, |workload| workload.restarts);
            // What dies at once may have been started again by the time of the look.
            let is_first =
                workload.is_none_or(|workload| event.at.since(workload.created_at) < FIRST_START_MAX);
            Happening::Started {
                image: event.image().to_owned(),
                image_id: workload.map_or(String::new(), |workload| workload.image_id.clone()),
                again: container.ran_before || (restarts > 0 && !is_first),
                restarts,
            }
        }
        Action::Die { exit_code } => Happening::Died {
            exit_code,
            asked: std::mem::take(&mut container.asked_to_stop),
            oom_killed: workload.is_some_and(|workload| workload.oom_killed),
        },
        Action::OutOfMemory => Happening::OutOfMemory,
        Action::Health(health) => Happening::Health(health),
        Action::Stop | Action::Destroy | Action::Change => return None,
    })
}
