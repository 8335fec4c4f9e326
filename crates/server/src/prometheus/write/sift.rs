//! What of a request is stored, and what is refused before the storage looks at it.

use std::collections::BTreeMap;
use std::sync::Arc;

use collectors::scrape::Limits;
use metrics::{Metrics, Refused, Scrape, Series};
use model::Ordered as _;
use model::metric::{About, Exemplar};
use model::{Labels, Timestamp};

use super::decode::{Example, OfFamily, OfSeries, Request};

const NAME: &str = "__name__";
/// Bytes of a label's name, and of a label's value in a report.
const LABEL_NAME_BYTES_MAX: usize = 1024;
const SHOWN_CHARACTERS_MAX: usize = 100;
/// Bytes of an exemplar's labels, and of a family's name and unit. What is longer is passed over: it is kept in memory.
const EXEMPLAR_BYTES_MAX: usize = 512;
const FAMILY_BYTES_MAX: usize = 512;

/// Series and their values at one instant.
type Measured = Vec<(Arc<Series>, f64)>;

/// A request, ready to be stored.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    /// By target and time.
    pub(super) scrapes: Vec<Scrape>,
    pub(super) exemplars: Vec<(Arc<Series>, Exemplar)>,
    pub(super) about: Vec<(String, About)>,
    pub(super) refusals: Refusals,
}

/// How many samples were refused, by reason.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    by_reason: BTreeMap<&'static str, u64>,
    counted: BTreeMap<&'static str, u64>,
    first: Option<String>,
}

impl Refusals {
    fn count(&mut self, why: &'static str, name: &'static str, samples: u64, first: impl FnOnce() -> String) {
        *self.by_reason.entry(why).or_default() += samples;
        *self.counted.entry(name).or_default() += samples;
        self.first.get_or_insert_with(first);
    }

    /// What the storage refused besides, and has counted itself.
    pub(super) fn add(&mut self, refused: &[(Refused, u64)]) {
        for (why, samples) in refused {
            *self.by_reason.entry(why.text()).or_default() += samples;
        }
    }

    /// What was refused here, by the words for it in counters.
    pub(super) fn counted(&self) -> Vec<(&'static str, u64)> {
        self.counted.iter().map(|(name, samples)| (*name, *samples)).collect()
    }

    /// What the sender is told; `None`: everything was stored.
    pub(super) fn report(&self, stored: u64) -> Option<String> {
        let refused: u64 = self.by_reason.values().sum();
        if refused == 0 {
            return None;
        }
        let reasons: Vec<String> =
            self.by_reason.iter().map(|(why, samples)| format!("{samples} {why}")).collect();
        let first = self.first.as_ref().map_or(String::new(), |first| format!(" (first: {first})"));
        Some(format!("{refused} samples were refused: {}{first}; {stored} were stored", reasons.join(", ")))
    }
}

/// Under this name it is remembered what senders say of metric families.
pub(super) fn sender() -> Arc<str> {
    Arc::from("remote_write")
}

/// Sorts a request's samples by target and time.
pub(super) fn sift(request: Request<'_>, metrics: &Metrics) -> Sifted {
    let mut sifted = Sifted::default();
    let mut groups: BTreeMap<(Arc<str>, i64), Measured> = BTreeMap::new();
    for mut part in request.series {
        let labels = match labels(&part.labels) {
            Ok(labels) => labels,
            Err(why) => {
                let samples = part.samples.len() as u64 + part.histograms;
                let first = || shown(&part.labels);
                sifted.refusals.count(why, "labels", samples, first);
                continue;
            }
        };
        if part.histograms > 0 {
            let why = "native histograms, which are not stored";
            sifted.refusals.count(why, "native_histogram", part.histograms, || shown(&part.labels));
        }
        let Some(series) = metrics.series_of_sender(&labels) else {
            let (why, samples) = (Refused::TooManySeries, part.samples.len() as u64);
            sifted.refusals.count(why.text(), why.name(), samples, || shown(&part.labels));
            continue;
        };
        let target = target(&labels);
        for (at_ms, value) in in_order(&mut part, &mut sifted.refusals) {
            groups.entry((target.clone(), at_ms)).or_default().push((series.clone(), value));
        }
        sifted
            .exemplars
            .extend(part.exemplars.iter().filter_map(|one| Some((series.clone(), exemplar(one)?))));
    }
    sifted.scrapes =
        groups.into_iter().flat_map(|((target, at_ms), samples)| scrapes(target, at_ms, samples)).collect();
    sifted.about = request.about.iter().filter_map(about).collect();
    sifted
}

