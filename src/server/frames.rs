//! Frames of HTTP/2 as a client sends them, counted to tell a client from a flood: frames that ask for nothing cost the
//! server time all the same. Servers that others wrote have limits alike, by connection or by request (nginx, nghttp2,
//! Envoy). Pure.

/// SETTINGS frames that a client may send over one connection. Clients send one, and a few more where they adapt their
/// windows to a path; each is acknowledged, and can make h2 go through all streams.
pub(super) const MOST_SETTINGS: u32 = 256;
/// Other frames without a request or a part of a body that a client may send over one connection, beside those that its
/// requests justify. One PING each second makes as many in almost three hours.
pub(super) const MOST_IDLE: u64 = 10_000;
/// Such frames that a request justifies: it may be given a priority, have its windows widened and be reset.
const IDLE_BY_REQUEST: u64 = 8;

/// Bytes before the first frame.
const PREFACE_BYTES: usize = 24;
const HEAD_BYTES: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
/// Of a DATA frame and of a HEADERS frame.
const END_STREAM: u8 = 1;
/// Of a SETTINGS frame.
const ACK: u8 = 1;

/// What came over one connection so far.
pub(super) struct FrameCounter {
    /// Bytes to be passed over: of the preface, or of a frame's payload.
    skip: usize,
    /// The head of a frame, as far as it has come.
    head: [u8; HEAD_BYTES],
    head_bytes: usize,
    settings: u32,
    /// Frames that ask for nothing.
    idle: u64,
    requests: u64,
}

impl FrameCounter {
    /// Nothing came yet.
    pub(super) const fn new() -> Self {
        Self { skip: PREFACE_BYTES, head: [0; HEAD_BYTES], head_bytes: 0, settings: 0, idle: 0, requests: 0 }
    }

    /// Takes what was read next, whatever frames it is cut from. Returns whether all that came is a flood.
    pub(super) fn take(&mut self, mut data: &[u8]) -> bool {
        loop {
            let skipped = self.skip.min(data.len());
            (self.skip, data) = (self.skip - skipped, &data[skipped..]);
            let count = data.len().min(HEAD_BYTES - self.head_bytes);
            self.head[self.head_bytes..][..count].copy_from_slice(&data[..count]);
            (self.head_bytes, data) = (self.head_bytes + count, &data[count..]);
            if self.head_bytes < HEAD_BYTES {
                return self.is_flood();
            }
            self.count_frame();
        }
    }

    fn count_frame(&mut self) {
        let [high, middle, low, kind, flags, ..] = self.head;
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        (self.skip, self.head_bytes) = (length, 0);
        match kind {
            HEADERS => self.requests += 1,
            SETTINGS if flags & ACK == 0 => self.settings += 1,
            // h2 itself bounds these.
            DATA if length > 0 || flags & END_STREAM != 0 => {}
            CONTINUATION if length > 0 => {}
            _ => self.idle += 1,
        }
    }

    fn is_flood(&self) -> bool {
        self.settings > MOST_SETTINGS || self.idle > MOST_IDLE + self.requests * IDLE_BY_REQUEST
    }
}

#[cfg(test)]
mod tests {
    use super::{FrameCounter, IDLE_BY_REQUEST, MOST_IDLE, MOST_SETTINGS};

    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const PING: &[u8] = b"\0\0\x08\x06\0\0\0\0\0pingpong";
    const NEW_SETTINGS: &[u8] = b"\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0";
    const REQUEST: &[u8] = b"\0\0\x03\x01\x05\0\0\0\x01\x82\x86\x84";

    fn idle(count: u64) -> Vec<u8> {
        PING.repeat(usize::try_from(count).unwrap())
    }

    /// Whether it is a flood, in one piece and in small ones.
    fn is_flood(frames: &[&[u8]]) -> bool {
        let data = [PREFACE, &frames.concat()].concat();
        let whole = FrameCounter::new().take(&data);
        for size in [1, 7, 64] {
            let mut counter = FrameCounter::new();
            let last = data.chunks(size).map(|piece| counter.take(piece)).last();
            assert_eq!(last, Some(whole), "pieces of {size} bytes");
        }
        whole
    }

    #[test]
    fn frames_that_ask_for_nothing_are_a_flood_beyond_the_limit() {
        assert!(!is_flood(&[&idle(MOST_IDLE)]));
        assert!(is_flood(&[&idle(MOST_IDLE), PING]));
        assert!(!is_flood(&[&idle(MOST_IDLE), &PING[..8]]), "its head is not complete");
        for (what, frame) in [
            ("WINDOW_UPDATE", &b"\0\0\x04\x08\0\0\0\0\0\0\0\0\x01"[..]),
            ("PRIORITY", b"\0\0\x05\x02\0\0\0\0\x01\0\0\0\0\x01"),
            ("RST_STREAM", b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08"),
            ("DATA without data", b"\0\0\0\0\0\0\0\0\x01"),
            ("CONTINUATION without headers", b"\0\0\0\x09\0\0\0\0\x01"),
            ("SETTINGS that acknowledge", b"\0\0\0\x04\x01\0\0\0\0"),
            ("an unknown kind", b"\0\0\0\x7f\0\0\0\0\0"),
        ] {
            assert!(is_flood(&[&idle(MOST_IDLE), frame]), "{what}");
        }
    }

    #[test]
    fn what_requests_justify_is_no_flood() {
        assert!(!is_flood(&[REQUEST, &idle(MOST_IDLE + IDLE_BY_REQUEST)]));
        assert!(is_flood(&[REQUEST, &idle(MOST_IDLE + IDLE_BY_REQUEST), PING]));
        let body = [b"\0\0\x01\0\0\0\0\0\x01x".repeat(20_000), b"\0\0\0\0\x01\0\0\0\x01".to_vec()].concat();
        assert!(!is_flood(&[REQUEST, &idle(MOST_IDLE + IDLE_BY_REQUEST), &body]), "bodies do not count");
    }

    #[test]
    fn settings_have_a_limit_of_their_own_that_no_request_lifts() {
        let most = NEW_SETTINGS.repeat(MOST_SETTINGS as usize);
        assert!(!is_flood(&[&most, &idle(MOST_IDLE)]));
        assert!(is_flood(&[REQUEST, &most, NEW_SETTINGS]));
    }
}
