//! Colours by purpose, their values in both themes, and the colour and marker of each strategy. A strategy's place in
//! the config fixes all three, so that lines can be told apart without colour too. A figure is painted once, with a CSS
//! variable for each colour: a page's style sets the variables, a file of one theme has the values in their place. Knows no
//! figure.

use std::fmt::Write as _;

use crate::model::figure::Theme;

/// What a colour is for; its index in [`LIGHT`] and [`DARK`], and the number of its CSS variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(u8);

/// How many strategies differ.
pub(super) const STRATEGY_COLOURS: usize = 12;

/// Colours that are not a strategy's; the strategies follow.
const FIRST_STRATEGY: u8 = 5;
const COLOURS: usize = FIRST_STRATEGY as usize + STRATEGY_COLOURS;

/// `rrggbb` of each colour.
type Values = [&'static str; COLOURS];

/// The form of a point's mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Marker {
    Circle,
    /// Corners in units of the mark's radius.
    Corners(&'static [(f64, f64)]),
}

/// The background is GitHub's, as in [`DARK`]. Hues follow Okabe and Ito (2008) and Tol (2021), each shifted in lightness until it stands out from the background.
const LIGHT: Values = [
    "ffffff", "1f2328", "59636e", "8c959f", "e4e8ec", "005db1", "eb6903", "00936b", "962d86", "896403", "1c1c7a",
    "d64d73", "1e94c2", "7a1626", "51960a", "7c8091", "7c5ce0",
];

const DARK: Values = [
    "0d1117", "e6edf3", "9da7b3", "6e7681", "232a33", "42baff", "e97d38", "2cb385", "db82c6", "c7c357", "9581ff",
    "ff87a6", "8fddf7", "d06a5c", "9ae458", "b4bac2", "5f7ad8",
];

const MARKERS: [Marker; STRATEGY_COLOURS] = [
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

/// The dash of every ideal line: lengths of line and gap in CSS pixels. Measured lines are solid.
pub(super) const IDEAL_DASH: &[f64] = &[5.0, 4.0];

impl Colour {
    pub(super) const BACKGROUND: Self = Self(0);
    pub(super) const TEXT: Self = Self(1);
    pub(super) const MUTED: Self = Self(2);
    pub(super) const AXIS: Self = Self(3);
    pub(super) const GRID: Self = Self(4);

    /// The colour of a strategy; strategies beyond the last begin again.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below STRATEGY_COLOURS")]
    pub(super) fn of_strategy(strategy_index: usize) -> Self {
        Self(FIRST_STRATEGY + (strategy_index % STRATEGY_COLOURS) as u8)
    }

    /// plotters knows colours as red, green and blue: the index goes through it as the red.
    pub(super) fn to_plotters(self) -> (u8, u8, u8) {
        (self.0, 0, 0)
    }

    /// The colour that went through plotters.
    pub(super) fn from_plotters((index, ..): (u8, u8, u8)) -> Self {
        Self(index)
    }

    /// The colour as an attribute's value.
    pub(super) fn css(self) -> String {
        format!("{VARIABLE}{})", self.0)
    }
}

/// Before the number of a colour's variable.
const VARIABLE: &str = "var(--c";

fn values(theme: Theme) -> &'static Values {
    match theme {
        Theme::Light => &LIGHT,
        Theme::Dark => &DARK,
    }
}

/// `svg` with the colours of `theme` in place of variables. Only whole attribute values are replaced, and text has no
/// double quotes in it, so that no name that a user chose is mistaken for a variable.
pub(super) fn themed(svg: &str, theme: Theme) -> String {
    let start = format!("\"{VARIABLE}");
    let mut parts = svg.split(&start);
    let mut out = String::with_capacity(svg.len());
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (number, rest) = part.split_once(")\"").unwrap_or((part, ""));
        let value = number.parse().ok().and_then(|index: usize| values(theme).get(index));
        let _ = write!(out, "\"#{}\"{rest}", value.expect("only `Colour::css` writes variables"));
    }
    out
}

