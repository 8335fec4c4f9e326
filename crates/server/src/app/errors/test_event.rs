//! An event that shows that events come: made here, and taken in as those of programs are.

use std::sync::Arc;

use ::event::{Arrival, EventId, group, normalise};
use ::issues::{Delivery, Issues, Prepared, Project};
use api::TestSent;
use http::StatusCode;
use model::Timestamp;

use crate::fault::Fault;

/// What the sender of it is called.
const CLIENT: &str = "porthole.test/1";
const EVENT: &str = include_str!("test_event.json");

/// Takes one in for the project and gives its id.
pub(super) async fn send(issues: &Issues, project: Arc<Project>, now: Timestamp) -> Result<TestSent, Fault> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| refused(format!("no id can be made: {error}")))?;
    let id = EventId(id);
    let arrival = Arrival {
        received: now,
        event_id: Some(id),
        spare_id: id,
        client: Some(CLIENT.to_owned()),
        ..Arrival::default()
    };
    let event = normalise(EVENT.as_bytes(), &arrival, &issues.scrubber());
    let event = event.map_err(|error| refused(error.to_string()))?;
    let grouping = group(&event, &issues.rules());
    let items = vec![Prepared::Event(Box::new(event), grouping)];
    let delivery = Delivery { project, client: CLIENT.to_owned(), items };
    issues.accept(delivery).await.map_err(|refusal| refused(refusal.to_string()))?;
    Ok(TestSent { event: id.to_string() })
}

fn refused(message: String) -> Fault {
    Fault::new(StatusCode::SERVICE_UNAVAILABLE, format!("the test event was not taken: {message}"))
}
