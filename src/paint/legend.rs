//! The key above the panels: what has no label of its own at the end of a line. Entries flow from left to right and
//! wrap; those that find no room are counted in the last one.

use super::geometry::Rect;
use super::layout::{Anchor, TextBox, Tone};
use super::text::Face;
use crate::model::figure::{Figure, Role};

/// Width of the sample of a line before its name.
pub(super) const SWATCH: f64 = 30.0;
const GAP: f64 = 6.0;
const BETWEEN: f64 = 20.0;

/// What an entry shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sample {
    Measured(usize),
    Reference(usize),
    /// The slot, where all ideal lines of this name have one.
    Ideal(Option<usize>),
    Failure(usize),
    Nothing,
}

/// One entry of the key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) sample: Sample,
    pub(super) name: String,
}

impl Entry {
    /// Whether it stands for a line that may be labelled at its end.
    pub(super) fn names_a_line(&self) -> bool {
        matches!(self.sample, Sample::Measured(_) | Sample::Reference(_))
    }
}

/// An entry in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeyItem {
    pub(super) sample: Sample,
    /// Left end and height of the sample.
    pub(super) at: (f64, f64),
    pub(super) label: TextBox,
}

/// Everything that wants to be named, once: lines first, then ideals, then failures.
pub(super) fn entries(figure: &Figure) -> Vec<Entry> {
    let all = || figure.panels.iter().flat_map(|panel| &panel.series);
    let mut entries: Vec<Entry> = Vec::new();
    let mut add = |entry: Entry| {
        if !entry.name.is_empty() && !entries.contains(&entry) {
            entries.push(entry);
        }
    };
    for series in all() {
        match series.role {
            Role::Measured => add(Entry { sample: Sample::Measured(series.slot), name: series.name.clone() }),
            Role::Reference => add(Entry { sample: Sample::Reference(series.slot), name: series.name.clone() }),
            Role::Ideal => {}
        }
    }
    for series in all().filter(|series| series.role == Role::Ideal) {
        let same = |other: &&crate::model::figure::Series| other.role == Role::Ideal && other.name == series.name;
        let slots = all().filter(same).all(|other| other.slot == series.slot);
        add(Entry { sample: Sample::Ideal(slots.then_some(series.slot)), name: series.name.clone() });
    }
    for series in all().filter(|series| !series.failures.is_empty()) {
        add(Entry { sample: Sample::Failure(series.slot), name: series.failures_note.clone() });
    }
    entries
}

/// Places entries within `area`, at most a third of its height, and returns the height used.
pub(super) fn flow(entries: &[Entry], area: &Rect, face: &Face<'_>) -> (Vec<KeyItem>, f64) {
    let line = face.line() + 2.0;
    let rows = ((area.height / 3.0 / line).floor()).max(1.0);
    let widest = if area.width > 600.0 { area.width / 2.0 } else { area.width } - SWATCH - GAP - BETWEEN;
    let mut items: Vec<KeyItem> = Vec::new();
    let (mut x, mut row) = (area.x, 0.0);
    for (index, entry) in entries.iter().enumerate() {
        let shown = face.elide(&entry.name, widest);
        let width = SWATCH + GAP + face.width(&shown);
        if x > area.x && x + width > area.right() {
            (x, row) = (area.x, row + 1.0);
        }
        if row >= rows {
            let rest = entries.len() - index;
            leave_out(&mut items, rest, area, face);
            row = rows - 1.0;
            break;
        }
        let top = area.y + row * line;
        let mut label = TextBox::new(face, &shown, (x + SWATCH + GAP, top), Anchor::Start, Tone::Strong);
        label.full = (shown != entry.name).then(|| entry.name.clone());
        items.push(KeyItem { sample: entry.sample.clone(), at: (x, top + face.line() / 2.0), label });
        x += width + BETWEEN;
    }
    let used = if items.is_empty() { 0.0 } else { (row + 1.0) * line + 6.0 };
    (items, used)
}

/// Makes the last entry say how many more there are.
fn leave_out(items: &mut Vec<KeyItem>, rest: usize, area: &Rect, face: &Face<'_>) {
    let Some(last) = items.pop() else { return };
    let text = format!("and {} more", rest + 1);
    let (x, y) = (last.at.0, last.label.rect.y);
    let fits = face.width(&text) <= area.right() - x;
    let label = TextBox::new(face, if fits { &text } else { "…" }, (x, y), Anchor::Start, Tone::Muted);
    items.push(KeyItem { sample: Sample::Nothing, at: last.at, label });
}
