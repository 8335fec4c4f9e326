//! `service_name`: pushed streams get it where they lack it, as Loki's do, so that one label names the
//! service of every stream.

use model::Labels;
use model::label::SERVICE_NAME;

/// The labels that tell the service, the best first.
pub(in crate::loki) const TELLING: [&str; 13] = [
    "service",
    "app",
    "application",
    "app_name",
    "name",
    "app_kubernetes_io_name",
    "container",
    "container_name",
    "k8s_container_name",
    "component",
    "workload",
    "job",
    "k8s_job_name",
];

/// The labels with `service_name`.
pub(super) fn with_service_name(labels: Labels) -> Labels {
    if labels.get(SERVICE_NAME).is_some() {
        return labels;
    }
    let told = TELLING.iter().find_map(|name| labels.get(name)).unwrap_or("unknown_service").to_owned();
    labels.with(SERVICE_NAME, &told)
}
