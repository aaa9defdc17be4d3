//! Our drawing backend under plotters: each of its calls becomes one line of SVG. plotters knows no dashes, groups or
//! tooltips; the pen beside it does. Knows neither figures nor layout.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::rc::Rc;

use plotters_backend::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use super::markup::{FINE, fine, points, px};
use super::palette::Colour;
use super::script::runs;
use super::text::Fonts;

use crate::format::escaped;

/// What plotters' styles cannot say.
#[derive(Clone, Debug, Default)]
pub(super) struct Pen {
    /// Lengths of line and gap in CSS pixels; empty for a solid line.
    pub(super) dash: &'static [f64],
    /// Colour and width in CSS pixels of a line around what is filled.
    pub(super) outline: Option<(Colour, f64)>,
    /// The full text where what is drawn was shortened.
    pub(super) tooltip: Option<String>,
    /// The strategy that a text names.
    pub(super) strategy_index: Option<usize>,
}

/// The SVG as far as it is written.
#[derive(Debug, Default)]
struct Sheet {
    out: String,
    depth: usize,
    pen: Pen,
    /// Rectangles of one look, drawn as one element.
    batch: Option<String>,
}

/// A handle to the sheet: the painter holds one, plotters another.
#[derive(Clone)]
pub(super) struct Canvas<'a> {
    sheet: Rc<RefCell<Sheet>>,
    fonts: &'a Fonts,
    size: (u32, u32),
}

type DrawResult = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> Canvas<'a> {
    /// An empty sheet of `size` CSS pixels.
    pub(super) fn new(size: (u32, u32), fonts: &'a Fonts) -> Self {
        Self { sheet: Rc::default(), fonts, size }
    }

    /// Writes one line of SVG as it is.
    pub(super) fn line(&self, line: &str) {
        let mut sheet = self.sheet.borrow_mut();
        let depth = sheet.depth;
        let _ = writeln!(sheet.out, "{:depth$}{line}", "");
    }

    /// Puts what `draw` draws into a group with these attributes.
    pub(super) fn group(&self, attributes: &str, draw: impl FnOnce()) {
        self.line(&format!("<g {attributes}>"));
        self.sheet.borrow_mut().depth += 1;
        draw();
        self.sheet.borrow_mut().depth -= 1;
        self.line("</g>");
    }

    /// Draws with another pen.
    pub(super) fn with(&self, pen: Pen, draw: impl FnOnce()) {
        let before = std::mem::replace(&mut self.sheet.borrow_mut().pen, pen);
        draw();
        self.sheet.borrow_mut().pen = before;
    }

    /// Draws rectangles of one look as one element: a subpath on a line of its own for each.
    pub(super) fn batch(&self, attributes: &str, draw: impl FnOnce()) {
        self.sheet.borrow_mut().batch = Some(String::new());
        draw();
        let path = self.sheet.borrow_mut().batch.take().unwrap_or_default();
        if !path.is_empty() {
            self.line(&format!("<path {attributes} d=\"{path}\"/>"));
        }
    }

    /// What was drawn so far.
    pub(super) fn text(&self) -> String {
        self.sheet.borrow().out.clone()
    }

    fn element(&self, element: &str, attributes: &str) {
        let tooltip = self.sheet.borrow().pen.tooltip.clone();
        match tooltip {
            Some(text) => self.line(&format!("<{element} {attributes}><title>{}</title></{element}>", escaped(&text))),
            None => self.line(&format!("<{element} {attributes}/>")),
        }
    }

    fn stroke(&self, style: &impl BackendStyle) -> String {
        let sheet = self.sheet.borrow();
        let width = px(i32::try_from(style.stroke_width()).unwrap_or(FINE));
        let mut out = format!("fill=\"none\" {} stroke-width=\"{width}\"", paint("stroke", style.color()));
        if !sheet.pen.dash.is_empty() {
            let lengths: Vec<String> = sheet.pen.dash.iter().map(|length| px(fine(*length))).collect();
            let _ = write!(out, " stroke-linecap=\"butt\" stroke-dasharray=\"{}\"", lengths.join(" "));
        }
        out
    }

    fn fill(&self, style: &impl BackendStyle) -> String {
        let mut out = paint("fill", style.color());
        if let Some((colour, width)) = self.sheet.borrow().pen.outline {
            let _ = write!(out, " stroke=\"{}\" stroke-width=\"{}\"", colour.css(), px(fine(width)));
        }
        out
    }

    fn look(&self, style: &impl BackendStyle, fill: bool) -> String {
        if fill { self.fill(style) } else { self.stroke(style) }
    }

    /// Text as XML: what the bundled font lacks stands in a `tspan` that names families which are likely to have it.
    ///
    /// resvg shapes text in several scripts with each font in turn and takes the first font's glyphs as the base, which
    /// goes wrong where a later font joins letters. A left-to-right mark, which shows nothing, puts that font first.
    fn spans(&self, text: &str) -> String {
        let runs = runs(text, |character| self.fonts.has(character));
        let joining = runs.iter().skip(1).find_map(|(script, _)| script.filter(|script| script.joins()));
        let base = joining.map(|script| (Some(script), "\u{200e}"));
        let mut out = String::new();
        for (script, run) in base.into_iter().chain(runs) {
            match script {
                None => out.push_str(&escaped(run)),
                Some(script) => {
                    let families = script.families().join(", ");
                    let _ = write!(out, "<tspan font-family=\"{families}, sans-serif\">{}</tspan>", escaped(run));
                }
            }
        }
        out
    }
}

