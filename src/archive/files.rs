//! Names of the files of a run.

/// Facts about the run and checksums of its files.
pub const MANIFEST: &str = "manifest.json";
/// The config, as given but for secrets.
pub const CONFIG: &str = "config.toml";
/// A row for each sample.
pub const RAW: &str = "raw.csv";
/// A row for each request.
pub const REQUESTS: &str = "requests.csv";
/// The same, compressed.
pub const REQUESTS_ZST: &str = "requests.csv.zst";
/// Samples that failed and were measured again, in the columns of raw.csv.
pub const RETRIED: &str = "retried.csv";
/// Tags of the run; it may change, so nothing vouches for it.
pub const TAGS: &str = "tags.json";
/// What was measured and what was asked for: all else is made of these.
pub const MEASURED: [&str; 5] = [CONFIG, RAW, REQUESTS, REQUESTS_ZST, RETRIED];

/// What is made of these by the names that it always has; pictures are in [`CHARTS`].
pub const DERIVED: [&str; 4] = ["summary.csv", "summary.json", REPORT, "report.md"];
/// The page for readers.
pub const REPORT: &str = "report.html";

/// Whether a file is one of [`MEASURED`], or a table that was measured elsewhere.
#[must_use]
pub fn is_measured(name: &str) -> bool {
    let is_table = || name.strip_prefix(REFERENCES).and_then(|rest| rest.strip_prefix('/')).is_some_and(is_plain);
    MEASURED.contains(&name) || is_table()
}

/// Whether a name is one of a picture.
pub(crate) fn is_picture(name: &str) -> bool {
    let rest = name.strip_prefix(CHARTS).and_then(|rest| rest.strip_prefix('/'));
    rest.is_some_and(|name| is_plain(name) && [".svg", ".png"].iter().any(|end| name.ends_with(end)))
}

/// Whether a name is one part of a path and leads nowhere else on any system.
pub(crate) fn is_plain(name: &str) -> bool {
    let strange = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    !name.is_empty() && !name.starts_with('.') && !name.contains(strange)
}

/// `base`, `base-2`, `base-3` …, each with `ending`.
pub(crate) fn numbered(base: String, ending: &'static str) -> impl Iterator<Item = String> {
    std::iter::once(format!("{base}{ending}")).chain((2_u32..).map(move |number| format!("{base}-{number}{ending}")))
}

/// The folder of the pictures.
pub const CHARTS: &str = "charts";
/// The folder of tables that were measured elsewhere.
pub const REFERENCES: &str = "references";
/// Which files of a table's report were made in a folder that is no run directory.
pub const REPORT_LIST: &str = ".reportgen-files";
/// The same of a comparison.
pub const COMPARISON_LIST: &str = ".reportgen-comparison";
/// The same of a history.
pub const HISTORY_LIST: &str = ".reportgen-history";
/// Points to the newest run.
pub const LATEST: &str = "latest";
