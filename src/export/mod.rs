//! Report → one file each. An export is given a report, its pictures and a writer; it never opens a file and never
//! computes a statistic. A new one is a file here and its entry in [`EXPORTS`].

mod comparison;
mod document;
mod fragment;
#[cfg(test)]
mod heavy;
mod history;
mod html;
mod job_summary;
mod kind;
mod markdown;
mod mermaid;
mod numbers;
mod pictures;
mod report_text;
mod summary_csv;
mod summary_json;

pub use comparison::{comparison_html, comparison_json, comparison_markdown};
pub use document::{MarkedPlace, MarkerFault, fill, places};
pub use fragment::{Fragment, fragment};
pub use history::{
    changes as history_changes, heading, history_html, history_json, history_markdown, name as place_name, remark,
};
pub use job_summary::job_summary;
pub use kind::{Export, ExportError, SUMMARY_JSON};
pub use pictures::{Picture, Pictures};

/// Every export, in the order written.
pub const EXPORTS: &[&dyn Export] =
    &[&summary_csv::SummaryCsv, &summary_json::SummaryJson, &markdown::Markdown, &html::Html];

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::{EXPORTS, Pictures};
    use crate::model::{Run, SampleStatus};
    use crate::report::Report;
    use crate::report::testkit::{Sketch, article};

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn runs() -> Vec<Run> {
        let alone = || Sketch::new().strategy("=cmd|'/c calc'!A1, \"二\"\n<b>", "", None).sample(0, 10, 1.0);
        let failed = alone().also(|row| row.status = SampleStatus::Failed);
        let zero = Sketch::new().strategy("a", "", None).sample(0, 1, 0.0);
        vec![Run::default(), article(3), article(1), alone().run(), failed.run(), zero.run()]
    }

    #[test]
    fn every_export_is_text_that_ends_its_line_and_never_says_nan() {
        for run in runs() {
            for export in EXPORTS {
                let write = || {
                    let mut bytes = Vec::new();
                    export.write(&Report::of(&run), &Pictures::default(), &mut bytes).unwrap();
                    String::from_utf8(bytes).unwrap()
                };
                let text = write();
                assert!(text.ends_with('\n') && !text.contains('\r'), "{text}");
                assert!(!["NaN", "inf"].iter().any(|word| text.contains(word)), "{text}");
                assert_eq!(text, write(), "the same report gives the same bytes");
            }
        }
    }

    #[test]
    fn a_full_disk_is_an_error_that_names_the_file() {
        for export in EXPORTS {
            let error = export.write(&Report::of(&article(1)), &Pictures::default(), &mut Full).unwrap_err();
            assert_eq!(error.source.kind(), io::ErrorKind::StorageFull);
            assert_eq!(error.to_string(), format!("cannot write {}", export.file_name()));
        }
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = EXPORTS.iter().map(|export| export.file_name()).collect();
        assert_eq!(names.len(), EXPORTS.len());
    }
}
