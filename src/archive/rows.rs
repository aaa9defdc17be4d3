//! Samples and requests as rows of CSV. The columns stand here and nowhere else: their order, how a value becomes
//! text, and how it is read again. Missing is an empty field.

use std::io::{self, Write};
use std::str::FromStr;

use csv::{StringRecord, Writer};

use crate::model::{FailureKind, Nanos, Outcome, Phase, RequestCount, RequestRow, SampleRow, SampleStatus, Timing};

/// Columns of raw.csv.
pub(super) const RAW_COLUMNS: [&str; 29] = [
    "strategy",
    "kind",
    "workers",
    "requests",
    "repeat",
    "phase",
    "sequence",
    "started_at",
    "setup_s",
    "duration_s",
    "ideal_s",
    "timing",
    "succeeded",
    "failed",
    "peak_in_flight",
    "connections",
    "bytes_received",
    "service_mean_s",
    "cpu_user_s",
    "cpu_system_s",
    "peak_rss_bytes",
    "voluntary_switches",
    "involuntary_switches",
    "status",
    "error",
    "processes",
    "threads",
    "overlapped",
    "server_cpu_s",
];

/// How many of them every raw.csv has; the later ones came with schema 2.
pub(super) const RAW_COLUMNS_OF_OLD: usize = 25;

/// Columns of requests.csv.
pub(super) const REQUEST_COLUMNS: [&str; 10] =
    ["strategy", "requests", "repeat", "request", "worker", "start_s", "end_s", "status", "bytes", "error"];

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A sample's fields in the order of [`RAW_COLUMNS`].
pub(super) fn raw_fields(row: &SampleRow) -> [String; 29] {
    [
        row.strategy.clone(),
        row.kind.clone(),
        text(row.workers),
        row.requests.to_string(),
        row.repeat.to_string(),
        row.phase.to_string(),
        row.sequence.to_string(),
        row.started_at.clone(),
        text(row.setup_s),
        text(row.duration_s),
        text(row.ideal_s),
        text(row.timing),
        text(row.succeeded),
        text(row.failed),
        text(row.peak_in_flight),
        text(row.connections),
        text(row.bytes_received),
        text(row.service_mean_s),
        text(row.cpu_user_s),
        text(row.cpu_system_s),
        text(row.peak_rss_bytes),
        text(row.voluntary_switches),
        text(row.involuntary_switches),
        row.status.to_string(),
        one_line(&row.error),
        text(row.processes),
        text(row.threads),
        text(row.overlapped),
        text(row.server_cpu_s),
    ]
}

/// The last column must hold no line end, because a torn last row is found by it; it was the last one in schema 1.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Writes the requests of a sample as rows of [`REQUEST_COLUMNS`]. What all of them begin with is made once.
pub(super) fn write_requests(to: &mut dyn Write, sample: &SampleRow, outcomes: &[Outcome]) -> io::Result<()> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record([&sample.strategy, &sample.requests.to_string(), &sample.repeat.to_string()])?;
    let mut start = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    // In place of the line end.
    start.pop();
    start.push(b',');
    for Outcome { request, worker, start: issued, end, status, bytes, failure } in outcomes {
        to.write_all(&start)?;
        write!(to, "{request},{worker},{issued},{end},")?;
        status.map_or(Ok(()), |status| write!(to, "{status}"))?;
        writeln!(to, ",{bytes},{}", failure.map_or("", FailureKind::as_str))?;
    }
    Ok(())
}

/// Where each known column stands in a file whose columns may be in another order, with others between.
pub(super) struct Header {
    positions: Vec<Option<usize>>,
    names: &'static [&'static str],
}

impl Header {
    /// Finds `names` in the first row of a file.
    pub(super) fn find(names: &'static [&'static str], first_row: &StringRecord) -> Self {
        let found = |name: &&str| {
            first_row.iter().position(|cell| cell.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
        };
        Self { positions: names.iter().map(found).collect(), names }
    }

    /// The names that are not there.
    pub(super) fn missing(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().zip(&self.positions).filter(|(_, position)| position.is_none()).map(|(name, _)| *name)
    }

    /// Whether the columns stand as they do in the files that this program writes.
    pub(super) fn in_order(&self) -> bool {
        self.positions.iter().enumerate().all(|(place, position)| *position == Some(place))
    }

    /// Where a column stands.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| *known == name).and_then(|index| self.positions[index])
    }
}

