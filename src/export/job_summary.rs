//! The run's story for the summary page of a CI job, which shows Markdown and Mermaid and no picture of the run. Whole
//! sections are left out, the least important first, where the page takes no more.

use crate::export::pictures::Pictures;
use crate::export::report_text::ReportText;
use crate::export::{markdown, mermaid};
use crate::report::Report;

/// At most `room` bytes of Markdown. `None` where not even the head fits.
#[must_use]
pub fn job_summary(report: &Report<'_>, pictures: &Pictures<'_>, room: usize) -> Option<String> {
    let story = ReportText::of(report);
    let figures = pictures.drawn.iter().map(|picture| picture.figure);
    let chart = mermaid::chart(figures).map_or_else(String::new, |chart| format!("\n## Charts\n\n{chart}"));
    let parts = [
        ("findings", markdown::findings(&story)),
        ("chart", chart),
        ("failures", markdown::failures(&story)),
        ("caveats", markdown::caveats(&story)),
        ("method", markdown::method(&story)),
        // The longest comes last, so that it is the first to go.
        ("table", markdown::table(&story)),
    ];
    let mut page = markdown::head(&story);
    let note = |left_out: &[&str]| match left_out {
        [] => String::new(),
        names => format!("\nLeft out, because this page takes no more: {}.\n", names.join(", ")),
    };
    let reserve = note(&parts.each_ref().map(|(name, _)| *name)).len();
    if page.len() + reserve > room {
        return None;
    }
    let mut left_out = Vec::new();
    for (name, part) in &parts {
        if page.len() + part.len() + reserve <= room {
            page.push_str(part);
        } else {
            left_out.push(*name);
        }
    }
    page.push_str(&note(&left_out));
    Some(page)
}

#[cfg(test)]
mod tests {
    use super::job_summary;
    use crate::chart;
    use crate::config::Labels;
    use crate::export::{Picture, Pictures};
    use crate::report::Report;
    use crate::report::testkit::article;

    #[test]
    fn it_fits_whatever_room_there_is_and_says_what_is_left_out() {
        let run = article(3);
        let report = Report::of(&run);
        let drawn = chart::draw(&report, &[], &Labels::default());
        let pictures =
            Pictures { drawn: drawn.figures.iter().map(Picture::unpainted).collect(), ..Pictures::default() };
        let whole = job_summary(&report, &pictures, 1 << 20).unwrap();
        assert!(whole.starts_with("# Duration") && whole.contains("```mermaid\nxychart-beta\n"));
        assert!(whole.contains("\n## Numbers\n") && !whole.contains("Left out") && !whole.contains("<img"));
        for room in (0..whole.len() + 200).step_by(173) {
            if let Some(page) = job_summary(&report, &pictures, room) {
                assert!(page.len() <= room);
                assert_eq!(
                    page.contains("Left out"),
                    page.len() < whole.len() || !page.contains("## Numbers"),
                    "{room}"
                );
            }
        }
        let short = job_summary(&report, &pictures, 4_000).unwrap();
        assert!(short.contains("## Findings") && short.ends_with("takes no more: table.\n"), "{short}");
        assert_eq!(job_summary(&report, &pictures, 50), None);
    }
}
