//! Any CSV with at least `strategy,requests,duration_s` → [`Run`], wherever it was measured. Other columns of raw.csv
//! are read where they are there; unknown ones are passed over. Fields are separated by commas or tabs. Names, fields, rows
//! and the number of strategies are bounded, because such a file may come from anywhere.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::blocks::{Blocks, number, read_lines};
use super::bounded::{Allowance, BoundedRows, LONGEST_FIELD};
use super::error::ArchiveError;
use super::load::{add_unknown, counts};
use super::rows::{Fields, Header, RAW_COLUMNS};
use crate::input::{self, FileKind, InputFile};
use crate::model::bounds::{LONGEST_NAME, MOST_STRATEGIES};
use crate::model::{Facts, Nanos, RequestCount, Run, SampleRow, SampleStatus, StrategyLine};

const REQUIRED: [&str; 3] = ["strategy", "requests", "duration_s"];

/// Reads a CSV. Its stem is part of the title. Rows of which only the required columns are known become durations, not
/// samples. Cost: linear; without quotes on all processors. Memory: the samples; 8 bytes for each duration.
///
/// # Errors
/// When it cannot be read, lacks a column, or holds no row or one that makes no sense, naming line and column.
pub fn load_csv(path: &Path) -> Result<Run, ArchiveError> {
    read_csv(|| input::open(path, FileKind::Table).map_err(ArchiveError::io("open", path)), path)
}

/// The same of a file that is opened in another way; twice where it is no plain table.
pub(super) fn read_csv(open: impl Fn() -> Result<InputFile, ArchiveError>, path: &Path) -> Result<Run, ArchiveError> {
    let run = match plain_table(open()?, path)? {
        Some(table) => table.run(Vec::new()),
        None => any_table(open()?, path)?,
    };
    if run.counts.is_empty() {
        return Err(ArchiveError::content(path, "holds column names and no rows"));
    }
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let title = format!("Duration by request count: {stem}");
    Ok(Run { facts: Facts { title, ..Facts::default() }, ..run })
}

/// Durations by strategy and request count.
#[derive(Default)]
pub(super) struct Table {
    /// In order of appearance.
    names: Vec<String>,
    strategy_indices: HashMap<String, usize>,
    durations: BTreeMap<(usize, RequestCount), Vec<Nanos>>,
}

impl Table {
    fn add(&mut self, name: &str, requests: RequestCount, durations: &[Nanos]) {
        let strategy_index = self.strategy_indices.get(name).copied().unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.strategy_indices.insert(name.to_owned(), self.names.len() - 1);
            self.names.len() - 1
        });
        self.durations.entry((strategy_index, requests)).or_default().extend_from_slice(durations);
    }

    pub(super) fn run(self, samples: Vec<SampleRow>) -> Run {
        let line = |name| StrategyLine { name, kind: String::new(), workers: None, model: None };
        let mut strategies = self.names.into_iter().map(line).collect();
        add_unknown(&mut strategies, &samples);
        let more = self.durations.keys().map(|(_, requests)| *requests);
        let counts = counts(&samples).into_iter().chain(more).collect::<BTreeSet<_>>().into_iter().collect();
        Run { strategies, counts, samples, durations: self.durations, ..Run::default() }
    }
}

/// Reads a table that knows nothing but the required columns and quotes nothing; `None` for any other, and for one in
/// which something is wrong.
pub(super) fn plain_table(file: InputFile, path: &Path) -> Result<Option<Table>, ArchiveError> {
    let (mut blocks, mut table, mut columns) = (Blocks::new(file), Table::default(), None);
    loop {
        let mut block = blocks.next().map_err(ArchiveError::io("read", path))?;
        let last = block.is_empty();
        if last {
            block = blocks.rest();
        }
        let mut lines = block.as_slice();
        if columns.is_none() {
            let end = lines.iter().position(|byte| *byte == b'\n').unwrap_or(lines.len());
            let Some(found) = Columns::of(&lines[..end]) else { return Ok(None) };
            (columns, lines) = (Some(found), &lines[end..]);
        }
        let Some(parts) = columns.as_ref().and_then(|columns| read_lines(lines, |lines| columns.part(lines))) else {
            return Ok(None);
        };
        for (name, requests, durations) in parts.into_iter().flatten() {
            table.add(&name, requests, &durations);
        }
        if table.names.len() > MOST_STRATEGIES {
            return Ok(None);
        }
        if last {
            return Ok(Some(table));
        }
    }
}

