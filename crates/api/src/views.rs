//! Saved views: states of a page under a name, common to all users.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET views` | list of [`View`], by page and name | everybody |
//! | `POST views` [`NewView`] | 201 [`View`] | editors |
//! | `DELETE views/{id}` | 204 | editors |

use serde::{Deserialize, Serialize};

use crate::Millis;

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Names it.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// Which page it is a state of, by the first part of its path: `logs`.
    pub page: String,
    /// The state: the query string of the page's URL, without `?`.
    pub state: String,
    /// Who made it; empty where nobody signs in.
    pub by: String,
    /// When.
    pub made: Millis,
}

/// A view to be saved. One of the same page and name is replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewView {
    /// 1 to 100 characters.
    pub name: String,
    /// 1 to 32 lower-case letters, digits or `-`.
    pub page: String,
    /// At most 8000 bytes.
    pub state: String,
}
