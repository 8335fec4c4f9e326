//! What collectors find goes to the store of metrics; what containers use is asked of the Docker engine where the kernel's
//! own files cannot be read.

use std::sync::Arc;

use collectors::Appender;
use collectors::containers::Stats;
use docker::Docker;
use metrics::{Metrics, Scrape, Series};
use model::metric::{About, Exemplar};
use model::usage::Usage;
use model::{Labels, Timestamp};

/// The store, as collectors see it.
#[derive(Clone)]
pub(crate) struct Samples(pub(crate) Metrics);

impl Appender for Samples {
    type Series = Arc<Series>;

    fn series(&self, labels: &Labels) -> Arc<Series> {
        self.0.series(labels)
    }

    async fn append(&self, target: &Arc<str>, at: Timestamp, samples: Vec<(Arc<Series>, f64)>) {
        let scrape = Scrape { target: target.clone(), at_ms: at.millis(), samples };
        // It fails only while the appliance ends, when the writer has gone.
        let _ = self.0.append(scrape).await;
    }

    fn describe(&self, target: &Arc<str>, family: &str, about: &About) {
        self.0.describe(target, family, about);
    }

    fn exemplar(&self, series: &Arc<Series>, exemplar: Exemplar) {
        self.0.exemplar(series, exemplar);
    }
}

/// The Docker engine, as the collectors see it.
#[derive(Clone)]
pub(crate) struct Engine(pub(crate) Docker);

impl Stats for Engine {
    async fn stats(&self, id: &str) -> Result<Usage, String> {
        self.0.stats(id).await.map_err(|error| error.to_string())
    }
}
