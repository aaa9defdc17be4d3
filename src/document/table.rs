//! Tables: typed columns, rows of values, and the one place where a value becomes text.

use serde::{Serialize, Serializer};

use crate::format::{counted, significant, three_digits};
use crate::model::figure::{Language, Step, Unit};

/// Rows under headings.
#[derive(Clone, Debug, Serialize)]
pub struct DataTable {
    /// What it holds, for readers who do not see it.
    pub label: String,
    /// The label's language where it also stands above the table.
    pub caption: Option<Language>,
    /// Whether a page lets its reader sort it.
    pub sortable: bool,
    /// What stands in each column.
    pub columns: Vec<TableColumn>,
    /// The rows, in order.
    pub rows: Vec<TableRow>,
    /// What is said of rows that are left out.
    pub omitted: Option<OmittedRows>,
}

/// Rows that a table leaves out.
#[derive(Clone, Debug, Serialize)]
pub struct OmittedRows {
    /// How many, and where they are.
    pub text: String,
    /// The file that has them, as seen from the document's own; empty where there is none.
    pub file: &'static str,
}

/// What stands in a column.
#[derive(Clone, Debug, Serialize)]
pub struct TableColumn {
    /// Its heading.
    pub heading: String,
    /// Words, which stand to the left; numbers stand to the right.
    pub is_text: bool,
    /// The strategy that the column is about, by its index: the heading is its name.
    pub strategy_index: Option<usize>,
    /// Unit of its numbers.
    #[serde(skip)]
    pub unit: Unit,
    /// Most characters of a text on a terminal.
    #[serde(skip)]
    pub width: usize,
}

/// A row.
#[derive(Clone, Debug, Serialize)]
pub struct TableRow {
    /// The strategy that it is about, by its index.
    pub strategy_index: Option<usize>,
    /// Address behind its first cell; may be empty.
    pub link: String,
    /// One for each column.
    pub cells: Vec<TableCell>,
}

/// A value as it is shown.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableCell {
    /// For people; empty where nothing was measured.
    pub text: String,
    /// What it is sorted by.
    #[serde(serialize_with = "sorting")]
    pub number: Option<f64>,
    /// The ideal beside it, for people; may be empty.
    pub ideal: String,
    /// A sign before it; may be empty.
    #[serde(skip)]
    pub mark: &'static str,
    /// The ends of what the text tells, in the unit of the column; the same twice for one number.
    #[serde(skip)]
    ends: Option<(f64, f64)>,
}

/// A value of a table.
#[derive(Clone, Debug)]
pub enum TableValue {
    /// Not measured.
    Missing,
    /// Words.
    Text(String),
    /// A number in the unit of its column.
    Number(f64),
    /// An interval in the unit of its column, from its lower to its upper end; sorted by its width.
    Interval(f64, f64),
    /// Words for a number, which it is sorted by.
    Shown(String, Option<f64>),
}

/// Most characters of a name on a terminal.
pub(super) const NAME: usize = 48;
/// Most characters of any other text there.
const TEXT: usize = 400;

impl TableColumn {
    /// Names of what the rows are about.
    pub fn name(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), is_text: true, strategy_index: None, unit: Unit::Count, width: NAME }
    }

    /// Words.
    pub fn text(heading: impl Into<String>) -> Self {
        Self { width: TEXT, ..Self::name(heading) }
    }

    /// Numbers.
    pub fn number(heading: impl Into<String>, unit: Unit) -> Self {
        Self { is_text: false, unit, ..Self::text(heading) }
    }

    /// The column of a strategy.
    pub(super) fn of(self, strategy_index: usize) -> Self {
        Self { strategy_index: Some(strategy_index), ..self }
    }

    /// The column with so many characters on a terminal.
    #[must_use]
    pub fn at_most(self, width: usize) -> Self {
        Self { width, ..self }
    }

    fn cell(&self, value: TableValue) -> TableCell {
        match value {
            TableValue::Missing => TableCell::default(),
            TableValue::Text(text) => TableCell { text, ..TableCell::default() },
            TableValue::Shown(text, number) => TableCell { text, number, ..TableCell::default() },
            TableValue::Number(number) => {
                let ends = Some((number, number));
                TableCell {
                    text: self.written(number, number, None),
                    number: Some(number),
                    ends,
                    ..TableCell::default()
                }
            }
            TableValue::Interval(low, high) => {
                let (text, number) = (self.written(low, high, None), Some(high - low));
                TableCell { text, number, ends: Some((low, high)), ..TableCell::default() }
            }
        }
    }

    fn written(&self, low: f64, high: f64, shared: Option<Step>) -> String {
        match self.unit {
            // The heading says what is counted.
            Unit::PerSecond => three_digits(low),
            unit if low < high => unit.interval_in(low, high, shared),
            unit => unit.text_in(low, shared),
        }
    }
}

