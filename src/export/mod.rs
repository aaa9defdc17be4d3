//! Report → one file each. An export is given a report, its pictures and a writer; it never opens a file and never
//! computes a statistic. A new one is a file here and its entry in [`EXPORTS`].

mod comparison;
mod document;
mod fragment;
mod history;
mod html;
mod job_summary;
mod kind;
#[cfg(test)]
mod load_test;
mod markdown;
mod mermaid;
mod numbers;
mod pictures;
mod report_text;
mod summary_csv;
mod summary_json;
mod summary_row;

pub use comparison::{cell_row, comparison_html, comparison_json, comparison_markdown, verdict_row};
pub use document::{MarkedPlace, MarkerFault, fill, places};
pub use fragment::{Fragment, fragment};
pub use history::{heading, history_html, history_json, history_markdown, line_row, place_row, remark};
pub use job_summary::job_summary;
pub use kind::{Export, ExportError, SUMMARY_JSON, bytes};
pub use pictures::{Picture, Pictures};

/// Every export, in the order written.
pub const EXPORTS: &[&dyn Export] =
    &[&summary_csv::SummaryCsv, &summary_json::SummaryJson, &markdown::Markdown, &html::Html];

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::{EXPORTS, Picture, Pictures, bytes};
    use crate::chart;
    use crate::config::Labels;
    use crate::format::is_hidden;
    use crate::model::figure::Theme;
    use crate::model::{Run, SampleStatus};
    use crate::paint::{Fonts, Size};
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
    fn what_hides_in_a_name_is_an_escape_for_people_and_itself_for_programs() {
        let hostile = "a\u{202e}b\u{1b}[2J\u{9b}\0\u{200b}";
        let mut run = Sketch::new().strategy(hostile, hostile, None).sample(0, 10, 1.0).sample(0, 20, 2.0).run();
        (run.facts.title, run.facts.machine) = (hostile.into(), hostile.into());
        run.facts.command = vec![hostile.into()];
        run.samples[1].status = SampleStatus::Failed;
        run.samples[1].error = hostile.into();
        let report = Report::of(&run);
        let drawn = chart::draw(&report, &[], &Labels::default());
        let fonts = Fonts::bundled();
        let picture = |figure| Picture::of(figure, Size { width: 960, height: 600 }, &fonts);
        let pictures = Pictures { drawn: drawn.figures.iter().map(picture).collect(), ..Pictures::default() };
        for export in EXPORTS {
            let text = String::from_utf8(bytes(*export, &report, &pictures).unwrap()).unwrap();
            let name = export.file_name();
            if export.is_data() {
                assert!(text.contains('\u{202e}'), "{name}");
            } else {
                assert_eq!(text.chars().find(|c| is_hidden(*c) && *c != '\n'), None, "{name}");
                assert!(text.contains("202e"), "{name}");
            }
        }
        for picture in &pictures.drawn {
            let hidden = |text: &str| text.chars().any(|c| is_hidden(c) && c != '\n');
            assert!(!hidden(&picture.wide.as_ref().unwrap().svg(Theme::Light)), "{}", picture.figure.id);
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
