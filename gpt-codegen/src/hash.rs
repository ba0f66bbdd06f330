//! Hashing of the keys and places of a document.
//!
//! They are hashed a hundred times per line, mostly in build scripts, which are not optimized: the
//! hasher of the standard library took an eighth of their time. A document that is written to make
//! keys collide slows down the build of the one who chose it.

use std::{
    collections,
    hash::{BuildHasherDefault, Hasher},
};

use indexmap::IndexMap as Map;

pub(crate) type HashMap<K, V> = collections::HashMap<K, V, BuildHasherDefault<Words>>;
pub(crate) type HashSet<T> = collections::HashSet<T, BuildHasherDefault<Words>>;
pub(crate) type IndexMap<K, V> = Map<K, V, BuildHasherDefault<Words>>;

/// Mixes one word after the other into the hash.
#[derive(Default)]
pub(crate) struct Words(u64);

/// An odd number without a pattern: the fraction of the golden ratio.
const MIXER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Words {
    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((word, after)) = rest.split_first_chunk() {
            self.write_u64(u64::from_le_bytes(*word));
            rest = after;
        }
        let mut word = 0;
        for byte in rest {
            word = word << 8 | u64::from(*byte);
        }
        self.write_u64(word);
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(29) ^ value).wrapping_mul(MIXER);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        // A product's high bits are the mixed ones; tables use the lowest bits and the highest.
        self.0 ^ (self.0 >> 32)
    }
}
