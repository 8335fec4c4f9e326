//! How many may pass, how much, and from where.

use std::time::Duration;

use super::Middleware;
use crate::declared::fields::Fields;
use crate::net::Cidr;

/// Lets only clients with certain addresses pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpAllowList {
    /// Those that pass.
    pub source_range: Vec<Cidr>,
    /// Whose address counts.
    pub strategy: IpStrategy,
    /// What the others get.
    pub reject_status: u16,
}

/// Whose address counts as the client's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IpStrategy {
    /// The so-manieth address of `X-Forwarded-For` from the right; 0 means the peer's own.
    pub depth: u32,
    /// With a depth of 0: the first address of `X-Forwarded-For` from the right that is none of these.
    pub excluded: Vec<Cidr>,
    /// How many bits of an IPv6 address count.
    pub ipv6_prefix: Option<u8>,
}

/// Whom requests are counted for. The first that is set counts; if none is, the peer's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceCriterion {
    /// An address.
    pub strategy: Option<IpStrategy>,
    /// The value of a header.
    pub header: Option<String>,
    /// The host.
    pub host: bool,
}

/// Bounds how many requests pass in a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many in a period; 0 means no limit.
    pub average: u64,
    /// The period.
    pub period: Duration,
    /// How many at once.
    pub burst: u64,
    /// Whom they are counted for.
    pub source: SourceCriterion,
}

/// Bounds how many requests are under way at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// How many.
    pub amount: u64,
    /// Whom they are counted for; here none set means all together.
    pub source: SourceCriterion,
}

/// Bounds bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffering {
    /// A larger request is refused with 413; none means no limit.
    pub request_bytes_max: Option<u64>,
    /// So much of a request is kept in memory.
    pub request_memory_bytes: u64,
    /// A larger answer becomes a 500; none means no limit.
    pub response_bytes_max: Option<u64>,
    /// So much of an answer is kept in memory.
    pub response_memory_bytes: u64,
}

const RANGE: &str = "an address or a range, such as 10.0.0.0/8";

impl IpAllowList {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let list = Self {
            source_range: fields.parsed_list("sourceRange", Cidr::parse, RANGE),
            strategy: fields.object("ipStrategy", IpStrategy::read).unwrap_or_default(),
            reject_status: reject_status(fields),
        };
        if list.source_range.is_empty() {
            let why = "it lets nobody pass; write sourcerange=10.0.0.0/8,192.168.0.0/16";
            return Some(Middleware::broken("ipAllowList", why));
        }
        Some(Middleware::IpAllowList(list))
    }
}

fn reject_status(fields: &mut Fields<'_, '_>) -> u16 {
    const FORBIDDEN: u16 = 403;
    let status = fields.number("rejectStatusCode").unwrap_or(0);
    if status != 0 && !(100..=599).contains(&status) {
        fields.error(
            "rejectStatusCode",
            format!("{status} is no status of HTTP"),
            "write a status, such as 404",
        );
        return FORBIDDEN;
    }
    if status == 0 { FORBIDDEN } else { status }
}

impl IpStrategy {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let prefix = fields.number::<u8>("ipv6Subnet");
        if prefix.is_some_and(|bits| !(1..=128).contains(&bits)) {
            fields.error(
                "ipv6Subnet",
                "an address of IPv6 has 1 to 128 bits",
                "write a number of bits, such as 64",
            );
        }
        Self {
            depth: fields
                .number::<i64>("depth")
                .and_then(|depth| u32::try_from(depth).ok())
                .unwrap_or_default(),
            excluded: fields.parsed_list("excludedIPs", Cidr::parse, RANGE),
            ipv6_prefix: prefix.filter(|bits| (1..=128).contains(bits)),
        }
    }
}

impl SourceCriterion {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            strategy: fields.object("ipStrategy", IpStrategy::read),
            header: fields.text("requestHeaderName"),
            host: fields.flag("requestHost").unwrap_or_default(),
        }
    }
}

impl RateLimit {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        fields.unsupported(
            "redis",
            "requests are counted in this process, not in Redis",
            "leave `redis` out",
        );
        Self {
            average: fields.number("average").unwrap_or_default(),
            period: fields
                .duration("period")
                .filter(|period| !period.is_zero())
                .unwrap_or(Duration::from_secs(1)),
            burst: fields.number("burst").unwrap_or(1).max(1),
            source: fields.object("sourceCriterion", SourceCriterion::read).unwrap_or_default(),
        }
    }
}

impl InFlight {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            amount: fields.number("amount").unwrap_or_default(),
            source: fields.object("sourceCriterion", SourceCriterion::read).unwrap_or_default(),
        }
    }
}

impl Buffering {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        const MEMORY_BYTES: u64 = 1 << 20;
        fields.unsupported(
            "retryExpression",
            "`retryExpression` does nothing here",
            "use the middleware `retry`",
        );
        let positive = |bytes: Option<u64>| bytes.filter(|bytes| *bytes > 0);
        Self {
            request_bytes_max: positive(fields.limit_bytes("maxRequestBodyBytes")),
            request_memory_bytes: positive(fields.limit_bytes("memRequestBodyBytes")).unwrap_or(MEMORY_BYTES),
            response_bytes_max: positive(fields.limit_bytes("maxResponseBodyBytes")),
            response_memory_bytes: positive(fields.limit_bytes("memResponseBodyBytes"))
                .unwrap_or(MEMORY_BYTES),
        }
    }
}
