//! The SVG text itself: elements, one a line, so that a small change of data is a small change of text. Any string may
//! come in; what is not allowed in XML is dropped and the rest escaped.

use std::fmt::Write;

use super::layout::{Anchor, TextBox};
use super::palette::Rgb;
use super::script::{self, Script};
use super::text::{FAMILIES, Fonts, Weight};

/// Elements in drawing order.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    lines: Vec<String>,
    /// Dash of the lines that follow, in CSS pixels.
    pub(super) dash: &'static [f64],
}

impl Sheet {
    pub(super) fn push(&mut self, element: String) {
        self.lines.push(element);
    }

    /// Opens a group with an id and a name for those who point at it.
    pub(super) fn open(&mut self, id: &str, class: &str, title: &str) {
        self.push(format!("<g id=\"{}\" class=\"{class}\">", escape(id)));
        if !title.is_empty() {
            self.push(format!("<title>{}</title>", escape(title)));
        }
    }

    pub(super) fn close(&mut self) {
        self.push("</g>".to_owned());
    }

    /// The attribute of the dash in force; empty for a solid line.
    pub(super) fn dash_attribute(&self) -> String {
        if self.dash.is_empty() {
            return String::new();
        }
        let lengths: Vec<String> = self.dash.iter().map(|length| decimal(*length)).collect();
        format!(" stroke-dasharray=\"{}\"", lengths.join(" "))
    }

    /// A text where the layout has put it.
    pub(super) fn text(&mut self, text: &TextBox, colour: Rgb, fonts: &Fonts) {
        let anchor = match text.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if text.weight == Weight::Bold { " font-weight=\"bold\"" } else { "" };
        let mut element = format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} fill=\"{}\">",
            decimal(text.x),
            decimal(text.baseline),
            decimal(text.size),
            hex(colour)
        );
        if let Some(full) = &text.full {
            let _ = write!(element, "<title>{}</title>", escape(full));
        }
        for (script, run) in script::runs(&text.text, |character| fonts.has(character)) {
            match script.map(Script::families) {
                None => element.push_str(&escape(run)),
                Some(families) => {
                    let _ = write!(element, "<tspan font-family=\"{}\">{}</tspan>", families.join(", "), escape(run));
                }
            }
        }
        element.push_str("</text>");
        self.push(element);
    }

    /// The whole document.
    pub(super) fn document(self, head: &Head<'_>) -> String {
        let Head { id, title, description, width, height, background } = head;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" font-family=\"{FAMILIES}\" \
             stroke-linejoin=\"round\" stroke-linecap=\"round\">\n"
        );
        let _ = writeln!(out, "<title id=\"{id}-title\">{}</title>", escape(title));
        let _ = writeln!(out, "<desc id=\"{id}-desc\">{}</desc>", escape(description));
        let _ = writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>", hex(*background));
        for line in &self.lines {
            out.push_str(line);
            out.push('\n');
        }
        out.push_str("</svg>\n");
        out
    }
}

/// What stands at the head of a document.
pub(super) struct Head<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) background: Rgb,
}

/// `#0969da`.
pub(super) fn hex(Rgb(red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// At most two decimals, no trailing zeros, never `-0`.
pub(super) fn decimal(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text as XML content or attribute value.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' | '\r' => out.push(' '),
            // Not characters of XML 1.0.
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{decimal, escape};

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(escape("<script>alert('&\"]]>')\u{0}\u{1b}\n"), "&lt;script&gt;alert(&#39;&amp;&quot;]]&gt;&#39;) ");
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (10.10, "10.1"), (100.0, "100")] {
            assert_eq!(decimal(value), text);
        }
    }
}
