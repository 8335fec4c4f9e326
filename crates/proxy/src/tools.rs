//! What middlewares may ask of the rest of the proxy.

use std::path::Path;
use std::sync::Arc;

use http::{Request, Response};
use route::name::Name;

use crate::body::Body;
use crate::exchange::Exchange;
use crate::plane::{FetchError, Plane};
use crate::room::Room;
use crate::table::Table;

/// What middlewares may ask of the rest of the proxy.
#[derive(Clone, Copy)]
pub struct Tools<'t> {
    pub(crate) plane: &'t Arc<Plane>,
    pub(crate) table: &'t Arc<Table>,
}

impl Tools<'_> {
    /// The answer of a service of the plan; of a service that there is not, 503. The exchange remembers the server and
    /// the reason of this request, not of the one before.
    pub async fn service(
        &self,
        name: &Name,
        request: Request<Body>,
        exchange: &mut Exchange,
    ) -> Response<Body> {
        Box::pin(crate::forward::to(*self, name, request, exchange)).await
    }

    /// The answer of whoever is at an absolute address. Names of containers lead to them as those of servers do.
    /// With `insecure` nobody's certificate is checked.
    pub async fn fetch(&self, request: Request<Body>, insecure: bool) -> Result<Response<Body>, FetchError> {
        self.plane.fetch(request, insecure).await
    }

    /// For bodies that are held whole.
    pub(crate) fn room(&self) -> &Room {
        &self.plane.room
    }

    /// A folder for what is too large for memory.
    pub fn temporary(&self) -> &Path {
        &self.plane.temporary
    }
}
