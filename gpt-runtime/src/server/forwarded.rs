//! Who sends a request: the other end of the connection, or whom a trusted proxy names.
//!
//! Anybody can write `Forwarded` and `X-Forwarded-…` into a request, so that they mean nothing
//! unless the connection comes from a proxy that is known to write them itself.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header::FORWARDED};

use crate::network::Network;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Who sent a request, and to which address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    pub(super) address: IpAddr,
    /// Whether the connection comes from a trusted proxy.
    pub(super) by_proxy: bool,
    /// The origin that a trusted proxy was asked for, such as `https://gpt.example`.
    pub(super) origin: Option<String>,
}

impl Sender {
    pub(super) fn of(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let peer = peer.to_canonical();
        if !proxies.contains(peer) {
            return Self {
                address: peer,
                by_proxy: false,
                origin: None,
            };
        }
        let (known, old) = (Said::in_forwarded(headers), Said::in_old_headers(headers));
        // A proxy writes one kind and may pass on the other as it came. Where they differ, one of
        // them is forged.
        let way = agreed(known.way, old.way).unwrap_or_default();
        let scheme = agreed(known.scheme, old.scheme);
        let host = agreed(known.host, old.host);
        Self {
            address: proxies.first_stranger(peer, &way),
            by_proxy: true,
            origin: scheme
                .zip(host)
                .map(|(scheme, host)| format!("{scheme}://{host}")),
        }
    }
}

/// What two headers say alike, or one of them alone.
fn agreed<T: PartialEq>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => (one == other).then_some(one),
        (one, other) => one.or(other),
    }
}

/// What headers say of a request's way.
#[derive(Default)]
struct Said {
    /// The addresses it came from, the nearest last; `None` for one that is not told.
    way: Option<Vec<Option<IpAddr>>>,
    scheme: Option<String>,
    host: Option<String>,
}

impl Said {
    /// RFC 7239.
    fn in_forwarded(headers: &HeaderMap) -> Self {
        let mut said = Self::default();
        for element in elements(headers, &FORWARDED) {
            // The nearest proxy is the last.
            (said.scheme, said.host) = (None, None);
            let mut from = None;
            for (name, value) in element.split(';').filter_map(|pair| pair.split_once('=')) {
                let value = value.trim().trim_matches('"');
                match name.trim().to_ascii_lowercase().as_str() {
                    "for" => from = address(value),
                    "proto" => said.scheme = scheme(value),
                    "host" => said.host = Some(value.to_ascii_lowercase()),
                    _ => {}
                }
            }
            said.way.get_or_insert_default().push(from);
        }
        said
    }

    /// What was usual before.
    fn in_old_headers(headers: &HeaderMap) -> Self {
        let way: Vec<_> = elements(headers, &FOR).map(address).collect();
        Self {
            way: (!way.is_empty()).then_some(way),
            scheme: elements(headers, &PROTO).last().and_then(scheme),
            host: elements(headers, &HOST).last().map(str::to_ascii_lowercase),
        }
    }
}

/// The elements of a list that may stand in several lines.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        // A value that is no text is an element all the same: one that says nothing.
        .flat_map(|value| value.to_str().unwrap_or("unknown").split(','))
        .map(str::trim)
        .filter(|element| !element.is_empty())
}

/// An address with or without port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()));
    address.map(|it| it.to_canonical())
}

fn scheme(text: &str) -> Option<String> {
    let scheme = text.to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https").then_some(scheme)
}

/// The proxies that are trusted to say whom they speak for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Proxies(Vec<Network>);

