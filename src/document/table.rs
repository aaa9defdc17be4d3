//! Tables: typed columns, rows of values, and the one place where a value becomes text.

use serde::{Serialize, Serializer};

use crate::format::{short, significant};
use crate::model::figure::Unit;

/// Rows under headings.
#[derive(Clone, Debug, Serialize)]
pub struct DataTable {
    /// What it holds, for readers who do not see it.
    pub label: String,
    /// Whether the label also stands above it.
    pub captioned: bool,
    /// Whether a page lets its reader sort it.
    pub sortable: bool,
    /// What stands in each column.
    pub columns: Vec<TableColumn>,
    /// The rows, in order.
    pub rows: Vec<TableRow>,
    /// What is said of the rows that are left out; empty where none is.
    pub omitted: String,
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
    /// For people; empty where nobody measured.
    pub text: String,
    /// What it is sorted by.
    #[serde(serialize_with = "sorting")]
    pub number: Option<f64>,
}

/// A value of a table.
#[derive(Clone, Debug)]
pub enum TableValue {
    /// Nobody measured.
    Missing,
    /// Words.
    Text(String),
    /// A number in the unit of its column.
    Number(f64),
    /// Words for a number, which it is sorted by.
    Shown(String, Option<f64>),
}

/// Most characters of a name on a terminal.
const NAME: usize = 48;
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
            TableValue::Text(text) => TableCell { text, number: None },
            TableValue::Shown(text, number) => TableCell { text, number },
            TableValue::Number(number) => {
                // The heading says what is counted.
                let text = if self.unit == Unit::PerSecond { short(number) } else { self.unit.text(number) };
                TableCell { text, number: Some(number) }
            }
        }
    }
}

impl DataTable {
    /// A table without rows.
    pub fn new(label: impl Into<String>, columns: Vec<TableColumn>) -> Self {
        let label = label.into();
        Self { label, captioned: false, sortable: false, columns, rows: Vec::new(), omitted: String::new() }
    }

    /// The table with a row more; `values` has one for each column.
    #[must_use]
    pub fn row(mut self, values: impl IntoIterator<Item = TableValue>) -> Self {
        self.add(None, String::new(), values);
        self
    }

    /// Adds a row about a strategy, with the address behind its first cell.
    pub(super) fn add(
        &mut self,
        strategy_index: Option<usize>,
        link: String,
        values: impl IntoIterator<Item = TableValue>,
    ) {
        let cells = self.columns.iter().zip(values).map(|(column, value)| column.cell(value)).collect();
        self.rows.push(TableRow { strategy_index, link, cells });
    }

    /// The columns of these headings alone, in the order named.
    #[must_use]
    pub(super) fn select(&self, headings: &[&str]) -> Self {
        let place = |heading: &&str| self.columns.iter().position(|column| column.heading == *heading);
        let places: Vec<usize> = headings.iter().filter_map(place).collect();
        let row = |row: &TableRow| TableRow {
            cells: places.iter().map(|place| row.cells[*place].clone()).collect(),
            ..row.clone()
        };
        let columns = places.iter().map(|place| self.columns[*place].clone()).collect();
        Self { columns, rows: self.rows.iter().map(row).collect(), ..self.clone() }
    }
}

impl From<&str> for TableValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for TableValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for TableValue {
    fn from(count: u32) -> Self {
        Self::Number(count.into())
    }
}

impl From<usize> for TableValue {
    fn from(count: usize) -> Self {
        Self::Number(count as f64)
    }
}

impl From<Option<f64>> for TableValue {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Missing, Self::Number)
    }
}

/// With the digits of numbers in files.
fn sorting<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    number.map(significant).serialize(serializer)
}
