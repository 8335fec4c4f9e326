//! From a block's bytes to columns. Nothing is believed before the checksum matched.

use pco::data_types::Number;
use pco::standalone::simple_decompress_into;

use super::runs::Lists;
use super::{FORMAT, FORMAT_WITHOUT_IDS, Name, SoughtRuns, ids};
use crate::columns::Columns;
use crate::squeeze;
use store::varint::Cursor;

/// Why a stored blob cannot be read, in words that continue "the block …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    #[error("has the unknown format {0}")]
    Format(u8),
    #[error("does not match its checksum")]
    Checksum,
    #[error("holds {0} that make no sense")]
    Content(&'static str),
    #[error("is another one than the index means")]
    Mistaken,
    #[error("is missing")]
    Missing,
}

/// When and how severe each line is.
pub(crate) struct Times {
    pub(crate) timestamps: Vec<i64>,
    pub(crate) levels: Vec<u8>,
}

impl From<Columns> for Times {
    fn from(columns: Columns) -> Self {
        Self { timestamps: columns.timestamps, levels: columns.levels }
    }
}

/// All of the block.
pub(crate) fn decode(block: &[u8], name: Name) -> Result<Columns, Damage> {
    Parts::of(block, name)?.columns(|_| true).map(Option::unwrap_or_default)
}

/// All of the block, if it may hold what is sought and its text is `wanted`.
pub(crate) fn decode_if(
    block: &[u8],
    name: Name,
    sought: &SoughtRuns,
    wanted: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Option<Columns>, Damage> {
    let parts = Parts::of(block, name)?;
    if parts.may_hold(sought) { parts.columns(wanted) } else { Ok(None) }
}

/// Timestamps and levels alone; the lines stay compressed.
pub(crate) fn decode_times(block: &[u8], name: Name) -> Result<Times, Damage> {
    let parts = Parts::of(block, name)?;
    let levels = parts.side()?.levels;
    Ok(Times { timestamps: parts.timestamps()?, levels })
}

/// Whether every line ends on a character's border and the last one at the text's end.
pub(crate) fn lengths_fit(columns: &Columns) -> bool {
    let mut end = 0_usize;
    let on_borders = columns.lengths.iter().all(|length| {
        end += *length as usize;
        columns.text.is_char_boundary(end)
    });
    on_borders && end == columns.text.len()
}

/// The checked, still compressed parts of a block.
struct Parts<'a> {
    lines: usize,
    text_bytes: usize,
    side_bytes: usize,
    timestamps: &'a [u8],
    lengths: &'a [u8],
    side: &'a [u8],
    text: &'a [u8],
    /// `None`: the text is as it is.
    apart: Option<Apart<'a>>,
}