/// The style of a page with pictures in it: light, dark where the system or the reader wants it, light in print.
#[must_use]
pub fn theme_variables() -> String {
    let of = |theme| {
        let variables = values(theme).iter().enumerate().map(|(index, value)| format!("--c{index}:#{value}"));
        variables.collect::<Vec<_>>().join(";")
    };
    let (light, dark) = (of(Theme::Light), of(Theme::Dark));
    format!(
        ":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root:not([data-theme=\"light\"]){{{dark}}}}}\n\
         :root[data-theme=\"dark\"]{{{dark}}}\n\
         @media print{{:root,:root:not([data-theme=\"light\"]),:root[data-theme]{{{light}}}}}\n"
    )
}

/// The marker of a strategy; when colours begin again, markers are shifted, so that the pair still differs.
pub(super) fn marker(strategy_index: usize) -> Marker {
    MARKERS[(strategy_index + strategy_index / STRATEGY_COLOURS) % STRATEGY_COLOURS]
}

#[cfg(test)]
mod tests {
    use super::{Colour, STRATEGY_COLOURS, marker, theme_variables, themed, values};
    use crate::model::figure::Theme;

    type Rgb = [f64; 3];

    fn rgb(colour: Colour, theme: Theme) -> Rgb {
        let value = values(theme)[usize::from(colour.0)];
        [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&value[at..at + 2], 16).unwrap()))
    }

    fn linear(rgb: Rgb) -> [f64; 3] {
        rgb.map(|part| {
            let part = part / 255.0;
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

    /// Oklab (Ottosson 2020) of a colour as it is seen with this vision.
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
            let least = [(Colour::TEXT, 12.0), (Colour::MUTED, 4.5), (Colour::AXIS, 3.0)];
            for (colour, least) in
                (0..STRATEGY_COLOURS).map(|strategy_index| (Colour::of_strategy(strategy_index), 3.0)).chain(least)
            {
                let ratio = contrast(rgb(colour, theme), rgb(Colour::BACKGROUND, theme));
                assert!(ratio >= least, "{theme:?} {colour:?}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn the_colour_blind_can_tell_slots_apart() {
        for theme in [Theme::Light, Theme::Dark] {
            for (one, other) in (0..STRATEGY_COLOURS).flat_map(|other| (0..other).map(move |one| (one, other))) {
                let least = if other < 6 { 0.08 } else { 0.035 };
                let visions = [(&NORMAL, "normal"), (&PROTAN, "protan"), (&DEUTAN, "deutan"), (&TRITAN, "tritan")];
                for (vision, name) in visions {
                    let colours = [one, other]
                        .map(|strategy_index| seen(rgb(Colour::of_strategy(strategy_index), theme), vision));
                    let distance = (0..3).map(|axis| (colours[0][axis] - colours[1][axis]).powi(2)).sum::<f64>().sqrt();
                    assert!(distance >= least, "{theme:?} {name} {one} {other}: {distance:.3}");
                }
            }
        }
    }

    #[test]
    fn colour_and_marker_name_a_strategy_together() {
        let look = |strategy_index| (Colour::of_strategy(strategy_index), marker(strategy_index));
        for (one, other) in (0..30).flat_map(|other| (0..other).map(move |one| (one, other))) {
            assert!(look(one) != look(other), "{one} {other}");
        }
        for (one, other) in (0..STRATEGY_COLOURS).flat_map(|other| (0..other).map(move |one| (one, other))) {
            assert!(marker(one) != marker(other));
        }
    }

    #[test]
    fn a_variable_becomes_the_colour_of_the_theme_that_the_page_gives_it() {
        let page = theme_variables();
        let dark = page.lines().find(|line| line.starts_with(":root[data-theme=\"dark\"]")).unwrap();
        for number in 0..super::COLOURS {
            let value = themed(&format!("<a fill=\"var(--c{number})\"/>"), Theme::Dark);
            let value = value.split('"').nth(1).unwrap();
            assert!(dark.contains(&format!("--c{number}:{value}")), "{number}: {value} is not in {dark}");
        }
    }

    #[test]
    fn only_attribute_values_are_variables() {
        let text = "<a fill=\"#fff\"><title>&quot;var(--c1)&quot; var(--c2)</title></a>";
        assert_eq!(themed(text, Theme::Light), text);
    }
}
