//! Any CSV with at least `strategy,requests,duration_s` → [`Run`], wherever it was measured. Other columns of raw.csv
//! are read where they are there; unknown ones are passed over. Fields are separated by commas or tabs.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::ArchiveError;
use super::journal::unreadable;
use super::load::{add_unknown, counts};
use super::rows::{Fields, Header, RAW_COLUMNS};
use crate::model::{Facts, Run, SampleRow, SampleStatus};

const REQUIRED: [&str; 3] = ["strategy", "requests", "duration_s"];

/// Reads a CSV. Its stem is part of the title.
///
/// # Errors
/// When it cannot be read, lacks a column, or holds no row or one that makes no sense, naming line and column.
pub fn load_csv(path: &Path) -> Result<Run, ArchiveError> {
    let file = File::open(path).map_err(ArchiveError::io("open", path))?;
    let mut input = BufReader::with_capacity(256 * 1024, file);
    let start = input.fill_buf().map_err(ArchiveError::io("read", path))?;
    if start.is_empty() {
        return Err(ArchiveError::content(
            path,
            "empty; a CSV with the columns strategy,requests,duration_s is wanted",
        ));
    }
    let first_line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if first_line.contains(&b'\t') && !first_line.contains(&b',') { b'\t' } else { b',' };
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(input);
    let mut record = StringRecord::new();
    reader.read_record(&mut record).map_err(|error| unreadable(path, error))?;
    let header = header(path, &record)?;
    let mut samples: Vec<SampleRow> = Vec::new();
    while reader.read_record(&mut record).map_err(|error| unreadable(path, error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let sample = sample(&Fields { header: &header, record: &record }, samples.len());
        samples.push(sample.map_err(|problem| ArchiveError::content(path, format!("line {line}: {problem}")))?);
    }
    if samples.is_empty() {
        return Err(ArchiveError::content(path, "holds column names and no rows"));
    }
    let mut strategies = Vec::new();
    add_unknown(&mut strategies, &samples);
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let title = format!("Duration by request count: {stem}");
    let facts = Facts { title, ..Facts::default() };
    Ok(Run { facts, strategies, counts: counts(&samples), samples, requests: std::collections::BTreeMap::new() })
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
    let mut sample = fields.sample()?;
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
        assert_eq!(run.samples[0].duration_s, Some(Nanos(50_130_000_000)));
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

    proptest! {
        #[test]
        fn arbitrary_bytes_are_never_a_panic(bytes in any::<Vec<u8>>()) {
            let _ = load(&bytes);
        }
    }
}
