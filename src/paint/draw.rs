//! Joins figure, layout and canvas: the order in which a picture is drawn, and the SVG's frame with its text alternative.

use plotters::coord::cartesian::MeshLine;
use plotters_backend::DrawingBackend;

use super::brush::{Brush, stroke};
use super::canvas::Canvas;
use super::geometry::Size;
use super::layout::layout;
use super::markup::identifier;
use super::palette::{Colour, themed};
use super::panel::in_rows;
use super::placement::{Layout, PanelLayout, TextLine, TextRole};
use super::series;
use super::text::{FAMILIES, Fonts};
use crate::format::escaped;
use crate::model::figure::{Figure, Language, Scale, Theme};

/// Length of the short lines at ticks, in CSS pixels.
const TICK: f64 = 5.0;

/// A figure as SVG whose colours are still variables: an element per line, the same bytes for the same input on every
/// machine.
#[derive(Clone, Debug)]
pub struct Painting {
    size: Size,
    id: String,
    language: Language,
    /// As XML.
    title: String,
    /// As XML.
    description: String,
    elements: String,
}

impl Painting {
    /// The picture as a file of its own, in the colours of a theme. Cost: one copy.
    #[must_use]
    pub fn svg(&self, theme: Theme) -> String {
        // Both themes' files may stand in one page, where an id stands once.
        let id = format!("{}{}", self.id, theme.suffix());
        let elements = self.elements.replace(&format!("id=\"{}-", self.id), &format!("id=\"{id}-"));
        self.document(&id, &themed(&elements, theme))
    }

    /// The picture as part of a page whose style has the [`theme_variables`](super::theme_variables).
    #[must_use]
    pub fn inline(&self) -> String {
        self.document(&self.id, &self.elements)
    }

    fn document(&self, id: &str, elements: &str) -> String {
        let Size { width, height } = self.size;
        let title = if self.title.trim().is_empty() { id } else { &self.title };
        let language = match self.language {
            Language::English => String::new(),
            other => format!(" lang=\"{}\"", other.as_str()),
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"{language} id=\"{id}\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             font-family=\"{FAMILIES}\" text-rendering=\"geometricPrecision\" \
             stroke-linejoin=\"round\" stroke-linecap=\"round\">\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{}</desc>\n{elements}</svg>\n",
            self.description,
        )
    }
}

/// Draws a figure.
#[must_use]
pub fn paint(figure: &Figure, size: Size, fonts: &Fonts) -> Painting {
    let size = size.usable();
    let places = layout(figure, size, fonts);
    let id = identifier(&figure.id);
    let canvas = Canvas::new((size.width, size.height), fonts);
    let brush = Brush::new(canvas.clone());
    let ground = Colour::BACKGROUND.css();
    canvas.line(&format!("<rect class=\"background\" width=\"100%\" height=\"100%\" fill=\"{ground}\"/>"));
    texts(&brush, &places, TextRole::Title, "title");
    for (index, (panel, place)) in figure.panels.iter().zip(&places.panels).enumerate() {
        let prefix = format!("{id}-panel-{}", index + 1);
        canvas.group(&format!("id=\"{prefix}\" class=\"panel\""), || {
            frame(&brush, place, in_rows(panel));
            if let Some(axes) = &place.axes {
                let plane = series::plane(&brush, &place.plot, axes);
                series::draw(&brush, &plane, panel, &prefix);
            }
        });
    }
    let parts = [
        (TextRole::PanelTitle, "panel-titles"),
        (TextRole::AxisLabel, "axis-labels"),
        (TextRole::TickX, "ticks-x"),
        (TextRole::TickY, "ticks-y"),
        (TextRole::Notice, "notice"),
    ];
    parts.into_iter().for_each(|(role, class)| texts(&brush, &places, role, class));
    legend(&brush, &places, &id);
    texts(&brush, &places, TextRole::Caption, "caption");
    let (title, description) = (escaped(&figure.title), escaped(&figure.description));
    Painting { size, id, language: figure.language, title, description, elements: canvas.text() }
}

fn texts(brush: &Brush<'_>, places: &Layout, role: TextRole, class: &str) {
    let labels: Vec<&TextLine> = places.labels.iter().filter(|label| label.role == role).collect();
    if !labels.is_empty() {
        brush.canvas.group(&format!("class=\"{class}\""), || labels.into_iter().for_each(|label| brush.text(label)));
    }
}

fn legend(brush: &Brush<'_>, places: &Layout, id: &str) {
    let size = places.labels.iter().find(|label| label.role == TextRole::Legend).map_or(0.0, |label| label.size);
    if size == 0.0 {
        return;
    }
    brush.canvas.group(&format!("id=\"{id}-key\" class=\"key\""), || {
        for leader in &places.leaders {
            brush.path(&leader.points, stroke(Colour::of_strategy(leader.strategy_index), 0.8));
        }
        for swatch in &places.swatches {
            brush.swatch((swatch.x, swatch.y), swatch.look, size);
        }
        for label in places.labels.iter().filter(|label| label.role == TextRole::Legend) {
            brush.text(label);
        }
    });
}

