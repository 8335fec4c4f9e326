//! The finders: each knows one kind of secret and adds its places to the edits. Those that are led to a place
//! by a literal give the place from which the search goes on; none looks at a byte more than a few times, however
//! the text is made.

pub(crate) mod authorization;
pub(crate) mod card;
pub(crate) mod key;
pub(crate) mod pair;
pub(crate) mod personal;
pub(crate) mod private_key;
pub(crate) mod token;
pub(crate) mod url;
