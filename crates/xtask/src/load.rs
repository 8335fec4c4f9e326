//! An appliance under load: what `bench` and `soak` share.
//!
//! [`lines`] writes lines like those of a shop, [`push`] sends them as Promtail would, [`engine`] has them in
//! containers behind a small Docker Engine API, [`appliance`] runs the binary that all this meets, and [`http`] asks
//! it questions; [`wire`] is the bytes of a push.

pub(crate) mod appliance;
pub(crate) mod engine;
pub(crate) mod http;
pub(crate) mod lines;
pub(crate) mod push;
pub(crate) mod wire;
