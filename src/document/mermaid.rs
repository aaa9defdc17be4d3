//! A chart over request counts as a Mermaid `xychart-beta`, for pages that can show no picture file. Mermaid knows no gap
//! in a line and no legend: the counts at which every strategy has a value are drawn, and a sentence names the lines.

use std::fmt::Write as _;

use super::model::Block;
use crate::format::{significant, visible_line};
use crate::model::figure::{Figure, Panel, Role, Scale, Series, Shape, Unit};

/// More counts than this are thinned: labels would lie on each other.
const MOST_COUNTS: usize = 40;

/// The first figure with lines over request counts on a linear scale, with its sentence. `None` where there is none, or
/// no count that all lines share.
pub(super) fn chart<'a>(figures: impl Iterator<Item = &'a Figure>) -> Option<[Block<'static>; 2]> {
    figures.filter_map(|figure| drawn(figure, figure.panels.first()?)).next()
}

fn drawn(figure: &Figure, panel: &Panel) -> Option<[Block<'static>; 2]> {
    let by_count = panel.x.unit == Unit::Count && panel.y.scale == Scale::Linear;
    let shown = |line: &&Series| {
        let measured = line.role == Role::Measured && line.shape == Shape::Line;
        measured && line.points.iter().any(|point| point.y.is_some())
    };
    let lines: Vec<&Series> = panel.series.iter().filter(shown).filter(|_| by_count).collect();
    let counts = counts(&lines);
    let last = *counts.last()?;
    let values = |line: &Series| counts.iter().filter_map(|count| value(line, *count)).collect::<Vec<f64>>();
    let most = lines.iter().flat_map(|line| values(line)).fold(0.0, f64::max);
    let (factor, unit) = scale(panel.y.unit, most);
    let label = if unit.is_empty() { panel.y.label.clone() } else { format!("{} in {unit}", panel.y.label) };
    let list = |words: Vec<String>| words.join(", ");
    let mut out = format!("xychart-beta\n    title {}", quoted(&figure.title));
    let names = counts.iter().map(|count| format!("\"{count}\"")).collect();
    let range = if most > 0.0 { format!(" 0 --> {}", significant(most * factor)) } else { String::new() };
    // Writing to a string cannot fail.
    let _ =
        write!(out, "\n    x-axis {} [{}]\n    y-axis {}{range}", quoted(&panel.x.label), list(names), quoted(&label));
    for line in &lines {
        let numbers = values(line).into_iter().map(|value| significant(value * factor)).collect();
        let _ = write!(out, "\n    line {} [{}]", quoted(&line.name), list(numbers));
    }
    let mut order = lines;
    order.sort_by(|a, b| value(b, last).unwrap_or(0.0).total_cmp(&value(a, last).unwrap_or(0.0)));
    let order = list(order.into_iter().map(|line| line.name.clone()).collect());
    let order = format!("Lines from top to bottom at {last} requests: {order}.");
    Some([Block::Code { language: "mermaid", text: out }, Block::Paragraph(order)])
}

/// The counts at which every line has a value, thinned.
fn counts(lines: &[&Series]) -> Vec<f64> {
    let Some(first) = lines.first() else { return Vec::new() };
    let shared = |x: &f64| lines.iter().all(|line| value(line, *x).is_some());
    let all: Vec<f64> = first.points.iter().map(|point| point.x).filter(shared).collect();
    if all.len() <= MOST_COUNTS {
        return all;
    }
    (0..MOST_COUNTS).map(|step| all[step * (all.len() - 1) / (MOST_COUNTS - 1)]).collect()
}

fn value(line: &Series, count: f64) -> Option<f64> {
    line.points.iter().find(|point| point.x.total_cmp(&count).is_eq())?.y
}

/// What an axis up to `most` multiplies its values with, and the unit then.
fn scale(unit: Unit, most: f64) -> (f64, &'static str) {
    match unit {
        Unit::Seconds if most < 1.0 => (1e3, "ms"),
        Unit::Seconds => (1.0, "s"),
        _ => (1.0, ""),
    }
}

/// Any text as a Mermaid string that shows it: whatever could end the string, begin a comment, a directive or Markdown is
/// a character reference.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in visible_line(text).chars() {
        match character {
            _ if !character.is_ascii() || character.is_ascii_alphanumeric() || " -_.,:()/+=".contains(character) => {
                out.push(character);
            }
            // Writing to a string cannot fail.
            _ => drop(write!(out, "#{};", u32::from(character))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{chart, quoted};
    use crate::chart;
    use crate::config::Labels;
    use crate::document::markdown;
    use crate::model::Run;
    use crate::report::Report;
    use crate::report::testkit::{RunBuilder, article};

    fn text(run: &Run) -> Option<String> {
        let drawn = chart::draw(&Report::of(run), &[], &Labels::default());
        let blocks = chart(drawn.figures.iter())?;
        Some(blocks.iter().map(|block| markdown::block(block, None)).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn the_article_is_one_chart_with_its_lines_named() {
        assert_eq!(
            text(&article(3)).unwrap(),
            "```mermaid\nxychart-beta\n    title \"Duration by request count\"\n    x-axis \"Requests\" [\"10\", \"20\", \
             \"30\", \"40\", \"50\"]\n    y-axis \"Duration in s\" 0 --> 5.002\n    line \"single_thread\" [1.002, 2.002, \
             3.002, 4.002, 5.002]\n    line \"multithread\" [0.102, 0.102, 0.202, 0.202, 0.302]\n    line \"multiprocess\" \
             [0.102, 0.102, 0.202, 0.202, 0.302]\n    line \"async_get\" [0.102, 0.102, 0.102, 0.102, 0.102]\n```\n\nLines \
             from top to bottom at 50 requests: single_thread, multithread, multiprocess, async_get.\n"
        );
    }

    #[test]
    fn counts_that_a_strategy_lacks_are_left_out() {
        let builder = RunBuilder::new().strategy("a", "", None).strategy("b", "", None).strategy("c", "", None);
        let run = builder.sample(0, 1, 0.5).sample(0, 2, 0.25).sample(1, 2, 0.75).run();
        let drawn = text(&run).unwrap();
        assert!(
            drawn.contains(
                "[\"2\"]\n    y-axis \"Duration in ms\" 0 --> 750\n    line \"a\" [250]\n    line \"b\" [750]\n```"
            ),
            "{drawn}"
        );
        let apart =
            RunBuilder::new().strategy("a", "", None).strategy("b", "", None).sample(0, 1, 0.5).sample(1, 2, 0.5);
        assert_eq!(text(&apart.run()).filter(|drawn| drawn.contains("Duration")), None);
    }

    #[test]
    fn nothing_in_a_name_is_syntax() {
        assert_eq!(
            quoted("a \"b\" [c]\n%%{init}%% `d`; ]]> <br>#x; 中"),
            "\"a #34;b#34; #91;c#93; #37;#37;#123;init#125;#37;#37; #96;d#96;#59; #93;#93;#62; #60;br#62;#35;x#59; 中\""
        );
    }
}
