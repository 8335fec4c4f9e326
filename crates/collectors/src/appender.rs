//! Where samples go.

use std::future::Future;
use std::sync::Arc;

use model::metric::{About, Exemplar};
use model::{Labels, Timestamp};

/// A sample of this value says that its series has ended: a NaN with bits of its own, as Prometheus writes it.
pub const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// Takes samples. A store implements it; clones mean the same store.
pub trait Appender: Clone + Send + Sync + 'static {
    /// A series that was looked up once.
    type Series: Clone + Send + Sync + 'static;

    /// The series of these labels; its name is `__name__`.
    fn series(&self, labels: &Labels) -> Self::Series;

    /// Appends what a target gave at one instant, no two samples of one series. Waits while the store cannot keep up.
    fn append(
        &self,
        target: &Arc<str>,
        at: Timestamp,
        samples: Vec<(Self::Series, f64)>,
    ) -> impl Future<Output = ()> + Send;

    /// What the target says of a metric family; the newest word counts.
    fn describe(&self, target: &Arc<str>, family: &str, about: &About);

    /// One example of what a series counted. Only the newest are kept.
    fn exemplar(&self, series: &Self::Series, exemplar: Exemplar);
}
