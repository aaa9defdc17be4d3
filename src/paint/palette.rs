//! Colours of both themes, and the colour, marker and dash of each slot. A strategy's slot fixes all three, so that lines
//! can be told apart without colour too. Knows no figure.

use crate::model::figure::Theme;

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb(pub(super) u8, pub(super) u8, pub(super) u8);

/// The colours of one theme. The backgrounds are GitHub's.
#[derive(Debug)]
pub(super) struct Palette {
    pub(super) background: Rgb,
    pub(super) text: Rgb,
    pub(super) muted: Rgb,
    pub(super) axis: Rgb,
    pub(super) grid: Rgb,
    slots: [Rgb; SLOTS],
}

/// How many slots differ.
pub(super) const SLOTS: usize = 12;

/// The form of a point's mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Marker {
    Circle,
    /// Corners in units of the mark's radius.
    Corners(&'static [(f64, f64)]),
}

/// Hues follow Okabe and Ito (2008) and Tol (2021), each shifted in lightness until it stands out from the background.
static LIGHT: Palette = Palette {
    background: Rgb(0xff, 0xff, 0xff),
    text: Rgb(0x1f, 0x23, 0x28),
    muted: Rgb(0x59, 0x63, 0x6e),
    axis: Rgb(0x8c, 0x95, 0x9f),
    grid: Rgb(0xe4, 0xe8, 0xec),
    slots: [
        Rgb(0x00, 0x5d, 0xb1),
        Rgb(0xeb, 0x69, 0x03),
        Rgb(0x00, 0x93, 0x6b),
        Rgb(0x96, 0x2d, 0x86),
        Rgb(0x89, 0x64, 0x03),
        Rgb(0x1c, 0x1c, 0x7a),
        Rgb(0xd6, 0x4d, 0x73),
        Rgb(0x1e, 0x94, 0xc2),
        Rgb(0x7a, 0x16, 0x26),
        Rgb(0x51, 0x96, 0x0a),
        Rgb(0x7c, 0x80, 0x91),
        Rgb(0x7c, 0x5c, 0xe0),
    ],
};

static DARK: Palette = Palette {
    background: Rgb(0x0d, 0x11, 0x17),
    text: Rgb(0xe6, 0xed, 0xf3),
    muted: Rgb(0x9d, 0xa7, 0xb3),
    axis: Rgb(0x6e, 0x76, 0x81),
    grid: Rgb(0x23, 0x2a, 0x33),
    slots: [
        Rgb(0x42, 0xba, 0xff),
        Rgb(0xe9, 0x7d, 0x38),
        Rgb(0x2c, 0xb3, 0x85),
        Rgb(0xdb, 0x82, 0xc6),
        Rgb(0xc7, 0xc3, 0x57),
        Rgb(0x95, 0x81, 0xff),
        Rgb(0xff, 0x87, 0xa6),
        Rgb(0x8f, 0xdd, 0xf7),
        Rgb(0xd0, 0x6a, 0x5c),
        Rgb(0x9a, 0xe4, 0x58),
        Rgb(0xb4, 0xba, 0xc2),
        Rgb(0x5f, 0x7a, 0xd8),
    ],
};

const MARKERS: [Marker; SLOTS] = [
    Marker::Circle,
    Marker::Corners(&[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)]),
    Marker::Corners(&[(0.0, -1.2), (1.1, 0.75), (-1.1, 0.75)]),
    Marker::Corners(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
    Marker::Corners(&[(0.0, 1.2), (-1.1, -0.75), (1.1, -0.75)]),
    Marker::Corners(&[(0.0, -1.1), (1.05, -0.34), (0.65, 0.89), (-0.65, 0.89), (-1.05, -0.34)]),
    Marker::Corners(&[
        (-0.42, -1.2),
        (0.42, -1.2),
        (0.42, -0.42),
        (1.2, -0.42),
        (1.2, 0.42),
        (0.42, 0.42),
        (0.42, 1.2),
        (-0.42, 1.2),
        (-0.42, 0.42),
        (-1.2, 0.42),
        (-1.2, -0.42),
        (-0.42, -0.42),
    ]),
    Marker::Corners(&[(-1.2, 0.0), (0.75, -1.1), (0.75, 1.1)]),
    Marker::Corners(&[
        (0.0, -1.35),
        (0.35, -0.4),
        (1.28, -0.42),
        (0.55, 0.18),
        (0.79, 1.09),
        (0.0, 0.58),
        (-0.79, 1.09),
        (-0.55, 0.18),
        (-1.28, -0.42),
        (-0.35, -0.4),
    ]),
    Marker::Corners(&[(1.2, 0.0), (-0.75, -1.1), (-0.75, 1.1)]),
    Marker::Corners(&[
        (0.0, -0.5),
        (0.75, -1.2),
        (1.2, -0.75),
        (0.5, 0.0),
        (1.2, 0.75),
        (0.75, 1.2),
        (0.0, 0.5),
        (-0.75, 1.2),
        (-1.2, 0.75),
        (-0.5, 0.0),
        (-1.2, -0.75),
        (-0.75, -1.2),
    ]),
    Marker::Corners(&[(-0.5, -1.05), (0.5, -1.05), (1.1, 0.0), (0.5, 1.05), (-0.5, 1.05), (-1.1, 0.0)]),
];

