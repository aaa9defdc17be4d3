//! Many pictures of charts as one PNG, to be looked at together: `cargo run --example contact_sheet -- OUT.png IN.svg…`.
//! docs/charts.md shows the sheet and the commands that made it.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context as _, bail};
use reportgen::paint::{Fonts, png};

/// Pictures beside each other.
const COLUMNS: usize = 4;
/// Width of a picture on the sheet, in CSS pixels; a PNG has twice as many.
const WIDTH: f64 = 300.0;
/// Between pictures.
const GAP: f64 = 6.0;

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let Some(out) = arguments.next() else { bail!("usage: contact_sheet OUT.png IN.svg…") };
    let mut pictures = Vec::new();
    for path in arguments {
        let svg = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        pictures.push(Picture::of(&svg).with_context(|| format!("{} is no picture of a chart", path.display()))?);
    }
    let sheet = png(&sheet(&pictures), &Fonts::bundled())?;
    fs::write(&out, sheet.bytes).with_context(|| format!("cannot write {}", out.display()))
}

/// A chart without the size that it has alone.
struct Picture {
    width: f64,
    height: f64,
    /// What stands in its `svg` element.
    content: String,
    /// Attributes of that element that its content needs.
    style: String,
}

impl Picture {
    fn of(svg: &str) -> Option<Self> {
        let (head, rest) = svg.split_once('>')?;
        let attribute = |name: &str| head.split_once(&format!(" {name}=\""))?.1.split('"').next();
        let style = ["font-family", "stroke-linejoin", "stroke-linecap"]
            .iter()
            .filter_map(|name| Some(format!(" {name}=\"{}\"", attribute(name)?)));
        Some(Self {
            width: attribute("width")?.parse().ok()?,
            height: attribute("height")?.parse().ok()?,
            content: rest.rsplit_once("</svg>")?.0.to_owned(),
            style: style.collect(),
        })
    }

    /// Its height on the sheet.
    fn shown(&self) -> f64 {
        WIDTH * self.height / self.width
    }
}

/// The pictures row by row, on grey.
fn sheet(pictures: &[Picture]) -> String {
    let (mut body, mut top) = (String::new(), GAP);
    for row in pictures.chunks(COLUMNS) {
        for (column, picture) in row.iter().enumerate() {
            let (x, scale) = (GAP + column as f64 * (WIDTH + GAP), WIDTH / picture.width);
            let (Picture { width, height, content, style }, y) = (picture, top);
            // Writing to a string cannot fail.
            let _ = write!(
                body,
                "<g transform=\"translate({x} {y}) scale({scale})\"{style}>\
                 <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>{}</g>",
                content.replace("width=\"100%\" height=\"100%\"", &format!("width=\"{width}\" height=\"{height}\""))
            );
        }
        top += row.iter().map(Picture::shown).fold(0.0, f64::max) + GAP;
    }
    let width = GAP + COLUMNS as f64 * (WIDTH + GAP);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{top}\">\
         <rect width=\"{width}\" height=\"{top}\" fill=\"#8c959f\"/>{body}</svg>"
    )
}
