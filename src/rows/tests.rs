//! Rows that are written and read again, and what is said of those that cannot be.

use csv::{ReaderBuilder, StringRecord, Writer};

use super::testkit::{outcome, sample};
use super::{Header, first_row, sample_row, write_requests};
use crate::model::{FailureKind, Nanos, Outcome, Phase, RequestRow, SampleRow, SampleStatus, Timing};

fn header<T: Default + serde::Serialize>() -> Header {
    Header::find::<T>(first_row::<T>().trim_end().split(','))
}

fn records(text: &[u8]) -> Vec<StringRecord> {
    let reader = ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.into_records().map(Result::unwrap).collect()
}

#[test]
fn the_columns_are_the_published_ones() {
    let samples = "strategy,kind,workers,requests,repeat,phase,sequence,started_at,setup_s,duration_s,ideal_s,timing,succeeded,\
                   failed,peak_in_flight,connections,bytes_received,service_mean_s,cpu_user_s,cpu_system_s,peak_rss_bytes,\
                   voluntary_switches,involuntary_switches,status,error,processes,threads,overlapped,server_cpu_s,total_rss_bytes\n";
    assert_eq!(first_row::<SampleRow>(), samples);
    let requests = "strategy,requests,repeat,request,worker,start_s,end_s,status,bytes,error\n";
    assert_eq!(first_row::<RequestRow>(), requests);
}

#[test]
fn a_sample_survives_its_row_and_missing_stays_missing() {
    let mut empty = sample("a,\"b\"\nc", 7, 2);
    (empty.duration_s, empty.timing, empty.peak_in_flight, empty.workers) = (None, None, None, None);
    (empty.status, empty.error) = (SampleStatus::Failed, "refused: 7".to_owned());
    for row in [sample("plain", 1, 1), empty] {
        let text = sample_row(&row, usize::MAX).unwrap();
        assert_eq!(header::<SampleRow>().read(&records(&text)[0]), Ok(row));
    }
}

#[test]
fn a_sample_is_written_in_the_published_form() {
    let text = sample_row(&sample("a,b", 3, 2), usize::MAX).unwrap();
    let expected = "\"a,b\",thread-pool,20,3,2,measure,2,2026-11-22T18:30:00.000Z,0.001000001,0.105100000,0.100000000,self,3,\
                    0,3,1,160,0.100010000,0.000000001,0.000000002,3,4,5,ok,,6,7,true,0.000000008,9\n";
    assert_eq!(String::from_utf8(text).unwrap(), expected);
    let older = sample_row(&sample("a,b", 3, 2), 25).unwrap();
    assert_eq!(String::from_utf8(older).unwrap(), expected.replace(",6,7,true,0.000000008,9", ""));
}

#[test]
fn a_request_survives_its_row() {
    let mut text = Vec::new();
    write_requests(&mut text, &sample("a\n", 3, 2), &[outcome(0), outcome(1), outcome(2)]).unwrap();
    let records = records(&text);
    assert_eq!(records.len(), 3);
    for (record, request) in records.iter().zip(0..) {
        let row: RequestRow = header::<RequestRow>().read(record).unwrap();
        assert_eq!((row.strategy.as_str(), row.requests, row.repeat), ("a\n", 3, 2));
        assert_eq!(row.outcome(), outcome(request));
    }
}

/// What is written by hand is what serde writes.
#[test]
fn requests_are_written_as_their_struct_tells() {
    let failed = Outcome { status: None, failure: Some(FailureKind::Reset), ..outcome(3) };
    let outcomes = [outcome(0), outcome(1), failed];
    let mut by_hand = Vec::new();
    write_requests(&mut by_hand, &sample("a, \"b\"", 3, 2), &outcomes).unwrap();
    let mut writer = Writer::from_writer(Vec::new());
    for Outcome { request, worker, start: start_s, end: end_s, status, bytes, failure: error } in outcomes {
        let strategy = "a, \"b\"".to_owned();
        let row =
            RequestRow { strategy, requests: 3, repeat: 2, request, worker, start_s, end_s, status, bytes, error };
        writer.serialize(row).unwrap();
    }
    let by_serde = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    assert_eq!(by_serde, format!("{}{}", first_row::<RequestRow>(), String::from_utf8(by_hand).unwrap()));
}

#[test]
fn columns_may_stand_in_any_order_with_others_between() {
    let header = Header::find::<SampleRow>(["x", " Requests", "\u{feff}STRATEGY", "requests", "duration_s"]);
    assert_eq!((header.position("requests"), header.position("kind")), (Some(1), None));
    assert!(!header.in_order());
    let row: SampleRow = header.read(&StringRecord::from(vec!["y", " 7 ", " a ", "8", "1e-1 "])).unwrap();
    let strategy = " a ".to_owned();
    let (repeat, phase, status) = (1, Phase::Measure, SampleStatus::Ok);
    assert_eq!((row.strategy, row.requests, row.duration_s), (strategy, 7, Some(Nanos(100_000_000))));
    assert_eq!((row.repeat, row.phase, row.sequence, row.status), (repeat, phase, 0, status));
}

#[test]
fn what_cannot_be_read_is_named_with_its_column() {
    let header = Header::find::<SampleRow>(["strategy", "requests", "duration_s", "status", "overlapped"]);
    let read = |cells: [&str; 5]| header.read::<SampleRow>(&StringRecord::from(cells.to_vec())).map(drop);
    for (cells, problem) in [
        (["a", "", "", "", ""], "column requests is empty"),
        (["", "1", "", "", ""], "column strategy is empty"),
        (["a", "0", "", "", ""], "column requests: 0 is not a count of 1 or more"),
        (["a", "many", "", "", ""], "column requests: \"many\" is not a whole number in range"),
        (["a", "1", "-2", "", ""], "column duration_s: \"-2\" is not a number of seconds, finite and not negative"),
        (["a", "1", "", "good", ""], "column status: \"good\" is none of ok, partial, failed, timeout, void"),
        (["a", "1", "", "", "yes"], "column overlapped: \"yes\" is not true or false"),
    ] {
        assert_eq!(read(cells), Err(problem.to_owned()));
    }
    assert_eq!(read(["a", "1", "2", " void ", "true"]), Ok(()));
}

/// The words that serde writes are those of the types.
#[test]
fn words_are_the_published_ones() {
    for kind in FailureKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    for status in SampleStatus::ALL {
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
    }
    for timing in Timing::ALL {
        assert_eq!(serde_json::to_value(timing).unwrap(), timing.as_str());
    }
    for phase in Phase::ALL {
        assert_eq!(serde_json::to_value(phase).unwrap(), phase.as_str());
    }
}

#[test]
fn an_error_of_several_lines_becomes_one() {
    let mut row = sample("a", 1, 1);
    row.error = "one\ntwo\r\u{7}".to_owned();
    let text = sample_row(&row, 25).unwrap();
    assert!(text.ends_with(b",ok,one two  \n"));
}
