//! Tables, good ones and bad ones.

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

/// What is read in chunks on all processors, and what is read row by row, is the same.
#[test]
fn quotes_and_line_ends_change_nothing() {
    let rows: Vec<[String; 3]> = (0..30_000_u32)
        .map(|row| [format!("s{}", row % 7), (row % 5 + 1).to_string(), format!("{}.{:03}", row % 3, row % 1_000)])
        .collect();
    let text = |line_end: &str, quote: &str| {
        let rows =
            rows.iter().map(|[name, requests, seconds]| format!("{quote}{name}{quote},{requests},{seconds}{line_end}"));
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
