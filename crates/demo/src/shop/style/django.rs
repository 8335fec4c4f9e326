//! Django with python-json-logger: one JSON object a line.

use serde_json::Value;

use super::Stamp;

/// A log record with its extra fields, in the order in which they are written.
pub(crate) struct Record {
    logger: &'static str,
    level: &'static str,
    message: String,
    fields: Vec<(&'static str, Value)>,
}

impl Record {
    pub(crate) fn new(logger: &'static str, level: &'static str, message: &str) -> Self {
        Self { logger, level, message: message.to_owned(), fields: Vec::new() }
    }

    pub(crate) fn number(mut self, name: &'static str, value: u64) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    pub(crate) fn text(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// Which request it belongs to, and whose that is.
    pub(crate) fn of_request(mut self, id: &str, user: Option<u32>) -> Self {
        let user = user.map(|user| ("user_id", user.into()));
        let own = [("request_id", id.into())].into_iter().chain(user);
        self.fields.splice(0..0, own);
        self
    }

    pub(crate) fn line(self, at: &Stamp) -> String {
        let head = [
            ("asctime", at.iso().into()),
            ("name", self.logger.into()),
            ("levelname", self.level.into()),
            ("message", self.message.into()),
            ("service", "web".into()),
            ("environment", "production".into()),
        ];
        let fields = head
            .into_iter()
            .chain(self.fields)
            .map(|(name, value): (_, Value)| format!("\"{name}\": {value}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    #[test]
    fn a_record_is_json_as_python_writes_it() {
        let record = Record::new("shop.orders", "INFO", "order \"9\" placed").number("order_id", 9);
        let line = record.of_request("4f", Some(7)).line(&Stamp::of(Timestamp::from_seconds(0)));
        assert_eq!(
            line,
            "{\"asctime\": \"1970-01-01T00:00:00.000Z\", \"name\": \"shop.orders\", \"levelname\": \"INFO\", \
             \"message\": \"order \\\"9\\\" placed\", \"service\": \"web\", \"environment\": \"production\", \
             \"request_id\": \"4f\", \"user_id\": 7, \"order_id\": 9}"
        );
    }
}
