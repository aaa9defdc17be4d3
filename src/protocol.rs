//! The JSON lines by which a sample's child tells its parent what it measured. Any program in any language may write
//! them; the built-in strategies write the same ones. Unknown fields are ignored, so that the protocol can grow.

use serde::{Deserialize, Serialize};

use crate::model::{FailureKind, Nanos, Outcome};

/// One line of a child's standard output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Line {
    /// One request has ended.
    Request(RequestLine),
    /// The sample has ended, and the program timed itself.
    Done(DoneLine),
}

/// One request. Times are seconds from the sample's start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestLine {
    /// Index within the sample, from 0.
    pub request: u32,
    /// Which worker issued it, from 0.
    #[serde(default)]
    pub worker: u32,
    /// Just before it was issued.
    pub start_s: f64,
    /// Just after its last byte was read, or it failed.
    pub end_s: f64,
    /// HTTP status, where a response head arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Body bytes read.
    #[serde(default)]
    pub bytes: u64,
    /// Why it failed: a failure kind; absent for success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The whole sample, in seconds from its start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DoneLine {
    /// Until the first request was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_s: Option<f64>,
    /// Until the last response was read.
    pub duration_s: f64,
    /// The program's own peak memory until then. Only a built-in strategy is asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_rss_bytes: Option<u64>,
    /// The program's own CPU time before and after that, in user mode and in the kernel: it is no part of the sample. Only
    /// a built-in strategy is asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside_cpu_s: Option<[f64; 2]>,
}

/// What a line of output turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// A line of the protocol.
    Line(Line),
    /// No line of the protocol, and not meant to be one: kept for the error message.
    Other,
    /// Half a line, or a known event whose fields are wrong, and why.
    Wrong(String),
}

/// Sorts one line of output, without its line end. Never fails: what is not the protocol is [`Parsed::Other`] or
/// [`Parsed::Wrong`].
#[must_use]
pub fn parse(line: &str) -> Parsed {
    let value = match serde_json::from_str::<serde_json::Value>(line) {
        Ok(value) => value,
        Err(error) if is_meant(line) => return Parsed::Wrong(format!("not JSON: {error}")),
        Err(_) => return Parsed::Other,
    };
    match value.get("event").and_then(|event| event.as_str()) {
        Some("request" | "done") => {}
        _ => return Parsed::Other,
    }
    match serde_json::from_value::<Line>(value) {
        Ok(line) if line.has_sound_times() => Parsed::Line(line),
        Ok(Line::Request(_)) => {
            Parsed::Wrong("times must be finite and not negative, end_s not before start_s".to_owned())
        }
        Ok(Line::Done(_)) => {
            Parsed::Wrong("times must be finite and not negative, setup_s not above duration_s".to_owned())
        }
        Err(error) => Parsed::Wrong(error.to_string()),
    }
}

/// Whether a line that is no JSON was meant to be one of the protocol: it names an event, or opens an object that it
/// does not close.
fn is_meant(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('{') && (line.contains("\"event\"") || (line.starts_with("{\"") && !line.ends_with('}')))
}

impl Line {
    fn has_sound_times(&self) -> bool {
        let sound = |seconds: f64| seconds.is_finite() && seconds >= 0.0;
        match self {
            Self::Request(line) => sound(line.start_s) && sound(line.end_s) && line.end_s >= line.start_s,
            Self::Done(line) => {
                sound(line.duration_s) && line.setup_s.is_none_or(|setup| sound(setup) && setup <= line.duration_s)
            }
        }
    }
}

impl From<&Outcome> for RequestLine {
    fn from(outcome: &Outcome) -> Self {
        Self {
            request: outcome.request,
            worker: outcome.worker,
            start_s: outcome.start.as_secs_f64(),
            end_s: outcome.end.as_secs_f64(),
            status: outcome.status,
            bytes: outcome.bytes,
            error: outcome.failure.map(|kind| kind.as_str().to_owned()),
        }
    }
}

impl RequestLine {
    /// The request as a value; a word that is no failure kind becomes [`FailureKind::Other`].
    #[must_use]
    pub fn into_outcome(self) -> Outcome {
        Outcome {
            request: self.request,
            worker: self.worker,
            start: Nanos::from_secs_f64(self.start_s),
            end: Nanos::from_secs_f64(self.end_s),
            status: self.status,
            bytes: self.bytes,
            failure: self.error.map(|word| FailureKind::parse(&word).unwrap_or(FailureKind::Other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DoneLine, Line, Parsed, RequestLine, parse};
    use crate::model::{FailureKind, Nanos, Outcome};

    #[test]
    fn the_documented_lines_are_understood() {
        let request =
            r#"{"event":"request","request":0,"worker":0,"start_s":0.001200,"end_s":0.104300,"status":200,"bytes":16}"#;
        let Parsed::Line(Line::Request(line)) = parse(request) else { panic!("not a request") };
        assert_eq!((line.request, line.status, line.bytes), (0, Some(200), 16));
        assert_eq!(
            parse(r#"{"event":"done","setup_s":0.0008,"duration_s":0.1051,"colour":"blue"}"#),
            Parsed::Line(Line::Done(DoneLine {
                setup_s: Some(0.0008),
                duration_s: 0.1051,
                peak_rss_bytes: None,
                outside_cpu_s: None
            }))
        );
    }

    #[test]
    fn rubbish_is_sorted_and_never_fatal() {
        for other in ["", "hello", "{", "[1]", r#"{"event":"progress"}"#, "\u{0}"] {
            assert_eq!(parse(other), Parsed::Other, "{other:?}");
        }
        for wrong in [
            r#"{"event":"done"}"#,
            r#"{"event":"done","duration_s":-1}"#,
            r#"{"event":"done","duration_s":NaN}"#,
            r#"{"event":"done","duration_s":1e999}"#,
            r#"{"event":"done","setup_s":3,"duration_s":2}"#,
            r#"{"event":"done","dura"#,
            r#"{"ev"#,
            r#"{"event":"request","request":-1,"start_s":0,"end_s":1}"#,
            r#"{"event":"request","request":0,"start_s":2,"end_s":1}"#,
        ] {
            assert!(matches!(parse(wrong), Parsed::Wrong(_)), "{wrong}");
        }
    }

    #[test]
    fn an_outcome_survives_the_line() {
        let outcome = Outcome {
            request: 7,
            worker: 3,
            start: Nanos(1_200_001),
            end: Nanos(5_000_000_002),
            status: Some(500),
            bytes: 9,
            failure: Some(FailureKind::WrongStatus),
        };
        let text = serde_json::to_string(&Line::Request(RequestLine::from(&outcome))).unwrap();
        let Parsed::Line(Line::Request(line)) = parse(&text) else { panic!("{text}") };
        assert_eq!(line.into_outcome(), outcome);
    }
}
