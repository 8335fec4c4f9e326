//! What fits where the cursor is in a query of metrics.

use api::LabelsRequest;
use web_logic::promql::{Completion, Known, Wanted, candidates, completion};

use crate::components::Offers;
use crate::prelude::*;
use crate::state::{Shared, shared};

/// Offers it; what must be asked for is asked for.
pub(super) fn look(offers: Offers, text: &str, cursor: usize) {
    let Some(place) = completion(text, cursor) else {
        offers.close();
        return;
    };
    let turn = offers.turn();
    match &place.wanted {
        Wanted::Operator | Wanted::Range => {
            offers.offer(turn, place.span, candidates(&place, Known::Nothing));
        }
        Wanted::Metric => {
            let names = shared().client.metric_names(&place.prefix);
            spawn_local(async move {
                let names = names.await.unwrap_or_default();
                offers.offer(turn, place.span, candidates(&place, Known::Metrics(&names)));
            });
        }
        Wanted::Label | Wanted::Grouping => look_for_labels(offers, turn, place, String::new()),
        Wanted::Value { name } => {
            let name = name.clone();
            look_for_labels(offers, turn, place, name);
        }
    }
}

fn look_for_labels(offers: Offers, turn: u32, place: Completion, name: String) {
    let Shared { view, client, .. } = shared();
    let range = view.resolved.get_untracked();
    let request = LabelsRequest { query: place.selector.clone(), name, start: range.start, end: range.end };
    let labels = client.metric_labels(&request);
    spawn_local(async move {
        let labels = labels.await.unwrap_or_default();
        offers.offer(turn, place.span, candidates(&place, Known::Texts(&labels)));
    });
}
