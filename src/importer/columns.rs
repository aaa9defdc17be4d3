//! Which column of a table that was made elsewhere holds what: as the command line says, else guessed from usual names.

use super::values::{TimeUnit, is_missing, number};

/// What the command line says of a table; names are those of its first row, upper or lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The column of the x axis.
    pub x: Option<String>,
    /// The column of durations.
    pub y: Option<String>,
    /// The column whose values name the lines.
    pub series: Option<String>,
    /// What durations are in.
    pub unit: Option<TimeUnit>,
}

/// Usual names of what is counted, best first; those of requests come first and need not be explained.
const X: [&str; 24] = [
    "requests",
    "request_count",
    "num_requests",
    "n",
    "count",
    "threads",
    "workers",
    "processes",
    "concurrency",
    "connections",
    "clients",
    "users",
    "parallelism",
    "cores",
    "cpus",
    "size",
    "input_size",
    "items",
    "length",
    "batch",
    "batch_size",
    "rate",
    "level",
    "x",
];
/// The first of these count requests.
const OF_REQUESTS: usize = 3;
/// Usual names of durations, best first.
const Y: [&str; 20] = [
    "duration",
    "time",
    "elapsed",
    "elapsed_time",
    "wall_time",
    "wall",
    "real_time",
    "real",
    "runtime",
    "run_time",
    "execution_time",
    "total_time",
    "median",
    "mean",
    "average",
    "latency",
    "response_time",
    "seconds",
    "value",
    "y",
];
/// Usual names of what tells lines apart, best first.
const SERIES: [&str; 21] = [
    "strategy",
    "name",
    "label",
    "series",
    "command",
    "method",
    "variant",
    "benchmark",
    "implementation",
    "library",
    "tool",
    "function",
    "algorithm",
    "approach",
    "language",
    "client",
    "server",
    "model",
    "mode",
    "kind",
    "type",
];
/// Columns of a table that are none of these: numbers of rows and repeats.
const PASSED_OVER: [&str; 12] =
    ["", "index", "#", "row", "id", "repeat", "rep", "run", "trial", "iteration", "sample", "round"];

/// Where a table holds what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// The column of the x axis, and its name.
    pub x: (usize, String),
    /// Whether these are counts of requests.
    pub counts_requests: bool,
    /// Columns of durations, with their units.
    pub y: Vec<(usize, TimeUnit)>,
    /// What lines are called.
    pub lines: Lines,
    /// A column that says why there is no duration.
    pub error: Option<usize>,
}

/// What tells lines apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// The values of a column, the only one of durations beside it.
    Column(usize, String),
    /// Each column of durations is a line, by these names.
    Columns(Vec<String>),
}

/// A column's name in lower case, without the unit behind it: `time_ms`, `Duration (s)`, `mean [us]`.
struct ColumnName {
    base: String,
    unit: Option<TimeUnit>,
}

impl ColumnName {
    fn of(heading: &str) -> Self {
        let whole = heading.trim().to_lowercase();
        let bracketed = |open, close| whole.strip_suffix(close)?.rsplit_once(open);
        let parts = bracketed('(', ')').or_else(|| bracketed('[', ']')).or_else(|| whole.rsplit_once(" in "));
        let parts = parts.or_else(|| whole.rsplit_once(['_', '-', ' ']));
        let (base, unit) = match parts.and_then(|(base, word)| Some((base, TimeUnit::parse(word)?))) {
            Some((base, unit)) if !base.trim().is_empty() => (base, Some(unit)),
            _ => (whole.as_str(), None),
        };
        Self { base: base.trim().replace([' ', '-'], "_"), unit }
    }
}

/// The columns of a table with their headings and a first row of values.
pub(super) struct Headings<'a> {
    pub headings: Vec<&'a str>,
    pub first_row: Vec<&'a str>,
    pub decimal_comma: bool,
    /// What a single line is called.
    pub stem: &'a str,
}

