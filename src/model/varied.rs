//! What runs along the x axis of a run's charts, in the words of a sentence.

/// What is varied from one combination of a strategy to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Varied {
    /// The number of requests of a sample.
    #[default]
    Requests,
    /// Something else that a table counts, by its name there: `threads`.
    Named(String),
}

impl Varied {
    /// Heads a column: `Requests`, `threads`.
    #[must_use]
    pub fn heading(&self) -> &str {
        self.either("Requests", |name| name)
    }

    /// After "by": `request count`, `threads`.
    #[must_use]
    pub fn by(&self) -> &str {
        self.either("request count", |name| name)
    }

    /// One value or several, as text: `50 requests`, `about 18 requests`, `threads = 50`.
    #[must_use]
    pub fn told(&self, values: &str) -> String {
        match self {
            Self::Requests => format!("{values} {}", if values == "1" { "request" } else { "requests" }),
            Self::Named(name) => format!("{name} = {values}"),
        }
    }

    /// One value: `1 request`, `50 requests`, `threads = 50`.
    #[must_use]
    pub fn at(&self, value: u32) -> String {
        self.told(&value.to_string())
    }

    /// From one value to another: `10 to 50 requests`, `threads = 10 to 50`.
    #[must_use]
    pub fn range(&self, first: u32, last: u32) -> String {
        self.told(&format!("{first} to {last}"))
    }

    /// Some values: `30 and 50 requests`, `threads = 1, 2 and 4`; empty for none.
    #[must_use]
    pub fn list(&self, values: &[u32]) -> String {
        let words: Vec<String> = values.iter().map(u32::to_string).collect();
        match words.as_slice() {
            [only] => self.told(only),
            [rest @ .., last] => self.told(&format!("{} and {last}", rest.join(", "))),
            [] => String::new(),
        }
    }

    /// How many values: `1 request count`, `3 values of threads`.
    #[must_use]
    pub fn values(&self, number: usize) -> String {
        let s = if number == 1 { "" } else { "s" };
        match self {
            Self::Requests => format!("{number} request count{s}"),
            Self::Named(name) => format!("{number} value{s} of {name}"),
        }
    }

    /// A single value: `one request count`, `one value of threads`.
    #[must_use]
    pub fn only(&self) -> String {
        self.values(1).replacen('1', "one", 1)
    }

    /// A value of it, after "every": `count`, `value of threads`.
    #[must_use]
    pub fn each_value(&self) -> String {
        match self {
            Self::Requests => "count".to_owned(),
            Self::Named(name) => format!("value of {name}"),
        }
    }

    /// A difference of one, after "further" or "per": `request`, `step of 1 in threads`.
    #[must_use]
    pub fn step(&self) -> String {
        match self {
            Self::Requests => "request".to_owned(),
            Self::Named(name) => format!("step of 1 in {name}"),
        }
    }

    fn either<'a>(&'a self, requests: &'a str, named: impl Fn(&'a str) -> &'a str) -> &'a str {
        match self {
            Self::Requests => requests,
            Self::Named(name) => named(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Varied;

    #[test]
    fn requests_and_other_counts_are_told_in_sentences() {
        let threads = Varied::Named("threads".to_owned());
        assert_eq!(
            [Varied::Requests.at(1), Varied::Requests.at(50), threads.at(50)],
            ["1 request", "50 requests", "threads = 50"]
        );
        assert_eq!([Varied::Requests.range(1, 5), threads.range(1, 5)], ["1 to 5 requests", "threads = 1 to 5"]);
        assert_eq!([Varied::Requests.values(1), threads.values(3)], ["1 request count", "3 values of threads"]);
        assert_eq!([Varied::Requests.step(), threads.step()], ["request", "step of 1 in threads"]);
    }
}
