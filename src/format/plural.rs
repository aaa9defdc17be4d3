//! Counts in sentences, singular and plural.

/// A count and what is counted: `1 run`, `3 runs`, `0 runs`.
#[must_use]
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `1 request`, `50 requests`.
#[must_use]
pub fn requests(count: u32) -> String {
    counted(count as usize, "request", "requests")
}

#[cfg(test)]
mod tests {
    use super::{counted, requests};

    #[test]
    fn one_is_singular_and_all_else_plural() {
        assert_eq!([0, 1, 2].map(requests), ["0 requests", "1 request", "2 requests"]);
        assert_eq!(counted(1, "strategy", "strategies"), "1 strategy");
        assert_eq!(counted(21, "strategy", "strategies"), "21 strategies");
    }
}
