//! Events like those of a Django view: a stack of the framework's frames and the program's own, with lines of code around
//! each and local variables, what happened before, the request, the packages installed.

use std::io::Write as _;
use std::time::SystemTime;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// Different errors.
const KINDS: u64 = 40;

const FRAMES: u64 = 14;
const BREADCRUMBS: u64 = 40;
const PACKAGES: u64 = 70;

/// Python's SDK compresses with the slowest level; the sender here has no need to.
const LEVEL: u32 = 6;

/// Makes events.
pub(super) struct Events {
    seed: u64,
}

/// The id of an event.
pub(super) fn id(number: u64) -> String {
    format!("{:032x}", u128::from(number) + 1)
}

impl Events {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// How large one is.
    pub(super) fn sample_bytes(&self) -> usize {
        self.event(0).to_string().len()
    }

    /// The gzipped envelope of an event.
    pub(super) fn envelope(&self, number: u64) -> Result<Vec<u8>> {
        let payload = self.event(number).to_string();
        let mut body = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
        writeln!(body, "{{\"event_id\":\"{}\"}}", id(number))?;
        writeln!(body, "{{\"type\":\"event\",\"length\":{}}}", payload.len())?;
        body.write_all(payload.as_bytes())?;
        Ok(body.finish()?)
    }

    fn event(&self, number: u64) -> Value {
        let kind = mix(self.seed ^ number) % KINDS;
        let random = |salt: u64| mix(self.seed ^ number.wrapping_mul(0x9e37_79b9) ^ (salt << 40));
        let frames: Vec<Value> = (0..FRAMES).map(|frame| self.frame(kind, frame, random(frame))).collect();
        let crumbs: Vec<Value> = (0..BREADCRUMBS).map(|crumb| breadcrumb(random(100 + crumb))).collect();
        let packages = (0..PACKAGES).map(|package| {
            (
                format!("package-{package}"),
                Value::from(format!("{}.{}.{}", package % 9, package % 17, package % 5)),
            )
        });
        json!({
            "event_id": id(number),
            "timestamp": now(),
            "platform": "python",
            "level": "error",
            "transaction": format!("/shop/orders/{{id}}/step{}/", kind),
            "server_name": format!("{:012x}", random(1) % 4),
            "release": "shop@1.4.2",
            "environment": "production",
            "contexts": {
                "trace": { "trace_id": format!("{:016x}{:016x}", random(2), random(3)), "span_id": format!("{:016x}", random(4)) },
                "runtime": { "name": "CPython", "version": "3.13.1" },
            },
            "user": { "id": (random(5) % 5000).to_string(), "username": format!("user{}", random(5) % 5000) },
            "tags": { "tenant": format!("tenant-{}", random(6) % 20), "plan": "pro" },
            "request": {
                "method": "POST",
                "url": format!("https://shop.example.com/shop/orders/{}/step{kind}/", random(7) % 100_000),
                "headers": {
                    "Host": "shop.example.com", "Accept": "application/json", "Content-Type": "application/json",
                    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                    "X-Request-Id": format!("{:016x}", random(8)),
                },
                "env": { "SERVER_NAME": "web", "SERVER_PORT": "8000" },
                "data": { "order": random(7) % 100_000, "lines": [random(9) % 90, random(10) % 90] },
            },
            "modules": packages.collect::<serde_json::Map<String, Value>>(),
            "breadcrumbs": { "values": crumbs },
            "exception": { "values": [{
                "type": format!("PaymentError{kind}"),
                "module": "shop.payments",
                "value": format!("order {} cannot be paid: the card was declined ({})", random(7) % 100_000, random(11) % 50),
                "mechanism": { "type": "django", "handled": false },
                "stacktrace": { "frames": frames },
            }] },
            "sdk": { "name": "sentry.python.django", "version": "2.75.0" },
        })
    }

    fn frame(&self, kind: u64, frame: u64, random: u64) -> Value {
        let is_own = frame >= FRAMES - 3;
        let (module, line) = match is_own {
            true => (format!("shop.step{kind}.part{frame}"), 10 + frame * 7),
            false => (format!("django.core.part{frame}"), 100 + frame * 31),
        };
        let code = |offset: u64| {
            format!(
                "        result_{offset} = self.{}_{}(request, order, *args_{offset}, **options)",
                module.replace('.', "_"),
                offset
            )
        };
        json!({
            "filename": format!("{}.py", module.replace('.', "/")),
            "abs_path": format!("/usr/lib/python3.13/site-packages/{}.py", module.replace('.', "/")),
            "module": module,
            "function": format!("handle_{frame}"),
            "lineno": line,
            "in_app": is_own,
            "pre_context": (0..5).map(code).collect::<Vec<_>>(),
            "context_line": code(5),
            "post_context": (6..11).map(code).collect::<Vec<_>>(),
            "vars": {
                "self": format!("<{module}.Handler object at 0x{:012x}>", random >> 16),
                "order": format!("<Order: Order object ({})>", random % 100_000),
                "args": [(random % 900).to_string()],
                "options": { "retry": random.is_multiple_of(2), "amount": format!("'{}.{}'", random % 500, random % 100) },
            },
        })
    }
}

fn breadcrumb(random: u64) -> Value {
    json!({
        "timestamp": now(),
        "type": "default",
        "category": "query",
        "message": format!(
            "SELECT \"shop_order\".\"id\", \"shop_order\".\"customer_id\" FROM \"shop_order\" WHERE \"shop_order\".\"id\" = {} LIMIT 21",
            random % 100_000
        ),
        "data": { "db.system": "postgresql", "duration_ms": random % 90 },
    })
}

fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// splitmix64
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