impl Proxies {
    /// Reads addresses and networks such as `127.0.0.1, 10.0.0.0/8`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        words
            .map(Network::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The nearest address on the way that is no trusted proxy. What stands before it was written
    /// by strangers.
    fn first_stranger(&self, peer: IpAddr, way: &[Option<IpAddr>]) -> IpAddr {
        let mut nearest = peer;
        for hop in way.iter().rev() {
            match hop {
                Some(hop) if self.contains(nearest) => nearest = *hop,
                _ => break,
            }
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sender of a request from `127.0.0.1` with these headers.
    #[track_caller]
    fn check(proxies: &str, headers: &[(&'static str, &'static str)], address: &str, origin: &str) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let proxies = Proxies::parse(proxies).unwrap();
        let sender = Sender::of("127.0.0.1".parse().unwrap(), &map, &proxies);
        assert_eq!(sender.address, address.parse::<IpAddr>().unwrap());
        assert_eq!(sender.origin.unwrap_or_default(), origin);
    }

    #[test]
    fn strangers_say_nothing() {
        let forged = [
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "gpt.example"),
            ("forwarded", "for=1.2.3.4;proto=https;host=gpt.example"),
        ];
        check("", &forged, "127.0.0.1", "");
        check("10.0.0.0/8", &forged, "127.0.0.1", "");
        check("127.0.0.1", &forged, "1.2.3.4", "https://gpt.example");
    }

    #[test]
    fn the_nearest_stranger_is_the_sender() {
        let list = |value| [("x-forwarded-for", value)];
        check("127.0.0.1", &list("9.9.9.9, 1.2.3.4"), "1.2.3.4", "");
        check(
            "127.0.0.0/8, 10.0.0.0/8",
            &list("9.9.9.9, 1.2.3.4, 10.1.1.1"),
            "1.2.3.4",
            "",
        );
        check("127.0.0.1", &list("1.2.3.4, nonsense"), "127.0.0.1", "");
        check("127.0.0.1", &list("127.0.0.1"), "127.0.0.1", "");
        check("127.0.0.1", &list("1.2.3.4:567"), "1.2.3.4", "");
        check("127.0.0.1", &list("[2001:db8::1]:567"), "2001:db8::1", "");
        check("127.0.0.1", &list("::ffff:1.2.3.4"), "1.2.3.4", "");
        let lines = [
            ("x-forwarded-for", "9.9.9.9"),
            ("x-forwarded-for", "1.2.3.4"),
        ];
        check("127.0.0.1", &lines, "1.2.3.4", "");
    }

    #[test]
    fn forwarded_is_read_too() {
        let list = |value| [("forwarded", value)];
        let value =
            r#"for=9.9.9.9;host=evil.example, For="[2001:db8::1]:80";Proto=HTTPS;host=Gpt.example"#;
        check(
            "127.0.0.1",
            &list(value),
            "2001:db8::1",
            "https://gpt.example",
        );
        check("127.0.0.1", &list("for=_hidden"), "127.0.0.1", "");
        check("127.0.0.1", &list("proto=ftp;host=a"), "127.0.0.1", "");
    }

    #[test]
    fn headers_that_disagree_say_nothing() {
        let headers = [("forwarded", "for=9.9.9.9"), ("x-forwarded-for", "1.2.3.4")];
        check("127.0.0.1", &headers, "127.0.0.1", "");
    }

    #[test]
    fn networks() {
        for wrong in ["10.0.0.0/33", "::/129", "localhost", "10.0.0.0/", "1.2.3"] {
            assert!(Proxies::parse(wrong).is_err(), "{wrong}");
        }
        let contains = |network: &str, address: &str| {
            Proxies::parse(network)
                .unwrap()
                .contains(address.parse().unwrap())
        };
        assert!(contains("10.1.0.0/16", "10.1.2.3"));
        assert!(!contains("10.1.0.0/16", "10.2.2.3"));
        assert!(contains("0.0.0.0/0", "10.2.2.3"));
        assert!(!contains("0.0.0.0/0", "::1"));
        assert!(contains("::/0", "::1"));
        assert!(contains("2001:db8::/32", "2001:db8:1::1"));
        assert!(!contains("2001:db8::1", "2001:db8::2"));
    }
}
