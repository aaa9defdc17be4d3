//! summary.csv: a row for each measured cell. Missing is an empty field.

use std::io::{self, Write};

use crate::export::kind::{Export, ExportError};
use crate::export::numbers::seconds;
use crate::export::pictures::Pictures;
use crate::export::summary_row::{NumberStyle, SummaryRow};
use crate::format::significant;
use crate::report::Report;

/// The file for spreadsheets and scripts.
pub(super) struct SummaryCsv;

impl Export for SummaryCsv {
    fn file_name(&self) -> &'static str {
        "summary.csv"
    }

    fn is_data(&self) -> bool {
        true
    }

    fn write(&self, report: &Report<'_>, _: &Pictures<'_>, to: &mut dyn Write) -> Result<(), ExportError> {
        rows(report, to).map_err(|source| ExportError { file: self.file_name(), source })
    }
}

fn rows(report: &Report<'_>, to: &mut dyn Write) -> io::Result<()> {
    const STYLE: NumberStyle<String> = NumberStyle { seconds, ratio: significant, with_methods: false };
    // The writer takes the names of the columns from a row, which a run without cells has not.
    let mut named = csv::Writer::from_writer(Vec::new());
    named.serialize(SummaryRow::<String>::default())?;
    let named = named.into_inner().map_err(csv::IntoInnerError::into_error)?;
    to.write_all(&named[..=named.iter().position(|byte| *byte == b'\n').unwrap_or(0)])?;
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(to);
    for cell in &report.cells {
        writer.serialize(SummaryRow::of(report, cell, &STYLE))?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::{Export, Pictures, SummaryCsv};
    use crate::model::{Nanos, Run, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    fn text(run: &Run) -> String {
        let mut bytes = Vec::new();
        SummaryCsv.write(&Report::of(run), &Pictures::default(), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
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
        let run = Sketch::new()
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
        let run = Sketch::new().strategy(name, "a,b", None).sample(0, 10, 1.0).run();
        let text = text(&run);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!((&row[0], &row[1], row.len()), (name, "a,b", 22));
    }
}
