//! Charts that are ready to be drawn: what a service's containers, queues and requests do.

use api::{Chart, JobMetrics, QueueRow, ServiceRow};
use model::Ordered as _;

use crate::app::evaluator::quoted;
use crate::app::who::Owner;

/// A chart of every service that has containers; `%` stands for the matchers of its series.
struct OfContainers {
    title: &'static str,
    unit: &'static str,
    query: &'static str,
    legend: &'static str,
}

const OF_CONTAINERS: [OfContainers; 6] = [
    OfContainers {
        title: "CPU",
        unit: "cores",
        query: "sum by (container) (rate(container_cpu_usage_seconds_total{%}[2m]))",
        legend: "{{container}}",
    },
    OfContainers {
        title: "Memory",
        unit: "bytes",
        query: "sum by (container) (container_memory_working_set_bytes{%})",
        legend: "{{container}}",
    },
    OfContainers {
        title: "Time held back by the CPU limit",
        unit: "ratio",
        query: "sum by (container) (rate(container_cpu_cfs_throttled_periods_total{%}[2m])) / \
                sum by (container) (rate(container_cpu_cfs_periods_total{%}[2m]))",
        legend: "{{container}}",
    },
    OfContainers {
        title: "Network in",
        unit: "bytes/s",
        query: "sum by (container) (rate(container_network_receive_bytes_total{%}[2m]))",
        legend: "{{container}}",
    },
    OfContainers {
        title: "Network out",
        unit: "bytes/s",
        query: "sum by (container) (rate(container_network_transmit_bytes_total{%}[2m]))",
        legend: "{{container}}",
    },
    OfContainers {
        title: "Disk reads and writes",
        unit: "bytes/s",
        query: "sum by (container) (rate(container_fs_reads_bytes_total{%}[2m])) + \
                sum by (container) (rate(container_fs_writes_bytes_total{%}[2m]))",
        legend: "{{container}}",
    },
];

/// A chart of a service that has this metric of its own; `%` stands for the matchers of its job.
struct OfMetric {
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    query: &'static str,
    legend: &'static str,
}

const OF_METRICS: [OfMetric; 8] = [
    OfMetric {
        name: "django_http_responses_total_by_status_view_method_total",
        title: "Answers by status",
        unit: "1/s",
        query: "sum by (status) (rate(django_http_responses_total_by_status_view_method_total{%}[5m]))",
        legend: "{{status}}",
    },
    OfMetric {
        name: "django_http_requests_latency_seconds_by_view_method_bucket",
        title: "Slowest views, 95 of 100 requests",
        unit: "seconds",
        query: "topk(8, histogram_quantile(0.95, sum by (le, view) \
                (rate(django_http_requests_latency_seconds_by_view_method_bucket{%}[5m]))))",
        legend: "{{view}}",
    },
    OfMetric {
        name: "http_requests_total",
        title: "Requests",
        unit: "1/s",
        query: "sum(rate(http_requests_total{%}[5m]))",
        legend: "",
    },
    OfMetric {
        name: "http_request_duration_seconds_bucket",
        title: "Time of 95 of 100 requests",
        unit: "seconds",
        query: "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{%}[5m])))",
        legend: "",
    },
    OfMetric {
        name: "redis_connected_clients",
        title: "Redis clients",
        unit: "",
        query: "redis_connected_clients{%}",
        legend: "{{instance}}",
    },
    OfMetric {
        name: "redis_memory_used_bytes",
        title: "Redis memory",
        unit: "bytes",
        query: "redis_memory_used_bytes{%}",
        legend: "{{instance}}",
    },
    OfMetric {
        name: "pg_stat_activity_count",
        title: "PostgreSQL connections",
        unit: "",
        query: "sum by (datname) (pg_stat_activity_count{%})",
        legend: "{{datname}}",
    },
    OfMetric {
        name: "process_open_fds",
        title: "Open files",
        unit: "",
        query: "process_open_fds{%}",
        legend: "{{instance}}",
    },
];

