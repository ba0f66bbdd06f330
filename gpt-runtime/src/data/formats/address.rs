//! Names of things: UUIDs, URIs and addresses of the internet protocol.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Url;
use uuid::Uuid;

use super::Format;

impl Format for Uuid {
    const EXPECTED: &'static str = "a UUID";

    fn read(text: &str) -> Option<Self> {
        Self::try_parse(text).ok()
    }
    fn write(&self) -> String {
        self.to_string()
    }
}

impl Format for Url {
    const EXPECTED: &'static str = "a URI such as `https://example.com/a`";

    fn read(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
    fn write(&self) -> String {
        self.to_string()
    }
}

macro_rules! addresses {
    ($($ty:ty, $expected:literal;)*) => {$(
        impl Format for $ty {
            const EXPECTED: &'static str = $expected;

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn write(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

addresses! {
    Ipv4Addr, "an IPv4 address such as `192.0.2.1`";
    Ipv6Addr, "an IPv6 address such as `2001:db8::1`";
    IpAddr, "an IP address such as `192.0.2.1` or `2001:db8::1`";
}
