//! summary.csv: a row for each measured combination of strategy and count. Missing is an empty field.

use std::io::{self, Write};

use super::numbers::{append_count, append_ratio, append_seconds};
use super::pictures::Pictures;
use super::source::DocumentSource;
use super::stream::write_in_chunks;
use super::summary_row::{CI_METHOD, NAMES, SummaryValue, summary_row};
use super::writer::Writer;
use crate::report::{Cell, Report};

/// The format for spreadsheets and scripts.
pub(super) struct Csv;

impl Writer for Csv {
    fn extension(&self) -> &'static str {
        "csv"
    }

    fn is_data(&self) -> bool {
        true
    }

    fn file_name(&self, source: &DocumentSource<'_>) -> Option<String> {
        matches!(source, DocumentSource::Report(_)).then(|| "summary.csv".to_owned())
    }

    /// Nothing about what has no rows of this kind.
    fn write(&self, source: &DocumentSource<'_>, _: &Pictures<'_>, to: &mut dyn Write) -> io::Result<()> {
        let DocumentSource::Report(report) = source else { return Ok(()) };
        let columns: Vec<&str> = NAMES.into_iter().filter(|name| *name != CI_METHOD).collect();
        writeln!(to, "{}", columns.join(","))?;
        write_in_chunks(&report.cells, to, |cells| rows(report, cells))
    }
}

fn rows(report: &Report<'_>, cells: &[Cell<'_>]) -> io::Result<Vec<u8>> {
    let mut rows = Vec::new();
    for cell in cells {
        let values = NAMES.iter().zip(summary_row(report, cell)).filter(|(name, _)| **name != CI_METHOD);
        for (_, value) in values {
            append(&mut rows, value)?;
            rows.push(b',');
        }
        rows.pop();
        rows.push(b'\n');
    }
    Ok(rows)
}

fn append(row: &mut Vec<u8>, value: SummaryValue<'_>) -> io::Result<()> {
    match value {
        SummaryValue::Missing => {}
        SummaryValue::Text(text) => append_text(row, text)?,
        SummaryValue::Count(count) => append_count(row, count),
        SummaryValue::Seconds(value) => append_seconds(row, value),
        SummaryValue::Ratio(value) => append_ratio(row, value),
        SummaryValue::Number(value) => row.extend_from_slice(value.to_string().as_bytes()),
    }
    Ok(())
}

/// Appends a field; what may need quotes is left to the writer of CSV.
fn append_text(row: &mut Vec<u8>, text: &str) -> io::Result<()> {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        row.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([text])?;
    let mut field = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    field.pop();
    row.append(&mut field);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::document::{CSV, DocumentSource, Pictures};
    use crate::model::{Nanos, Run, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn text(run: &Run) -> String {
        let report = Report::of(run);
        String::from_utf8(CSV.bytes(&DocumentSource::Report(&report), &Pictures::default()).unwrap()).unwrap()
    }

    #[test]
    fn columns_and_numbers_are_those_of_the_contract() {
        let text = text(&article(3));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "strategy,kind,workers,requests,samples,median_s,ci_low_s,ci_high_s,mean_s,stddev_s,min_s,max_s,ideal_s,\
             overhead_s,speedup,throughput_rps,latency_p50_s,latency_p90_s,latency_p99_s,succeeded,failed,stopped"
        );
        assert_eq!(lines.len(), 21);
        assert_eq!(
            lines[1],
            "single_thread,sequential,,10,3,1.002000000,1.001000000,1.003000000,1.002000000,0.001000000,1.001000000,\
             1.003000000,1.000000000,0.002000000,1,9.98004,,,,30,0,"
        );
        assert_eq!(
            lines[20],
            "async_get,async,,50,3,0.102000000,0.101000000,0.103000000,0.102000000,0.001000000,0.101000000,\
             0.103000000,0.100000000,0.002000000,49.0392,490.196,0.100000000,0.100000000,0.100000000,150,0,"
        );
    }

    #[test]
    fn what_is_missing_is_empty_and_an_early_median_has_a_minus() {
        let run = RunBuilder::new()
            .strategy("a", "", Some(4))
            .sample(0, 10, 0.9)
            .also(|row| row.ideal_s = Some(Nanos::SECOND))
            .sample(0, 20, 2.0)
            .also(|row| (row.status, row.failed) = (SampleStatus::Void, Some(20)))
            .run();
        let text = text(&run);
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "a,,4,10,1,0.900000000,,,0.900000000,,0.900000000,0.900000000,1.000000000,-0.100000000,1,11.1111,,,,,,",
                "a,,4,20,0,,,,,,,,,,,,,,,,20,"
            ]
        );
    }

    #[test]
    fn any_name_is_read_back_as_it_was() {
        let name = "=1+1, \"quoted\"\nand 中文";
        let run = RunBuilder::new().strategy(name, "a,b", None).sample(0, 10, 1.0).run();
        let text = text(&run);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!((&row[0], &row[1], row.len()), (name, "a,b", 22));
    }
}
