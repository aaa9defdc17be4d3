//! A Markdown document with marked places → the same document with new content in them, all else byte for byte. A place
//! stands between a line `<!-- reportgen:NAME -->` and a line `<!-- /reportgen -->`. Markers in code are text. The only
//! user of pulldown-cmark, which knows what is code; must not know what a report is.

use std::fmt;
use std::ops::Range;

use pulldown_cmark::{Event, Parser};

/// What is wrong with a marker, and in which line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkerFault {
    /// The line.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for MarkerFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.problem)
    }
}

/// A place for content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedPlace {
    /// What it is for.
    pub name: String,
    /// The line of its first marker, from 1.
    pub line: usize,
    /// What stands between the lines of both markers.
    content: Range<usize>,
    /// What each of its lines begins with, such as the `> ` of a quotation.
    prefix: String,
    /// `\n` or `\r\n`.
    line_end: &'static str,
}

/// The places of a document, in its order; none where it has no marker.
///
/// # Errors
/// Every marker that is not closed, not opened, within another or not alone on its line; a place whose content would make a
/// marker something else.
pub fn places(document: &str) -> Result<Vec<MarkedPlace>, Vec<MarkerFault>> {
    let (places, mut faults) = scan(document);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (again, hidden) = scan(&fill(document, &places, &vec!["x\n".to_owned(); places.len()]));
    let names = again.iter().map(|place| Some(&place.name)).chain(std::iter::repeat(None));
    let changed = places.iter().zip(names).find(|(place, name)| Some(&place.name) != *name).map(|(place, _)| place);
    let more = places.last().filter(|_| again.len() > places.len() || !hidden.is_empty());
    if let Some(place) = changed.or(more) {
        let problem = format!(
            "content here would make a marker code or text; let reportgen:{} and its {CLOSE} begin their lines",
            place.name
        );
        faults.push(MarkerFault { line: place.line, problem });
        return Err(faults);
    }
    Ok(places)
}

/// The places whose markers fit together, and what is wrong with the others.
fn scan(document: &str) -> (Vec<MarkedPlace>, Vec<MarkerFault>) {
    let (mut places, mut faults) = (Vec::new(), Vec::new());
    let mut open: Option<(DocumentMarker<'_>, String)> = None;
    let fault =
        |marker: &DocumentMarker<'_>, problem: String| MarkerFault { line: line_of(document, marker.at), problem };
    for marker in markers(document) {
        let Some(prefix) = marker.prefix(document) else {
            faults.push(fault(&marker, "a marker stands alone on its line".to_owned()));
            continue;
        };
        match (open.take(), marker.name) {
            (None, Some(_)) => open = Some((marker, prefix)),
            (None, None) => faults.push(fault(&marker, format!("{CLOSE} closes nothing"))),
            (Some((first, prefix)), None) => places.push(first.place(document, &marker, prefix)),
            (Some((first, prefix)), Some(name)) => {
                let line = line_of(document, first.at);
                faults.push(fault(&marker, format!("reportgen:{name} stands within the one of line {line}")));
                open = Some((first, prefix));
            }
        }
    }
    if let Some((first, _)) = open {
        faults.push(fault(&first, format!("reportgen:{} is not closed by {CLOSE}", first.name.unwrap_or_default())));
    }
    (places, faults)
}

/// The document with `contents` in its `places`, one for each. A content is lines of Markdown that end with `\n`.
#[must_use]
pub fn fill(document: &str, places: &[MarkedPlace], contents: &[String]) -> String {
    let (mut out, mut at) = (String::with_capacity(document.len()), 0);
    for (place, content) in places.iter().zip(contents) {
        out.push_str(&document[at..place.content.start]);
        // Empty lines keep Markdown beside an HTML comment Markdown, in every renderer.
        for line in std::iter::once("").chain(content.lines()).chain([""]) {
            out.push_str(format!("{}{line}", place.prefix).trim_end());
            out.push_str(place.line_end);
        }
        at = place.content.end;
    }
    out.push_str(&document[at..]);
    out
}

const CLOSE: &str = "<!-- /reportgen -->";

/// A comment that is ours.
struct DocumentMarker<'a> {
    /// `None` for one that closes.
    name: Option<&'a str>,
    at: usize,
    end: usize,
}

