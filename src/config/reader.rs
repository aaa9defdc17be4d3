//! TOML document → raw mirror: walks the table of keys, refuses what is not in it, reads each value by itself and
//! puts the defaults in. Collects every fault; what values mean together is not known here.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::counts;
use super::diagnostic::Diagnostic;
use super::headers::{check_name, check_value};
use super::key_table::{DELAY_ONLY, RANGE, REPEATS, ROOT};
use super::keys::Known;
use super::keys::{Form, Key};
use super::overlay::Flag;
use super::raw::{self, KeyEntry, Section, Value};
use super::scalar::{self, ValueError, is_a};
use super::suggestion::{listed, quoted, suggestion};
use crate::model::Repeats;

/// Reads a whole document, then lays the flags of the command line over it.
pub(super) fn read(document: &DeTable<'_>, flags: &[Flag], known: &Known<'_>) -> (Section, Vec<Diagnostic>) {
    let mut reader = Reader { known, diagnostics: Vec::new() };
    let mut root = reader.section(Section::empty("", 0..0), document, &ROOT);
    flags.iter().for_each(|flag| reader.lay(flag, &mut root));
    (root, reader.diagnostics)
}

struct Reader<'k> {
    known: &'k Known<'k>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Puts the value of a flag in place of the one that the file or the default gives to its key.
    fn lay(&mut self, flag: &Flag, root: &mut Section) {
        let Some((name, key, toml)) = &flag.key else { return };
        if root.sections(name).is_some() {
            let title = format!("{} gives one target, and the config has several [[{name}]]", flag.name);
            self.diagnostics.push(Diagnostic::new(
                name,
                flag.span.clone(),
                title,
                "leave it out, or name a config of one",
            ));
            return;
        }
        let Some(section) = root.laid_over(name, &flag.span) else { return };
        let path = section.path_of(key);
        if (*name, *key) == ("target", "url") {
            section.forget(&["kind", "delay"]);
            section.forget(&DELAY_ONLY);
        }
        let Some(entry) = section.entries.iter_mut().find(|entry| entry.key.name == *key) else { return };
        let written = DeValue::parse(toml).expect("the flag was written as TOML");
        let before = self.diagnostics.len();
        let value = self.value(&path, &entry.key.form, &written);
        for diagnostic in &mut self.diagnostics[before..] {
            (diagnostic.span, diagnostic.context) = (Some(flag.span.clone()), None);
            // It tells how a config says it.
            diagnostic.help.clear();
        }
        entry.name = Some(flag.span.clone());
        entry.value = value.map(|value| raw::Spanned { value, span: flag.span.clone() });
    }

    /// Fills an empty section.
    fn section(&mut self, mut section: Section, table: &DeTable<'_>, keys: &'static [Key]) -> Section {
        for (name, value) in table.iter() {
            match keys.iter().find(|key| key.name == name.get_ref()) {
                Some(key) => {
                    let read = self.value(&section.path_of(key.name), &key.form, value);
                    let value = read.map(|value_read| raw::Spanned { value: value_read, span: value.span() });
                    section.entries.push(KeyEntry { key, name: Some(name.span()), value });
                }
                None => self.unknown(&mut section, name, keys),
            }
        }
        for key in keys.iter().filter(|key| table.get(key.name).is_none()) {
            let value = self.default(&section, key).map(|value| raw::Spanned { value, span: section.span.clone() });
            section.entries.push(KeyEntry { key, name: None, value });
        }
        section
    }

    fn default(&mut self, section: &Section, key: &'static Key) -> Option<Value> {
        let path = section.path_of(key.name);
        match (&key.form, key.default) {
            (Form::Table(keys) | Form::TableOrTables(keys) | Form::WordsOrTable(_, keys), _) => {
                Some(Value::Section(self.section(Section::empty(&path, section.span.clone()), &DeTable::new(), keys)))
            }
            (Form::Tables(_), _) => Some(Value::Sections(Vec::new())),
            (form, Some(default)) => {
                let value = DeValue::parse(default).expect("the defaults in the table of keys are TOML");
                self.value(&path, form, &value)
            }
            (_, None) => None,
        }
    }

    fn unknown(&mut self, section: &mut Section, name: &Spanned<DeString<'_>>, keys: &'static [Key]) {
        let written: &str = name.get_ref();
        let names = || keys.iter().map(|key| key.name);
        let near = suggestion(written, names());
        // [labels] has the words of charts as keys, which mean something else elsewhere.
        let mut homes = ROOT.iter().filter(|key| key.name != "labels");
        let home = homes.find(|key| key.keys().iter().any(|inner| inner.name == written));
        let expected = match (near, home) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(home)) => format!("this key belongs in {}", home.header()),
            (None, None) => String::new(),
        };
        section.unknown_keys.extend(near);
        let holder = if section.path.is_empty() { "the top level" } else { &section.path };
        let path = section.path_of(&quoted(written).replace('`', ""));
        let title = format!("unknown key `{path}`");
        let help = format!("`{holder}` takes {}", listed(names())).replace("`the top level`", "the top level");
        self.diagnostics.push(Diagnostic::new(&path, name.span(), title, expected).help(help));
    }

    fn value(&mut self, path: &str, form: &Form, written: &Spanned<DeValue<'_>>) -> Option<Value> {
        let value = written.get_ref();
        let result = match (form, value) {
            (Form::Table(keys) | Form::TableOrTables(keys) | Form::WordsOrTable(_, keys), DeValue::Table(table)) => {
                return Some(Value::Section(self.section(Section::empty(path, written.span()), table, keys)));
            }
            (Form::Tables(keys), DeValue::Array(tables)) => return self.sections(path, tables, keys),
            (Form::TableOrTables(keys), DeValue::Array(tables)) if !tables.is_empty() => {
                return self.sections(path, tables, keys);
            }
            (Form::List { of, empty }, DeValue::Array(list)) if *empty || !list.is_empty() => {
                return self.list(path, list, of).map(Value::List);
            }
            (Form::OneOrMany(form), DeValue::Array(list)) if !list.is_empty() => {
                return self.list(path, list, form).map(Value::List);
            }
            (Form::Counts, DeValue::Array(list)) if !list.is_empty() => return self.counts(path, list),
            (Form::Counts, DeValue::Table(range)) => return self.range(path, range, written.span()),
            (Form::Repeats, DeValue::Table(table)) => return self.repeats(path, table, written.span()),
            (Form::Repeats, _) => return self.fixed(path, written),
            (Form::Headers, DeValue::Table(headers)) => return self.headers(path, headers),
            (Form::Environment, DeValue::Table(variables)) => return self.environment(path, variables),
            (Form::Command, DeValue::Array(words)) if !words.is_empty() => return self.command(path, words),
            (
                Form::List { .. } | Form::OneOrMany(_) | Form::Counts | Form::Command | Form::TableOrTables(_),
                DeValue::Array(_),
            ) => Err(ValueError::new("is an empty list", "expected at least one")),
            (Form::OneOrMany(form), _) => scalar::read(form, self.known, value),
            (Form::Tables(_), DeValue::Table(_)) => {
                Err(ValueError::new("is a single table", format!("write it in two brackets: [[{path}]]")))
            }
            (Form::Command, DeValue::String(text)) => {
                let words: Vec<String> = text.split_whitespace().map(|word| format!("\"{word}\"")).collect();
                let fault = ValueError::new("is a text", "expected a list: the program, then each argument");
                Err(fault.help(format!("[{}]", words.join(", "))))
            }
            (Form::Command, _) => Err(ValueError::new(is_a(value), "expected a list: the program, then each argument")),
            (Form::Table(_) | Form::TableOrTables(_) | Form::Headers | Form::Environment, _) => {
                Err(ValueError::new(is_a(value), format!("expected a table: [{path}]")))
            }
            (Form::WordsOrTable(words, _), DeValue::String(_)) => scalar::read(&Form::Word(words), self.known, value),
            (Form::WordsOrTable(words, _), _) => {
                let expected = format!("expected one of {}, or a table: [{path}]", listed(words.iter().copied()));
                Err(ValueError::new(is_a(value), expected))
            }
            (Form::Tables(_), _) => Err(ValueError::new(is_a(value), format!("expected tables: [[{path}]]"))),
            (Form::List { .. }, _) => Err(ValueError::new(is_a(value), "expected a list: [ … ]")),
            (Form::Counts, _) => {
                let expected = "expected a list such as [10, 20], or { from = 10, to = 50, step = 10 }";
                Err(ValueError::new(is_a(value), expected))
            }
            (single, _) => scalar::read(single, self.known, value),
        };
        result.map_err(|fault| self.refuse(path, written.span(), fault)).ok()
    }

    fn refuse(&mut self, path: &str, span: Range<usize>, fault: ValueError) {
        let diagnostic = Diagnostic::new(path, span, format!("`{path}` {}", fault.problem), fault.expected);
        self.diagnostics.push(fault.help.into_iter().fold(diagnostic, Diagnostic::help));
    }

    fn sections(&mut self, path: &str, tables: &DeArray<'_>, keys: &'static [Key]) -> Option<Value> {
        let mut sections = Some(Vec::new());
        for item in tables.iter() {
            if let DeValue::Table(table) = item.get_ref() {
                let section = self.section(Section::empty(path, item.span()), table, keys);
                sections = sections.map(|mut list| {
                    list.push(section);
                    list
                });
            } else {
                self.refuse(
                    path,
                    item.span(),
                    ValueError::new(is_a(item.get_ref()), format!("expected a table: [[{path}]]")),
                );
                sections = None;
            }
        }
        sections.map(Value::Sections)
    }

    /// Values of one form, all different.
    fn list(&mut self, path: &str, list: &DeArray<'_>, form: &Form) -> Option<Vec<raw::Spanned<Value>>> {
        let before = self.diagnostics.len();
        let mut values: Vec<raw::Spanned<Value>> = Vec::new();
        for item in list.iter() {
            let Some(value) = self.value(path, form, item) else { continue };
            if let Some(earlier) = values.iter().find(|earlier| earlier.value == value) {
                let diagnostic = Diagnostic::new(
                    path,
                    item.span(),
                    format!("`{path}` says the same twice"),
                    "it is already in the list",
                );
                self.diagnostics.push(diagnostic.beside(earlier.span.clone(), "here"));
            } else {
                values.push(raw::Spanned { value, span: item.span() });
            }
        }
        (self.diagnostics.len() == before).then_some(values)
    }

    fn counts(&mut self, path: &str, list: &DeArray<'_>) -> Option<Value> {
        let before = self.diagnostics.len();
        let mut numbers = Vec::new();
        let mut spans = Vec::new();
        for item in list.iter() {
            let number = item.get_ref().as_integer().and_then(scalar::i64_of);
            match number {
                Some(number) => {
                    numbers.push(number);
                    spans.push(item.span());
                }
                None => {
                    let expected = format!("expected a whole number, 1 to {}", counts::MOST);
                    self.refuse(
                        path,
                        item.span(),
                        ValueError::new("lists something that is no request count", expected),
                    );
                }
            }
        }
        for (index, fault) in counts::faults(&numbers) {
            let diagnostic = Diagnostic::new(path, spans[index].clone(), format!("`{path}`: {fault}"), "");
            self.diagnostics.push(diagnostic);
        }
        let counts = numbers.iter().filter_map(|number| u32::try_from(*number).ok()).collect();
        (self.diagnostics.len() == before).then_some(Value::Counts(counts))
    }

    fn range(&mut self, path: &str, table: &DeTable<'_>, span: Range<usize>) -> Option<Value> {
        let range = self.section(Section::empty(path, span.clone()), table, RANGE);
        for name in ["from", "to"].into_iter().filter(|name| !range.attempted(name)) {
            let title = format!("`{path}` has no `{name}`");
            self.diagnostics.push(Diagnostic::new(
                path,
                span.clone(),
                title,
                "expected { from = 10, to = 50, step = 10 }",
            ));
        }
        let (from, to) = (range.integer("from")?, range.integer("to")?);
        let counts = counts::range(from, to, range.integer("step")?);
        if counts.is_empty() {
            let title = format!("`{path}` is empty: {to} is below {from}");
            let diagnostic = Diagnostic::new(path, range.place("to"), title, "expected `to` at or above `from`");
            self.diagnostics.push(diagnostic.beside(range.place("from"), ""));
            return None;
        }
        Some(Value::Counts(counts))
    }

    fn fixed(&mut self, path: &str, written: &Spanned<DeValue<'_>>) -> Option<Value> {
        match scalar::read(&Form::Integer { least: 1, most: counts::MOST }, self.known, written.get_ref()) {
            Ok(number) => number.as_integer().map(Repeats::fixed).map(Value::Repeats),
            Err(fault) => {
                let fault = fault.help("or { min = 3, max = 30, precision = \"2%\" }");
                self.refuse(path, written.span(), fault);
                None
            }
        }
    }

    fn repeats(&mut self, path: &str, table: &DeTable<'_>, span: Range<usize>) -> Option<Value> {
        let section = self.section(Section::empty(path, span), table, REPEATS);
        let (min, max) = (section.integer("min")?, section.integer("max")?);
        let Value::Share(precision) = section.value("precision")?.value else { return None };
        if max < min {
            let title = format!("`{path}` cannot end: `max` is {max}, below `min`, which is {min}");
            let diagnostic = Diagnostic::new(path, section.place("max"), title, "expected `max` at or above `min`");
            self.diagnostics.push(diagnostic.beside(section.place("min"), ""));
            return None;
        }
        Some(Value::Repeats(Repeats { min, max, precision: Some(precision) }))
    }

    fn headers(&mut self, path: &str, table: &DeTable<'_>) -> Option<Value> {
        let before = self.diagnostics.len();
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in table.iter() {
            let path = format!("{path}.{}", quoted(name.get_ref()).trim_matches('`'));
            if let Err(fault) = check_name(name.get_ref()) {
                self.refuse(&path, name.span(), ValueError::new("is no header to set", fault.to_string()));
            } else if headers.iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(name.get_ref())) {
                self.refuse(
                    &path,
                    name.span(),
                    ValueError::new("is set twice", "upper and lower case are the same here"),
                );
            }
            let Some(text) = value.get_ref().as_str() else {
                self.refuse(&path, value.span(), ValueError::new(is_a(value.get_ref()), "expected text in quotes"));
                continue;
            };
            if let Err(fault) = check_value(text) {
                self.refuse(&path, value.span(), ValueError::new("cannot be sent", fault.to_string()));
            }
            headers.push((name.get_ref().to_string(), text.to_owned()));
        }
        (self.diagnostics.len() == before).then_some(Value::Headers(headers))
    }

    /// A program and its arguments: words may repeat, and all but the first may be empty.
    fn command(&mut self, path: &str, list: &DeArray<'_>) -> Option<Value> {
        let before = self.diagnostics.len();
        let mut words = Vec::new();
        for item in list.iter() {
            let fault = match item.get_ref().as_str() {
                None => ValueError::new(is_a(item.get_ref()), "expected text in quotes"),
                Some("") if words.is_empty() => ValueError::new("names no program", "expected a program"),
                Some(text) if text.contains('\0') => {
                    ValueError::new("holds the character U+0000", "no argument can hold it")
                }
                Some(text) => {
                    words.push(text.to_owned());
                    continue;
                }
            };
            self.refuse(path, item.span(), fault);
        }
        (self.diagnostics.len() == before).then_some(Value::Words(words))
    }

    fn environment(&mut self, path: &str, table: &DeTable<'_>) -> Option<Value> {
        let before = self.diagnostics.len();
        let mut variables = Vec::new();
        for (name, value) in table.iter() {
            let text: &str = name.get_ref();
            let path = format!("{path}.{}", quoted(text).trim_matches('`'));
            if text.is_empty() || text.contains(['=', '\0']) {
                let expected = "a name has at least one character and no `=`";
                self.refuse(&path, name.span(), ValueError::new("is no environment variable", expected));
            } else if text.starts_with("REPORTGEN_") {
                let expected = "names that begin with REPORTGEN_ are its own";
                self.refuse(&path, name.span(), ValueError::new("is set by reportgen", expected));
            }
            match value.get_ref().as_str() {
                None => {
                    self.refuse(&path, value.span(), ValueError::new(is_a(value.get_ref()), "expected text in quotes"));
                }
                Some(value_text) if value_text.contains('\0') => {
                    let fault = ValueError::new("holds the character U+0000", "no environment can hold it");
                    self.refuse(&path, value.span(), fault);
                }
                Some(value_text) => variables.push((text.to_owned(), value_text.to_owned())),
            }
        }
        (self.diagnostics.len() == before).then_some(Value::Environment(variables))
    }
}
