//! What a config or a table may hold at most: more than a person ever writes, and little enough that all of it is drawn
//! within seconds. What comes from elsewhere is refused beyond it.

/// Characters of a name or a label.
pub const LONGEST_NAME: usize = 200;
/// Strategies, each number of workers counted.
pub const MOST_STRATEGIES: usize = 1_000;
/// `[[chart]]` sections of a config.
pub const MOST_CHARTS: usize = 200;
/// `[[check]]` sections of a config.
pub const MOST_CHECKS: usize = 200;
/// `[[reference]]` sections of a config.
pub const MOST_REFERENCES: usize = 200;