/// Grid (across the lanes of a timeline, else along the values), axis line and ticks; for an empty panel, only a line around it.
fn frame(brush: &Brush<'_>, place: &PanelLayout, lanes: bool) {
    let plot = &place.plot;
    let Some(axes) = &place.axes else {
        let corners =
            [(plot.x, plot.y), (plot.right(), plot.y), (plot.right(), plot.bottom()), (plot.x, plot.bottom())];
        return brush.path(&[&corners[..], &corners[..1]].concat(), stroke(Colour::GRID, 1.0));
    };
    let plane = series::plane(brush, plot, axes);
    let (grid, faint) = (stroke(Colour::GRID, 1.0), stroke(Colour::GRID, 0.5));
    brush.canvas.group("class=\"grid\"", || {
        for minor in axes.y_ticks.minor.iter().map(|value| place.at_y(*value)) {
            brush.path(&[(plot.x, minor), (plot.right(), minor)], faint);
        }
        let draw = |canvas: &mut Canvas<'_>, line: MeshLine<'_, _, _>| match line {
            MeshLine::YMesh(from, to, _) => canvas.draw_line(from, to, &grid),
            MeshLine::XMesh(from, to, _) if lanes => canvas.draw_line(from, to, &grid),
            MeshLine::XMesh(..) => Ok(()),
        };
        plane.draw_mesh(draw, 0, 0).expect("the canvas never fails, and is not borrowed while plotters draws");
    });
    // Tells scripts where the plot lies (left, top, right, bottom), range and scale of both axes, and the unit of y.
    let edges = [plot.x, plot.y, plot.right(), plot.bottom()].map(|edge| format!("{edge:.2}")).join(" ");
    let span = plane.as_coord_spec().x_spec().span;
    let log = if span.scale == Scale::Log { " data-log-x=\"\"" } else { "" };
    let x = format!("data-x=\"{} {}\"{log}", span.low, span.high);
    let span = plane.as_coord_spec().y_spec().span;
    let log = if span.scale == Scale::Log { " data-log-y=\"\"" } else { "" };
    let range = format!("{x} data-y=\"{} {}\"{log} data-unit=\"{}\"", span.low, span.high, axes.y_ticks.unit);
    brush.canvas.group(&format!("class=\"axes\" data-plot=\"{edges}\" {range}"), || {
        let (bottom, axis) = (plot.bottom(), stroke(Colour::AXIS, 1.0));
        brush.path(&[(plot.x, bottom), (plot.right(), bottom)], axis);
        if axes.foot {
            for (value, _) in &axes.x_ticks.major {
                brush.path(&[(place.at_x(*value), bottom), (place.at_x(*value), bottom + TICK)], axis);
            }
            for value in &axes.x_ticks.minor {
                brush.path(&[(place.at_x(*value), bottom), (place.at_x(*value), bottom + TICK * 0.6)], axis);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::paint;
    use crate::model::figure::{Figure, Panel, Point, Series, Theme};
    use crate::paint::{Fonts, Size};

    const SIZE: Size = Size { width: 960, height: 600 };

    fn figure(name: &str, values: [f64; 3]) -> Figure {
        let points = [1.0, 2.0, 3.0].iter().zip(values);
        let line = |name: &str, factor: f64| Series {
            name: name.to_owned(),
            points: points.clone().map(|(x, y)| Point { x: *x, y: Some(y * factor), interval: None }).collect(),
            ..Series::default()
        };
        Figure {
            id: "speed \"up".to_owned(),
            title: "<b>&\u{1b}".to_owned(),
            description: "a stays ]]> at 1".to_owned(),
            panels: vec![Panel { series: vec![line(name, 1.0), line("top", 3.0)], ..Panel::default() }],
            ..Figure::default()
        }
    }

    #[test]
    fn a_picture_says_in_words_what_it_shows() {
        let drawn = paint(&figure("a", [1.0, 2.0, 3.0]), SIZE, &Fonts::bundled()).svg(Theme::Dark);
        for part in [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"speedup-dark\" width=\"960\" height=\"600\" viewBox=\"0 0 960 600\"",
            "role=\"img\" aria-labelledby=\"speedup-dark-title speedup-dark-desc\"",
            "<title id=\"speedup-dark-title\">&lt;b&gt;&amp;\\u{1b}</title>\n<desc id=\"speedup-dark-desc\">a stays ]]&gt; at 1</desc>\n",
            "<g id=\"speedup-dark-panel-1-series-1\" class=\"series measured\" data-slot=\"0\">",
            "fill=\"#0d1117\"",
        ] {
            assert!(drawn.contains(part), "{part}\n{drawn}");
        }
    }

    #[test]
    fn a_small_change_of_data_is_a_small_diff() {
        let fonts = Fonts::bundled();
        let [before, after] = [2.0, 2.1].map(|middle| paint(&figure("a", [1.0, middle, 3.0]), SIZE, &fonts).inline());
        let changed = before.lines().zip(after.lines()).filter(|(before, after)| before != after).count();
        assert_eq!(before.lines().count(), after.lines().count());
        assert_eq!(changed, 4, "two lines and a mark on each");
    }
}