impl DataTable {
    /// A table without rows.
    pub fn new(label: impl Into<String>, columns: Vec<TableColumn>) -> Self {
        let label = label.into();
        Self { label, caption: None, sortable: false, columns, rows: Vec::new(), omitted: None }
    }

    /// Adds a row; `values` has one for each column.
    pub fn row(&mut self, values: impl IntoIterator<Item = TableValue>) -> &mut TableRow {
        let cells = self.columns.iter().zip(values).map(|(column, value)| column.cell(value)).collect();
        self.rows.push_mut(TableRow { strategy_index: None, link: String::new(), cells })
    }

    /// The table with the numbers of a column in one unit where they lie close enough together, and with their decimal
    /// points below each other. Cost: one pass.
    #[must_use]
    pub(super) fn aligned(mut self) -> Self {
        for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| column.unit != Unit::Count) {
            let ends = self.rows.iter().filter_map(|row| row.cells[at].ends);
            let shared = column.unit.shared(ends.flat_map(|(low, high)| [low, high]));
            let cells = self.rows.iter_mut().map(|row| &mut row.cells[at]);
            let mut numbers: Vec<&mut TableCell> = cells.filter(|cell| cell.ends.is_some()).collect();
            for cell in &mut numbers {
                let (low, high) = cell.ends.unwrap_or_default();
                cell.text = format!("{}{}", cell.mark, column.written(low, high, shared));
            }
            align(numbers.into_iter().map(|cell| &mut cell.text).collect());
        }
        self
    }

    /// The table with its first rows alone, so many at most; `file` has all of them.
    #[must_use]
    pub(super) fn cut(mut self, most: usize, file: &'static str) -> Self {
        let more = self.rows.len().saturating_sub(most);
        self.rows.truncate(most);
        self.without_rows(more, file)
    }

    /// The table that has so many rows less than `file`.
    #[must_use]
    pub(super) fn without_rows(mut self, more: usize, file: &'static str) -> Self {
        if more > 0 {
            let text = format!("… and {}", counted(more, "more row", "more rows"));
            self.omitted = Some(OmittedRows { text, file });
        }
        self
    }

    /// The table without one of its columns.
    #[must_use]
    pub fn without(&self, heading: &str) -> Self {
        let others = self.columns.iter().map(|column| column.heading.as_str()).filter(|other| *other != heading);
        self.select(&others.collect::<Vec<_>>())
    }

    /// The columns of these headings alone, in the order named.
    #[must_use]
    pub(super) fn select(&self, headings: &[&str]) -> Self {
        let mut places: Vec<usize> = Vec::with_capacity(headings.len());
        for heading in headings {
            // The x axis of a table may be called as another column is.
            let is_next =
                |(place, column): (usize, &TableColumn)| column.heading == *heading && !places.contains(&place);
            places.extend(self.columns.iter().enumerate().position(is_next));
        }
        let row = |row: &TableRow| TableRow {
            cells: places.iter().map(|place| row.cells[*place].clone()).collect(),
            ..row.clone()
        };
        let columns = places.iter().map(|place| self.columns[*place].clone()).collect();
        Self { columns, rows: self.rows.iter().map(row).collect(), ..self.clone() }
    }
}

/// As wide as a digit, and as a point.
const FIGURE_SPACE: char = '\u{2007}';
const POINT_SPACE: char = '\u{2008}';

/// Fills up decimals and units with spaces, so that texts that stand to the right have their points below each other.
fn align(texts: Vec<&mut String>) {
    // Where the decimals begin, with their point, and where the unit begins.
    let parts = |text: &str| {
        let end = text.rfind(|character: char| character.is_ascii_digit()).map_or(0, |last| last + 1);
        let whole = text[..end].rfind(|character: char| !character.is_ascii_digit());
        (whole.filter(|at| text[*at..].starts_with('.')).unwrap_or(end), end)
    };
    let widths = |text: &str| {
        let (point, end) = parts(text);
        (end - point, text[end..].chars().count())
    };
    let widest = texts.iter().map(|text| widths(text));
    let widest = widest.fold((0, 0), |most, width| (most.0.max(width.0), most.1.max(width.1)));
    for text in texts {
        let ((point, end), (decimals, unit)) = (parts(text), widths(text));
        let mut spaces = String::from_iter((decimals..widest.0).map(|_| FIGURE_SPACE));
        if point == end && widest.0 > 0 {
            spaces.replace_range(..FIGURE_SPACE.len_utf8(), POINT_SPACE.encode_utf8(&mut [0; 4]));
        }
        text.extend((unit..widest.1).map(|_| FIGURE_SPACE));
        // A sign stays at its number.
        let at = if text[end..].starts_with(' ') { end } else { text.len() };
        text.insert_str(at, &spaces);
    }
}

