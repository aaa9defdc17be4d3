//! One inline SVG for both themes: the same picture painted light and dark, put together so that each colour that
//! differs is a variable of the page's style. Half the bytes of two pictures.

use std::fmt::Write as _;

use crate::export::Painted;

/// Colours of the light and of the dark theme; the index is the variable's number.
#[derive(Debug, Default)]
pub(super) struct Tints(Vec<(String, String)>);

impl Tints {
    /// The picture with variables for colours. A picture whose themes differ in more than colours stays light.
    pub(super) fn merge(&mut self, painted: &Painted, id: &str) -> String {
        let (light, dark) = (&painted.light, painted.dark.replace(&format!("{id}-dark"), id));
        let mut out = String::with_capacity(light.len());
        let mut at = 0;
        while let Some(length) = light[at..].bytes().zip(dark.bytes().skip(at)).position(|(a, b)| a != b) {
            let colour = light[..at + length].rfind("\"#").map_or(at, |quote| quote + 1);
            let (Some(day), Some(night)) = (colour_at(light, colour), colour_at(&dark, colour)) else {
                return light.clone();
            };
            out.push_str(&light[at..colour]);
            // Writing to a string cannot fail.
            let _ = write!(out, "var(--c{})", self.number(day, night));
            at = colour + COLOUR;
        }
        if light.len() != dark.len() {
            return light.clone();
        }
        out.push_str(&light[at..]);
        out
    }

    fn number(&mut self, day: &str, night: &str) -> usize {
        let known = self.0.iter().position(|(light, dark)| light == day && dark == night);
        known.unwrap_or_else(|| {
            self.0.push((day.to_owned(), night.to_owned()));
            self.0.len() - 1
        })
    }

    /// The variables as style: light, dark where the system or the reader wants it, light on paper.
    pub(super) fn style(&self) -> String {
        let of = |theme: fn(&(String, String)) -> &str| {
            let colours = self.0.iter().enumerate().map(|(number, pair)| format!("--c{number}:{}", theme(pair)));
            colours.collect::<Vec<_>>().join(";")
        };
        let (light, dark) = (of(|pair| &pair.0), of(|pair| &pair.1));
        format!(
            ":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root:not([data-theme=\"light\"]){{{dark}}}}}\n\
             :root[data-theme=\"dark\"]{{{dark}}}\n\
             @media print{{:root,:root:not([data-theme=\"light\"]),:root[data-theme]{{{light}}}}}\n"
        )
    }
}

/// Length of `#rrggbb`.
const COLOUR: usize = 7;

fn colour_at(svg: &str, at: usize) -> Option<&str> {
    let colour = svg.get(at..at + COLOUR)?;
    let is_hex = colour[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
    (colour.starts_with('#') && is_hex).then_some(colour)
}

#[cfg(test)]
mod tests {
    use super::Tints;
    use crate::export::Painted;

    fn painted(light: &str, dark: &str) -> Painted {
        Painted { light: light.into(), dark: dark.into() }
    }

    #[test]
    fn colours_that_differ_become_variables_and_nothing_else_changes() {
        let mut tints = Tints::default();
        let light = "<svg id=\"a\"><b fill=\"#ffffff\" stroke=\"#111111\"/>#ffffff</svg>";
        let dark = "<svg id=\"a-dark\"><b fill=\"#000000\" stroke=\"#111111\"/>#ffffff</svg>";
        assert_eq!(
            tints.merge(&painted(light, dark), "a"),
            "<svg id=\"a\"><b fill=\"var(--c0)\" stroke=\"#111111\"/>#ffffff</svg>"
        );
        assert_eq!(
            tints.merge(&painted("<b fill=\"#ffffff\"/>", "<b fill=\"#000001\"/>"), "a"),
            "<b fill=\"var(--c1)\"/>"
        );
        assert!(tints.style().starts_with(":root{--c0:#ffffff;--c1:#ffffff}\n"), "{}", tints.style());
        assert!(tints.style().contains(":root[data-theme=\"dark\"]{--c0:#000000;--c1:#000001}"));
    }

    #[test]
    fn pictures_of_other_shapes_stay_light() {
        for (light, dark) in
            [("<a x=\"1\"/>", "<a x=\"2\"/>"), ("<a/>", "<a/><b/>"), ("<a x=\"#1\"/>", "<a x=\"#2\"/>"), ("", "x")]
        {
            assert_eq!(Tints::default().merge(&painted(light, dark), "a"), light);
        }
    }
}
