//! What fits where the cursor is: labels, values, fields, stages and functions, from what is stored.

use crate::prelude::*;
use api::{FacetValue, Names, NamesRequest};
use web_logic::logql::{Completion, Wanted, candidates, completion, compose};
use web_logic::view::ViewState;

use crate::components::Offers;
use crate::state::{Shared, shared};

/// What the server told last: whoever types asks the same again and again.
#[derive(Clone, Copy)]
pub(super) struct Looked {
    names: StoredValue<Option<(NamesRequest, Names)>>,
    values: StoredValue<Option<(String, NamesRequest, Vec<FacetValue>)>>,
}

impl Looked {
    pub(super) fn new() -> Self {
        Self { names: StoredValue::new(None), values: StoredValue::new(None) }
    }

    /// Looks what fits at the cursor; what must be asked for is asked for.
    pub(super) fn look(self, offers: Offers, text: &str, cursor: usize) {
        let Some(place) = completion(text, cursor) else {
            offers.close();
            return;
        };
        let request = request(&place);
        match &place.wanted {
            Wanted::Function | Wanted::Range => offer(offers, offers.turn(), &place, &Names::default(), &[]),
            Wanted::Value { name } => self.look_for_values(offers, place.clone(), name.clone(), request),
            Wanted::Label | Wanted::Stage | Wanted::Field => self.look_for_names(offers, place, request),
        }
    }

    fn look_for_names(self, offers: Offers, place: Completion, request: NamesRequest) {
        let turn = offers.turn();
        let known = self.names.with_value(|known| {
            known.as_ref().filter(|(of, _)| *of == request).map(|(_, names)| names.clone())
        });
        if let Some(names) = known {
            offer(offers, turn, &place, &names, &[]);
            return;
        }
        spawn_local(async move {
            let names = shared().client.names(&request).await.unwrap_or_default();
            offer(offers, turn, &place, &names, &[]);
            self.names.set_value(Some((request, names)));
        });
    }

    fn look_for_values(self, offers: Offers, place: Completion, name: String, request: NamesRequest) {
        let turn = offers.turn();
        let known = self.values.with_value(|known| {
            let same = known.as_ref().filter(|(of, asked, _)| *of == name && *asked == request);
            same.map(|(.., values)| values.clone())
        });
        if let Some(values) = known {
            offer(offers, turn, &place, &Names::default(), &values);
            return;
        }
        spawn_local(async move {
            let values = shared().client.values(&name, &request).await;
            let values = values.map(|values| values.values).unwrap_or_default();
            offer(offers, turn, &place, &Names::default(), &values);
            self.values.set_value(Some((name, request, values)));
        });
    }
}

fn offer(offers: Offers, turn: u32, place: &Completion, names: &Names, values: &[FacetValue]) {
    offers.offer(turn, place.span, candidates(place, names, values));
}

/// The streams that what is typed so far names, over the page's time.
fn request(place: &Completion) -> NamesRequest {
    let Shared { view, .. } = shared();
    let (start, end) = view.resolved.get_untracked().nanos();
    let query = place.selector.clone().unwrap_or_else(|| {
        let bare = view.state.with_untracked(|state| ViewState { query: String::new(), ..state.clone() });
        compose(&bare, None).query
    });
    NamesRequest { query, start, end }
}