/// Labels that a series can have. One that is empty counts as absent.
fn labels(pairs: &[(&str, &str)]) -> Result<Labels, &'static str> {
    let limits = Limits::default();
    if !are_apart(pairs) {
        return Err("with a label that is there twice, or without a name");
    }
    if pairs.len() > limits.labels {
        return Err("with too many labels");
    }
    if pairs.iter().any(|(name, value)| name.len() > LABEL_NAME_BYTES_MAX || value.len() > limits.label_value)
    {
        return Err("with a label that is too long");
    }
    let labels = Labels::from_pairs(pairs.iter().copied());
    labels.get(NAME).is_some().then_some(labels).ok_or("without a name")
}

/// Whether each label has a name, and one of its own.
fn are_apart(pairs: &[(&str, &str)]) -> bool {
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| *name).collect();
    names.order();
    names.first().is_none_or(|name| !name.is_empty()) && names.windows(2).all(|two| two[0] != two[1])
}

/// Series of one job and instance most often share their timestamps.
fn target(labels: &Labels) -> Arc<str> {
    let label = |name| labels.get(name).unwrap_or_default();
    format!("remote/{}/{}", label("job"), label("instance")).into()
}

/// A series' samples, oldest first, no two at one instant.
fn in_order(part: &mut OfSeries<'_>, refusals: &mut Refusals) -> Vec<(i64, f64)> {
    let mut samples = std::mem::take(&mut part.samples);
    samples.order_by_key(|(at_ms, _)| *at_ms);
    let mut differing = 0;
    samples.dedup_by(|later, earlier| {
        let is_same_instant = later.0 == earlier.0;
        differing += u64::from(is_same_instant && later.1.to_bits() != earlier.1.to_bits());
        is_same_instant
    });
    if differing > 0 {
        let why = Refused::Duplicate;
        refusals.count(why.text(), why.name(), differing, || shown(&part.labels));
    }
    samples
}

/// Where a request names one series twice, what comes later is a scrape of its own, of which the storage says whether
/// it fits.
fn scrapes(target: Arc<str>, at_ms: i64, mut samples: Measured) -> impl Iterator<Item = Scrape> {
    let mut again = Vec::new();
    samples.order_by_key(|(series, _)| Arc::as_ptr(series));
    samples.dedup_by(|later, earlier| {
        let is_same = Arc::ptr_eq(&later.0, &earlier.0);
        if is_same {
            again.push(later.clone());
        }
        is_same
    });
    let whole = Scrape { target: target.clone(), at_ms, samples };
    let alone = move |sample| Scrape { target: target.clone(), at_ms, samples: vec![sample] };
    std::iter::once(whole).chain(again.into_iter().map(alone))
}

/// `None`: nobody could keep it, or tell what it means.
fn exemplar(example: &Example<'_>) -> Option<Exemplar> {
    let bytes: usize = example.labels.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > EXEMPLAR_BYTES_MAX || !are_apart(&example.labels) {
        return None;
    }
    Some(Exemplar {
        labels: Labels::from_pairs(example.labels.iter().copied()),
        value: example.value,
        at: Some(Timestamp::from_millis(example.at_ms)),
    })
}

/// `None`: a name that no series could have.
fn about(of: &OfFamily<'_>) -> Option<(String, About)> {
    let fits = of.family.len() + of.unit.len() <= FAMILY_BYTES_MAX && !of.family.is_empty();
    let about = || About { kind: of.kind, help: of.help.to_owned(), unit: of.unit.to_owned() };
    fits.then(|| (of.family.to_owned(), about()))
}

/// A series for a report: its beginning is enough to know it by.
fn shown(pairs: &[(&str, &str)]) -> String {
    let all: Vec<String> = pairs
        .iter()
        .take(10)
        .map(|(name, value)| {
            let value: String = value.chars().take(SHOWN_CHARACTERS_MAX).collect();
            format!("{}={value:?}", name.chars().take(SHOWN_CHARACTERS_MAX).collect::<String>())
        })
        .collect();
    format!("{{{}}}", all.join(", "))
}