/// Where the required columns stand.
struct Columns {
    delimiter: u8,
    positions: [usize; 3],
}

/// Durations of one strategy at one request count.
type Stretch = (String, RequestCount, Vec<Nanos>);

impl Columns {
    /// `None` where the first line names other columns of ours too, or not all that are required, or quotes.
    fn of(first_line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(first_line).ok().filter(|text| !text.contains(['"', '\r']))?;
        let delimiter = delimiter(first_line);
        let header = Header::find(&RAW_COLUMNS, &text.split(char::from(delimiter)).collect());
        let missing = header.missing().filter(|name| !REQUIRED.contains(name)).count();
        let [Some(strategy), Some(requests), Some(duration)] = REQUIRED.map(|name| header.position(name)) else {
            return None;
        };
        (missing + REQUIRED.len() == RAW_COLUMNS.len())
            .then_some(Self { delimiter, positions: [strategy, requests, duration] })
    }

    /// Reads lines, by cell in order of appearance; `None` where one is wrong.
    fn part(&self, lines: &mut dyn Iterator<Item = &[u8]>) -> Option<Vec<Stretch>> {
        let mut cells: HashMap<(&[u8], RequestCount), usize> = HashMap::new();
        let mut stretches: Vec<Stretch> = Vec::new();
        for line in lines {
            let [name, requests, duration] = self.fields(line)?;
            let requests = u32::try_from(number(requests)?).ok().filter(|requests| *requests > 0)?;
            let duration = Nanos::parse_seconds(std::str::from_utf8(duration).ok()?)?;
            if name.is_empty() || name.len() > LONGEST_NAME || line.len() > LONGEST_FIELD {
                return None;
            }
            let index = *cells.entry((name, requests)).or_insert(stretches.len());
            if index == stretches.len() {
                stretches.push((String::from_utf8(name.to_vec()).ok()?, requests, Vec::new()));
            }
            stretches[index].2.push(duration);
        }
        Some(stretches)
    }

    fn fields<'a>(&self, line: &'a [u8]) -> Option<[&'a [u8]; 3]> {
        let mut found = [None; 3];
        for (index, field) in line.split(|byte| *byte == self.delimiter).enumerate() {
            for (place, position) in found.iter_mut().zip(self.positions) {
                if position == index {
                    *place = Some(field);
                }
            }
        }
        let [Some(name), Some(requests), Some(duration)] = found else { return None };
        Some([name, requests, duration])
    }
}

fn delimiter(first_line: &[u8]) -> u8 {
    if first_line.contains(&b'\t') && !first_line.contains(&b',') { b'\t' } else { b',' }
}