fn paint(what: &str, color: BackendColor) -> String {
    let mut out = format!("{what}=\"{}\"", Colour::from_plotters(color.rgb).css());
    if color.alpha < 1.0 {
        let _ = write!(out, " {what}-opacity=\"{}\"", px(fine(color.alpha)));
    }
    out
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let scale = FINE.unsigned_abs();
        (self.size.0 * scale, self.size.1 * scale)
    }

    fn ensure_prepared(&mut self) -> DrawResult {
        Ok(())
    }

    fn present(&mut self) -> DrawResult {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> DrawResult {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> DrawResult {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> DrawResult {
        let (x, y) = (px(from.0.min(to.0)), px(from.1.min(to.1)));
        let (width, height) = (px((to.0 - from.0).abs()), px((to.1 - from.1).abs()));
        if let Some(path) = &mut self.sheet.borrow_mut().batch {
            let _ = write!(path, "\nM{x} {y}h{width}v{height}h-{width}z");
            return Ok(());
        }
        let look = self.look(style, fill);
        self.element("rect", &format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {look}"));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> DrawResult {
        let look = self.stroke(style);
        self.element("polyline", &format!("points=\"{}\" {look}", points(path.into_iter())));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> DrawResult {
        let (x, y, radius) = (px(center.0), px(center.1), px(i32::try_from(radius).unwrap_or(FINE)));
        let look = self.look(style, fill);
        self.element("circle", &format!("cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {look}"));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> DrawResult {
        let look = self.fill(style);
        self.element("polygon", &format!("points=\"{}\" {look}", points(vert.into_iter())));
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> DrawResult {
        let mut look = format!("font-size=\"{}\" {}", px(fine(style.size())), paint("fill", style.color()));
        if style.style().as_str() == "bold" {
            look.push_str(" font-weight=\"bold\"");
        }
        look.push_str(match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        });
        let (tooltip, strategy_index) = {
            let sheet = self.sheet.borrow();
            (sheet.pen.tooltip.clone(), sheet.pen.strategy_index)
        };
        // Tells scripts which line a name belongs to, however it was shortened.
        look.push_str(
            &strategy_index.map_or_else(String::new, |strategy_index| format!(" data-slot=\"{strategy_index}\"")),
        );
        let title = tooltip.map_or(String::new(), |full| format!("<title>{}</title>", escaped(&full)));
        self.line(&format!("<text x=\"{}\" y=\"{}\" {look}>{title}{}</text>", px(x), px(y), self.spans(text)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use plotters::prelude::{Circle, IntoDrawingArea, PathElement, RGBColor, Rectangle, ShapeStyle, Text};

    use super::{Canvas, Pen};
    use crate::paint::text::Fonts;

    #[test]
    fn each_call_of_plotters_is_one_line() {
        let fonts = Fonts::bundled();
        let canvas = Canvas::new((100, 50), &fonts);
        let area = canvas.clone().into_drawing_area();
        let style = ShapeStyle { color: RGBColor(7, 0, 0).into(), filled: false, stroke_width: 30 };
        canvas.group("id=\"a\"", || {
            canvas.with(Pen { dash: &[5.0, 2.5], ..Pen::default() }, || {
                area.draw(&PathElement::new([(0, 10), (30, 25)], style)).unwrap();
            });
            area.draw(&Circle::new((20, 40), 50, style.filled())).unwrap();
        });
        canvas.with(Pen { tooltip: Some("a<b".to_owned()), ..Pen::default() }, || {
            area.draw(&Text::new("线 & n", (20, 20), ("sans-serif", 14.0))).unwrap();
        });
        canvas.batch("fill=\"red\"", || {
            area.draw(&Rectangle::new([(0, 0), (20, 40)], style.filled())).unwrap();
            area.draw(&Rectangle::new([(40, 0), (60, 40)], style.filled())).unwrap();
        });
        let expected = concat!(
            "<g id=\"a\">\n",
            " <polyline points=\"0,0.5 1.5,1.25\" fill=\"none\" stroke=\"var(--c7)\" stroke-width=\"1.5\" ",
            "stroke-linecap=\"butt\" stroke-dasharray=\"5 2.5\"/>\n",
            " <circle cx=\"1\" cy=\"2\" r=\"2.5\" fill=\"var(--c7)\"/>\n",
            "</g>\n",
            "<text x=\"1\" y=\"1\" font-size=\"14\" fill=\"var(--c0)\"><title>a&lt;b</title>",
            "<tspan font-family=\"Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, WenQuanYi Zen Hei, ",
            "sans-serif\">线</tspan> &amp; n</text>\n",
            "<path fill=\"red\" d=\"\nM0 0h1v2h-1z\nM2 0h1v2h-1z\"/>\n",
        );
        assert_eq!(canvas.text(), expected);
    }
}