impl<'a> DocumentMarker<'a> {
    /// What stands before it on its line, where nothing but the signs of a quotation stands beside it.
    fn prefix(&self, document: &str) -> Option<String> {
        let start = document[..self.at].rfind('\n').map_or(0, |newline| newline + 1);
        let rest = document[self.end..].split('\n').next().unwrap_or_default();
        let before = &document[start..self.at];
        let alone = before.chars().all(|c| c == '>' || c == ' ' || c == '\t') && rest.trim().is_empty();
        alone.then(|| before.to_owned())
    }

    fn place(&self, document: &str, close: &DocumentMarker<'_>, prefix: String) -> MarkedPlace {
        let start = document[self.end..].find('\n').map_or(document.len(), |newline| self.end + newline + 1);
        let end = document[..close.at].rfind('\n').map_or(start, |newline| newline + 1).max(start);
        let line_end = if document[..start].ends_with("\r\n") { "\r\n" } else { "\n" };
        let name = self.name.unwrap_or_default().to_owned();
        MarkedPlace { name, line: line_of(document, self.at), content: start..end, prefix, line_end }
    }
}

/// All markers that are no code, in order.
fn markers(document: &str) -> impl Iterator<Item = DocumentMarker<'_>> {
    let html = Parser::new(document).into_offset_iter().filter_map(|(event, range)| match event {
        Event::Html(_) | Event::InlineHtml(_) => Some(range),
        _ => None,
    });
    let starts =
        html.flat_map(move |range| document[range.clone()].match_indices("<!--").map(move |(at, _)| range.start + at));
    // Comments do not nest: what looks like one within another, which may begin in an earlier event, is none.
    let mut past = 0;
    starts.filter_map(move |at| {
        let comment = Some(at).filter(|at| *at >= past).and_then(|at| comment(document, at))?;
        past = comment.end;
        marker(document, comment)
    })
}

/// The HTML comment that begins at `at`.
fn comment(document: &str, at: usize) -> Option<Range<usize>> {
    let inside = at + "<!--".len();
    document[inside..].find("-->").map(|length| at..inside + length + "-->".len())
}

/// The marker that a comment is, if it is one.
fn marker(document: &str, comment: Range<usize>) -> Option<DocumentMarker<'_>> {
    let (at, end) = (comment.start, comment.end);
    let words = document[at + "<!--".len()..end - "-->".len()].trim();
    let name = match words.strip_prefix("reportgen:") {
        Some(name) => Some(name.trim()),
        None if words == "/reportgen" => None,
        None => return None,
    };
    Some(DocumentMarker { name, at, end })
}