/// What was taken out of the text.
struct Apart<'a> {
    short_bytes: usize,
    ids: &'a [u8],
    which_bytes: usize,
    which: &'a [u8],
    runs: Lists<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn of(block: &'a [u8], name: Name) -> Result<Self, Damage> {
        let (format, rest) = block.split_first().ok_or(Damage::Checksum)?;
        if !matches!(*format, FORMAT | FORMAT_WITHOUT_IDS) {
            return Err(Damage::Format(*format));
        }
        let (checksum, body) = rest.split_first_chunk::<8>().ok_or(Damage::Checksum)?;
        if store::checksum(body) != u64::from_le_bytes(*checksum) {
            return Err(Damage::Checksum);
        }
        let (found, parts) = Self::split(*format, body).ok_or(Damage::Content("lengths of sections"))?;
        if found != name {
            return Err(Damage::Mistaken);
        }
        Ok(parts)
    }

    fn split(format: u8, body: &'a [u8]) -> Option<(Name, Self)> {
        let (fingerprint, rest) = body.split_first_chunk::<8>()?;
        let mut cursor = Cursor(rest);
        let name = Name { fingerprint: u64::from_le_bytes(*fingerprint), seq_to: cursor.number()? };
        let (lines, text_bytes, side_bytes) = (cursor.count()?, cursor.count()?, cursor.count()?);
        let sizes = [cursor.count()?, cursor.count()?, cursor.count()?];
        let apart = match format {
            FORMAT_WITHOUT_IDS => None,
            _ => Some(ApartSizes::take(&mut cursor)?),
        };
        let [timestamps, lengths, side] = sizes.map(|size| cursor.take(size));
        let text = cursor.take(apart.as_ref().map_or(cursor.0.len(), |sizes| sizes.text))?;
        let apart =
            apart.map(|sizes| sizes.sections(&mut cursor)).map_or(Some(None), |apart| apart.map(Some))?;
        let (timestamps, lengths, side) = (timestamps?, lengths?, side?);
        let parts = Self { lines, text_bytes, side_bytes, timestamps, lengths, side, text, apart };
        cursor.0.is_empty().then_some((name, parts))
    }

    /// Whether some line or value of metadata may hold what is sought, as far as ids tell.
    fn may_hold(&self, sought: &SoughtRuns) -> bool {
        match &self.apart {
            Some(Apart { ids, runs, .. }) if !sought.is_empty() => sought.may_stand_among(ids, *runs),
            _ => true,
        }
    }

    fn text(&self) -> Option<Vec<u8>> {
        let Some(Apart { short_bytes, ids, which_bytes, which, .. }) = self.apart else {
            return squeeze::expand(self.text, self.text_bytes);
        };
        let short = squeeze::expand(self.text, short_bytes)?;
        if ids.is_empty() {
            return (short.len() == self.text_bytes).then_some(short);
        }
        ids::put_back(&short, ids, &squeeze::expand(which, which_bytes)?, self.text_bytes)
    }

    /// Everything, if the text is `wanted`.
    fn columns(&self, wanted: impl FnOnce(&[u8]) -> bool) -> Result<Option<Columns>, Damage> {
        let text = self.text().ok_or(Damage::Content("lines"))?;
        if !wanted(&text) {
            return Ok(None);
        }
        let mut columns = self.side()?;
        columns.timestamps = self.timestamps()?;
        columns.lengths = numbers(self.lengths, self.lines).ok_or(Damage::Content("lengths"))?;
        columns.text = String::from_utf8(text).map_err(|_| Damage::Content("lines"))?;
        if !lengths_fit(&columns) {
            return Err(Damage::Content("lengths"));
        }
        Ok(Some(columns))
    }

    fn timestamps(&self) -> Result<Vec<i64>, Damage> {
        numbers(self.timestamps, self.lines).ok_or(Damage::Content("timestamps"))
    }

    /// Columns of which only the side is filled.
    fn side(&self) -> Result<Columns, Damage> {
        let mut columns = Columns::default();
        squeeze::expand(self.side, self.side_bytes)
            .and_then(|side| columns.take_side(self.lines, &mut Cursor(&side)))
            .ok_or(Damage::Content("levels or metadata"))?;
        Ok(columns)
    }
}

/// How many bytes the sections have that only ids need, and the text.
struct ApartSizes {
    short: usize,
    ids: usize,
    which: usize,
    packed_which: usize,
    runs: Lists<usize>,
    text: usize,
}

impl ApartSizes {
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        Some(Self {
            short: cursor.count()?,
            ids: cursor.count()?,
            which: cursor.count()?,
            packed_which: cursor.count()?,
            runs: Lists { letters: cursor.count()?.checked_sub(1), digits: cursor.count()?.checked_sub(1) },
            text: cursor.count()?,
        })
    }

    /// What stands behind the text.
    fn sections<'a>(&self, cursor: &mut Cursor<'a>) -> Option<Apart<'a>> {
        let (ids, which) = (cursor.take(self.ids)?, cursor.take(self.packed_which)?);
        let mut list = |bytes: Option<usize>| bytes.map_or(Some(None), |bytes| cursor.take(bytes).map(Some));
        let runs = Lists { letters: list(self.runs.letters)?, digits: list(self.runs.digits)? };
        Some(Apart { short_bytes: self.short, ids, which_bytes: self.which, which, runs })
    }
}

/// A number for each line. How many lines there are was seen in the side before, so memory is not given out for
/// a number that the block only claims.
fn numbers<T: Number + Default>(packed: &[u8], lines: usize) -> Option<Vec<T>> {
    let mut numbers = vec![T::default(); lines];
    let progress = simple_decompress_into(packed, &mut numbers).ok()?;
    (progress.finished && progress.n_processed == lines).then_some(numbers)
}
