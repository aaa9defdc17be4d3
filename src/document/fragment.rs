//! One part of a run's document for a document that others write: a picture, the answer, the findings, or the table.

use super::answer::answer;
use super::markdown::{PictureLinks, block, escape, table};
use super::model::Block;
use super::pictures::Pictures;
use super::report::{found, is_duration, page_numbers};
use crate::report::Report;

/// A part of the document as Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Lines that end with `\n`.
    pub text: String,
    /// Names of the picture files that it shows, as they are in the run's folder of charts and in the document's.
    pub files: Vec<String>,
}

/// The part called `name`: `answer`, `findings`, `table`, or a figure's id. `folder` is where the document finds pictures, as part
/// of an address.
///
/// # Errors
/// Why there is no such part.
pub fn fragment(report: &Report<'_>, pictures: &Pictures<'_>, name: &str, folder: &str) -> Result<Fragment, String> {
    let text = |text: String| Fragment { text, files: Vec::new() };
    match name {
        "answer" => return Ok(text(format!("{}\n", escape(&answer(report))))),
        "table" => {
            let mut numbers = page_numbers(report);
            // The run's files do not stand beside that document.
            numbers.omitted.iter_mut().for_each(|omitted| omitted.file = "");
            return Ok(text(table(&numbers)));
        }
        "findings" => return Ok(text(findings(report))),
        _ => {}
    }
    if let Some((kind, why)) = pictures.refused.iter().find(|(kind, _)| kind == name) {
        return Err(format!("the run has no {kind} chart: {why}"));
    }
    let Some(picture) = pictures.drawn.iter().find(|picture| picture.figure.id == name) else {
        let ids = pictures.drawn.iter().map(|picture| picture.figure.id.as_str());
        let known: Vec<&str> = ids.chain(["answer", "findings", "table"]).collect();
        return Err(format!("the run has no part {name:?}; it has {}", known.join(", ")));
    };
    let Some(links) = PictureLinks::of(pictures, folder) else { return Err("the run has no picture files".to_owned()) };
    let answer = if is_duration(picture) { answer(report) } else { String::new() };
    Ok(Fragment { text: links.image(picture.figure, &answer), files: links.files(picture.figure) })
}

/// The findings for a document with headings of its own; a sentence that says so where there is none.
fn findings(report: &Report<'_>) -> String {
    let parts = found(report).into_iter().map(|part| match part {
        Block::Heading(title) => format!("**{title}**\n"),
        other => block(&other, None),
    });
    let parts: Vec<String> = std::iter::once(format!("{}\n", escape(&answer(report)))).chain(parts).collect();
    if report.answer.is_none() {
        "No sample is valid, so there is nothing to find.\n".to_owned()
    } else {
        parts.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::fragment;
    use crate::chart::WhyNot;
    use crate::document::{Picture, Pictures};
    use crate::model::figure::{Figure, Format, Theme};
    use crate::report::Report;
    use crate::report::testkit::article;

    #[test]
    fn each_part_has_its_name_and_its_files() {
        let run = article(3);
        let report = Report::of(&run);
        let figure = Figure { id: "duration".into(), title: "A".into(), ..Figure::default() };
        let refused = [("timeline".to_owned(), WhyNot::NoRequests)];
        let pictures = |themes| Pictures {
            drawn: vec![Picture::unpainted(&figure)],
            themes,
            formats: &[Format::Png],
            refused: &refused,
        };
        let part = |name: &str| fragment(&report, &pictures(&Theme::ALL), name, "README-charts");
        let both = part("duration").unwrap();
        assert_eq!(both.files, ["duration.png", "duration-dark.png"]);
        assert!(both.text.contains("srcset=\"README-charts/duration-dark.png\""));
        assert!(both.text.ends_with("</picture>\n"));
        let light = fragment(&report, &pictures(&[Theme::Light]), "duration", "x").unwrap();
        assert_eq!(light.files, ["duration.png"]);
        assert!(light.text.starts_with("![A. Up to 20 requests ") && light.text.ends_with("](x/duration.png)\n"));
        assert!(part("table").unwrap().text.starts_with("| Strategy | Requests |"));
        let answer = part("answer").unwrap().text;
        assert!(
            answer.starts_with("Up to 20 requests multithread, ")
                && part("findings").unwrap().text.starts_with(&answer)
        );
        assert_eq!(part("pie").unwrap_err(), "the run has no part \"pie\"; it has duration, answer, findings, table");
        assert_eq!(
            part("timeline").unwrap_err(),
            "the run has no timeline chart: the single requests were not recorded"
        );
    }
}
