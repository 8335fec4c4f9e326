//! Protobuf's wire format, read field by field out of a slice. Nothing is copied and nothing allocated, so a
//! body can claim whatever it wants.

/// Reads the fields of one message.
#[derive(Clone)]
pub(crate) struct Message<'a> {
    rest: &'a [u8],
    /// Where `rest` begins in the body.
    at: usize,
}

/// One field: its number, its value and where it begins in the body.
pub(crate) struct Field<'a> {
    pub(crate) number: u64,
    pub(crate) value: Value<'a>,
    at: usize,
    end: usize,
}

/// A value as the wire has it.
pub(crate) enum Value<'a> {
    /// A whole number.
    Varint(u64),
    /// A text, bytes or a message.
    Bytes(&'a [u8]),
    /// A fixed-width number, of four or eight bytes.
    Fixed(u64),
}

/// What is wrong, and where in the unpacked body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}, at byte {at} of the unpacked body")]
pub(crate) struct WireFault {
    pub(crate) at: usize,
    pub(crate) problem: &'static str,
}

impl<'a> Message<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0 }
    }

    /// The next field; `None` at the end of the message.
    pub(crate) fn next(&mut self) -> Result<Option<Field<'a>>, WireFault> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let at = self.at;
        let key = self.varint()?;
        let number = key >> 3;
        if number == 0 || number > 0x1fff_ffff {
            return Err(WireFault { at, problem: "a field has an impossible number" });
        }
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed(self.fixed(8)?),
            2 => {
                let length = self.varint()?;
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed(self.fixed(4)?),
            _ => return Err(WireFault { at, problem: "a field has an unknown wire type" }),
        };
        Ok(Some(Field { number, value, at, end: self.at }))
    }

    fn varint(&mut self) -> Result<u64, WireFault> {
        let mut value = 0_u64;
        for (index, byte) in self.rest.iter().take(10).enumerate() {
            let bits = u64::from(byte & 0x7f);
            if index == 9 && bits > 1 {
                break;
            }
            value |= bits << (7 * index);
            if byte & 0x80 == 0 {
                self.take(index + 1)?;
                return Ok(value);
            }
        }
        let problem = if self.rest.len() < 10 { "a number is cut off" } else { "a number is too large" };
        Err(WireFault { at: self.at, problem })
    }

    fn fixed(&mut self, length: usize) -> Result<u64, WireFault> {
        let bytes = self.take(length)?;
        Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], WireFault> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(WireFault { at: self.at, problem: "a field is longer than its message" });
        };
        (self.rest, self.at) = (rest, self.at + length);
        Ok(taken)
    }
}

impl<'a> Field<'a> {
    /// The field as a whole number, in two's complement as `int32` and `int64` have it.
    pub(crate) fn number_signed(&self) -> Result<i64, WireFault> {
        match self.value {
            Value::Varint(value) => Ok(value as i64),
            _ => Err(self.fault("a field that holds a number holds something else")),
        }
    }

    /// The field as a number of fixed width.
    pub(crate) fn fixed(&self) -> Result<u64, WireFault> {
        match self.value {
            Value::Fixed(value) => Ok(value),
            _ => Err(self.fault("a field that holds a number of fixed width holds something else")),
        }
    }

    /// The field as bytes.
    pub(crate) fn bytes(&self) -> Result<&'a [u8], WireFault> {
        match self.value {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(self.fault("a field that holds text or a message holds a number")),
        }
    }

    /// The field as a text.
    pub(crate) fn text(&self) -> Result<&'a str, WireFault> {
        std::str::from_utf8(self.bytes()?).map_err(|_| self.fault("a text is no UTF-8"))
    }

    /// The field as a message of its own, whose places count from the body's start.
    pub(crate) fn message(&self) -> Result<Message<'a>, WireFault> {
        let bytes = self.bytes()?;
        Ok(Message { rest: bytes, at: self.end - bytes.len() })
    }

    pub(crate) fn fault(&self, problem: &'static str) -> WireFault {
        WireFault { at: self.at, problem }
    }
}