impl Headings<'_> {
    /// Finds what is where.
    ///
    /// # Errors
    /// What cannot be told, with the option that says it.
    pub(super) fn columns(&self, options: &TableOptions) -> Result<Columns, String> {
        let names: Vec<ColumnName> = self.headings.iter().map(|heading| ColumnName::of(heading)).collect();
        let usual = |usual: &[&str]| usual.iter().find_map(|wanted| names.iter().position(|name| name.base == *wanted));
        let named = |option: &str, wanted: &Option<String>| match wanted {
            None => Ok(None),
            Some(wanted) => self.named(wanted, option).map(Some),
        };
        let [given_x, given_y] = [named("--x", &options.x)?, named("--y", &options.y)?];
        let series = match named("--series", &options.series)? {
            Some(given) => Some(given),
            None => usual(&SERIES).filter(|found| Some(*found) != given_x && Some(*found) != given_y),
        };
        let is_y = |index: &usize| Some(*index) != given_x && Some(*index) != series;
        let y = given_y.or_else(|| usual(&Y).filter(is_y));
        // Beside a column that names lines, the one column with a unit of time holds durations.
        let timed: Vec<usize> = (0..names.len()).filter(|index| is_y(index) && names[*index].unit.is_some()).collect();
        let y = y.or(match (series, &timed[..]) {
            (Some(_), [only]) => Some(*only),
            _ => None,
        });
        let x = given_x.or_else(|| usual(&X).filter(|found| Some(*found) != y && Some(*found) != series));
        let is_free = |index: &usize| ![x, y, series].contains(&Some(*index)) && self.is_number(*index);
        let counted =
            |index: &usize| !PASSED_OVER.contains(&names[*index].base.as_str()) && !is_unnamed(&names[*index].base);
        let free: Vec<usize> = (0..names.len()).filter(is_free).collect();
        let others: Vec<usize> = free.iter().copied().filter(counted).collect();
        let x = match (x, &others[..], y) {
            (Some(x), ..) => x,
            // What pandas writes for an index that has no name.
            (None, _, None) if free.first().is_some_and(|first| is_unnamed(&names[*first].base)) => free[0],
            (None, [only], Some(_)) => *only,
            _ => return Err(self.cannot_tell("which column is the x axis", "--x")),
        };
        let others: Vec<usize> = others.into_iter().filter(|other| *other != x).collect();
        let unit = |index: usize| options.unit.or(names[index].unit).unwrap_or_default();
        let error = names.iter().position(|name| matches!(name.base.as_str(), "error" | "reason" | "message"));
        let (y, lines) = match (series, y, &others[..]) {
            (Some(series), Some(y), _) | (Some(series), None, &[y]) => {
                (vec![(y, unit(y))], Lines::Column(series, self.headings[series].trim().to_owned()))
            }
            (None, Some(y), _) => (vec![(y, unit(y))], Lines::Columns(vec![self.stem.to_owned()])),
            (None, None, [_, ..]) => {
                let line = |index: &usize| match names[*index].unit {
                    Some(_) => names[*index].base.clone(),
                    None => self.headings[*index].trim().to_owned(),
                };
                (
                    others.iter().map(|index| (*index, unit(*index))).collect(),
                    Lines::Columns(others.iter().map(line).collect()),
                )
            }
            _ => return Err(self.cannot_tell("which column holds the durations", "--y")),
        };
        let name = if is_unnamed(&names[x].base) { "x" } else { self.headings[x].trim() }.to_owned();
        let counts_requests = X[..OF_REQUESTS].contains(&names[x].base.as_str());
        Ok(Columns { x: (x, name), counts_requests, y, lines, error })
    }

    /// Whether the first row has a number there, or nothing.
    fn is_number(&self, index: usize) -> bool {
        let text = self.first_row.get(index).copied().unwrap_or_default();
        is_missing(text) || number(text, self.decimal_comma).is_some()
    }

    fn named(&self, wanted: &str, option: &str) -> Result<usize, String> {
        let found = self.headings.iter().position(|heading| heading.trim().eq_ignore_ascii_case(wanted.trim()));
        found
            .ok_or_else(|| format!("no column {wanted:?}, which {option} names; the first row names {}", self.listed()))
    }

    fn cannot_tell(&self, what: &str, option: &str) -> String {
        format!("cannot tell {what}; name it with {option}. The first row names {}", self.listed())
    }

    fn listed(&self) -> String {
        let names: Vec<&str> = self.headings.iter().take(12).map(|heading| heading.trim()).collect();
        if names.iter().all(|name| name.is_empty()) { "nothing".to_owned() } else { names.join(", ") }
    }
}

/// Whether the column has no name of its own.
fn is_unnamed(base: &str) -> bool {
    base.is_empty() || base.starts_with("unnamed:")
}
