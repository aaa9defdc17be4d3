//! plotters' drawing backend: what plotters draws becomes elements of a [`Sheet`]. Its whole pixels are sixteenths of a
//! CSS pixel. Text does not come this way: the layout has measured and placed it.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Write;
use std::rc::Rc;

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use super::palette::Rgb;
use super::sheet::{Sheet, decimal, hex};

/// Canvas units in one CSS pixel.
pub(super) const FINENESS: f64 = 16.0;

/// The backend. Clones draw on the same sheet.
#[derive(Clone)]
pub(super) struct Ink {
    pub(super) sheet: Rc<RefCell<Sheet>>,
    pub(super) size: (u32, u32),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Ink {
    fn push(&self, element: String) -> Drawn {
        self.sheet.borrow_mut().push(element);
        Ok(())
    }

    fn stroke(&self, style: &impl BackendStyle) -> String {
        let colour = style.color();
        let mut attributes = format!(
            "fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"",
            hex(rgb(colour)),
            decimal(f64::from(style.stroke_width()) / FINENESS)
        );
        if colour.alpha < 1.0 {
            // Writing to a string cannot fail.
            let _ = write!(attributes, " stroke-opacity=\"{}\"", decimal(colour.alpha));
        }
        attributes.push_str(&self.sheet.borrow().dash_attribute());
        attributes
    }
}

fn fill(colour: BackendColor) -> String {
    let opacity =
        if colour.alpha < 1.0 { format!(" fill-opacity=\"{}\"", decimal(colour.alpha)) } else { String::new() };
    format!("fill=\"{}\"{opacity}", hex(rgb(colour)))
}

fn rgb(colour: BackendColor) -> Rgb {
    let (red, green, blue) = colour.rgb;
    Rgb(red, green, blue)
}

fn pixels(canvas: i32) -> String {
    decimal(f64::from(canvas) / FINENESS)
}

fn corners(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let points: Vec<String> = points.into_iter().map(|(x, y)| format!("{},{}", pixels(x), pixels(y))).collect();
    points.join(" ")
}

impl DrawingBackend for Ink {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let (x, y) = (pixels(point.0), pixels(point.1));
        self.push(format!("<rect x=\"{x}\" y=\"{y}\" width=\"0.06\" height=\"0.06\" {}/>", fill(color)))
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        let (x1, y1, x2, y2) = (pixels(from.0), pixels(from.1), pixels(to.0), pixels(to.1));
        self.push(format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {}/>", self.stroke(style)))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        filled: bool,
    ) -> Drawn {
        let (x, y) = (pixels(upper_left.0), pixels(upper_left.1));
        let (width, height) = (pixels(bottom_right.0 - upper_left.0), pixels(bottom_right.1 - upper_left.1));
        let look = if filled { fill(style.color()) } else { self.stroke(style) };
        self.push(format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {look}/>"))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.push(format!("<polyline points=\"{}\" {}/>", corners(path), self.stroke(style)))
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, filled: bool) -> Drawn {
        let (x, y, r) = (pixels(center.0), pixels(center.1), decimal(f64::from(radius) / FINENESS));
        let look = if filled { fill(style.color()) } else { self.stroke(style) };
        self.push(format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" {look}/>"))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        self.push(format!("<polygon points=\"{}\" {}/>", corners(vert), fill(style.color())))
    }

    fn draw_text<S: BackendTextStyle>(&mut self, _text: &str, _style: &S, _at: BackendCoord) -> Drawn {
        // Nothing here asks plotters for text; see the module's comment.
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        _text: &str,
        _style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((0, 0))
    }
}
