//! Names of requests: the caller's where it is one, else a number behind letters that differ from start to start.

use http::HeaderValue;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest name a caller may give a request, in bytes.
const LONGEST: usize = 128;

pub struct RequestIds {
    start: [u8; 8],
    next: AtomicU64,
}

impl RequestIds {
    pub fn new() -> Self {
        let mut start = [0; 8];
        hexadecimal(RandomState::new().build_hasher().finish(), &mut start);
        Self { start, next: AtomicU64::new(1) }
    }

    /// The caller's name of the request, or a new one.
    pub fn name(&self, given: Option<&HeaderValue>) -> HeaderValue {
        given.filter(|given| is_name(given.as_bytes())).cloned().unwrap_or_else(|| self.make())
    }

    fn make(&self) -> HeaderValue {
        let mut name = [b'-'; 17];
        let (start, number) = name.split_at_mut(9);
        start[..8].copy_from_slice(&self.start);
        hexadecimal(self.next.fetch_add(1, Ordering::Relaxed), number);
        HeaderValue::from_bytes(&name).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }
}

fn is_name(given: &[u8]) -> bool {
    (1..=LONGEST).contains(&given.len()) && given.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte))
}

fn hexadecimal(number: u64, out: &mut [u8]) {
    for (place, digit) in out.iter_mut().rev().enumerate() {
        *digit = b"0123456789abcdef"[(number >> (4 * place) & 15) as usize];
    }
}
