//! Which addresses are public: those that a stranger may have a server fetch from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to the public Internet. Others lead into networks around the server,
/// to the server itself, or to the services of its cloud.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By the registry of special-purpose addresses, RFC 6890.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match (a, b, c) {
        // This network; private; loopback; multicast, reserved and broadcast.
        (0 | 10 | 127 | 224.., ..)
        // Shared by the customers of a provider (CGNAT).
        | (100, 64..=127, _)
        // Link-local, with the metadata of clouds.
        | (169, 254, _)
        | (172, 16..=31, _)
        // Protocols; documentation; relays of 6to4; AS112.
        | (192, 0, 0 | 2)
        | (192, 88, 99)
        | (192, 31, 196)
        | (192, 52, 193)
        | (192, 175, 48)
        | (192, 168, _)
        // Benchmarks.
        | (198, 18 | 19, _)
        | (198, 51, 100)
        | (203, 0, 113) => true,
        // Answers requests of Azure's machines and knows their secrets, though it is public.
        (168, 63, 129) => address == Ipv4Addr::new(168, 63, 129, 16),
        _ => false,
    };
    !is_special
}

/// Global unicast addresses that stand for no other address: what is mapped, translated or tunnelled
/// (`::ffff:0:0/96`, `64:ff9b::/96`, `2001::/32`, `2002::/16`) would lead anywhere.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_global = a & 0xe000 == 0x2000;
    // Protocols, Teredo among them, and documentation.
    let is_special = (a == 0x2001 && (b <= 0x01ff || b == 0x0db8))
        || (a == 0x3fff && b <= 0x0fff)
        // 6to4.
        || a == 0x2002
        // AS112.
        || (a == 0x2620 && b == 0x004f);
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn only_public_addresses_are_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001:81b::200e",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}
