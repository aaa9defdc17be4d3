//! The part of the table of keys that describes a strategy: the keys of every kind together, and which kind takes which.

use std::sync::LazyLock;

use serde_json::Value;

use super::keys::{Form, Key};
use super::type_keys::{properties, schema};
use crate::strategy::{KINDS, KindInfo, StrategySpec};

/// The keys of `[[strategy]]`, and which kind takes which.
pub(super) struct StrategyKeys {
    /// Every key once.
    pub(super) keys: Vec<Key>,
    /// In the order of the registry.
    pub(super) kinds: Vec<KindKeys>,
}

/// What a config may say about a kind.
pub(super) struct KindKeys {
    /// The kind.
    pub(super) info: KindInfo,
    /// One line about it.
    pub(super) about: &'static str,
    /// The keys that it takes beside those of every kind.
    pub(super) options: Vec<&'static str>,
    /// Those among them that it cannot do without.
    pub(super) needed: Vec<&'static str>,
}

/// Keys that every kind takes.
pub(super) const ALL_KINDS: [&str; 4] = ["name", "kind", "max-requests", "target"];

pub(super) static STRATEGY: LazyLock<StrategyKeys> = LazyLock::new(|| {
    let schema = schema::<StrategySpec>();
    let mut keys: Vec<Key> = properties(schema).filter(|key| key.name == "name").collect();
    let about = "How it issues requests";
    keys.push(Key { name: "kind", about, form: Form::Kind, default: None });
    let mut kinds = Vec::new();
    for (info, variant) in KINDS.iter().zip(schema["oneOf"].as_array().into_iter().flatten()) {
        let own: Vec<Key> = properties(variant).filter(|key| key.name != "kind").collect();
        let required = variant["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        kinds.push(KindKeys {
            info: *info,
            about: variant["description"].as_str().unwrap_or_default(),
            options: own.iter().map(|key| key.name).collect(),
            needed: required.filter(|name| *name != "kind").collect(),
        });
        own.into_iter().for_each(|key| add(&mut keys, key));
    }
    properties(schema).for_each(|key| add(&mut keys, key));
    StrategyKeys { keys, kinds }
});

/// Adds a key that is not there yet. Kinds that share a key agree about it; where one has no default, another's counts.
fn add(keys: &mut Vec<Key>, key: Key) {
    match keys.iter_mut().find(|known| known.name == key.name) {
        Some(known) => known.default = known.default.or(key.default),
        None => keys.push(key),
    }
}

#[cfg(test)]
mod tests {
    use super::STRATEGY;
    use crate::strategy::KINDS;

    #[test]
    fn every_kind_of_the_registry_explains_itself_and_its_options() {
        assert_eq!(STRATEGY.kinds.len(), KINDS.len());
        for kind in &STRATEGY.kinds {
            assert!(!kind.about.is_empty(), "{}", kind.info.name);
            let keys = || STRATEGY.keys.iter().map(|key| key.name);
            assert!(kind.options.iter().all(|option| keys().any(|key| key == *option)), "{}", kind.info.name);
        }
        for key in &STRATEGY.keys {
            assert!(!key.about.is_empty(), "{}", key.name);
        }
        let needed = |name: &str| &STRATEGY.kinds.iter().find(|kind| kind.info.name == name).unwrap().needed;
        assert_eq!(needed("command"), &["command", "model"]);
        assert!(needed("thread-pool").is_empty());
    }
}