macro_rules! from {
    ($($source:ty, $value:ident => $made:expr;)*) => {
        $(impl From<$source> for TableValue {
            fn from($value: $source) -> Self {
                $made
            }
        })*
    };
}

from! {
    &str, text => Self::Text(text.to_owned());
    String, text => Self::Text(text);
    u32, count => Self::Number(count.into());
    usize, count => Self::Number(count as f64);
    Option<f64>, number => number.map_or(Self::Missing, Self::Number);
}

/// With the digits of numbers in files.
fn sorting<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    number.map(significant).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::{DataTable, TableColumn, TableValue};
    use crate::model::figure::Unit;

    fn table(rows: usize) -> DataTable {
        let columns = vec![
            TableColumn::name("Strategy"),
            TableColumn::number("Median", Unit::Seconds),
            TableColumn::number("Requests/s", Unit::PerSecond),
        ];
        let mut table = DataTable::new("T", columns);
        for row in 0..rows {
            table.row(["a".into(), Some(row as f64 / 10.0).into(), TableValue::Missing]);
        }
        table
    }

    #[test]
    fn a_value_is_text_in_the_unit_of_its_column_with_the_number_behind_it() {
        let mut table = table(0);
        table.row(["a".into(), Some(0.1).into(), Some(490.2).into()]);
        let cells: Vec<_> = table.rows[0].cells.iter().map(|cell| (cell.text.as_str(), cell.number)).collect();
        assert_eq!(cells, [("a", None), ("100 ms", Some(0.1)), ("490", Some(490.2))]);
    }

    #[test]
    fn decimal_points_stand_below_each_other() {
        let columns = ["Unit", "Mixed"].map(|heading| TableColumn::number(heading, Unit::Seconds));
        let ratio = TableColumn::number("Ratio", Unit::Ratio);
        let mut table = DataTable::new("T", columns.into_iter().chain([ratio]).collect());
        table.row([Some(5.02).into(), Some(250.0).into(), Some(1.0).into()]);
        table.row([Some(0.012_34).into(), Some(0.05).into(), Some(47.9).into()]).cells[0].mark = "▲ ";
        table.row([TableValue::Interval(0.5, 0.6), TableValue::Missing, Some(340.2).into()]);
        let rows = table.aligned().rows;
        let texts = |at: usize| {
            rows.iter().map(move |row| row.cells[at].text.replace('\u{2007}', "_").replace('\u{2008}', ","))
        };
        assert_eq!(texts(0).collect::<Vec<_>>(), ["5020,_ ms", "▲ 12.3 ms", "500–600,_ ms"]);
        assert_eq!(texts(1).collect::<Vec<_>>(), ["250,_ s_", "50.0 ms", ""]);
        assert_eq!(texts(2).collect::<Vec<_>>(), ["1.00×", "47.9×_", "340×,__"]);
    }

    #[test]
    fn a_long_table_is_cut_and_says_where_the_rest_is() {
        assert!(table(3).cut(3, "all.csv").omitted.is_none());
        let cut = table(5).cut(3, "all.csv");
        let omitted = cut.omitted.unwrap();
        assert_eq!((cut.rows.len(), omitted.text.as_str(), omitted.file), (3, "… and 2 more rows", "all.csv"));
        assert_eq!(table(4).cut(3, "all.csv").omitted.unwrap().text, "… and 1 more row");
    }

    #[test]
    fn columns_are_chosen_by_their_headings() {
        let chosen = table(2).select(&["Median", "Strategy", "Unknown"]);
        let headings: Vec<&str> = chosen.columns.iter().map(|column| column.heading.as_str()).collect();
        assert_eq!(headings, ["Median", "Strategy"]);
        assert_eq!(chosen.rows[1].cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(), ["100 ms", "a"]);
    }
}
