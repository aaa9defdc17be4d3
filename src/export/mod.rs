//! Report → one file each. An export is given a report, its pictures and a writer; it never opens a file and never
//! computes a statistic. A new one is a file here and its entry in [`EXPORTS`].

mod comparison;
mod document;
mod excerpt;
#[cfg(test)]
mod heavy;
mod history;
mod html;
mod job_summary;
mod markdown;
mod mermaid;
mod numbers;
mod story;
mod summary_csv;
mod summary_json;

pub use comparison::{comparison_html, comparison_json, comparison_markdown};
pub use document::{MarkerFault, Place, fill, places};
pub use excerpt::{Excerpt, excerpt};
pub use history::{
    changes as history_changes, heading, history_html, history_json, history_markdown, name as place_name, remark,
};
pub use job_summary::job_summary;

use std::io::{self, Write};

use thiserror::Error;

use crate::chart::WhyNot;
use crate::model::figure::{Figure, Format, Theme};
use crate::paint::{Fonts, Painting, Size, paint};
use crate::report::Report;

/// A kind of file in the run directory: static, listed in [`EXPORTS`].
pub trait Export: Sync {
    /// Its name in the run directory.
    fn file_name(&self) -> &'static str;

    /// Writes the whole file. The same report and pictures give the same bytes.
    ///
    /// # Errors
    /// When the writer fails; what it took until then is no complete file.
    fn write(&self, report: &Report<'_>, pictures: &Pictures<'_>, to: &mut dyn Write) -> Result<(), ExportError>;
}

/// The file that programs read.
pub const SUMMARY_JSON: &str = "summary.json";

/// What was drawn for a report.
#[derive(Clone, Debug, Default)]
pub struct Pictures<'a> {
    /// In the order asked for.
    pub drawn: Vec<Picture<'a>>,
    /// Themes of the picture files.
    pub themes: &'a [Theme],
    /// Formats of the picture files.
    pub formats: &'a [Format],
    /// Kinds of charts that could not be drawn, and why.
    pub refused: &'a [(String, WhyNot)],
}

impl Pictures<'_> {
    /// The format that pages show: the first there is.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        Format::ALL.into_iter().find(|format| self.formats.contains(format))
    }
}

/// Names of the files that a page shows of a figure: the light one first.
fn files_of(figure: &Figure, themes: &[Theme], format: Format) -> Vec<String> {
    let asked = Theme::ALL.into_iter().filter(|theme| themes.contains(theme));
    asked.map(|theme| format!("{}{}.{}", figure.id, theme.suffix(), format.as_str())).collect()
}

/// One figure, painted for the page, whichever picture files there are.
#[derive(Clone, Debug)]
pub struct Picture<'a> {
    /// What is drawn.
    pub figure: &'a Figure,
    /// For a screen; also the picture files. Absent where a document only links to those files.
    pub wide: Option<Painting>,
    /// For a phone.
    pub narrow: Option<Painting>,
}

impl<'a> Picture<'a> {
    /// Paints a figure, on a screen in this size.
    #[must_use]
    pub fn of(figure: &'a Figure, size: Size, fonts: &Fonts) -> Self {
        // Both stand in one page, where an id stands once.
        let own = Figure { id: format!("{}-narrow", figure.id), ..figure.clone() };
        let narrow = paint(&own, html::narrow_size(figure), fonts);
        Self { figure, wide: Some(paint(figure, size, fonts)), narrow: Some(narrow) }
    }

    /// A figure that only links to its files show.
    #[must_use]
    pub fn unpainted(figure: &'a Figure) -> Self {
        Self { figure, wide: None, narrow: None }
    }
}

/// Every export, in the order written.
pub const EXPORTS: &[&dyn Export] =
    &[&summary_csv::SummaryCsv, &summary_json::SummaryJson, &markdown::Markdown, &html::Html];

/// Why a file could not be written.
#[derive(Debug, Error)]
#[error("cannot write {file}")]
pub struct ExportError {
    /// The export's file name; the caller knows the folder.
    pub file: &'static str,
    /// What the writer said.
    pub source: io::Error,
}

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
