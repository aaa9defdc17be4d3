//! Diagnostics about a config: what is wrong, where, and what was expected → text for people. The only user of
//! annotate-snippets; it knows nothing of TOML or of keys.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::secrets::veiled;
use crate::format::{visible, visible_line};

/// A terminal narrower than this wraps, a wider one is not filled.
const WIDTH: usize = 100;

/// More diagnostics than this are counted, not shown: the first ones cause the others.
const SHOWN: usize = 40;

/// What the flags come from, in messages.
const COMMAND_LINE: &str = "the command line";

/// One fault of a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Dotted key, such as `sweep.requests`; empty for the file as a whole.
    pub key: String,
    /// What is wrong, in one line.
    pub title: String,
    /// Where, in bytes of the text; `None` for the file as a whole.
    pub span: Option<Range<usize>>,
    /// What was expected there.
    pub expected: String,
    /// Another place that belongs to it, and why.
    pub context: Option<(Range<usize>, String)>,
    /// What to do about it.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic about `key` at `span`.
    pub(super) fn new(key: &str, span: Range<usize>, title: String, expected: impl Into<String>) -> Self {
        let (key, expected) = (key.to_owned(), expected.into());
        Self { key, title, span: Some(span), expected, context: None, help: Vec::new() }
    }

    /// A diagnostic about the file as a whole.
    pub(super) fn whole(title: &str) -> Self {
        let (title, expected) = (title.to_owned(), String::new());
        Self { key: String::new(), title, span: None, expected, context: None, help: Vec::new() }
    }

    /// Its words may quote the file.
    fn make_visible(&mut self) {
        let context = self.context.iter_mut().map(|(_, why)| why);
        for text in [&mut self.title, &mut self.expected].into_iter().chain(context).chain(&mut self.help) {
            *text = visible(text).into_owned();
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    pub(super) fn beside(mut self, span: Range<usize>, why: impl Into<String>) -> Self {
        self.context = Some((span, why.into()));
        self
    }
}

/// Every fault of one config, in the order of the text; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    origin: String,
    /// The config, a line end, and the flags of the command line, a line each.
    text: String,
    /// Where the flags begin.
    command_line_at: usize,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Where the places of flags begin beside those of a config.
    pub(super) fn command_line_at(text: &str) -> usize {
        text.len() + 1
    }

    /// Puts the diagnostics about `text`, which came from the file `origin`, and about `flags` in order.
    pub(super) fn new(origin: &str, text: &str, flags: &str, mut list: Vec<Diagnostic>) -> Self {
        list.sort_by_key(|diagnostic| diagnostic.span.as_ref().map_or(0, |span| span.start));
        list.iter_mut().for_each(Diagnostic::make_visible);
        let command_line_at = Self::command_line_at(text);
        let text =
            if text.is_empty() && flags.is_empty() { String::new() } else { format!("{}\n{flags}", veiled(text)) };
        Self { origin: visible_line(origin).into_owned(), text, command_line_at, list }
    }

    /// How many there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always at least one")]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Each of them, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Each with file, line, column and the text underlined, in colours of the terminal if `colour`; ends without a
    /// line break. At most 40 are shown, the others counted.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
        let mut parts: Vec<String> =
            self.list.iter().take(SHOWN).map(|diagnostic| renderer.render(&[self.group(diagnostic)])).collect();
        match self.list.len() {
            0 | 1 => {}
            all @ 2..=SHOWN => parts.push(format!("{all} faults in {}", self.places())),
            all => parts.push(format!("{all} faults in {}, the first {SHOWN} are shown", self.places())),
        }
        parts.join("\n\n")
    }

    /// Where the faults are.
    fn places(&self) -> String {
        let is_flag =
            |diagnostic: &&Diagnostic| diagnostic.span.as_ref().is_some_and(|span| span.start >= self.command_line_at);
        match self.list.iter().filter(is_flag).count() {
            0 => self.origin.clone(),
            flags if flags == self.list.len() => COMMAND_LINE.to_owned(),
            _ => format!("{} and {COMMAND_LINE}", self.origin),
        }
    }

    fn group<'a>(&'a self, diagnostic: &'a Diagnostic) -> Group<'a> {
        let title = Level::ERROR.primary_title(&diagnostic.title);
        let group = match &diagnostic.span {
            Some(span) if !self.text.is_empty() => title.elements(self.snippets(diagnostic, span)),
            _ => title.element(Origin::path(&self.origin)),
        };
        diagnostic.help.iter().fold(group, |group, help| group.element(Level::HELP.message(help)))
    }

    /// The place of a diagnostic and the one that belongs to it: together where both are in the config.
    fn snippets<'a>(&'a self, diagnostic: &'a Diagnostic, span: &Range<usize>) -> Vec<Snippet<'a, Annotation<'a>>> {
        let label = Some(diagnostic.expected.as_str()).filter(|label| !label.is_empty());
        let primary = (AnnotationKind::Primary, self.within_a_line(span), label);
        let context = diagnostic.context.as_ref();
        let context =
            context.map(|(span, why)| (AnnotationKind::Context, self.within_a_line(span), Some(why.as_str())));
        let is_flag = |span: &Range<usize>| span.start >= self.command_line_at;
        match context {
            Some(context) if is_flag(&primary.1) == is_flag(&context.1) => vec![self.snippet(vec![primary, context])],
            Some(context) => vec![self.snippet(vec![primary]), self.snippet(vec![context])],
            None => vec![self.snippet(vec![primary])],
        }
    }

    /// Only the lines between the places are handed over: the cost does not grow with the file.
    fn snippet<'a>(&'a self, marks: Vec<MarkedSpan<'a>>) -> Snippet<'a, Annotation<'a>> {
        let first = marks.iter().map(|(_, span, _)| span.start).min().unwrap_or(0);
        let last = marks.iter().map(|(_, span, _)| span.end).max().unwrap_or(0);
        let from = self.text[..first].rfind('\n').map_or(0, |newline| newline + 1);
        let to = self.text[last..].find('\n').map_or(self.text.len(), |newline| last + newline);
        let fragment = &self.text[from..to];
        let (path, start) =
            if from >= self.command_line_at { (COMMAND_LINE, self.command_line_at) } else { (&*self.origin, 0) };
        let annotations = marks.into_iter().map(|(kind, span, label)| {
            kind.span(place(fragment, span.start - from)..place(fragment, span.end - from)).label(label)
        });
        Snippet::source(visible(fragment))
            .path(path)
            .line_start(1 + self.text[start..from].matches('\n').count())
            .annotations(annotations)
    }

    /// The part of `span` on its first line, on character boundaries: a long array is not quoted in full.
    fn within_a_line(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.ceil_char_boundary(span.end).max(start);
        start..self.text[start..end].find('\n').map_or(end, |length| start + length)
    }
}

/// A place, its kind and what stands there.
type MarkedSpan<'a> = (AnnotationKind, Range<usize>, Option<&'a str>);

/// Where byte `at` of a text stands once hidden characters are escapes.
fn place(text: &str, at: usize) -> usize {
    // A line end is one thing, whatever it consists of.
    match text[..at].strip_suffix('\r').filter(|_| text[at..].starts_with('\n')) {
        Some(before) => visible(before).len() + 1,
        None => visible(&text[..at]).len(),
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
