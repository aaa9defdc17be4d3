//! A run's document for the summary page of a CI job, which shows Markdown and Mermaid and no picture of the run. Whole
//! sections are left out, the least important first, where the page takes no more.

use super::markdown::{head, section};
use super::model::Block;
use super::pictures::Pictures;
use super::table::DataTable;
use super::{mermaid, report};
use crate::report::Report;

/// At most `room` bytes of Markdown. `None` where not even the head fits.
#[must_use]
pub fn job_summary(report: &Report<'_>, pictures: &Pictures<'_>, room: usize) -> Option<String> {
    let mut document = report::document(report, pictures);
    let chart = mermaid::chart(pictures.drawn.iter().map(|picture| picture.figure));
    document.sections.retain(|section| section.id != "charts");
    for first in document.sections.iter_mut().filter(|section| section.id == "answer") {
        first.blocks = chart.iter().flatten().cloned().collect();
    }
    // No file stands beside that page.
    for block in document.sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Table(DataTable { omitted: Some(omitted), .. }) = block {
            omitted.file = "";
        }
    }
    // The longest comes last, so that it is the first to go.
    document.sections.sort_by_key(|section| section.id == "numbers");
    let mut page = head(&document);
    let note = |left_out: &[&str]| match left_out {
        [] => String::new(),
        names => format!("\nLeft out, because this page takes no more: {}.\n", names.join(", ")),
    };
    let names: Vec<&str> = document.sections.iter().map(|section| section.id.as_str()).collect();
    let reserve = note(&names).len();
    if page.len() + reserve > room {
        return None;
    }
    let mut left_out = Vec::new();
    for (name, part) in names.into_iter().zip(document.sections.iter().map(|part| section(part, None))) {
        if page.len() + part.len() + reserve <= room {
            page.push_str(&part);
        } else {
            left_out.push(name);
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
    use crate::document::{DocumentSource, MARKDOWN, Picture, Pictures};
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

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
        assert!(short.contains("## Findings") && short.ends_with("takes no more: numbers.\n"), "{short}");
        assert_eq!(job_summary(&report, &pictures, 50), None);
    }

    #[test]
    fn a_long_table_is_cut_without_a_link_where_no_file_is() {
        let builder = RunBuilder::new().strategy("a", "async", None);
        let run = (1..=510).fold(builder, |builder, requests| builder.sample(0, requests, 1.0)).run();
        let report = Report::of(&run);
        let page = job_summary(&report, &Pictures::default(), 1 << 20).unwrap();
        assert!(page.contains("\n\n… and 10 more rows\n"), "{page}");
        let source = DocumentSource::Report(&report);
        let page = String::from_utf8(MARKDOWN.bytes(&source, &Pictures::default()).unwrap()).unwrap();
        assert!(page.contains("\n\n… and 10 more rows: [summary.csv](summary.csv)\n"), "{page}");
    }
}