/// Reads a table of any kind, row by row.
pub(super) fn any_table(file: InputFile, path: &Path) -> Result<Run, ArchiveError> {
    let mut input = BufReader::with_capacity(256 * 1024, file);
    let start = input.fill_buf().map_err(ArchiveError::io("read", path))?;
    if start.is_empty() {
        return Err(ArchiveError::content(
            path,
            "empty; a CSV with the columns strategy,requests,duration_s is wanted",
        ));
    }
    let delimiter = delimiter(start.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let allowance = Allowance::new();
    let input = BoundedRows::new(input, &allowance);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(input);
    let mut record = StringRecord::new();
    let mut next = |record: &mut StringRecord| {
        allowance.renew();
        let line = reader.position().line();
        reader.read_record(record).map_err(|error| unreadable(path, line, error))
    };
    next(&mut record)?;
    let header = header(path, &record)?;
    let bare = header.missing().count() + REQUIRED.len() == RAW_COLUMNS.len();
    let (mut samples, mut table, mut names) = (Vec::new(), Table::default(), HashSet::new());
    while next(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let sample = sample(&Fields { header: &header, record: &record }, samples.len())
            .and_then(|sample| new_name(&mut names, &sample.strategy).map(|()| sample))
            .map_err(|problem| ArchiveError::content(path, format!("line {line}: {problem}")))?;
        match sample.duration_s.filter(|_| bare) {
            Some(duration) => table.add(&sample.strategy, sample.requests, &[duration]),
            None => samples.push(sample),
        }
    }
    Ok(table.run(samples))
}

/// Takes down a strategy's name, where there may be another one.
fn new_name(names: &mut HashSet<String>, name: &str) -> Result<(), String> {
    if names.contains(name) {
        return Ok(());
    }
    if names.len() == MOST_STRATEGIES {
        return Err(format!("one more strategy than the {MOST_STRATEGIES} that a table may have"));
    }
    names.insert(name.to_owned());
    Ok(())
}

fn header(path: &Path, record: &StringRecord) -> Result<Header, ArchiveError> {
    let header = Header::find(&RAW_COLUMNS, record);
    let missing: Vec<&str> = header.missing().filter(|name| REQUIRED.contains(name)).collect();
    if missing.is_empty() {
        return Ok(header);
    }
    let found: Vec<&str> = record.iter().take(12).collect();
    let problem = format!(
        "the first row lacks {}; it must name at least strategy,requests,duration_s, and names {}",
        missing.join(", "),
        if found.is_empty() { "nothing".to_owned() } else { found.join(",") }
    );
    Err(ArchiveError::content(path, problem))
}

fn sample(fields: &Fields<'_>, index: usize) -> Result<SampleRow, String> {
    if let Some((field, place)) = fields.record.iter().zip(1..).find(|(field, _)| field.len() > LONGEST_FIELD) {
        return Err(format!("field {place} is {} bytes long; at most {LONGEST_FIELD}", field.len()));
    }
    let mut sample = fields.sample()?;
    let length = sample.strategy.chars().count();
    if length > LONGEST_NAME {
        return Err(format!("column strategy: a name of {length} characters; at most {LONGEST_NAME}"));
    }
    if sample.strategy.is_empty() {
        return Err("column strategy is empty".to_owned());
    }
    if sample.duration_s.is_none() && sample.status == SampleStatus::Ok {
        return Err("column duration_s is empty".to_owned());
    }
    if sample.sequence == 0 {
        sample.sequence = u32::try_from(index + 1).unwrap_or(u32::MAX);
    }
    Ok(sample)
}

/// A row that is not UTF-8 or too long, or a file that cannot be read on. `line` is where the row begins.
fn unreadable(path: &Path, line: u64, error: csv::Error) -> ArchiveError {
    let place = error.position().map_or_else(String::new, |position| format!("line {}: ", position.line()));
    match error.into_kind() {
        csv::ErrorKind::Io(source) if source.kind() == ErrorKind::InvalidData => {
            ArchiveError::content(path, format!("line {line}: {source}"))
        }
        csv::ErrorKind::Io(source) => ArchiveError::io("read", path)(source),
        csv::ErrorKind::Utf8 { err, .. } => ArchiveError::content(path, format!("{place}not UTF-8 text: {err}")),
        kind => ArchiveError::content(path, format!("{place}not a CSV row: {kind:?}")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::{any, proptest};

    use super::load_csv;
    use crate::model::Nanos;

    fn load(bytes: &[u8]) -> Result<crate::model::Run, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        fs::write(&path, bytes).unwrap();
        load_csv(&path).map_err(|error| error.to_string().replace(&path.display().to_string(), "table.csv"))
    }

    #[test]
    fn three_columns_are_enough_in_any_order_with_any_line_end() {
        let run = load("\u{feff}Duration_s,extra, strategy ,requests\r\n50.13,x,one,10\r\n5.02,,two,10\r\n".as_bytes());
        let run = run.unwrap();
        assert_eq!(run.facts.title, "Duration by request count: table");
        assert_eq!(run.strategies.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(run.durations[&(0, 10)], [Nanos(50_130_000_000)]);
        assert_eq!(load(b"strategy\trequests\tduration_s\na\t1\t2\n").unwrap().counts, [1]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, message) in [
            ("", "table.csv: empty"),
            ("strategy,requests,duration_s\n", "table.csv: holds column names and no rows"),
            ("strategy,count\na,1\n", "lacks requests, duration_s"),
            ("strategy,requests,duration_s\na,1,2\na,1,fast\n", "line 3: column duration_s: \"fast\" is not a number"),
            ("strategy,requests,duration_s\na,0,2\n", "line 2: column requests: 0"),
            ("strategy,requests,duration_s\na,1,NaN\n", "column duration_s: \"NaN\""),
            ("strategy,requests,duration_s\na,1,-2\n", "column duration_s: \"-2\""),
            ("strategy,requests,duration_s\n,1,2\n", "line 2: column strategy is empty"),
            ("strategy,requests,duration_s\na,1,\n", "line 2: column duration_s is empty"),
        ] {
            let error = load(text.as_bytes()).unwrap_err();
            assert!(error.contains(message), "{text:?}: {error}");
        }
        assert!(load(b"strategy,requests,duration_s\n\xff\xfe,1,2\n").unwrap_err().contains("line 2: not UTF-8"));
    }

    #[test]
    fn what_is_too_long_or_too_much_is_refused_with_its_line() {
        let start = "strategy,requests,duration_s,extra\na,1,2,\n";
        let plain = "strategy,requests,duration_s\na,1,2\n";
        let (name, field, row) = ("é".repeat(201), "x".repeat(65_537), "x".repeat(2 << 20));
        let many = |count: usize| (0..count).map(|number| format!("s{number},1,2\n")).collect::<String>();
        for (text, message) in [
            (format!("{plain}{name},1,2\n"), "line 3: column strategy: a name of 201 characters; at most 200"),
            (format!("{plain}\"{name}\",1,2\n"), "line 3: column strategy: a name of 201 characters; at most 200"),
            (format!("{plain}{field},1,2\n"), "line 3: field 1 is 65537 bytes long; at most 65536"),
            (format!("{start}a,1,2,{field}\n"), "line 3: field 4 is 65537 bytes long; at most 65536"),
            (format!("{start}a,1,2,{row}\n"), "line 3: a row of more than 1048576 bytes"),
            (format!("{start}a,1,2,\"\n{row}"), "line 3: a row of more than 1048576 bytes; is a quote missing?"),
            (format!("{plain}{row}"), "line 3: a row of more than 1048576 bytes"),
            (row.clone(), "line 1: a row of more than 1048576 bytes"),
            (format!("{plain}{}", many(1_000)), "line 1002: one more strategy than the 1000 that a table may have"),
        ] {
            let error = load(text.as_bytes()).unwrap_err();
            assert!(error.contains(message), "{message}: {error:.300}");
        }
        let longest = format!("{plain}{},1,2\n{}", "é".repeat(200), many(998));
        assert_eq!(load(longest.as_bytes()).unwrap().strategies.len(), 1_000);
        let longest = format!("{start}a,1,2,{}\n", "x".repeat(65_536));
        assert!(load(longest.as_bytes()).is_ok());
    }

    /// What is read in blocks on all processors, and what is read row by row, is the same.
    #[test]
    fn quotes_and_line_ends_change_nothing() {
        let rows: Vec<[String; 3]> = (0..30_000_u32)
            .map(|row| [format!("s{}", row % 7), (row % 5 + 1).to_string(), format!("{}.{:03}", row % 3, row % 1_000)])
            .collect();
        let text = |line_end: &str, quote: &str| {
            let rows = rows
                .iter()
                .map(|[name, requests, seconds]| format!("{quote}{name}{quote},{requests},{seconds}{line_end}"));
            format!("strategy,requests,duration_s{line_end}{}", rows.collect::<String>())
        };
        let plain = load(text("\n", "").as_bytes()).unwrap();
        assert!(plain.samples.is_empty());
        assert_eq!(plain.durations.values().map(Vec::len).sum::<usize>(), rows.len());
        assert_eq!(plain.strategies.len(), 7);
        for other in [text("\r\n", ""), text("\n", "\""), text("\r", ""), text("\n", "").trim_end().to_owned()] {
            assert_eq!(load(other.as_bytes()).as_ref(), Ok(&plain));
        }
    }

    #[test]
    fn more_columns_of_ours_make_samples() {
        let run = load(b"strategy,requests,duration_s,status\na,1,2,ok\na,1,,failed\n").unwrap();
        assert_eq!((run.samples.len(), run.durations.len()), (2, 0));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_never_a_panic(bytes in any::<Vec<u8>>()) {
            let _ = load(&bytes);
        }
    }
}
