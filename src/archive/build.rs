//! Which build of this program wrote something: as much as the build script could find out, nothing that changes from one
//! build of the same sources to the next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::figure::Format;

/// What a program was built from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Build {
    /// The commit of its sources; absent where they were under no version control, and for debug builds.
    pub commit: Option<String>,
    /// Whether its sources differed from that commit.
    pub modified: Option<bool>,
    /// What it runs on, such as `x86_64-unknown-linux-gnu`.
    pub target: Option<String>,
    /// `release` or `debug`.
    pub profile: Option<String>,
    /// The compiler and its version.
    pub compiler: Option<String>,
}

impl Build {
    /// The build that is running.
    #[must_use]
    pub fn this() -> Self {
        let text = |value: Option<&str>| value.map(str::to_owned);
        Self {
            commit: text(option_env!("REPORTGEN_COMMIT")),
            modified: option_env!("REPORTGEN_MODIFIED").map(|word| word == "true"),
            target: text(option_env!("REPORTGEN_TARGET")),
            profile: text(option_env!("REPORTGEN_PROFILE")),
            compiler: text(option_env!("REPORTGEN_COMPILER")),
        }
    }
}

/// How the derived files of a run were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rendering {
    /// Version of the program that made them.
    pub tool_version: String,
    /// The build of it.
    pub build: Build,
    /// Formats of the pictures.
    pub formats: Vec<String>,
}

impl Rendering {
    /// What this program makes in these formats.
    #[must_use]
    pub fn here(formats: &[Format]) -> Self {
        Self {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            build: Build::this(),
            formats: formats.iter().map(|format| format.as_str().to_owned()).collect(),
        }
    }

    /// Whether `other` makes the same bytes as far as its version and commit tell. A commit that is not known is no
    /// difference.
    #[must_use]
    pub fn is_of_same_program(&self, other: &Self) -> bool {
        let (own, its) = (&self.build.commit, &other.build.commit);
        self.tool_version == other.tool_version && (own.is_none() || its.is_none() || own == its)
    }

    /// For people: version and commit.
    #[must_use]
    pub fn program(&self) -> String {
        let commit = self.build.commit.as_deref().map(|commit| commit.chars().take(8).collect::<String>());
        let modified = if self.build.modified == Some(true) { " with changes" } else { "" };
        let commit = commit.map_or_else(String::new, |commit| format!(" ({commit}{modified})"));
        format!("reportgen {}{commit}", self.tool_version)
    }
}

#[cfg(test)]
mod tests {
    use super::{Build, Rendering};

    #[test]
    fn programs_differ_by_version_and_by_commit_where_both_are_known() {
        let of = |version: &str, commit: Option<&str>| Rendering {
            tool_version: version.to_owned(),
            build: Build { commit: commit.map(str::to_owned), ..Build::this() },
            formats: Vec::new(),
        };
        let known = of("1.0.0", Some("0123456789"));
        assert!(known.is_of_same_program(&of("1.0.0", None)));
        assert!(known.is_of_same_program(&known));
        assert!(!known.is_of_same_program(&of("1.0.0", Some("987"))));
        assert!(!known.is_of_same_program(&of("1.0.1", None)));
        assert_eq!(
            (known.program().as_str(), of("2", None).program().as_str()),
            ("reportgen 1.0.0 (01234567)", "reportgen 2")
        );
        let this = Build::this();
        assert!(this.target.is_some());
        assert!(this.profile.is_some());
        assert!(this.compiler.is_some_and(|words| words.starts_with("rustc")));
    }
}
