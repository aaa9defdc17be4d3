//! One part of a run's story for a document that others write: a picture, the table, or the findings.

use crate::export::markdown::{findings_alone, image, rows};
use crate::export::pictures::{Pictures, files_of};
use crate::export::report_text::ReportText;
use crate::report::Report;

/// A part of the story as Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Lines that end with `\n`.
    pub text: String,
    /// Names of the picture files that it shows, as they are in the run's folder of charts and in the document's.
    pub files: Vec<String>,
}

/// The part called `name`: `table`, `findings`, or a figure's id. `folder` is where the document finds pictures, as part
/// of an address.
///
/// # Errors
/// Why there is no such part.
pub fn fragment(report: &Report<'_>, pictures: &Pictures<'_>, name: &str, folder: &str) -> Result<Fragment, String> {
    let text = |text: String| Fragment { text, files: Vec::new() };
    match name {
        "table" => return Ok(text(rows(&ReportText::of(report)))),
        "findings" => return Ok(text(findings_alone(&ReportText::of(report)))),
        _ => {}
    }
    if let Some((kind, why)) = pictures.refused.iter().find(|(kind, _)| kind == name) {
        return Err(format!("the run has no {kind} chart: {why}"));
    }
    let Some(picture) = pictures.drawn.iter().find(|picture| picture.figure.id == name) else {
        let ids = pictures.drawn.iter().map(|picture| picture.figure.id.as_str());
        let known: Vec<&str> = ids.chain(["table", "findings"]).collect();
        return Err(format!("the run has no part {name:?}; it has {}", known.join(", ")));
    };
    let Some(format) = pictures.format() else { return Err("the run has no picture files".to_owned()) };
    let text = format!("{}\n", image(picture.figure, pictures.themes, format, folder));
    Ok(Fragment { text, files: files_of(picture.figure, pictures.themes, format) })
}

#[cfg(test)]
mod tests {
    use super::fragment;
    use crate::chart::WhyNot;
    use crate::export::{Picture, Pictures};
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
        assert!(part("table").unwrap().text.starts_with("| Strategy | Requests |"));
        assert!(part("findings").unwrap().text.starts_with("**Fastest and cheapest**\n\n- "));
        assert_eq!(part("pie").unwrap_err(), "the run has no part \"pie\"; it has duration, table, findings");
        assert_eq!(
            part("timeline").unwrap_err(),
            "the run has no timeline chart: the single requests were not recorded"
        );
    }
}
