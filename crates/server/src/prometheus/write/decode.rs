//! The protobuf form.
//!
//! ```text
//! WriteRequest { 1: repeated TimeSeries, 3: repeated Metadata }
//! TimeSeries   { 1: repeated Label { 1: name, 2: value }, 2: repeated Sample { 1: double value, 2: int64 ms },
//!                3: repeated Exemplar { 1: repeated Label, 2: double value, 3: int64 ms }, 4: repeated Histogram }
//! Metadata     { 1: kind, 2: family, 4: help, 5: unit }
//! ```
//! Unknown fields are skipped. What is read borrows from the body.

use http::StatusCode;
use model::metric::Kind;

use crate::fault::Fault;
use crate::wire::{Field, Message, WireFault};

/// Series, labels, samples, exemplars and metadata together: a tiny one takes far more memory than bytes on the wire.
const ITEMS_MAX: usize = 1_000_000;

/// The kinds by their numbers.
const KINDS: [Kind; 8] = [
    Kind::Unknown,
    Kind::Counter,
    Kind::Gauge,
    Kind::Histogram,
    Kind::GaugeHistogram,
    Kind::Summary,
    Kind::Info,
    Kind::StateSet,
];

/// What a body holds.
#[derive(Debug, Default)]
pub(crate) struct Request<'a> {
    pub(crate) series: Vec<OfSeries<'a>>,
    pub(super) about: Vec<OfFamily<'a>>,
}

/// A series and what was measured of it.
#[derive(Debug, Default)]
pub(crate) struct OfSeries<'a> {
    pub(super) labels: Vec<(&'a str, &'a str)>,
    /// Milliseconds and values.
    pub(crate) samples: Vec<(i64, f64)>,
    pub(super) exemplars: Vec<Example<'a>>,
    /// Native histograms, which are only counted.
    pub(super) histograms: u64,
}

#[derive(Debug, Default)]
pub(super) struct Example<'a> {
    pub(super) labels: Vec<(&'a str, &'a str)>,
    pub(super) value: f64,
    pub(super) at_ms: i64,
}

/// What is said of a metric family.
#[derive(Debug, Default)]
pub(super) struct OfFamily<'a> {
    pub(super) family: &'a str,
    pub(super) kind: Kind,
    pub(super) help: &'a str,
    pub(super) unit: &'a str,
}

/// Why a message is no request.
enum Unreadable {
    Wire(WireFault),
    TooMany,
}

impl From<WireFault> for Unreadable {
    fn from(fault: WireFault) -> Self {
        Self::Wire(fault)
    }
}

/// Reads an unpacked body. One that is not whole and well-formed gives nothing.
pub(crate) fn decode(bytes: &[u8]) -> Result<Request<'_>, Fault> {
    Reader { left: ITEMS_MAX }.request(Message::new(bytes)).map_err(|unreadable| match unreadable {
        Unreadable::Wire(fault) => Fault::bad_request(format!("the body is no {}: {fault}", super::MESSAGE)),
        Unreadable::TooMany => {
            let message = format!(
                "the body holds more than {ITEMS_MAX} series, labels, samples, exemplars and metadata together; send \
                 it in smaller parts"
            );
            Fault::new(StatusCode::PAYLOAD_TOO_LARGE, message)
        }
    })
}

struct Reader {
    left: usize,
}

impl Reader {
    fn count(&mut self) -> Result<(), Unreadable> {
        self.left = self.left.checked_sub(1).ok_or(Unreadable::TooMany)?;
        Ok(())
    }

    fn request<'a>(&mut self, mut message: Message<'a>) -> Result<Request<'a>, Unreadable> {
        let mut request = Request::default();
        while let Some(field) = message.next()? {
            match field.number {
                1 => request.series.push(self.series(field.message()?)?),
                3 => request.about.push(self.about(field.message()?)?),
                _ => {}
            }
        }
        Ok(request)
    }

    fn series<'a>(&mut self, mut message: Message<'a>) -> Result<OfSeries<'a>, Unreadable> {
        self.count()?;
        let mut series = OfSeries::default();
        while let Some(field) = message.next()? {
            match field.number {
                1 => series.labels.push(self.label(&field)?),
                2 => series.samples.push(self.sample(&field)?),
                3 => series.exemplars.push(self.exemplar(field.message()?)?),
                4 => series.histograms += 1,
                _ => {}
            }
        }
        Ok(series)
    }

    fn label<'a>(&mut self, field: &Field<'a>) -> Result<(&'a str, &'a str), Unreadable> {
        self.count()?;
        let (mut message, mut name, mut value) = (field.message()?, "", "");
        while let Some(part) = message.next()? {
            match part.number {
                1 => name = part.text()?,
                2 => value = part.text()?,
                _ => {}
            }
        }
        Ok((name, value))
    }

    fn sample(&mut self, field: &Field<'_>) -> Result<(i64, f64), Unreadable> {
        self.count()?;
        let (mut message, mut value, mut at_ms) = (field.message()?, 0.0, 0);
        while let Some(part) = message.next()? {
            match part.number {
                1 => value = f64::from_bits(part.fixed()?),
                2 => at_ms = part.number_signed()?,
                _ => {}
            }
        }
        Ok((at_ms, value))
    }

    fn exemplar<'a>(&mut self, mut message: Message<'a>) -> Result<Example<'a>, Unreadable> {
        self.count()?;
        let mut example = Example::default();
        while let Some(field) = message.next()? {
            match field.number {
                1 => example.labels.push(self.label(&field)?),
                2 => example.value = f64::from_bits(field.fixed()?),
                3 => example.at_ms = field.number_signed()?,
                _ => {}
            }
        }
        Ok(example)
    }

    fn about<'a>(&mut self, mut message: Message<'a>) -> Result<OfFamily<'a>, Unreadable> {
        self.count()?;
        let mut about = OfFamily::default();
        while let Some(field) = message.next()? {
            match field.number {
                1 => {
                    let number = usize::try_from(field.number_signed()?).unwrap_or_default();
                    about.kind = KINDS.get(number).copied().unwrap_or_default();
                }
                2 => about.family = field.text()?,
                4 => about.help = field.text()?,
                5 => about.unit = field.text()?,
                _ => {}
            }
        }
        Ok(about)
    }
}