/// Lengths of line and gap in CSS pixels; the first four are solid.
const DASHES: [&[f64]; SLOTS] = [
    &[],
    &[],
    &[],
    &[],
    &[10.0, 4.0],
    &[10.0, 3.0, 2.0, 3.0],
    &[14.0, 4.0],
    &[6.0, 3.0],
    &[14.0, 3.0, 2.0, 3.0],
    &[8.0, 3.0, 2.0, 3.0, 2.0, 3.0],
    &[4.0, 2.0],
    &[14.0, 3.0, 4.0, 3.0],
];

/// The dash of every ideal line.
pub(super) const IDEAL_DASH: &[f64] = &[5.0, 4.0];

impl Palette {
    pub(super) fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// The colour of a slot; slots beyond the last begin again.
    pub(super) fn slot(&self, slot: usize) -> Rgb {
        self.slots[slot % SLOTS]
    }
}

/// The marker of a slot; when colours begin again, markers are shifted, so that the pair still differs.
pub(super) fn marker(slot: usize) -> Marker {
    MARKERS[(slot + slot / SLOTS) % SLOTS]
}

/// The dash of a slot, likewise shifted.
pub(super) fn dash(slot: usize) -> &'static [f64] {
    DASHES[(slot + slot / SLOTS) % SLOTS]
}

#[cfg(test)]
mod tests {
    use super::{Palette, Rgb, SLOTS, dash, marker};
    use crate::model::figure::Theme;

    fn linear(Rgb(red, green, blue): Rgb) -> [f64; 3] {
        [red, green, blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// WCAG 2.2, "contrast ratio".
    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let luminance = |rgb| {
            let [red, green, blue] = linear(rgb);
            0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
        };
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    type Matrix = [[f64; 3]; 3];
    const NORMAL: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    /// Machado, Oliveira and Fernandes (2009), severity 1.
    const PROTAN: Matrix = [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]];
    const TRITAN: Matrix = [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]];
    const DEUTAN: Matrix = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]];

    /// Oklab (Ottosson 2020) of a colour as somebody with this vision sees it.
    fn seen(rgb: Rgb, vision: &Matrix) -> [f64; 3] {
        let product = |matrix: &Matrix, vector: [f64; 3]| {
            std::array::from_fn(|row| (0..3).map(|column| matrix[row][column] * vector[column]).sum::<f64>())
        };
        let vector: [f64; 3] = product(vision, linear(rgb)).map(|part: f64| part.clamp(0.0, 1.0));
        let cones: Matrix = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]];
        let lab: Matrix = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]];
        product(&lab, product(&cones, vector).map(f64::cbrt))
    }

    #[test]
    fn every_colour_stands_out_from_its_background() {
        for theme in [Theme::Light, Theme::Dark] {
            let palette = Palette::of(theme);
            for slot in 0..SLOTS {
                let ratio = contrast(palette.slot(slot), palette.background);
                assert!(ratio >= 3.0, "{theme:?} slot {slot}: {ratio:.2}");
            }
            assert!(contrast(palette.text, palette.background) >= 12.0);
            assert!(contrast(palette.muted, palette.background) >= 4.5);
            assert!(contrast(palette.axis, palette.background) >= 3.0);
        }
    }

    #[test]
    fn the_colour_blind_can_tell_slots_apart() {
        for theme in [Theme::Light, Theme::Dark] {
            for (one, other) in (0..SLOTS).flat_map(|other| (0..other).map(move |one| (one, other))) {
                let least = if other < 6 { 0.08 } else { 0.035 };
                let visions = [(&NORMAL, "normal"), (&PROTAN, "protan"), (&DEUTAN, "deutan"), (&TRITAN, "tritan")];
                for (vision, name) in visions {
                    let colours = [one, other].map(|slot| seen(Palette::of(theme).slot(slot), vision));
                    let distance = (0..3).map(|axis| (colours[0][axis] - colours[1][axis]).powi(2)).sum::<f64>().sqrt();
                    assert!(distance >= least, "{theme:?} {name} {one} {other}: {distance:.3}");
                }
            }
        }
    }

    #[test]
    fn colour_marker_and_dash_name_a_slot_together() {
        let look = |slot| (Palette::of(Theme::Light).slot(slot), marker(slot), dash(slot));
        for (one, other) in (0..30).flat_map(|other| (0..other).map(move |one| (one, other))) {
            assert!(look(one) != look(other), "{one} {other}");
        }
        for (one, other) in (0..SLOTS).flat_map(|other| (0..other).map(move |one| (one, other))) {
            assert!(marker(one) != marker(other));
            assert!(dash(other).is_empty() || dash(one) != dash(other));
        }
    }
}