fn line_of(document: &str, at: usize) -> usize {
    1 + document[..at].matches('\n').count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{fill, places};

    fn filled(document: &str) -> String {
        let places = places(document).unwrap();
        let contents: Vec<String> = places.iter().map(|place| format!("[{}]\n\nend\n", place.name)).collect();
        fill(document, &places, &contents)
    }

    fn faults(document: &str) -> Vec<String> {
        places(document).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_what_stands_between_markers_changes() {
        let before =
            "# A\n\ntext  \n<!-- reportgen:table -->\nold | <!-- other -->\n<!-- /reportgen -->\nrest\u{a0}\n\n\n";
        let after =
            "# A\n\ntext  \n<!-- reportgen:table -->\n\n[table]\n\nend\n\n<!-- /reportgen -->\nrest\u{a0}\n\n\n";
        assert_eq!(filled(before), after);
        assert_eq!(filled(after), after, "a second time changes nothing");
        assert_eq!(filled("no marker\r\n"), "no marker\r\n");
        let tight = "<!--reportgen:a-->\n<!--/reportgen-->";
        assert_eq!(filled(tight), "<!--reportgen:a-->\n\n[a]\n\nend\n\n<!--/reportgen-->");
    }

    #[test]
    fn line_ends_and_quotations_are_those_of_the_marker() {
        let crlf = "a\r\n\r\n<!-- reportgen:x -->\r\n<!-- /reportgen -->\r\nb\r\n";
        assert_eq!(
            filled(crlf),
            "a\r\n\r\n<!-- reportgen:x -->\r\n\r\n[x]\r\n\r\nend\r\n\r\n<!-- /reportgen -->\r\nb\r\n"
        );
        let quoted = "> say\n>\n> <!-- reportgen:x -->\n> <!-- /reportgen -->\n";
        assert_eq!(filled(quoted), "> say\n>\n> <!-- reportgen:x -->\n>\n> [x]\n>\n> end\n>\n> <!-- /reportgen -->\n");
        let item = "- one\n\n  <!-- reportgen:x -->\n  <!-- /reportgen -->\n";
        assert_eq!(filled(item), "- one\n\n  <!-- reportgen:x -->\n\n  [x]\n\n  end\n\n  <!-- /reportgen -->\n");
    }

    #[test]
    fn markers_in_code_are_text() {
        for code in [
            "```\n<!-- reportgen:x -->\n```\n",
            "~~~~md\n<!-- reportgen:x -->\n~~~\n<!-- reportgen:x -->\n~~~~\n",
            "    <!-- reportgen:x -->\n",
            "write `<!-- reportgen:x -->` in a line\n",
            "- item\n\n  ```\n  <!-- /reportgen -->\n  ```\n",
        ] {
            assert_eq!(places(code), Ok(Vec::new()), "{code}");
        }
    }

    #[test]
    fn markers_within_html_count() {
        let centred = "<div align=\"center\">\n<!-- reportgen:x -->\n<p>old</p>\n<!-- /reportgen -->\n</div>\n";
        assert!(filled(centred).starts_with("<div align=\"center\">\n<!-- reportgen:x -->\n\n[x]\n"));
    }

    #[test]
    fn a_place_whose_content_would_hide_a_marker_is_refused() {
        for document in [
            "<!-- reportgen:x -->\ntext\n    <!-- /reportgen -->\n",
            "text\n    <!-- reportgen:x -->\n    <!-- /reportgen -->\n",
            "<div>\n<!-- reportgen:x -->\n<!-- /reportgen -->\ntext <!-- a\n<!-- /reportgen -->\n",
        ] {
            let faults = faults(document);
            assert_eq!(faults.len(), 1, "{document}");
            assert!(faults[0].contains("would make a marker code or text"), "{document}: {faults:?}");
        }
    }

    #[test]
    fn a_comment_within_a_comment_is_text() {
        let document = "<!-- reportgen:x --]\n<!-- /reportgen -->\n";
        assert_eq!(faults(document).len(), 1, "what would close it stands in it");
        assert_eq!(places("<!-- see\n<!-- /reportgen -->\n"), Ok(Vec::new()));
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        assert_eq!(faults("a\n\n<!-- reportgen:x -->\n"), ["line 3: reportgen:x is not closed by <!-- /reportgen -->"]);
        assert_eq!(faults("<!-- /reportgen -->\n"), ["line 1: <!-- /reportgen --> closes nothing"]);
        assert_eq!(
            faults("<!-- reportgen:x -->\n\n<!-- reportgen:y -->\n<!-- /reportgen -->\n<!-- /reportgen -->\n"),
            ["line 3: reportgen:y stands within the one of line 1", "line 5: <!-- /reportgen --> closes nothing"]
        );
        assert_eq!(faults("see <!-- reportgen:x --> here\n"), ["line 1: a marker stands alone on its line"]);
        assert_eq!(faults("<!-- reportgen:x --><!-- /reportgen -->\n").len(), 2);
    }

    proptest! {
        #[test]
        fn no_document_is_a_panic_and_the_rest_is_kept(parts in proptest::collection::vec(0_usize..9, 0..12), tail in any::<String>()) {
            let pieces = ["<!-- reportgen:x -->\n", "<!-- /reportgen -->\n", "```\n", "text\r\n", "> ", "- ", "\n", "    ", "<b>"];
            let document: String = parts.iter().map(|part| pieces[*part]).collect::<String>() + &tail;
            if let Ok(found) = places(&document) {
                let contents: Vec<String> = found.iter().map(|_| "new\n".to_owned()).collect();
                let after = fill(&document, &found, &contents);
                let end = found.last().map_or(0, |place| place.content.end);
                assert!(after.ends_with(&document[end..]));
            }
        }
    }
}
