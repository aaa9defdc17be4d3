//! Text within an address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What RFC 3986 reserves: all of ASCII but letters, digits and `-._~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as part of an address.
#[must_use]
pub fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A part of an address as the text that it stands for; bytes that are no UTF-8 are replaced.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{percent_decoded, percent_encoded};

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(percent_encoded("a-Z_0.~"), "a-Z_0.~");
        assert_eq!(percent_encoded("a/b c#ü%"), "a%2Fb%20c%23%C3%BC%25");
    }

    #[test]
    fn percent_signs_are_read_back() {
        assert_eq!(percent_decoded(&percent_encoded("p@s/ü%")), "p@s/ü%");
        assert_eq!(percent_decoded("%zz%4"), "%zz%4");
    }
}
