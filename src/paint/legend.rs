//! The legend: which entries it has, and how they flow in rows and columns between title and plot. Must not know what a
//! swatch looks like in the end.

use super::geometry::Rect;
use super::look::{Kind, Look, SWATCH, SWATCH_GAP};
use super::placement::{Anchor, Layout, LayoutContext, Swatch, TextLine, TextRole, centred};
use crate::format::visible_line;
use crate::model::figure::{Figure, Role, Series};

/// One entry of the legend.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LegendEntry {
    pub(super) name: String,
    pub(super) look: Look,
}

/// Whether a line is labelled at its end when there is room; the others stand in the legend.
pub(super) fn at_end(series: &Series) -> bool {
    series.role != Role::Ideal && !series.name.trim().is_empty()
}

/// All entries, each once. With `ends`, without the lines that are labelled at their ends.
pub(super) fn entries(figure: &Figure, ends: bool) -> Vec<LegendEntry> {
    let mut out: Vec<LegendEntry> = Vec::new();
    let series = || figure.panels.iter().filter(|panel| panel.empty.is_none()).flat_map(|panel| &panel.series);
    for measured in [true, false] {
        for line in series().filter(|line| (line.role == Role::Measured) == measured && !(ends && at_end(line))) {
            let own = Look::of(line);
            match line.legend.trim() {
                "" => add(&mut out, &line.name, own),
                shared => add(&mut out, shared, Look { strategy_index: None, ..own }),
            }
        }
    }
    for line in series().filter(|line| !line.failures.is_empty()) {
        add(&mut out, &line.failures_note, Look { kind: Kind::Failure, ..Look::of(line) });
    }
    out
}

fn add(out: &mut Vec<LegendEntry>, name: &str, look: Look) {
    if name.trim().is_empty() {
        return;
    }
    let shared = |entry: &&mut LegendEntry| {
        let alike = entry.name == name && entry.look.role == look.role && entry.look.kind == look.kind;
        alike && (look.role != Role::Measured || entry.look.strategy_index == look.strategy_index)
    };
    match out.iter_mut().find(shared) {
        Some(entry) if entry.look.strategy_index != look.strategy_index => entry.look.strategy_index = None,
        Some(_) => {}
        None => out.push(LegendEntry { name: name.to_owned(), look }),
    }
}

/// Puts the entries into as few rows as they need at the top of `area`, and takes the rows off it.
pub(super) fn place(page: &LayoutContext<'_>, entries: &[LegendEntry], area: &mut Rect, out: &mut Layout) {
    let size = page.sizes.base;
    let (line, swatch) = (page.base().line(), (SWATCH + SWATCH_GAP) * size);
    let widths: Vec<f64> = entries.iter().map(|entry| swatch + page.base().width(&visible_line(&entry.name))).collect();
    let rows = ((area.height * 0.4) / line).floor().max(1.0);
    let cells = flow(&widths, area.width, size * 1.6, rows);
    let used = cells.iter().map(|cell| cell.row + 1).max().unwrap_or(0);
    for (index, cell) in cells.iter().enumerate() {
        let middle = area.y + line * (cell.row as f64 + 0.5);
        let x = area.x + cell.x;
        if index + 1 == cells.len() && cells.len() < entries.len() {
            let more = format!("+{}", entries.len() - index);
            out.labels.push(label(page, more, (x + swatch, middle)));
            continue;
        }
        let name = visible_line(&entries[index].name).into_owned();
        let shown = page.base().elide(&name, cell.width - swatch);
        if shown.is_empty() {
            continue;
        }
        out.swatches.push(Swatch { x, y: middle, look: entries[index].look });
        let full = (shown != name).then_some(name);
        let strategy_index = entries[index].look.measured_slot();
        out.labels.push(TextLine { full, strategy_index, ..label(page, shown, (x + swatch, middle)) });
    }
    if used > 0 {
        let height = line * used as f64 + size * 0.5;
        area.y += height;
        area.height = (area.height - height).max(0.0);
    }
}