/// The charts of a service.
pub(super) fn of(
    owner: &Owner,
    service: &ServiceRow,
    queues: &[QueueRow],
    jobs: &[JobMetrics],
) -> Vec<Chart> {
    let matchers = owner.matchers();
    let mut charts = Vec::new();
    if service.containers > 0 {
        charts.extend(OF_CONTAINERS.iter().map(|chart| of_containers(chart, &matchers)));
    }
    if service.probes_up + service.probes_down > 0 {
        let query = format!("max by (probe, instance) (probe_duration_seconds{{{matchers}}})");
        charts.push(plain("Time of probes", "seconds", query, "{{probe}}"));
    }
    charts.extend(of_queues(queues));
    charts.extend(jobs.iter().flat_map(of_job));
    charts
}

fn of_containers(chart: &OfContainers, matchers: &str) -> Chart {
    let limit = match chart.title {
        // Of one container: they all have the same, as a rule.
        "Memory" => format!("min(container_spec_memory_limit_bytes{{{matchers}}} > 0)"),
        _ => String::new(),
    };
    Chart { limit, ..plain(chart.title, chart.unit, chart.query.replace('%', matchers), chart.legend) }
}

fn of_queues(queues: &[QueueRow]) -> Vec<Chart> {
    let mut brokers: Vec<(&str, &str)> =
        queues.iter().map(|queue| (queue.kind.as_str(), queue.broker.as_str())).collect();
    brokers.order();
    brokers.dedup();
    let chart = |(kind, broker): (&str, &str)| {
        let broker = quoted(broker);
        let (query, legend) = match kind {
            "rq" => (format!("sum by (queue) (rq_jobs{{status=\"queued\",instance={broker}}})"), "{{queue}}"),
            _ => {
                (format!("sum by (queue_name) (celery_queue_length{{instance={broker}}})"), "{{queue_name}}")
            }
        };
        plain("Tasks that wait", "", query, legend)
    };
    brokers.into_iter().map(chart).collect()
}

fn of_job(job: &JobMetrics) -> Vec<Chart> {
    let has = |name: &str| job.names.iter().any(|metric| metric.name == name);
    let wanted = OF_METRICS.iter().filter(|chart| has(chart.name));
    let chart = |chart: &OfMetric| {
        plain(chart.title, chart.unit, chart.query.replace('%', &job.matchers), chart.legend)
    };
    wanted.map(chart).collect()
}

fn plain(title: &str, unit: &str, query: String, legend: &str) -> Chart {
    Chart { title: title.into(), unit: unit.into(), query, legend: legend.into(), limit: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_can_be_asked() {
        let owner = Owner { environment: "e".into(), project: String::new(), service: "a\"b\\".into() };
        let matchers = owner.matchers();
        assert_eq!(matchers, "service=\"a\\\"b\\\\\",environment=\"e\"");
        let names = OF_METRICS.iter().map(|chart| chart.name).collect::<Vec<_>>();
        let names = names.into_iter().map(|name| api::MetricName { name: name.into(), ..Default::default() });
        let job = JobMetrics { job: "a".into(), matchers: matchers.clone(), names: names.collect() };
        let queue =
            |kind: &str| QueueRow { kind: kind.into(), broker: "redis://\"".into(), ..Default::default() };
        let mut charts = of_queues(&[queue("rq"), queue("celery"), queue("celery")]);
        assert_eq!(charts.len(), 2);
        charts.extend(of_job(&job));
        charts.extend(OF_CONTAINERS.iter().map(|chart| of_containers(chart, &matchers)));
        assert_eq!(charts.len(), 2 + OF_METRICS.len() + OF_CONTAINERS.len());
        for Chart { query, limit, .. } in charts {
            promql::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}"));
            assert!(limit.is_empty() || promql::parse(&limit).is_ok(), "{limit}");
        }
    }
}
