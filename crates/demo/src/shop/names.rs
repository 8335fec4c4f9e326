//! Names, ids and other words.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Simulation;

pub(super) const PRODUCTS: [&str; 12] = [
    "teapot",
    "enamel-mug",
    "linen-apron",
    "bread-knife",
    "cast-iron-pan",
    "honey-jar",
    "oak-board",
    "copper-kettle",
    "salt-cellar",
    "wool-blanket",
    "candle-holder",
    "pepper-mill",
];
pub(super) const QUERIES: [&str; 8] =
    ["kettle", "mug+blue", "gift", "pan+28cm", "linen", "tea", "knife", "jar"];
/// Of the networks that are set aside for documentation.
pub(super) const CLIENTS: [&str; 10] = [
    "203.0.113.7",
    "203.0.113.41",
    "203.0.113.88",
    "203.0.113.190",
    "198.51.100.3",
    "198.51.100.27",
    "198.51.100.142",
    "192.0.2.16",
    "192.0.2.77",
    "2001:db8::5a:1",
];
pub(super) const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
];

impl Simulation {
    /// That many hex digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        hex(&mut self.rng, digits)
    }

    /// A random UUID, as Celery numbers its tasks.
    pub(super) fn uuid(&mut self) -> String {
        let hex = self.hex(31);
        format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
    }
}

/// 64 hex digits that belong to `text`, as an image's digest does to the image.
pub(super) fn digest(text: &str) -> String {
    // FNV-1a: any even spread will do.
    let seed = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hex(&mut StdRng::seed_from_u64(seed), 64)
}

pub(super) fn hex(rng: &mut StdRng, digits: usize) -> String {
    let digit = |_| char::from_digit(rng.random_range(0..16), 16).unwrap_or('0');
    (0..digits).map(digit).collect()
}