/// One row, read by column name. Problems name the column and the value.
pub(super) struct Fields<'a> {
    pub(super) header: &'a Header,
    pub(super) record: &'a StringRecord,
}

impl<'a> Fields<'a> {
    /// A column's text; empty where the file does not have it.
    pub(super) fn text(&self, name: &str) -> &'a str {
        self.header.position(name).and_then(|position| self.record.get(position)).unwrap_or("")
    }

    fn read<T>(&self, name: &str, what: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
        let text = self.text(name).trim();
        if text.is_empty() {
            return Ok(None);
        }
        parse(text).map(Some).ok_or_else(|| format!("column {name}: {text:?} is not {what}"))
    }

    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, String> {
        self.read(name, "a whole number in range", |text| text.parse().ok())
    }

    pub(super) fn seconds(&self, name: &str) -> Result<Option<Nanos>, String> {
        self.read(name, "a number of seconds, finite and not negative", Nanos::parse_seconds)
    }

    fn word<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
        self.read(name, "a known word", parse)
    }

    /// A column that must have a value.
    pub(super) fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, String> {
        value.ok_or_else(|| format!("column {name} is empty"))
    }

    /// The row of a sample.
    pub(super) fn sample(&self) -> Result<SampleRow, String> {
        Ok(SampleRow {
            strategy: self.text("strategy").to_owned(),
            kind: self.text("kind").to_owned(),
            workers: self.number("workers")?,
            requests: self.requests()?,
            repeat: self.number("repeat")?.unwrap_or(1),
            phase: self.word("phase", Phase::parse)?.unwrap_or(Phase::Measure),
            sequence: self.number("sequence")?.unwrap_or(0),
            started_at: self.text("started_at").to_owned(),
            setup_s: self.seconds("setup_s")?,
            duration_s: self.seconds("duration_s")?,
            ideal_s: self.seconds("ideal_s")?,
            timing: self.word("timing", Timing::parse)?,
            succeeded: self.number("succeeded")?,
            failed: self.number("failed")?,
            peak_in_flight: self.number("peak_in_flight")?,
            connections: self.number("connections")?,
            bytes_received: self.number("bytes_received")?,
            service_mean_s: self.seconds("service_mean_s")?,
            cpu_user_s: self.seconds("cpu_user_s")?,
            cpu_system_s: self.seconds("cpu_system_s")?,
            peak_rss_bytes: self.number("peak_rss_bytes")?,
            voluntary_switches: self.number("voluntary_switches")?,
            involuntary_switches: self.number("involuntary_switches")?,
            status: self.word("status", SampleStatus::parse)?.unwrap_or(SampleStatus::Ok),
            error: self.text("error").to_owned(),
            processes: self.number("processes")?,
            threads: self.number("threads")?,
            overlapped: self.word("overlapped", |word| word.parse().ok())?,
            server_cpu_s: self.seconds("server_cpu_s")?,
        })
    }

    /// The row of a request.
    pub(super) fn request(&self) -> Result<RequestRow, String> {
        let start = self.seconds("start_s")?;
        let end = self.seconds("end_s")?;
        let outcome = Outcome {
            request: self.required("request", self.number("request")?)?,
            worker: self.number("worker")?.unwrap_or(0),
            start: self.required("start_s", start)?,
            end: self.required("end_s", end)?,
            status: self.number("status")?,
            bytes: self.number("bytes")?.unwrap_or(0),
            failure: self.word("error", FailureKind::parse)?,
        };
        Ok(RequestRow {
            strategy: self.text("strategy").to_owned(),
            requests: self.requests()?,
            repeat: self.required("repeat", self.number("repeat")?)?,
            outcome,
        })
    }

    /// The request count of the row's cell, 1 or more.
    pub(super) fn requests(&self) -> Result<RequestCount, String> {
        match self.required("requests", self.number::<RequestCount>("requests")?)? {
            0 => Err("column requests: 0 is not a count of 1 or more".to_owned()),
            requests => Ok(requests),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use csv::{ReaderBuilder, StringRecord, Writer};

    use super::{Fields, Header, RAW_COLUMNS, REQUEST_COLUMNS, raw_fields, write_requests};
    use crate::model::{FailureKind, Nanos, Outcome, Phase, SampleRow, SampleStatus, Timing};

    /// A sample with every value present.
    pub(in crate::archive) fn sample(strategy: &str, requests: u32, repeat: u32) -> SampleRow {
        SampleRow {
            strategy: strategy.to_owned(),
            kind: "thread-pool".to_owned(),
            workers: Some(20),
            requests,
            repeat,
            phase: Phase::Measure,
            sequence: repeat,
            started_at: "2026-11-22T18:30:00.000Z".to_owned(),
            setup_s: Some(Nanos(1_000_001)),
            duration_s: Some(Nanos(105_100_000)),
            ideal_s: Some(Nanos(100_000_000)),
            timing: Some(Timing::OwnClock),
            succeeded: Some(requests),
            failed: Some(0),
            peak_in_flight: Some(requests.min(20)),
            connections: Some(1),
            bytes_received: Some(160),
            service_mean_s: Some(Nanos(100_010_000)),
            cpu_user_s: Some(Nanos(1)),
            cpu_system_s: Some(Nanos(2)),
            peak_rss_bytes: Some(3),
            voluntary_switches: Some(4),
            involuntary_switches: Some(5),
            status: SampleStatus::Ok,
            error: String::new(),
            processes: Some(6),
            threads: Some(7),
            overlapped: Some(true),
            server_cpu_s: Some(Nanos(8)),
        }
    }

    /// A request of it.
    pub(in crate::archive) fn outcome(request: u32) -> Outcome {
        Outcome {
            request,
            worker: request % 3,
            start: Nanos(u64::from(request)),
            end: Nanos(u64::from(request) + 7),
            status: Some(200),
            bytes: 16,
            failure: (request == 1).then_some(FailureKind::WrongStatus),
        }
    }

    fn through_csv(fields: &[String]) -> StringRecord {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record(fields).unwrap();
        let bytes = writer.into_inner().unwrap();
        ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]).into_records().next().unwrap().unwrap()
    }

    #[test]
    fn a_sample_survives_its_row_and_missing_stays_missing() {
        let mut empty = sample("a,\"b\"\nc", 7, 2);
        (empty.duration_s, empty.timing, empty.peak_in_flight, empty.workers) = (None, None, None, None);
        (empty.status, empty.error) = (SampleStatus::Failed, "refused: 7".to_owned());
        for row in [sample("plain", 1, 1), empty] {
            let header = Header::find(&RAW_COLUMNS, &StringRecord::from(RAW_COLUMNS.to_vec()));
            let record = through_csv(&raw_fields(&row));
            assert_eq!(Fields { header: &header, record: &record }.sample(), Ok(row));
        }
    }

    #[test]
    fn a_request_survives_its_row() {
        let header = Header::find(&REQUEST_COLUMNS, &StringRecord::from(REQUEST_COLUMNS.to_vec()));
        let cell = sample("a\n", 3, 2);
        let mut text = Vec::new();
        write_requests(&mut text, &cell, &[outcome(0), outcome(1), outcome(2)]).unwrap();
        let mut records = ReaderBuilder::new().has_headers(false).from_reader(&text[..]).into_records();
        for request in 0..3 {
            let record = records.next().unwrap().unwrap();
            let row = Fields { header: &header, record: &record }.request().unwrap();
            assert_eq!((row.strategy.as_str(), row.requests, row.repeat), ("a\n", 3, 2));
            assert_eq!(row.outcome, outcome(request));
        }
        assert!(records.next().is_none());
    }

    #[test]
    fn an_error_of_several_lines_becomes_one() {
        let mut row = sample("a", 1, 1);
        row.error = "one\ntwo\r\u{7}".to_owned();
        assert_eq!(raw_fields(&row)[24], "one two  ");
    }
}
