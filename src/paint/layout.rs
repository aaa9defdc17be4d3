//! Where everything stands, before anything is drawn: figure and size in, text boxes, plots and swatches out. Pure, and
//! the same on every machine, since text is measured with the bundled font. Must not know plotters or SVG.

use super::geometry::{Rect, Size};
use super::placement::{Layout, LayoutContext, TextRole};
use super::text::{Fonts, Weight};
use super::{end_labels, legend, panel};
use crate::format::visible_line;
use crate::model::figure::{Arrangement, Figure};

/// Lays a figure out. Cost: one measuring of each text, one pass over all points.
#[must_use]
pub fn layout(figure: &Figure, size: Size, fonts: &Fonts) -> Layout {
    let page = LayoutContext::new(figure, size, fonts);
    let mut out = Layout { size: (page.width, page.height), ..Layout::default() };
    let pad = (page.width / 48.0).clamp(8.0, 20.0).round();
    let mut area = Rect::between(pad, pad * 0.8, page.width - pad, page.height - pad * 0.8);
    place_title(&page, &mut area, &mut out);
    place_caption(&page, &mut area, &mut out);
    let column = end_labels::plan(&page, &area);
    let entries = legend::entries(figure, column.is_some());
    legend::place(&page, &entries, &mut area, &mut out);
    if let Some(column) = &column {
        area.width -= column.width;
    }
    panel::place(&page, &boxes(&page, &area), column.as_ref().map_or(0.0, |column| column.gap), &mut out);
    if let (Some(column), Some(panel)) = (&column, out.panels.first().cloned()) {
        end_labels::place(&page, column, &panel, &mut out);
    }
    out
}

fn place_title(page: &LayoutContext<'_>, area: &mut Rect, out: &mut Layout) {
    let face = page.face(page.sizes.title, Weight::Bold);
    let lines = face.wrap(&visible_line(&page.figure.title), area.width, if page.height >= 320.0 { 2 } else { 1 });
    for line in &lines {
        out.labels.extend(page.row((TextRole::Title, line), (area.x, area.y), area.width + 1.0));
        area.y += face.line();
        area.height -= face.line();
    }
    shorten(out, &page.figure.title, lines.len());
    if !lines.is_empty() {
        let gap = page.sizes.base * 0.4;
        area.y += gap;
        area.height -= gap;
    }
}

fn place_caption(page: &LayoutContext<'_>, area: &mut Rect, out: &mut Layout) {
    let face = page.face(page.sizes.caption, Weight::Regular);
    let most = if page.height >= 400.0 { 4 } else { 2 };
    let lines = face.wrap(&visible_line(&page.figure.caption), area.width, most);
    let top = area.bottom() - face.line() * lines.len() as f64;
    for (index, line) in lines.iter().enumerate() {
        let y = top + face.line() * index as f64;
        out.labels.extend(page.row((TextRole::Caption, line), (area.x, y), area.width + 1.0));
    }
    shorten(out, &page.figure.caption, lines.len());
    if !lines.is_empty() {
        area.height = (area.height - face.line() * lines.len() as f64 - page.sizes.base * 0.5).max(0.0);
    }
}

/// Gives the last of the `lines` just placed the whole text, where it ends in an ellipsis that the text does not have.
pub(super) fn shorten(out: &mut Layout, whole: &str, lines: usize) {
    let whole = visible_line(whole).into_owned();
    if let Some(label) = out.labels.last_mut().filter(|label| lines > 0 && label.text.ends_with('…')) {
        label.full = (!whole.ends_with(&label.text)).then_some(whole);
    }
}

/// The room of each panel.
fn boxes(page: &LayoutContext<'_>, area: &Rect) -> Vec<Rect> {
    let panels = &page.figure.panels;
    let count = panels.len().max(1);
    let gap = page.sizes.base * if count > 1 { 1.0 } else { 0.0 };
    if page.figure.arrangement == Arrangement::Stacked || count == 1 {
        return stack(page, area, gap * 0.4);
    }
    let fitting = (1..=count).rev().find(|columns| area.width / *columns as f64 >= 15.0 * page.sizes.base).unwrap_or(1);
    let columns = count.div_ceil(count.div_ceil(fitting));
    let rows = count.div_ceil(columns);
    let width = (area.width + gap * 1.5) / columns as f64;
    let height = (area.height + gap) / rows as f64;
    let cell = |index: usize| {
        let (x, y) = (area.x + width * (index % columns) as f64, area.y + height * (index / columns) as f64);
        Rect::between(x, y, x + width - gap * 1.5, y + height - gap)
    };
    (0..count).map(cell).collect()
}

/// Panels above each other: lanes of timelines get like heights, and the last panel room for its x axis.
fn stack(page: &LayoutContext<'_>, area: &Rect, gap: f64) -> Vec<Rect> {
    let panels = &page.figure.panels;
    let foot = panels.last().map_or(0.0, |last| panel::foot(page, last)).min(area.height * 0.4);
    let heads: Vec<f64> = panels.iter().map(|panel| panel::head(page, panel)).collect();
    let weights: Vec<f64> = panels.iter().map(panel::weight).collect();
    let gaps = gap * (panels.len() as f64 - 1.0);
    let room = (area.height - foot - gaps).max(0.0);
    // In a low picture rows of text give way, so that a plot remains; bars need little.
    let share = if panels.iter().all(panel::in_rows) { 0.8 } else { 0.6 };
    let head = (room * share / heads.iter().sum::<f64>()).min(1.0);
    let plots = room - heads.iter().sum::<f64>() * head;
    let total: f64 = weights.iter().sum();
    let mut top = area.y;
    let mut out = Vec::new();
    for (index, (weight, own)) in weights.iter().zip(&heads).enumerate() {
        let foot = if index + 1 == weights.len() { foot } else { 0.0 };
        let height = own * head + plots * weight / total + foot;
        out.push(Rect::between(area.x, top, area.right(), (top + height).min(area.bottom())));
        top += height + gap;
    }
    out
}
