//! Issues and events, from whole answers in `testdata/issues`: every member of every type is there, with something
//! in it, so that one that is forgotten or of another shape is seen.

use api::{Around, Event, EventList, EventPlace, Issue, IssuePage, IssuesChanged};
use serde::de::DeserializeOwned;

use super::check;
use crate::wire::Read;

fn check_text<T: Read + serde::Serialize + DeserializeOwned>(name: &str, text: &str) {
    let meant: T = serde_json::from_str(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    check(&meant);
    let whole: serde_json::Value = serde_json::from_str(text).unwrap();
    let known = serde_json::to_value(&meant).unwrap();
    for (member, value) in known.as_object().unwrap() {
        assert!(whole.get(member).is_some(), "{name} lacks {member}: {value}");
    }
}

#[test]
fn whole_answers_are_read_as_the_server_meant_them() {
    check_text::<IssuePage>("page", include_str!("../../../testdata/issues/page.json"));
    check_text::<Issue>("issue", include_str!("../../../testdata/issues/issue.json"));
    check_text::<Event>("event", include_str!("../../../testdata/issues/event.json"));
    check_text::<Around>("around", include_str!("../../../testdata/issues/around.json"));
    check_text::<EventList>("events", include_str!("../../../testdata/issues/events.json"));
    check(&EventPlace { issue: 7, event: "ab".into(), project: "shop".into() });
    check(&IssuesChanged { changed: 9 });
}
