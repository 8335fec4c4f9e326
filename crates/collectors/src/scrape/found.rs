//! From what was found to what is scraped: the rules of the job run over what is known of a target, as Prometheus does
//! it, and decide where it is asked and which labels its series get.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use model::Labels;
use model::relabel::relabel;

use super::{DroppedTarget, Job, Origin, Source, Target};

/// Something that may become a target.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// What is known of it: `__address__` at least.
    pub(super) labels: Labels,
    /// Who it is, as far as that is known.
    pub(super) identity: Labels,
    pub(super) origin: Origin,
    /// What to do where it cannot be reached.
    pub(super) hint: Option<Arc<str>>,
}

impl Found {
    /// The target of a job that this becomes.
    pub(super) fn target(self, job: &Arc<Job>) -> Result<Target, DroppedTarget> {
        let discovered = self.with_job(job);
        let dropped =
            |why: String| DroppedTarget { discovered: discovered.clone(), origin: self.origin.clone(), why };
        let Some(labels) = relabel(&discovered, &job.relabel) else {
            return Err(dropped("a rule of `relabel` drops it".to_owned()));
        };
        let url = url(&labels, &job.params).map_err(dropped)?;
        let interval = duration(&labels, "__scrape_interval__").map_err(dropped)?;
        let timeout = duration(&labels, "__scrape_timeout__").map_err(dropped)?;
        if timeout > interval {
            return Err(dropped("__scrape_timeout__ is longer than __scrape_interval__".to_owned()));
        }
        let address = labels.get("__address__").unwrap_or_default();
        let instance = labels.get("instance").unwrap_or(address);
        let job_name = labels.get("job").unwrap_or(&job.name);
        let name = format!("{job_name}/{instance}").into();
        let shown = labels.filter(|name| !name.starts_with("__"));
        let labels = shown.with("instance", instance).with("job", job_name);
        Ok(Target {
            name,
            url,
            source: Source::Address,
            labels,
            identity: self.identity,
            discovered,
            origin: self.origin,
            interval,
            timeout,
            hint: self.hint,
            job: job.clone(),
        })
    }

    /// What was found wins over what the job says.
    fn with_job(&self, job: &Job) -> Labels {
        let said = [
            ("job", job.name.clone()),
            ("__scheme__", job.scheme.text().to_owned()),
            ("__metrics_path__", job.path.clone()),
            ("__scrape_interval__", model::format_duration(job.interval)),
            ("__scrape_timeout__", model::format_duration(job.timeout)),
        ];
        let said = said.into_iter().map(|(name, value)| (name.to_owned(), value));
        // Of a parameter that is given twice rules see the first, as in Prometheus.
        let params = job.params.iter().rev().map(|(name, value)| (format!("__param_{name}"), value.clone()));
        let own = job.labels.iter().chain(self.labels.iter());
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Labels::from_pairs(said.chain(params).chain(own))
    }
}

fn url(labels: &Labels, params: &[(String, String)]) -> Result<Uri, String> {
    let get = |name: &str| labels.get(name).unwrap_or_default();
    let (scheme, address, path) = (get("__scheme__"), get("__address__"), get("__metrics_path__"));
    if address.is_empty() {
        return Err("it has no address: no rule of `relabel` may empty __address__".to_owned());
    }
    if !matches!(scheme, "http" | "https") {
        return Err(format!("`{scheme}` is no scheme; write http or https"));
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    let query = query(labels, params);
    let mark = match (query.is_empty(), path.contains('?')) {
        (true, _) => "",
        (false, true) => "&",
        (false, false) => "?",
    };
    let text = format!("{scheme}://{address}{slash}{path}{mark}{query}");
    text.parse().map_err(|error| format!("`{text}` is no address ({error})"))
}

/// The parameters as the job says them, but of each name the first value is that of `__param_<name>`, which rules set.
fn query(labels: &Labels, params: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut seen = BTreeSet::new();
    for (name, value) in params {
        let ruled = seen.insert(name.as_str()).then(|| labels.get(&format!("__param_{name}"))).flatten();
        query.append_pair(name, ruled.unwrap_or(value));
    }
    for (name, value) in labels.iter() {
        if let Some(name) = name.strip_prefix("__param_").filter(|name| !seen.contains(name)) {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

fn duration(labels: &Labels, name: &str) -> Result<Duration, String> {
    let text = labels.get(name).unwrap_or_default();
    match model::parse_duration(text) {
        Ok(duration) if duration >= Duration::from_millis(100) => Ok(duration),
        _ => Err(format!("{name} is `{text}`; write a duration such as 15s")),
    }
}
