//! One strategy of a sweep: what all kinds share, and the kind with its own options. The one type for it: the config is
//! read into it, a sample's child is handed its kind, the manifest keeps it, `compare` and `history` compare it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::registry::{KINDS, StrategyKind};
use crate::model::RequestCount;
use crate::model::secret::{HIDDEN, is_harmless, is_harmless_variable};
use crate::model::secret_text::masked_command;

/// One line of a chart: a kind with its options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StrategySpec {
    /// Label of its line, unique; any text. Without it, the name of its kind
    #[schemars(extend("x-form" = "label"))]
    pub name: String,
    /// How it issues requests
    #[serde(flatten)]
    pub kind: StrategyKind,
    /// Cells of more requests than this are not run; without it, all are
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_requests: Option<RequestCount>,
    /// The one of several targets that it is measured at; without it, at each
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-form" = "label"))]
    pub target: Option<String>,
}

impl StrategySpec {
    /// The kind called `kind` with its default options, under its own name; `None` for an unknown kind and for one that has
    /// options without default.
    #[must_use]
    pub fn by_default(kind: &str) -> Option<Self> {
        let kind: StrategyKind = serde_json::from_value(serde_json::json!({ "kind": kind })).ok()?;
        Some(Self { name: kind.info().name.to_owned(), kind, max_requests: None, target: None })
    }

    /// Whether its cell of `requests` requests is to be run.
    #[must_use]
    pub fn runs(&self, requests: RequestCount) -> bool {
        self.max_requests.is_none_or(|most| requests <= most)
    }

    /// The strategy as files may keep it: without what may be a secret in its program's command lines and environment.
    #[must_use]
    pub fn masked(&self) -> Self {
        let mut masked = self.clone();
        if let StrategyKind::Command(command) = &mut masked.kind {
            let environment = command.environment.iter_mut();
            let secret = environment.filter(|(name, value)| !is_harmless_variable(name) && !is_harmless(value));
            secret.for_each(|(_, value)| HIDDEN.clone_into(value));
            command.command = masked_command(&command.command);
            command.version_command = masked_command(&command.version_command);
        }
        masked
    }

    /// Kind and options, for people; equal exactly for strategies that differ in no more than their name.
    #[must_use]
    pub fn options(&self) -> String {
        let fields = serde_json::to_value(self).unwrap_or_default();
        let fields = fields.as_object().into_iter().flatten();
        let shown =
            fields.filter(|(name, _)| *name != "name" && *name != "kind").filter_map(|(name, value)| match value {
                Value::Null => None,
                Value::Array(list) if list.is_empty() => None,
                Value::Object(pairs) if pairs.is_empty() => None,
                Value::String(text) => Some(format!("{name} {text}")),
                other => Some(format!("{name} {other}")),
            });
        std::iter::once(self.kind.info().name.to_owned()).chain(shown).collect::<Vec<_>>().join(", ")
    }
}

/// Every kind that is part of this program, with its default options.
pub fn built_in() -> impl Iterator<Item = StrategySpec> {
    KINDS.iter().filter_map(|info| StrategySpec::by_default(info.name))
}

#[cfg(test)]
mod tests {
    use super::StrategySpec;
    use crate::strategy::{KINDS, StrategyKind};

    #[test]
    fn a_strategy_survives_json_and_is_called_as_its_kind() {
        for info in KINDS.iter().filter(|info| info.name != "command") {
            let spec = StrategySpec::by_default(info.name).unwrap();
            let text = serde_json::to_string(&spec).unwrap();
            assert_eq!(serde_json::from_str::<StrategySpec>(&text).unwrap(), spec);
            assert_eq!(spec.kind.info().name, info.name);
        }
        assert_eq!(StrategySpec::by_default("no-such-kind"), None);
        assert_eq!(StrategySpec::by_default("command"), None, "it has options without default");
    }

    #[test]
    fn options_are_told_as_the_config_names_them() {
        let text = r#"{"name": "a", "kind": "async", "max-in-flight": 7, "http-version": "2"}"#;
        let spec: StrategySpec = serde_json::from_str(text).unwrap();
        assert_eq!(spec.options(), "async, max-in-flight 7, threads 1, connections keep-alive, http-version 2");
    }

    #[test]
    fn what_a_program_is_told_is_masked_where_it_may_be_a_secret() {
        let text = r#"{"name": "a", "kind": "command", "command": ["b", "--token", "abc"], "model": "async",
            "environment": {"TOKEN": "s3cret", "LANG": "C"}}"#;
        let masked = serde_json::from_str::<StrategySpec>(text).unwrap().masked();
        let StrategyKind::Command(command) = masked.kind else { panic!("{masked:?}") };
        assert_eq!(command.environment["TOKEN"], "***");
        assert_eq!(command.environment["LANG"], "C");
        assert_eq!(command.command, ["b", "--token", "***"]);
    }
}
