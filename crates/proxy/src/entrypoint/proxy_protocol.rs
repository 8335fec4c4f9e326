//! The PROXY protocol, versions 1 and 2: a load balancer's word about whose connection it passes on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::wire::Wire;

const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// A line of version 1 is never longer.
const LINE_MAX: usize = 107;
/// After the signature: version and command, family, and the length of the rest.
const HEAD: usize = 16;
/// Addresses take at most 216 bytes; what else follows is passed over.
const REST_MAX: usize = 4096;

/// Whose connection it is. `None` where the balancer speaks for itself.
pub(super) async fn read(wire: &mut Wire) -> io::Result<Option<SocketAddr>> {
    let start = wire.peek(6).await?;
    match start {
        [b'P', b'R', b'O', b'X', b'Y', b' ', ..] => line(wire).await,
        _ if SIGNATURE.starts_with(&start[..start.len().min(SIGNATURE.len())]) => binary(wire).await,
        _ => Err(broken()),
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no PROXY protocol")
}

async fn line(wire: &mut Wire) -> io::Result<Option<SocketAddr>> {
    let mut length = 8;
    loop {
        let bytes = wire.peek(length).await?;
        let end = bytes.windows(2).position(|pair| pair == b"\r\n");
        if let Some(end) = end.filter(|end| *end <= LINE_MAX) {
            let address = address(&bytes[..end]);
            wire.skip(end + 2);
            return address;
        }
        if bytes.len() < length || bytes.len() > LINE_MAX {
            return Err(broken());
        }
        length = bytes.len() + 1;
    }
}

/// `PROXY TCP4 192.0.2.1 198.51.100.1 51234 443`
fn address(line: &[u8]) -> io::Result<Option<SocketAddr>> {
    let text = std::str::from_utf8(line).map_err(|_| broken())?;
    let mut words = text.split(' ').skip(1);
    match words.next() {
        Some("UNKNOWN") => return Ok(None),
        Some("TCP4" | "TCP6") => {}
        _ => return Err(broken()),
    }
    let ip: IpAddr = words.next().and_then(|word| word.parse().ok()).ok_or_else(broken)?;
    let port: u16 = words.nth(1).and_then(|word| word.parse().ok()).ok_or_else(broken)?;
    Ok(Some(SocketAddr::new(ip, port)))
}

async fn binary(wire: &mut Wire) -> io::Result<Option<SocketAddr>> {
    let head = wire.peek(HEAD).await?;
    let (Some(signature), Some([version, family, high, low])) = (head.get(..12), head.get(12..HEAD)) else {
        return Err(broken());
    };
    let (version, family) = (*version, *family);
    let rest = usize::from(u16::from_be_bytes([*high, *low]));
    if signature != SIGNATURE || version >> 4 != 2 || rest > REST_MAX {
        return Err(broken());
    }
    let bytes = wire.peek(HEAD + rest).await?;
    let told = bytes.get(HEAD..HEAD + rest).ok_or_else(broken)?;
    let address = match (version & 15, family >> 4, told) {
        (0, ..) => None,
        (1, 1, [a, b, c, d, _, _, _, _, high, low, ..]) => {
            let ip = Ipv4Addr::new(*a, *b, *c, *d);
            Some(SocketAddr::new(ip.into(), u16::from_be_bytes([*high, *low])))
        }
        (1, 2, told) if told.len() >= 36 => {
            let ip: [u8; 16] = told[..16].try_into().map_err(|_| broken())?;
            Some(SocketAddr::new(Ipv6Addr::from(ip).into(), u16::from_be_bytes([told[32], told[33]])))
        }
        (1, 0 | 3, _) => None,
        _ => return Err(broken()),
    };
    wire.skip(HEAD + rest);
    Ok(address)
}