/// The text of an entry, its capitals centred at the point's height.
pub(super) fn label(page: &LayoutContext<'_>, text: String, (x, middle): (f64, f64)) -> TextLine {
    let size = page.sizes.base;
    TextLine {
        text,
        full: None,
        x,
        baseline: centred(middle, size),
        anchor: Anchor::Start,
        size,
        weight: page.base().weight,
        role: TextRole::Legend,
        strategy_index: None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct LegendCell {
    row: usize,
    x: f64,
    width: f64,
}

/// One row where all fit, else columns of equal width, as many as the rows allow to be few; entries run row by row.
/// Fewer cells than entries come back where even `most_rows` rows do not hold them.
fn flow(widths: &[f64], room: f64, gap: f64, most_rows: f64) -> Vec<LegendCell> {
    let total: f64 = widths.iter().sum::<f64>() + gap * (widths.len().max(1) - 1) as f64;
    if total <= room {
        let place = |left: &mut f64, width: &f64| {
            let cell = LegendCell { row: 0, x: *left, width: *width + 0.5 };
            *left += width + gap;
            Some(cell)
        };
        return widths.iter().scan(0.0, place).collect();
    }
    let widest = widths.iter().copied().fold(0.0, f64::max);
    let rows = |columns: usize| widths.len().div_ceil(columns) as f64;
    let width = |columns: usize| (room + gap) / columns as f64 - gap;
    let natural = (1..=widths.len()).rev().find(|columns| width(*columns) >= widest).unwrap_or(1);
    let columns = (natural..=widths.len())
        .take_while(|columns| *columns == natural || width(*columns) >= gap * 4.0)
        .find(|columns| rows(*columns) <= most_rows)
        .unwrap_or(natural);
    let step = width(columns).min(widest + 0.5) + gap;
    let cell = |index: usize| LegendCell {
        row: index / columns,
        x: (index % columns) as f64 * step,
        width: (step - gap).max(0.0),
    };
    (0..widths.len()).map(cell).take_while(|cell| (cell.row as f64) < most_rows).collect()
}

#[cfg(test)]
mod tests {
    use super::{entries, flow};
    use crate::model::figure::{Figure, Mark, Panel, Role, Series};
    use crate::paint::look::Kind;

    fn series(name: &str, strategy_index: usize, role: Role) -> Series {
        Series { name: name.to_owned(), strategy_index, role, ..Series::default() }
    }

    #[test]
    fn ideals_share_an_entry_and_failures_have_their_own() {
        let failed = Series {
            failures: vec![Mark { x: 1.0, y: 1.0 }],
            failures_note: "2 failed".to_owned(),
            ..series("a", 0, Role::Measured)
        };
        let ideal = |strategy_index: usize| Series {
            legend: "ideal".to_owned(),
            ..series(&format!("ideal of {strategy_index}"), strategy_index, Role::Ideal)
        };
        let lines = vec![ideal(0), failed, ideal(1), series("", 2, Role::Ideal)];
        let panel = Panel { series: lines, ..Panel::default() };
        let figure = Figure { panels: vec![panel.clone(), panel], ..Figure::default() };
        let named = |ends: bool| {
            let entries = entries(&figure, ends);
            entries
                .into_iter()
                .map(|entry| (entry.name, entry.look.strategy_index, entry.look.kind))
                .collect::<Vec<_>>()
        };
        let ideal = ("ideal".to_owned(), None, Kind::Plain);
        let failure = ("2 failed".to_owned(), Some(0), Kind::Failure);
        assert_eq!(named(true), [ideal.clone(), failure.clone()]);
        assert_eq!(named(false), [("a".to_owned(), Some(0), Kind::Marked), ideal, failure]);
    }

    #[test]
    fn entries_stand_in_one_row_or_in_columns() {
        let rows = |widths: &[f64], room: f64, most: f64| {
            flow(widths, room, 10.0, most).iter().map(|cell| cell.row).collect::<Vec<_>>()
        };
        assert_eq!(rows(&[50.0, 80.0], 150.0, 9.0), [0, 0]);
        assert_eq!(rows(&[90.0, 80.0, 60.0], 200.0, 9.0), [0, 0, 1]);
        assert_eq!(rows(&[500.0; 4], 200.0, 9.0), [0, 1, 2, 3]);
        assert_eq!(rows(&[500.0; 4], 200.0, 2.0), [0, 0, 1, 1]);
        assert_eq!(rows(&[500.0; 9], 60.0, 3.0), [0, 1, 2]);
    }
}
