//! Tables, good ones and bad ones.

use std::fs;
use std::path::Path;

use proptest::prelude::{any, proptest};

use super::fuzz::OneFile;
use super::{Imported, TableOptions, TimeUnit, load_csv};
use crate::model::{Nanos, SampleStatus, StrategyLine};

fn load(bytes: &[u8]) -> Result<crate::model::Run, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, bytes).unwrap();
    load_with(&path, &TableOptions::default()).map(|imported| imported.run)
}

fn load_with(path: &Path, options: &TableOptions) -> Result<Imported, String> {
    load_csv(path, options).map_err(|error| error.to_string().replace(&path.display().to_string(), "table.csv"))
}

#[test]
fn three_columns_are_enough_in_any_order_with_any_line_end() {
    let run = load("\u{feff}Duration_s,extra, strategy ,requests\r\n50.13,x,one,10\r\n5.02,,two,10\r\n".as_bytes());
    let run = run.unwrap();
    assert_eq!(run.facts.title, "Duration by request count: table");
    assert_eq!(run.strategies.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(run.durations.of((0, 10)), [Nanos(50_130_000_000)]);
    assert_eq!(load(b"strategy\trequests\tduration_s\na\t1\t2\n").unwrap().counts, [1]);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (text, message) in [
        ("", "table.csv: empty"),
        ("strategy,requests,duration_s\n", "table.csv: holds column names and no rows"),
        (
            "strategy,count\na,1\n",
            "cannot tell which column holds the durations; name it with --y. The first row names strategy, count",
        ),
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
    assert_eq!(plain.durations.iter().map(|(_, durations)| durations.len()).sum::<usize>(), rows.len());
    assert_eq!(plain.strategies.len(), 7);
    for other in [text("\r\n", ""), text("\n", "\""), text("\r", ""), text("\n", "").trim_end().to_owned()] {
        assert_eq!(load(other.as_bytes()).as_ref(), Ok(&plain));
    }
}

#[test]
fn more_columns_of_ours_make_samples() {
    let run = load(b"strategy,requests,duration_s,status\na,1,2,ok\na,1,,failed\n").unwrap();
    assert_eq!((run.samples.len(), run.durations.keys().len()), (2, 0));
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_never_a_panic(bytes in any::<Vec<u8>>()) {
        let _ = load(&bytes);
    }
}

fn options(x: &str, y: &str, series: &str, unit: &str) -> TableOptions {
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    TableOptions { x: given(x), y: given(y), series: given(series), unit: TimeUnit::parse(unit) }
}

/// A table with these options: what is varied, and each line with its counts and milliseconds.
fn read(text: &str, options: &TableOptions) -> Result<(String, Vec<String>), String> {
    let file = OneFile::new("table.csv", text.as_bytes());
    let imported = load_with(&file.path, options)?;
    let run = imported.run;
    let line = |(index, line): (usize, &StrategyLine)| {
        let own = run.durations.iter().filter(|((strategy, _), _)| *strategy == index);
        let values = own.map(|((_, x), times)| {
            let times: Vec<String> = times.iter().map(|time| format!("{}", time.as_secs_f64() * 1e3)).collect();
            format!("{x}: {}", times.join(" "))
        });
        format!("{} [{}]", line.name, values.collect::<Vec<_>>().join(", "))
    };
    Ok((run.facts.varied.heading().to_owned(), run.strategies.iter().enumerate().map(line).collect()))
}

#[test]
fn tables_of_other_programs_are_read_by_the_names_of_their_columns() {
    for (text, x, lines) in [
        (
            "name;n;time_ms\npool;10;12,5\npool;20;25\nasync;10;1,5\n",
            "n",
            &["pool [10: 12.5, 20: 25]", "async [10: 1.5]"][..],
        ),
        ("\u{feff}label,threads,mean (s)\r\na,1.0,0.5\r\na,1e1,0.25\r\n", "threads", &["a [1: 500, 10: 250]"]),
        (",n,numpy,scipy\n0,10,0.5,0.25\n1,20,1,NaN\n", "n", &["numpy [10: 500, 20: 1000]", "scipy [10: 250]"]),
        ("Unnamed: 0,numpy_us\n8,500\n16,250\n", "x", &["numpy [8: 0.5, 16: 0.25]"]),
        ("requests\telapsed_ns\n1\t2000000\n1\t3000000\n", "Requests", &["table [1: 2 3]"]),
        ("method,items,seconds,remark\n\"a, b\",3,\"2\",x\n", "items", &["a, b [3: 2000]"]),
        ("tool,rows,cost in min\nfast,7,0.5\n", "rows", &["fast [7: 30000]"]),
    ] {
        let (found, found_lines) = read(text, &TableOptions::default()).unwrap();
        assert_eq!(
            (found.as_str(), found_lines.as_slice()),
            (x, lines.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice()),
            "{text}"
        );
    }
}

#[test]
fn the_command_line_names_columns_and_units() {
    let text = "what,who,small,large,p99\n1,a,4,5,6\n2,a,8,9,7\n";
    let (x, lines) = read(text, &options("what", "P99", "who", "us")).unwrap();
    assert_eq!((x.as_str(), lines), ("what", vec!["a [1: 0.006, 2: 0.007]".to_owned()]));
    let (_, lines) = read(text, &options("what", "", "", "s")).unwrap();
    assert_eq!(lines, ["small [1: 4000, 2: 8000]", "large [1: 5000, 2: 9000]", "p99 [1: 6000, 2: 7000]"]);
    let error = read(text, &options("n", "", "", "")).unwrap_err();
    assert_eq!(error, "table.csv: no column \"n\", which --x names; the first row names what, who, small, large, p99");
    let error = read(text, &TableOptions::default()).unwrap_err();
    assert!(error.contains("cannot tell which column is the x axis; name it with --x"), "{error}");
}

#[test]
fn faults_of_such_a_table_are_told_all_at_once() {
    let error =
        read("name,n,time\na,small,1\na,2.5,1\na,3,-1\n,4,1\na,5,later\n", &TableOptions::default()).unwrap_err();
    let told = [
        "line 2: column n: \"small\" is not a number",
        "line 3: column n: \"2.5\" is not a whole number from 1 on",
        "line 4: column time: \"-1\" is below zero",
        "line 5: column name is empty",
        "line 6: column time: \"later\" is not a time in s",
    ];
    assert_eq!(error, format!("table.csv: {}", told.join("\n  ")));
}

#[test]
fn a_row_without_a_duration_is_a_failed_sample() {
    let file = OneFile::new("table.csv", b"name,n,time,error\na,1,2,\na,1,,timed out\na,1,NaN,\n");
    let run = load_with(&file.path, &TableOptions::default()).unwrap().run;
    let failed: Vec<(&str, SampleStatus)> = run.samples.iter().map(|row| (row.error.as_str(), row.status)).collect();
    assert_eq!(failed, [("timed out", SampleStatus::Failed), ("no duration", SampleStatus::Failed)]);
    assert_eq!(run.durations.of((0, 1)), [Nanos::SECOND * 2]);
}

#[test]
fn how_columns_were_understood_is_told() {
    let guess = |text: &str| {
        let file = OneFile::new("table.csv", text.as_bytes());
        load_with(&file.path, &TableOptions::default()).unwrap().guess
    };
    assert_eq!(guess("strategy,requests,duration_s\na,1,2\n"), None);
    let told = "reading \"n\" as the x axis, \"time_ms\" as durations in ms, a line for each \"name\"; --x, --y, --series and --unit say otherwise";
    assert_eq!(guess("name,n,time_ms\na,1,2\n").as_deref(), Some(told));
    let told = guess("n,a,b\n1,2,3\n").unwrap();
    assert!(told.starts_with("reading \"n\" as the x axis, durations in s, a line for each of 2 columns;"), "{told}");
}
